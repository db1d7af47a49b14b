import numpy as np

from function.models.motion.export.clip import continuous, matrices, quaternions, world_joints
from tests.models.motion.clips import JOINTS, about, standing, wandering


def test_a_matrix_survives_becoming_a_quaternion() -> None:
    turns = matrices(np.random.default_rng(0).normal(size=(500, 4)))
    assert np.abs(matrices(quaternions(turns)) - turns).max() < 1e-12


def test_half_turns_survive_becoming_quaternions() -> None:
    turns = np.stack([about(axis, 180.0) for axis in "xyz"])
    assert np.abs(matrices(quaternions(turns)) - turns).max() < 1e-12


def test_quaternions_do_not_flip_sign_between_frames() -> None:
    path = wandering(200).quaternions
    assert (np.sum(path[1:] * path[:-1], axis=-1) >= 0).all()


def test_a_full_turn_keeps_its_signs() -> None:
    path = continuous(quaternions(about("y", np.linspace(0, 720, 100))))
    assert (np.sum(path[1:] * path[:-1], axis=-1) > 0.9).all()


def test_the_rest_pose_stands_where_its_root_is() -> None:
    clip = standing(2)
    assert np.allclose(world_joints(clip), clip.skeleton.rest + clip.root[:, None], atol=1e-6)


def test_a_bent_left_elbow_brings_the_left_hand_forward() -> None:
    joints = world_joints(standing(1, L_Elbow=about("y", -90.0)))[0]
    assert np.allclose(joints[JOINTS.index("L_Wrist")] - joints[JOINTS.index("L_Elbow")], (0, 0, 0.25), atol=1e-6)


def test_a_clip_of_still_matrices_holds_identity_quaternions() -> None:
    assert np.array_equal(standing(3).quaternions, np.tile(np.array([0, 0, 0, 1], dtype=np.float32), (3, len(JOINTS), 1)))
