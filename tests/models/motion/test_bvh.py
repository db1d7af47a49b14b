import re

import numpy as np
import pytest

from benchmarks.motion_quality.bvh import world_joints as read_elsewhere
from function.errors import InvalidInput
from function.models.motion.export import bvh, bvh_reader
from function.models.motion.export.clip import Clip, world_joints
from tests.models.motion.clips import JOINTS, about, moving, standing, still, wandering

SMALL = """HIERARCHY
ROOT hips
{
  OFFSET 0 0 0
  CHANNELS 6 Xposition Yposition Zposition Yrotation Xrotation Zrotation
  JOINT left knee
  {
    OFFSET 0 -10 0
    CHANNELS 3 Xrotation Yrotation Zrotation
    End Site
    {
      OFFSET 0 -9 0
    }
  }
}
MOTION
Frames: 2
Frame Time: 0.02
1 2 3 0 0 0 0 0 0
1 2 3 90 0 0 0 0 90
"""


def angles_of(clip: Clip, joint: str) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """The three columns of a joint, (F, 3) degrees."""
    text = bvh.write(clip).decode()
    order = re.findall(r"(?:ROOT|JOINT) (\w+)", text)
    rows = np.array([line.split() for line in text.split("Frame Time:")[1].splitlines()[1:]], dtype=np.float64)
    return rows[:, 3:].reshape(len(rows), -1, 3)[:, order.index(joint)]


def test_joints_read_back_are_within_a_tenth_of_a_millimetre() -> None:
    clip = wandering(120)
    recording = bvh_reader.read(bvh.write(clip))
    order = [recording.names.index(name) for name in JOINTS]
    assert np.abs(recording.world()[0][:, order] - world_joints(clip)).max() < 1e-4


def test_an_independent_reader_finds_the_same_joints() -> None:
    clip = wandering(40, seed=3)
    order = re.findall(r"(?:ROOT|JOINT) (\w+)", bvh.write(clip).decode())
    found = read_elsewhere(bvh.write(clip).decode())[:, [order.index(name) for name in JOINTS]]
    assert np.abs(found - world_joints(clip)).max() < 1e-4


def test_the_root_has_six_channels_and_every_other_joint_three() -> None:
    text = bvh.write(standing(1)).decode()
    assert text.count("CHANNELS 6 Xposition Yposition Zposition Zrotation Xrotation Yrotation") == 1
    assert text.count("CHANNELS 3 Zrotation Xrotation Yrotation") == 21


def test_head_hands_and_feet_have_end_sites() -> None:
    recording = bvh_reader.read(bvh.write(standing(1)))
    assert {recording.names[joint] for joint in recording.ends} == {"Head", "L_Wrist", "R_Wrist", "L_Foot", "R_Foot"}


def test_a_frame_takes_a_thirtieth_of_a_second() -> None:
    assert b"Frames: 30\nFrame Time: 0.0333333\n" in bvh.write(standing(30))


def test_a_spin_counts_on_beyond_a_full_turn() -> None:
    rotations = still(60)
    rotations[:, 0] = about("y", np.linspace(0, 1080, 60))
    angles = angles_of(moving(rotations, np.zeros((60, 3))), "Pelvis")
    assert np.abs(np.diff(angles, axis=0)).max() < 20
    assert angles[-1] - angles[0] == pytest.approx([0, 0, 1080], abs=0.01)


def test_an_arm_that_passes_straight_through_the_gimbal_does_not_jump() -> None:
    angles = angles_of(standing(61, L_Shoulder=about("x", np.linspace(60, 120, 61))), "L_Shoulder")
    assert np.abs(np.diff(angles, axis=0)).max() < 1.01


def test_at_the_gimbal_the_rotation_is_still_exact() -> None:
    clip = standing(3, Pelvis=about("z", 30.0) @ about("x", 90.0) @ about("y", np.array([0.0, 10.0, 20.0])))
    recording = bvh_reader.read(bvh.write(clip))
    order = [recording.names.index(name) for name in JOINTS]
    assert np.abs(recording.world()[0][:, order] - world_joints(clip)).max() < 1e-4


def test_the_same_clip_gives_the_same_bytes() -> None:
    assert bvh.write(wandering(20)) == bvh.write(wandering(20))


def test_a_foreign_channel_order_is_followed() -> None:
    joints, turns = bvh_reader.read(SMALL.encode()).world()
    assert np.allclose(joints[1, 1], (1, -8, 3))
    assert np.allclose(turns[1, 1], about("y", 90.0) @ about("z", 90.0))


def test_names_with_spaces_and_windows_line_ends_are_read() -> None:
    recording = bvh_reader.read(b"\xef\xbb\xbf" + SMALL.replace("\n", "\r\n").encode())
    assert recording.names == ("hips", "left knee")
    assert recording.frame_time == 0.02


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("HIERARCHY", "HELLO", "where 'HIERARCHY' belongs"),
        ("MOTION", "NOTION", "no MOTION section"),
        ("OFFSET 0 -10 0", "OFFSET 0 ten 0", "three numbers"),
        ("OFFSET 0 -10 0", "OFFSET 0 nan 0", "not a finite number"),
        ("CHANNELS 3 X", "CHANNELS 9 X", "0 to 6 are possible"),
        ("CHANNELS 3 Xrotation", "CHANNELS 3 Wrotation", "unknown or repeated channels"),
        ("CHANNELS 3 Xrotation", "CHANNELS 3 Yrotation", "unknown or repeated channels"),
        ("}\nMOTION", "MOTION", "before its last brace"),
        ("}\nMOTION", "}\n}\nMOTION", "goes on after its root"),
        ("End Site", "Twig Site", "where JOINT, End Site"),
        ("left knee\n  {", "left knee a b c d e f g h", "opening brace"),
        ("Frames: 2", "Frames: two", "not a number"),
        ("Frames: 2", "Frames: 0", "1 to 20000"),
        ("Frames: 2", "Frames: 20001", "1 to 20000"),
        ("Frames: 2", "Frames: 3", "need 27 numbers; the file has 18"),
        ("Frames: 2", "Frames: 1", "need 9 numbers; the file has more"),
        ("Frames:", "Pictures:", "should begin with"),
        ("Frame Time: 0.02", "Frame Time: 0", "between 0.001 and 1"),
        ("1 2 3 90", "1 2 3 inf", "not finite"),
        ("1 2 3 90", "1 2 3 ninety", "not a number"),
    ],
)
def test_a_broken_file_is_refused_with_the_reason(old: str, new: str, words: str) -> None:
    assert old in SMALL
    with pytest.raises(InvalidInput, match=re.escape(words)):
        bvh_reader.read(SMALL.replace(old, new).encode())


def test_every_shorter_file_is_refused() -> None:
    for length in range(0, len(SMALL) - 10, 7):
        with pytest.raises(InvalidInput):
            bvh_reader.read(SMALL[:length].encode())


def test_bytes_that_are_not_text_are_refused() -> None:
    with pytest.raises(InvalidInput, match="UTF-8"):
        bvh_reader.read(b"\xff\xfe\x00HIERARCHY")


def test_a_file_of_too_many_bytes_is_refused() -> None:
    with pytest.raises(InvalidInput, match="bytes"):
        bvh_reader.read(b" " * (bvh_reader.MAX_BYTES + 1))


def test_too_many_joints_are_refused() -> None:
    limb = "JOINT a { OFFSET 0 0 0 CHANNELS 0 "
    deep = "HIERARCHY ROOT r { OFFSET 0 0 0 CHANNELS 0 " + limb * 300 + "} " * 301 + " MOTION Frames: 1 Frame Time: 0.1"
    with pytest.raises(InvalidInput, match="more than 256 joints"):
        bvh_reader.read(deep.encode())


def test_more_motion_than_the_bound_is_refused_before_it_is_read() -> None:
    limb = "JOINT a { OFFSET 0 0 0 CHANNELS 6 Xposition Yposition Zposition Xrotation Yrotation Zrotation "
    wide = "HIERARCHY ROOT r { OFFSET 0 0 0 CHANNELS 0 " + limb * 200 + "} " * 201 + " MOTION Frames: 20000 Frame Time: 0.1 0"
    with pytest.raises(InvalidInput, match="too large"):
        bvh_reader.read(wide.encode())
