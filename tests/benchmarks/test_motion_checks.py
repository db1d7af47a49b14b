"""The kinematic checks: right motions pass, wrong ones fail, and each reason is named."""

import numpy as np
import pytest

from benchmarks.motion_quality.checks import check
from benchmarks.motion_quality.contact import ground, skating
from benchmarks.motion_quality.signals import excursions, longest, runs, tops, turning_points
from benchmarks.motion_quality.track import JOINTS, MotionTrack
from benchmarks.motion_quality.truth import perform, world_track
from function.models.motion.text.plan import ACTIONS, Action, Plan

SEED = 11
STAND = Action("stand")


def one(name: str, **said: object) -> Plan:
    return Plan(((Action(name, **said),),))  # type: ignore[arg-type]


def first_said(name: str) -> Plan:
    """The plan of an action with the first modifier that it takes."""
    traits = ACTIONS[name]
    return one(name, side=next(iter(traits.sides), None), direction=next(iter(traits.directions), None))


def mirrored(track: MotionTrack) -> MotionTrack:
    """The motion in a mirror: left does what right did."""
    swap = [JOINTS.index(name.translate(str.maketrans("LR", "RL")) if name[1] == "_" else name) for name in JOINTS]
    flip = np.diag([-1.0, 1.0, 1.0])
    return MotionTrack(track.joints[:, swap] @ flip, flip @ track.rotations[:, swap] @ flip, track.fps)


@pytest.mark.parametrize("name", ACTIONS)
def test_a_motion_passes_the_check_of_its_action(name: str) -> None:
    verdict = check(first_said(name), perform(first_said(name), 4.0, SEED))
    assert verdict.reasons == ()


@pytest.mark.parametrize("name", [name for name in ACTIONS if name != "stand"])
def test_standing_still_passes_no_other_check(name: str) -> None:
    assert not check(first_said(name), perform(one("stand"), 4.0, SEED)).passed


@pytest.mark.parametrize("name", [name for name in ACTIONS if name != "stand"])
def test_doing_something_is_not_standing_still(name: str) -> None:
    assert not check(one("stand"), perform(first_said(name), 4.0, SEED)).passed


@pytest.mark.parametrize("name", [name for name, traits in ACTIONS.items() if "left" in traits.sides])
def test_the_mirrored_motion_is_done_by_the_wrong_side(name: str) -> None:
    plan = one(name, side="left")
    motion = perform(plan, 4.0, SEED)
    assert check(plan, motion).side is True
    assert check(plan, mirrored(motion)).side is False


@pytest.mark.parametrize(("name", "way"), [("walk", "left"), ("turn", "right"), ("spin", "left")])
def test_the_mirrored_motion_goes_to_the_wrong_side(name: str, way: str) -> None:
    plan = one(name, direction=way)
    motion = perform(plan, 4.0, SEED)
    assert check(plan, motion).side is True
    assert check(plan, mirrored(motion)).side is False


def test_no_side_said_gives_no_side_verdict() -> None:
    assert check(one("wave"), perform(one("wave"), 3.0, SEED)).side is None


@pytest.mark.parametrize("name", ["jump", "squat", "punch", "kick", "lunge", "nod", "shake_head", "clap"])
def test_another_count_than_said_fails(name: str) -> None:
    motion = perform(one(name, count=2), 5.0, SEED)
    assert check(one(name, count=2), motion).passed
    assert [finding.kind for _, finding in check(one(name, count=3), motion).findings if not finding.passed] == ["count"]


@pytest.mark.parametrize("name", ["walk", "squat", "wave", "raise_arm", "turn"])
def test_slow_is_not_quick(name: str) -> None:
    traits = ACTIONS[name]
    modifiers = {"side": next(iter(traits.sides), None), "direction": next(iter(traits.directions), None)}
    slow = perform(one(name, **modifiers, speed="slow"), 5.0, SEED)
    assert check(one(name, **modifiers, speed="slow"), slow).passed
    assert not check(one(name, **modifiers, speed="quick"), slow).passed


def test_walking_backward_is_not_walking_forward() -> None:
    motion = perform(one("walk", direction="backward"), 4.0, SEED)
    assert not check(one("walk", direction="forward"), motion).passed


def test_steps_in_the_wrong_order_fail() -> None:
    walk, wave = (Action("walk", direction="forward"),), (Action("wave", side="right"),)
    motion = perform(Plan((walk, wave)), 6.0, SEED)
    assert check(Plan((walk, wave)), motion).passed
    assert not check(Plan((wave, walk)), motion).passed


def test_actions_at_the_same_time_are_found_together() -> None:
    both = Plan(((Action("walk", direction="forward"), Action("wave", side="left")),))
    assert check(both, perform(both, 4.0, SEED)).passed
    assert not check(both, perform(one("walk", direction="forward"), 4.0, SEED)).passed
    assert not check(both, perform(one("wave", side="left"), 4.0, SEED)).passed


def test_a_foot_dragged_over_the_floor_skates() -> None:
    standing = perform(one("stand"), 2.0, SEED)
    dragged = standing.joints + np.linspace(0, 1, len(standing.joints))[:, None, None] * np.array([0.0, 0.0, 0.4])
    assert skating(standing).max() < 1
    assert skating(MotionTrack(dragged, standing.rotations, standing.fps)).mean() == pytest.approx(20, abs=1)


def test_a_body_that_hovers_or_sinks_is_off_the_ground() -> None:
    standing = perform(one("stand"), 2.0, SEED)
    for height in (0.10, -0.10):
        moved = MotionTrack(standing.joints + np.array([0.0, height, 0.0]), standing.rotations, standing.fps)
        assert ground(moved, one("stand")).mean() == pytest.approx(100 * height, abs=1)


def test_a_flight_is_off_the_ground_only_where_one_was_said() -> None:
    jump = perform(one("jump"), 3.0, SEED)
    assert abs(ground(jump, one("jump"))).max() < 3
    assert abs(ground(jump, one("stand"))).max() > 10


def test_the_rest_pose_faces_forward_with_its_soles_on_the_floor() -> None:
    rest = world_track(np.tile(np.eye(3), (5, 22, 1, 1)), np.tile([0.0, 0.97, 0.0], (5, 1)))
    assert np.allclose(rest.heading, 0)
    assert np.allclose([rest.sole("left"), rest.sole("right")], 0, atol=1e-6)


def test_signals_are_counted_without_their_wobbles() -> None:
    t = np.linspace(0, 3, 300)
    wave = np.sin(2 * np.pi * t) + 0.02 * np.sin(60 * t)
    assert len(turning_points(wave, 0.5)) == 6
    assert len(tops(wave, 0.5)) == 3
    assert len(excursions(wave, 0.5, 0.0)) == 3
    assert turning_points(wave * 0.1, 0.5) == []


def test_runs_are_half_open() -> None:
    mask = np.array([True, False, True, True])
    assert runs(mask) == [(0, 1), (2, 4)]
    assert longest(mask) == 2
