import numpy as np

from function.models.motion.mannequin import MATERIALS, SOLE, mannequin
from function.models.motion.skeleton import FloatArray, mannequin_skeleton

SKELETON = mannequin_skeleton()


def of_material(name: str) -> FloatArray:
    """Vertices of all triangles of a material."""
    mesh = mannequin()
    material = [known for known, _ in MATERIALS].index(name)
    vertices: FloatArray = mesh.vertices[np.unique(mesh.triangles[mesh.materials == material])]
    return vertices


def test_it_is_small_enough_for_16_bit_indices_and_quick_skinning() -> None:
    assert 3000 <= len(mannequin().vertices) <= 8000
    assert mannequin().triangles.dtype == np.uint16


def test_it_is_made_once() -> None:
    assert mannequin() is mannequin()


def test_it_is_of_human_size() -> None:
    low, high = mannequin().vertices.min(axis=0), mannequin().vertices.max(axis=0)
    assert 1.7 < high[1] - low[1] < 1.85
    assert 1.7 < high[0] - low[0] < 1.85


def test_the_soles_are_the_lowest_points_and_flat() -> None:
    heights = mannequin().vertices[:, 1]
    assert heights.min() == np.float32(SOLE)
    assert (heights == np.float32(SOLE)).sum() > 50


def test_the_sole_is_below_ankle_and_ball_as_the_skeleton_says() -> None:
    rest = dict(zip(SKELETON.names, SKELETON.rest[:, 1], strict=True))
    assert np.isclose(rest["L_Ankle"] - SOLE, 0.08)
    assert np.isclose(rest["L_Foot"] - SOLE, 0.025)


def test_it_is_symmetric() -> None:
    left, right = of_material("Left"), of_material("Right") * np.array([-1, 1, 1], dtype=np.float32)
    assert np.array_equal(left, right)


def test_the_left_side_is_at_positive_x_and_the_face_in_front() -> None:
    assert of_material("Left")[:, 0].mean() > 0.1
    assert of_material("Face")[:, 2].min() > 0.03


def test_triangles_face_outwards() -> None:
    mesh = mannequin()
    a, b, c = (mesh.vertices[mesh.triangles[:, corner]].astype(np.float64) for corner in range(3))
    assert 0.05 < np.einsum("ij,ij->", a, np.cross(b, c)) / 6 < 0.1  # cubic metres


def test_no_triangle_is_degenerate() -> None:
    mesh = mannequin()
    a, b, c = (mesh.vertices[mesh.triangles[:, corner]].astype(np.float64) for corner in range(3))
    flat = np.linalg.norm(np.cross(b - a, c - a), axis=1) < 1e-12
    assert flat.mean() < 0.01
    assert all(len(set(triangle)) == 3 for triangle in mesh.triangles.tolist())


def test_normals_have_length_one() -> None:
    assert np.allclose(np.linalg.norm(mannequin().normals, axis=1), 1, atol=1e-5)


def test_weights_sum_to_one_in_whole_255ths() -> None:
    weights = mannequin().joint_weights
    parts = np.rint(weights * 255)
    assert (parts.sum(axis=1) == 255).all()
    assert np.allclose(weights * 255, parts, atol=1e-4)
    assert (weights >= 0).all()


def test_a_joint_is_named_at_most_once_by_a_vertex_and_unused_slots_name_joint_0() -> None:
    mesh = mannequin()
    for joints, weights in zip(mesh.joint_indices.tolist(), mesh.joint_weights.tolist(), strict=True):
        used = [joint for joint, weight in zip(joints, weights, strict=True) if weight > 0]
        assert len(set(used)) == len(used)
        assert all(joint == 0 for joint, weight in zip(joints, weights, strict=True) if weight == 0)


def test_every_joint_moves_some_part() -> None:
    mesh = mannequin()
    assert set(mesh.joint_indices[mesh.joint_weights > 0.3].tolist()) == set(range(len(SKELETON.names)))


def test_each_vertex_is_near_the_bones_it_follows() -> None:
    mesh = mannequin()
    strongest = SKELETON.rest[mesh.joint_indices[:, 0]]
    assert np.linalg.norm(mesh.vertices - strongest, axis=1).max() < 0.5
