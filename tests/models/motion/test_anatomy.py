import numpy as np
import pytest

from function.models.motion.export.clip import Float64Array, quaternions
from function.models.motion.validation.anatomy import excess, swing_twist
from tests.models.motion.clips import JOINTS, about, still

MIRROR = np.diag([-1.0, 1.0, 1.0])


def beyond(joint: str, turn: Float64Array) -> float:
    """Degrees out of range of one rotated joint; nothing else is out of range."""
    rotations = still(1)
    rotations[0, JOINTS.index(joint)] = turn
    degrees = excess(rotations, JOINTS)[0]
    assert degrees.sum() == degrees[JOINTS.index(joint)]
    return float(degrees.sum())


POSSIBLE: dict[str, tuple[str, Float64Array]] = {
    "the rest pose": ("L_Shoulder", np.eye(3)),
    "a hanging arm": ("L_Shoulder", about("z", -85.0)),
    "an arm forward, palm down": ("L_Shoulder", about("y", -90.0)),
    "an arm forward, thumb up": ("L_Shoulder", about("y", -90.0) @ about("x", -90.0)),
    "an arm raised sideways": ("L_Shoulder", about("z", 85.0)),
    "an arm raised forward": ("L_Shoulder", about("x", -170.0) @ about("z", -85.0)),
    "an arm across the chest": ("L_Shoulder", about("y", -130.0)),
    "an arm swung back": ("L_Shoulder", about("x", 50.0) @ about("z", -85.0)),
    "a deep squat's hip": ("L_Hip", about("x", -120.0)),
    "a deep squat's knee": ("L_Knee", about("x", 140.0)),
    "a leg to the side": ("L_Hip", about("z", 45.0)),
    "a bent elbow": ("L_Elbow", about("y", -140.0)),
    "a turned head": ("Neck", about("y", 55.0)),
    "a bowed back": ("Spine1", about("x", 45.0)),
    "a spinning pelvis": ("Pelvis", about("y", 179.0)),
}
IMPOSSIBLE: dict[str, tuple[str, Float64Array, float]] = {
    "a knee bent forward": ("L_Knee", about("x", -40.0), 30),
    "a knee bent sideways": ("L_Knee", about("z", 40.0), 30),
    "an elbow bent backward": ("L_Elbow", about("y", 50.0), 40),
    "an elbow folded through": ("L_Elbow", about("y", -175.0), 25),
    "a leg behind the back": ("L_Hip", about("x", 70.0), 40),
    "a head turned round": ("Head", about("y", 120.0), 70),
    "an arm straight back": ("L_Shoulder", about("y", 100.0), 50),
    "a twisted foot": ("L_Foot", about("x", 100.0), 55),
}


@pytest.mark.parametrize("name", POSSIBLE)
def test_what_people_do_is_in_range(name: str) -> None:
    assert beyond(*POSSIBLE[name]) == 0


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_what_nobody_can_do_is_out_of_range_by_as_much(name: str) -> None:
    joint, turn, degrees = IMPOSSIBLE[name]
    assert beyond(joint, turn) == pytest.approx(degrees, abs=1)


TURNS = [*POSSIBLE.values(), *((joint, turn) for joint, turn, _ in IMPOSSIBLE.values())]


@pytest.mark.parametrize(("joint", "turn"), [case for case in TURNS if case[0].startswith("L_")])
def test_the_right_side_is_the_mirror_of_the_left(joint: str, turn: Float64Array) -> None:
    assert beyond("R_" + joint[2:], MIRROR @ turn @ MIRROR) == pytest.approx(beyond(joint, turn), abs=1e-6)


def test_swing_and_twist_are_told_apart() -> None:
    turn = quaternions((about("z", 40.0) @ about("x", -70.0))[None])
    assert swing_twist(turn, 0)[0] == pytest.approx((-70, 0, 40))


def test_a_quaternion_and_its_negative_have_the_same_angles() -> None:
    turns = quaternions(np.stack([about("z", 100.0) @ about("y", 30.0), about("y", 180.0)]))
    assert np.abs(swing_twist(turns, 1)) == pytest.approx(np.abs(swing_twist(-turns, 1)))
