"""Checks of what the head does, told apart from what the whole trunk does."""

import numpy as np

from benchmarks.motion_quality.checks import limits
from benchmarks.motion_quality.checks.findings import Finding, counted, expect
from benchmarks.motion_quality.signals import steadied, tops, turning_points
from benchmarks.motion_quality.track import CHEST, HEAD, MotionTrack
from function.models.motion.text.plan import Action


def nod(action: Action, track: MotionTrack) -> list[Finding]:
    """The head goes down and comes up again, without turning as much."""
    return [*counted(action, len(tops(track.gaze(HEAD)[:, 0], limits.NOD_DOWN))), *_head_alone(track, 0)]


def shake_head(action: Action, track: MotionTrack) -> list[Finding]:
    """The head turns to one side, to the other and back; that is once."""
    count = round(len(turning_points(track.gaze(HEAD)[:, 1], limits.SHAKE_SWING)) / 2)
    return [*counted(action, count), *_head_alone(track, 1)]


def _head_alone(track: MotionTrack, axis: int) -> list[Finding]:
    """The head swings about this axis, not about the other one, and not because the chest does."""
    head, chest = swing(track, HEAD), swing(track, CHEST)
    along, across, trunk = head[axis], head[1 - axis], chest[axis]
    return [
        expect(across < limits.OTHER_AXIS * along, f"the head swings by {along:.0f} degrees, across by {across:.0f}"),
        expect(trunk < limits.CHEST_SHARE * along, f"the head swings by {along:.0f} degrees, the chest by {trunk:.0f}"),
    ]


def swing(track: MotionTrack, joint: int) -> tuple[float, float]:
    """Typical quick swing down and to the left, in degrees; what takes longer than a second and more is left out."""
    frames = round(limits.SWING_SECONDS * track.fps)
    down, left = (float(np.std(angle - steadied(angle, frames))) for angle in track.gaze(joint).T)
    return down, left
