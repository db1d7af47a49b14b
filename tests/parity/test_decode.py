"""Decoding and its parts against goldens."""

import numpy as np
import torch

from function.models.motion.decode import decode, denormalise, split_features
from function.models.motion.export.bvh import euler_zxy
from function.models.motion.export.clip import matrices, quaternions
from function.models.motion.ground import lowest
from function.models.motion.kinematics import forward_kinematics
from function.models.motion.layers import sinusoid
from function.models.motion.rope import rotate, rotation
from function.models.motion.rotations import matrix_to_six, quaternion_to_matrix, six_to_matrix
from function.models.motion.sampler import time_grid
from function.models.motion.skeleton import mannequin_skeleton
from function.models.motion.smoothing import gaussian_weights, savgol_projection, smooth_rotations, smooth_translation
from tests.parity.cases import Case, assert_near, each, mesh_of

DECODES = each("decode")
UNITS = each("unit_values")


@DECODES
def test_features_become_metres_and_matrices(case: Case) -> None:
    io = case.io()
    features = denormalise(io["in.latent"], io["in.mean"], io["in.std"])
    translation, rotations = split_features(features)
    assert_near(features, io["out.latent_denorm"], 1e-5, "denormalised")
    assert_near(translation, io["mid.transl_raw"], 1e-5, "raw translation")
    assert_near(rotations, io["mid.rotmat_raw"], case.tolerance("rotmat", 2e-5), "raw rotations")
    assert_near(smooth_translation(translation), io["mid.transl_savgol"], case.tolerance("transl", 1e-4), "smoothed translation")


@DECODES
def test_a_decoded_motion_agrees(case: Case) -> None:
    io = case.io()
    motion = decode(io["in.latent"], io["in.mean"], io["in.std"], *mesh_of(case))
    keypoints = motion.joints - motion.translation[..., None, :]
    keypoints[..., 1] -= motion.ground[:, None, None]
    assert_near(motion.rotation, io["out.rotmat"], case.tolerance("rotmat", 2e-5), "rotations")
    assert_near(motion.rotation[..., 0, :, :], io["out.root_rotations_mat"], case.tolerance("rotmat", 2e-5), "root rotations")
    assert_near(matrix_to_six(motion.rotation), io["out.rot6d"], case.tolerance("rot6d", 2e-5), "six numbers")
    assert_near(motion.translation, io["out.transl"], case.tolerance("transl", 1e-4), "translation")
    assert_near(motion.ground, io["mid.min_y"], case.tolerance("transl", 1e-4), "ground")
    assert_near(keypoints, io["out.keypoints3d"], case.tolerance("keypoints3d", 1e-4), "keypoints")
    assert_near(motion.joints, io["extra.joints_world"], case.tolerance("keypoints3d", 1e-4), "world joints")


@DECODES
def test_the_lowest_vertex_of_a_frame_agrees(case: Case) -> None:
    io, (skeleton, basis) = case.io(), mesh_of(case)
    pose = forward_kinematics(io["out.rotmat"][:, :1], skeleton)
    found = lowest(pose, io["mid.transl_savgol"][:, :1], skeleton, basis)
    assert_near(found, io["mid.vertices_first_frame"][..., 1].amin(-1), 1e-4, "lowest vertex of the first frame")


@DECODES
def test_exported_angles_and_quaternions_mean_the_same_rotations(case: Case) -> None:
    io = case.io()
    for sample, golden in zip(io["out.rotmat"].numpy(), io["extra.quat_xyzw"].numpy(), strict=True):
        assert np.abs(matrices(quaternions(sample)) - matrices(golden)).max() < case.tolerance("rotmat", 2e-5)
    for sample, golden in zip(io["out.rotmat"].numpy(), io["extra.euler_ZXY_deg"].numpy(), strict=True):
        turned = _zxy(np.degrees(euler_zxy(sample.astype(np.float64)))), _zxy(golden)
        assert np.abs(turned[0] - turned[1]).max() < np.radians(case.tolerance("euler_deg", 0.01))


def _zxy(degrees: np.ndarray) -> np.ndarray:
    z, x, y = np.moveaxis(np.radians(degrees.astype(np.float64)), -1, 0)
    zero, one = np.zeros_like(z), np.ones_like(z)

    def stack(*rows: list[np.ndarray]) -> np.ndarray:
        return np.stack([np.stack(row, -1) for row in rows], -2)

    about_z = stack([np.cos(z), -np.sin(z), zero], [np.sin(z), np.cos(z), zero], [zero, zero, one])
    about_x = stack([one, zero, zero], [zero, np.cos(x), -np.sin(x)], [zero, np.sin(x), np.cos(x)])
    about_y = stack([np.cos(y), zero, np.sin(y)], [zero, one, zero], [-np.sin(y), zero, np.cos(y)])
    turned: np.ndarray = about_z @ about_x @ about_y
    return turned


@UNITS
def test_times_are_embedded_cosines_first(case: Case) -> None:
    golden = case.io()
    grids = [name for name in golden if name.startswith("time.grid_")]
    for name in grids:
        assert_near(time_grid(int(name.split("_")[1])), golden[name], 1e-7, name)
    for name in (name for name in golden if name.startswith("time.sin_")):
        width, factor = int(name.split("_")[1]), float(name.partition("factor")[2])
        times = golden["time.t"][: len(golden[name])]
        assert_near(sinusoid(times, width, factor), golden[name], 1e-4, name)


@UNITS
def test_positions_rotate_interleaved_pairs(case: Case) -> None:
    golden = case.io()
    width = golden["rope.cos"].shape[-1]
    table = rotation(golden["rope.positions"], width)
    assert_near(table.real.repeat_interleave(2, -1), golden["rope.cos"], 1e-4, "cosines")
    assert_near(table.imag.repeat_interleave(2, -1), golden["rope.sin"], 1e-4, "sines")
    for name in ("q", "k"):
        given = golden[f"rope.{name}_in"].transpose(1, 2)
        turned = rotate(given, rotation(torch.arange(given.shape[2]), width))
        assert_near(turned.transpose(1, 2), golden[f"rope.{name}_out"], 1e-5, name)


@UNITS
def test_rotations_convert_between_all_forms(case: Case) -> None:
    golden = case.io()
    matrix, axis = golden["rot.matrix"], golden["rot.axis_angle"]
    assert_near(six_to_matrix(golden["rot.six_in"]), matrix, 2e-5, "six to matrix")
    assert_near(matrix_to_six(matrix), golden["rot.six_out"], 2e-5, "matrix to six")
    assert_near(quaternion_to_matrix(golden["rot.quat_wxyz"]), matrix, 2e-5, "quaternion to matrix")
    ours = torch.from_numpy(quaternions(matrix.numpy())).roll(1, -1)
    assert_near(quaternion_to_matrix(ours).float(), matrix, 2e-5, "matrix to quaternion and back")
    angle = axis.norm(dim=-1, keepdim=True)
    half = torch.cat(((angle / 2).cos(), axis / angle.clamp(min=1e-12) * (angle / 2).sin()), dim=-1)
    assert_near(quaternion_to_matrix(half), matrix, 2e-5, "axis and angle")


@UNITS
def test_smoothing_agrees(case: Case) -> None:
    golden = case.io()
    assert_near(gaussian_weights(), golden["smooth.gauss9"], 1e-6, "Gaussian weights")
    assert_near(savgol_projection(), golden["smooth.savgol_projection_11x11"], 1e-6, "projection")
    assert_near(savgol_projection()[5], golden["smooth.savgol_centre"], 1e-6, "filter")
    for name in golden:
        if name.startswith("smooth.quat_in"):
            smoothed = smooth_rotations(quaternion_to_matrix(golden[name]))
            assert_near(smoothed, golden[name.replace("quat_in", "rotmat_out")], 2e-5, name)
        if name.startswith("smooth.savgol_in"):
            wanted = golden[name.replace("_in_", "_out_")]
            ours = smooth_translation(golden[name])
            assert_near(ours[..., 5:-5, :], wanted[..., 5:-5, :], 1e-5, name)
            assert_near(ours, wanted, 5e-4, f"{name}, ends: the reference rounds its edge fit to float32")


@each("skeleton")
def test_joint_names_and_parents_are_the_published_ones(case: Case) -> None:
    ours = mannequin_skeleton()
    assert list(ours.names) == case.facts["names"][: len(ours.names)]
    assert list(ours.parents) == case.facts["parents"][: len(ours.parents)]
