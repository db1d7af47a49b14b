"""Checks of kicks, lunges and balance: one leg does something and the other one carries."""

import numpy as np

from benchmarks.motion_quality.checks import limits
from benchmarks.motion_quality.checks.findings import Finding, counted, expect, sided
from benchmarks.motion_quality.signals import excursions, longest
from benchmarks.motion_quality.track import LIMBS, Array, Limb, MotionTrack, other
from function.models.motion.text.plan import Action


def wander(path: Array) -> float:
    """Farthest that a path (F, 3) gets over the floor from its middle, in metres."""
    floor = path[:, ::2]
    return float(np.linalg.norm(floor - np.median(floor, axis=0), axis=-1).max())


def supports(track: MotionTrack, side: Limb) -> bool:
    """The foot and the knee of this side stay where they are."""
    still = all(wander(track.joint(name, side)) < limits.SUPPORT_STILL for name in ("Ankle", "Knee"))
    return still and float(track.sole(side).max()) < limits.AIRBORNE


def kicks(track: MotionTrack, side: Limb) -> list[tuple[int, int]]:
    """Frames of each swing of a leg to the front, from a standing leg that keeps still."""
    ankle = track.from_pelvis("Ankle", side)
    return [
        (first, last)
        for first, last in excursions(ankle[:, 2], limits.KICK_REACH, limits.KICK_BACK)
        if ankle[first:last, 1].max() > limits.KICK_LIFT
        and track.bend("Knee", side)[first:last].min() < limits.KICK_KNEE
        and supports(track.part(first / track.fps - limits.KICK_SECONDS, last / track.fps + limits.KICK_SECONDS), other(side))
    ]


def kick(action: Action, track: MotionTrack) -> list[Finding]:
    done = {side: kicks(track, side) for side in LIMBS}
    used = [side for side in LIMBS if action.side in (None, side)]
    found = sided(action, lambda side: bool(done[side])) + counted(action, sum(len(done[side]) for side in used))
    tops = [float(track.joint("Ankle", side)[first:last, 1].max()) for side in used for first, last in done[side]]
    if action.height == "high":
        found.append(expect(bool(tops) and min(tops) > limits.KICK_HIGH, f"the ankle rises to {tops}", "height"))
    if action.height == "low":
        found.append(expect(bool(tops) and max(tops) < limits.KICK_LOW, f"the ankle rises to {tops}", "height"))
    return found


def lunges(track: MotionTrack, side: Limb) -> int:
    """How often this foot stepped far before the other, its knee bent and the body lower, and came back."""
    stride = track.from_pelvis("Ankle", side)[:, 2] - track.from_pelvis("Ankle", other(side))[:, 2]
    drop = np.percentile(track.pelvis_height, 95) - track.pelvis_height
    feet = excursions(stride, limits.LUNGE_STRIDE, limits.LUNGE_BACK)
    return sum(
        bool(drop[first:last].max() > limits.LUNGE_DROP and track.bend("Knee", side)[first:last].max() > limits.LUNGE_KNEE)
        for first, last in feet
        if (stride[:first] < limits.LUNGE_BACK).any() and (stride[last:] < limits.LUNGE_BACK).any()
    )


def lunge(action: Action, track: MotionTrack) -> list[Finding]:
    done = {side: lunges(track, side) for side in LIMBS}
    count = sum(done[side] for side in LIMBS if action.side in (None, side))
    return sided(action, lambda side: done[side] > 0) + counted(action, count)


def balances(track: MotionTrack, side: Limb) -> bool:
    """This foot stands while the other one stays off the floor."""
    held = (track.sole(other(side)) > limits.BALANCE_LIFT) & (track.sole(side) < limits.SOLE_DOWN)
    free = track.from_pelvis("Ankle", other(side))
    held &= track.speed(free) < limits.BALANCE_SPEED
    return longest(held) >= limits.BALANCE_SECONDS * track.fps


def balance(action: Action, track: MotionTrack) -> list[Finding]:
    return sided(action, lambda side: balances(track, side))
