"""How feet meet the floor: skating while planted, and distance from the ground. True for any motion, whatever was said."""

import numpy as np

from benchmarks.motion_quality.signals import runs
from benchmarks.motion_quality.track import LIMBS, SHIN_BELOW_KNEE, Array, Limb, Mask, MotionTrack
from function.models.motion.text.plan import Plan

PLANTED_HEIGHT = 0.02  # metres: a sole point lower than this touches
PLANTED_CLIMB = 0.15  # metres a second: and it neither lands nor lifts
PLANTED_SECONDS = 0.1  # and stays so at least this long, which leaves out a foot that passes low over the floor
FLIGHT_SECONDS = 0.8  # longer than this nobody flies
AERIAL = frozenset({"run", "march", "jump", "jumping_jacks", "dance"})


def skating(track: MotionTrack) -> Array:
    """Horizontal speed, in cm/s, of each foot from one frame to the next while it is planted in both; one flat array.

    A foot is planted while one of its two sole points (heel, ball) is. Its speed is that of its slowest planted point: a foot
    that rolls from heel to ball or pivots on its ball does not skate.
    """
    return np.concatenate([_foot_skating(track, side) for side in LIMBS])


def _foot_skating(track: MotionTrack, side: Limb) -> Array:
    slips = []
    for path in track.sole_points(side):
        planted = _planted(path[:, 1], np.gradient(path[:, 1]) * track.fps, track.fps)
        step = np.linalg.norm(np.diff(path[:, ::2], axis=0), axis=-1) * track.fps
        slips.append(np.where(planted[1:] & planted[:-1], step, np.inf))
    slip = np.minimum(*slips)
    return np.asarray(slip[np.isfinite(slip)] * 100.0)


def _planted(height: Array, climb: Array, fps: float) -> Mask:
    planted = np.zeros(len(height), dtype=np.bool_)
    for first, last in runs((height < PLANTED_HEIGHT) & (abs(climb) < PLANTED_CLIMB)):
        planted[first:last] = last - first >= PLANTED_SECONDS * fps
    return planted


def ground(track: MotionTrack, plan: Plan) -> Array:
    """Height, in cm, of the lowest point of soles and knees over the floor, in each grounded frame; negative is below.

    Frames of a flight are left out, but only where the plan says something that flies, and only short ones.
    """
    lowest = lowest_point(track)
    flies = any(action.name in AERIAL for step in plan.steps for action in step)
    grounded = np.ones(len(lowest), dtype=np.bool_)
    for first, last in runs(lowest > PLANTED_HEIGHT) if flies else ():
        grounded[first:last] = last - first > FLIGHT_SECONDS * track.fps
    return lowest[grounded] * 100.0


def lowest_point(track: MotionTrack) -> Array:
    """Height (F,) in metres of the lowest of both feet's sole points and the fronts of both knees."""
    heights = [track.sole(side) for side in LIMBS]
    heights += [track.joint("Knee", side)[:, 1] - SHIN_BELOW_KNEE for side in LIMBS]
    return np.asarray(np.min(heights, axis=0))
