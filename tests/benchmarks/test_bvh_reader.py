"""The reader of BVH files against positions worked out by hand."""

import numpy as np
import pytest

from benchmarks.motion_quality.bvh import BvhError, read, world_joints
from benchmarks.motion_quality.track import track
from function.models.motion.export.bvh import write
from function.models.motion.export.clip import clip_of
from function.models.motion.export.clip import world_joints as exported_joints
from function.models.motion.skeleton import mannequin_skeleton

ARM = """HIERARCHY
ROOT Base
{
  OFFSET 0 0 0
  CHANNELS 6 Xposition Yposition Zposition Zrotation Xrotation Yrotation
  JOINT Elbow
  {
    OFFSET 1 0 0
    CHANNELS 3 Zrotation Xrotation Yrotation
    JOINT Hand
    {
      OFFSET 1 0 0
      CHANNELS 3 Yrotation Xrotation Zrotation
      End Site
      {
        OFFSET 0.5 0 0
      }
    }
  }
  JOINT Leg
  {
    OFFSET 0 -1 0
    CHANNELS 0
  }
}
MOTION
Frames: 2
Frame Time: 0.0333333
0 0 0  0 0 0  0 0 0  0 0 0
1 2 3  90 0 0  0 0 90  0 0 0
"""


def test_hierarchy_is_read_in_file_order() -> None:
    motion = read(ARM)
    assert motion.names == ("Base", "Elbow", "Hand", "Leg")
    assert motion.parents == (-1, 0, 1, 0)
    assert motion.offsets.tolist() == [[0, 0, 0], [1, 0, 0], [1, 0, 0], [0, -1, 0]]
    assert motion.ends == {2: (0.5, 0, 0)}
    assert motion.fps == pytest.approx(30, abs=1e-3)


def test_joints_of_a_rest_frame_are_summed_offsets() -> None:
    assert world_joints(ARM)[0].tolist() == [[0, 0, 0], [1, 0, 0], [2, 0, 0], [0, -1, 0]]


def test_joints_follow_the_rotations_of_their_parents() -> None:
    # the root turns X to Y, then the elbow turns X to -Z
    assert np.allclose(world_joints(ARM)[1], [[1, 2, 3], [1, 3, 3], [1, 3, 2], [2, 2, 3]])


def test_rotation_channels_multiply_from_left_to_right() -> None:
    text = ARM.replace("1 2 3  90 0 0  0 0 90  0 0 0", "0 0 0  90 90 0  0 0 0  0 0 0")
    rotation = read(text).world()[1][1, 0]
    about_z, about_x = np.array([[0, -1, 0], [1, 0, 0], [0, 0, 1]]), np.array([[1, 0, 0], [0, 0, -1], [0, 1, 0]])
    assert np.allclose(rotation, about_z @ about_x)


def test_channels_are_taken_in_the_order_of_the_file() -> None:
    usual, swapped = "Xposition Yposition Zposition Zrotation", "Zrotation Zposition Yposition Xposition"
    text = ARM.replace(usual, swapped).replace("1 2 3  90 0 0", "90 3 2 1  0 0")
    assert np.allclose(world_joints(text), world_joints(ARM))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("HIERARCHY", "TREE", "HIERARCHY expected"),
        ("Frames: 2", "Frames: 3", "3 frames of 12 channels need 36 numbers, found 24"),
        ("Frames: 2", "Frames: two", "a number expected"),
        ("OFFSET 1 0 0", "OFFSET 1 0 here", "a number expected"),
        ("Yrotation Xrotation Zrotation", "Yrotation Xrotation Wrotation", "unknown channel"),
        ("1 2 3  90", "1 2 3  nan", "not finite"),
        ("1 2 3  90", "1 2 3  x", "not a number"),
    ],
)
def test_broken_text_is_named(old: str, new: str, said: str) -> None:
    with pytest.raises(BvhError, match=said):
        read(ARM.replace(old, new))


def test_text_that_ends_early_is_named() -> None:
    with pytest.raises(BvhError, match="ends too early"):
        read(ARM[:300])


def test_an_exported_motion_has_the_joints_it_was_made_of_within_a_millimetre() -> None:
    rng = np.random.default_rng(3)
    skeleton = mannequin_skeleton()
    turns = np.linalg.qr(rng.normal(size=(20, 22, 3, 3)))[0]
    turns *= np.linalg.det(turns)[..., None, None]
    clip = clip_of(turns.astype(np.float32), rng.normal(size=(20, 3)).astype(np.float32), 30.0, skeleton)
    motion = track(read(write(clip).decode()))
    assert motion.fps == pytest.approx(30, abs=1e-3)
    assert np.linalg.norm(motion.joints - exported_joints(clip), axis=-1).max() < 1e-3
