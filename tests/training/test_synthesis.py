"""The motion synthesiser: bodies stay on the ground, feet stay where they stand, and an action does what its name says."""

from itertools import product

import numpy as np
import numpy.typing as npt
import pytest

from function.models.motion.skeleton import mannequin_skeleton
from function.models.motion.text.plan import ACTIONS, Action, Plan
from training.motion.synthesis import Motion, forward_kinematics, natural_seconds, synthesise

SKELETON = mannequin_skeleton()
INDEX = {name: index for index, name in enumerate(SKELETON.names)}
FPS = 30
FloatArray = npt.NDArray[np.float32]


def make(*steps: Action | tuple[Action, ...], seconds: float = 4.0, seed: int = 0) -> Motion:
    plan = Plan(tuple(step if isinstance(step, tuple) else (step,) for step in steps))
    return synthesise(plan, round(seconds * FPS), np.random.default_rng(seed))


def joints(motion: Motion) -> FloatArray:
    return forward_kinematics(motion.rotations, motion.translation, SKELETON)


def joint(motion: Motion, name: str) -> FloatArray:
    return joints(motion)[:, INDEX[name]]


def heading(motion: Motion) -> FloatArray:
    facing = motion.rotations[:, 0, :, 2]
    return np.unwrap(np.arctan2(facing[:, 0], facing[:, 2]))


def sole(motion: Motion) -> FloatArray:
    """Height of the lowest point of either foot."""
    positions = joints(motion)
    ankles = positions[:, [INDEX["L_Ankle"], INDEX["R_Ankle"]], 1] - 0.08
    balls = positions[:, [INDEX["L_Foot"], INDEX["R_Foot"]], 1] - 0.025
    return np.minimum(ankles, balls).min(axis=1)


def peaks(curve: FloatArray, above: float) -> int:
    """How often the curve rises above a height."""
    over = curve > above
    return int((over[1:] & ~over[:-1]).sum() + over[0])


def trunk_pitch(motion: Motion) -> FloatArray:
    trunk = joint(motion, "Neck") - joint(motion, "Pelvis")
    return np.degrees(np.arccos(trunk[:, 1] / np.linalg.norm(trunk, axis=1)))


def every_action() -> list[Action]:
    return [
        Action(name, side, direction, speed, count, height)
        for name, traits in ACTIONS.items()
        for side, direction, speed, count, height in product(
            traits.sides or (None,), traits.directions or (None,), traits.speeds, traits.counts or (None,), traits.heights or (None,)
        )
    ]


@pytest.mark.parametrize("seconds", [0.67, 3.0])
def test_every_action_is_finite_and_of_the_asked_length(seconds: float) -> None:
    for action in every_action():
        motion = make(action, seconds=seconds)
        assert motion.rotations.shape == (round(seconds * FPS), 22, 3, 3)
        assert np.isfinite(motion.rotations).all()
        assert np.isfinite(motion.translation).all()


def test_rotations_are_orthonormal() -> None:
    for name in ACTIONS:
        rotations = make(Action(name, side="right", direction="left")).rotations
        assert np.abs(rotations @ rotations.swapaxes(-1, -2) - np.eye(3)).max() < 1e-5


def test_no_foot_goes_into_the_ground() -> None:
    for action in every_action():
        assert sole(make(action)).min() > -0.005, action


def test_a_foot_is_on_the_ground_unless_running_or_jumping() -> None:
    for action in every_action():
        if action.name not in {"run", "jump", "jumping_jacks"}:
            assert sole(make(action)).max() < 0.02, action


def test_planted_feet_do_not_slide() -> None:
    for action in every_action():
        motion = make(action, seed=1)
        for ball in (joint(motion, "L_Foot"), joint(motion, "R_Foot")):
            planted = (ball[1:, 1] < 0.0255) & (ball[:-1, 1] < 0.0255)
            speed = np.linalg.norm(np.diff(ball[:, (0, 2)], axis=0), axis=1) * FPS
            assert speed[planted].max(initial=0.0) < 0.05, action


def test_no_joint_jumps_between_frames() -> None:
    for action in every_action():
        seconds = natural_seconds(Plan(((action,),))) + 0.3
        speed = np.linalg.norm(np.diff(joints(make(action, seconds=seconds)), axis=0), axis=-1).max() * FPS
        assert speed < 12.0, action


def test_the_same_seed_gives_the_same_motion() -> None:
    first, second = make(Action("dance"), seed=5), make(Action("dance"), seed=5)
    assert np.array_equal(first.rotations, second.rotations)
    assert not np.array_equal(first.rotations, make(Action("dance"), seed=6).rotations)


def test_a_motion_begins_at_the_origin() -> None:
    for name in ACTIONS:
        assert np.abs(make(Action(name, side="right", direction="left")).translation[0, (0, 2)]).max() < 1e-6


def test_forward_kinematics_of_the_rest_pose_is_the_rest_pose() -> None:
    rotations = np.tile(np.eye(3, dtype=np.float32), (1, 22, 1, 1))
    assert np.allclose(forward_kinematics(rotations, np.zeros((1, 3), np.float32), SKELETON)[0], SKELETON.rest, atol=1e-6)


@pytest.mark.parametrize(("speed", "low", "high"), [("slow", 0.5, 0.8), ("normal", 0.95, 1.35), ("quick", 1.4, 1.9)])
def test_walking_speed(speed: str, low: float, high: float) -> None:
    motion = make(Action("walk", speed=speed), seconds=5)  # type: ignore[arg-type]
    assert low < (motion.translation[-1, 2] - motion.translation[30, 2]) / 4 < high


@pytest.mark.parametrize(("direction", "axis", "sign"), [("forward", 2, 1), ("backward", 2, -1), ("left", 0, 1), ("right", 0, -1)])
def test_walking_goes_where_it_says_facing_ahead(direction: str, axis: int, sign: int) -> None:
    motion = make(Action("walk", direction=direction))  # type: ignore[arg-type]
    assert sign * motion.translation[-1, axis] > 1.2
    assert abs(heading(motion)).max() < 0.35


def test_walking_in_a_circle_turns_all_the_way() -> None:
    motion = make(Action("walk", direction="circle"), seconds=8)
    assert abs(heading(motion)[-1]) > 2 * np.pi * 0.8


@pytest.mark.parametrize(("direction", "angle"), [("left", 90), ("right", -90)])
def test_a_quarter_turn(direction: str, angle: int) -> None:
    assert np.degrees(heading(make(Action("turn", direction=direction)))[-1]) == pytest.approx(angle, abs=6)  # type: ignore[arg-type]


def test_turning_around_is_half_a_turn() -> None:
    assert abs(np.degrees(heading(make(Action("turn", direction="around")))[-1])) == pytest.approx(180, abs=6)


def test_two_spins_are_two_full_turns() -> None:
    assert np.degrees(heading(make(Action("spin", direction="right", count=2), seconds=6))[-1]) == pytest.approx(-720, abs=8)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_jumps_are_counted_flights(count: int) -> None:
    assert peaks(sole(make(Action("jump", count=count), seconds=6)), above=0.08) == count


def test_a_high_jump_is_higher() -> None:
    assert sole(make(Action("jump", height="high"))).max() > 0.22 > sole(make(Action("jump"))).max() > 0.1


def test_a_jump_forward_lands_ahead() -> None:
    assert make(Action("jump", direction="forward", count=1)).translation[-1, 2] > 0.45


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_wave_is_above_the_shoulder_and_from_side_to_side(side: str) -> None:
    motion = make(Action("wave", side=side))  # type: ignore[arg-type]
    wrist, still = (joint(motion, f"{letter}_Wrist") for letter in ("LR" if side == "left" else "RL"))
    middle = slice(25, 90)
    assert wrist[middle, 1].min() > joint(motion, "L_Shoulder")[middle, 1].max() + 0.05
    assert np.ptp(wrist[middle, 0]) > 0.2
    assert np.ptp(still[:, 1]) < 0.1
    assert 4 <= peaks(wrist[middle, 0], above=float(np.median(wrist[middle, 0]))) <= 6


def test_a_raised_arm_stays_above_the_head_while_walking_on() -> None:
    motion = make(Action("raise_arm", side="left"), Action("walk"), seconds=5)
    assert (joint(motion, "L_Wrist")[60:, 1] > joint(motion, "Head")[60:, 1] + 0.2).all()
    assert joint(motion, "R_Wrist")[:, 1].max() < 1.2


def test_a_lowered_arm_begins_up_and_ends_down() -> None:
    wrist = joint(make(Action("lower_arm", side="right")), "R_Wrist")
    assert wrist[0, 1] > 1.8
    assert wrist[-1, 1] < 1.0


@pytest.mark.parametrize(("height", "low", "high"), [(None, 1.1, 1.5), ("high", 1.75, 2.2)])
def test_claps_bring_the_hands_together_as_often_as_counted(height: str | None, low: float, high: float) -> None:
    motion = make(Action("clap", count=3, height=height))  # type: ignore[arg-type]
    left, right = joint(motion, "L_Wrist"), joint(motion, "R_Wrist")
    distance = np.linalg.norm(left - right, axis=1)
    assert peaks(-distance, above=-0.15) == 3
    assert low < left[distance.argmin(), 1] < high


@pytest.mark.parametrize("side", ["left", "right"])
def test_punches_reach_ahead_at_shoulder_height_as_often_as_counted(side: str) -> None:
    motion = make(Action("punch", side=side, count=2))  # type: ignore[arg-type]
    fist, other = (joint(motion, f"{letter}_Wrist") for letter in ("LR" if side == "left" else "RL"))
    assert peaks(fist[:, 2], above=0.45) == 2
    assert abs(fist[fist[:, 2].argmax(), 1] - 1.42) < 0.15
    assert other[:, 2].max() < 0.35


def test_a_throw_goes_from_behind_the_shoulder_forward() -> None:
    motion = make(Action("throw", side="right"))
    wrist, shoulder = joint(motion, "R_Wrist"), joint(motion, "R_Shoulder")
    behind = wrist - shoulder
    assert behind[behind[:, 1] > 0.1, 2].min() < -0.05
    assert behind[:, 2].max() > 0.35


def test_pointing_holds_a_straight_arm_ahead() -> None:
    motion = make(Action("point", side="left"))
    arm = joint(motion, "L_Wrist")[-1] - joint(motion, "L_Shoulder")[-1]
    assert arm[2] > 0.48
    assert abs(arm[1]) < 0.12


@pytest.mark.parametrize(("height", "low", "high"), [("low", 0.25, 0.5), (None, 0.55, 0.9), ("high", 1.0, 1.5)])
def test_a_kick_reaches_its_height_ahead_while_the_other_foot_stays(height: str | None, low: float, high: float) -> None:
    motion = make(Action("kick", side="left", height=height))  # type: ignore[arg-type]
    foot = joint(motion, "L_Ankle")
    top = foot[:, 2].argmax()
    assert low < foot[top, 1] < high
    assert foot[top, 2] > 0.5
    assert np.ptp(joint(motion, "R_Ankle"), axis=0).max() < 0.02


@pytest.mark.parametrize("count", [1, 3])
def test_squats_are_counted(count: int) -> None:
    assert peaks(-make(Action("squat", count=count), seconds=7).translation[:, 1], above=-0.65) == count


def test_sitting_down_ends_on_a_seat_with_level_thighs() -> None:
    motion = make(Action("sit"))
    assert 0.44 < motion.translation[-1, 1] < 0.52
    assert abs(joint(motion, "L_Hip")[-1, 1] - joint(motion, "L_Knee")[-1, 1]) < 0.1


def test_standing_up_begins_seated() -> None:
    height = make(Action("stand_up")).translation[:, 1]
    assert height[0] < 0.52
    assert height[-1] > 0.9


@pytest.mark.parametrize("side", ["left", "right"])
def test_kneeling_puts_one_knee_on_the_ground(side: str) -> None:
    motion = make(Action("kneel", side=side))  # type: ignore[arg-type]
    knee, other = (joint(motion, f"{letter}_Knee")[-1, 1] for letter in ("LR" if side == "left" else "RL"))
    assert 0.0 < knee < 0.1
    assert other > 0.35


def test_a_low_bow_is_lower() -> None:
    assert 38 < trunk_pitch(make(Action("bow"))).max() < 60 < trunk_pitch(make(Action("bow", height="low"))).max()


def test_crouching_ends_low_and_leaning() -> None:
    motion = make(Action("crouch"))
    assert motion.translation[-1, 1] < 0.55
    assert trunk_pitch(motion)[-1] > 25


def test_balancing_keeps_the_other_foot_up() -> None:
    motion = make(Action("balance", side="right"))
    assert (joint(motion, "L_Ankle")[30:, 1] > 0.3).all()
    assert np.ptp(joint(motion, "R_Ankle"), axis=0).max() < 0.01


def test_a_lunge_steps_far_ahead_and_comes_back() -> None:
    motion = make(Action("lunge", side="right"))
    assert joint(motion, "R_Ankle")[:, 2].max() > 0.65
    assert motion.translation[:, 1].min() < 0.75
    assert abs(motion.translation[-1, 2]) < 0.03


def test_jumping_jacks_open_arms_and_feet_together() -> None:
    motion = make(Action("jumping_jacks", count=3), seconds=5)
    apart = joint(motion, "L_Ankle")[:, 0] - joint(motion, "R_Ankle")[:, 0]
    hands = joint(motion, "L_Wrist")[:, 1]
    assert peaks(apart, above=0.5) == peaks(hands, above=1.7) == 3
    assert np.corrcoef(apart, hands)[0, 1] > 0.8


def test_marching_lifts_both_knees_to_the_hip() -> None:
    motion = make(Action("march"))
    for side in "LR":
        assert joint(motion, f"{side}_Knee")[:, 1].max() > joint(motion, f"{side}_Hip")[:, 1].mean() - 0.12


def test_stretching_holds_both_hands_high() -> None:
    motion = make(Action("stretch"))
    hands = np.minimum(joint(motion, "L_Wrist")[:, 1], joint(motion, "R_Wrist")[:, 1])
    assert (hands > 1.75).mean() > 0.4


def test_nods_are_counted() -> None:
    motion = make(Action("nod", count=3))
    head = (motion.rotations[:, INDEX["Neck"]] @ motion.rotations[:, INDEX["Head"]])[:, :, 2]
    assert peaks(np.degrees(np.arcsin(-head[:, 1])), above=15) == 3


def test_shaking_the_head_turns_it_both_ways() -> None:
    motion = make(Action("shake_head", count=2))
    head = (motion.rotations[:, INDEX["Neck"]] @ motion.rotations[:, INDEX["Head"]])[:, :, 2]
    yaw = np.degrees(np.arctan2(head[:, 0], head[:, 2]))
    assert peaks(yaw, above=20) == peaks(-yaw, above=20) == 2


def test_standing_is_almost_still() -> None:
    assert np.ptp(joints(make(Action("stand"))), axis=0).max() < 0.05


def test_a_wave_while_walking_does_both() -> None:
    motion = make((Action("walk"), Action("wave", side="right")))
    assert motion.translation[-1, 2] > 3.0
    assert joint(motion, "R_Wrist")[30:90, 1].min() > 1.45


def test_a_walk_after_a_turn_goes_the_new_way() -> None:
    motion = make(Action("turn", direction="left"), Action("walk"), seconds=5)
    assert motion.translation[-1, 0] > 1.5
    assert abs(motion.translation[-1, 2]) < 0.2


def test_a_walk_after_sitting_first_stands_up() -> None:
    motion = make(Action("sit"), Action("walk"), seconds=6)
    assert motion.translation[:, 1].min() < 0.52
    assert motion.translation[-1, 1] > 0.85
    assert motion.translation[-1, 2] > 0.8


def test_a_step_without_actions_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one step"):
        synthesise(Plan(((),)), 30, np.random.default_rng(0))


def test_three_jumps_take_longer_than_one() -> None:
    assert natural_seconds(Plan(((Action("jump", count=3),),))) > 2 * natural_seconds(Plan(((Action("jump", count=1),),)))
