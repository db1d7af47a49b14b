"""Where the feet are: planted in the world, but for the steps they take. Knows no body above the ankle."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .curves import Array, bump, ease, ease_hard

ROLL_SECONDS = 0.26  # the heel begins to rise this long before the foot leaves
LANDING_SECONDS = 0.1


@dataclass(frozen=True)
class Step:
    """One foot leaves the ground at `start` and lands at `end` (seconds) at (x, z) metres, turned to `yaw` radians.

    `height` metres the ankle rises, `reach` metres it swings ahead of its straight way; pitches in degrees, toes down positive:
    `toe_off` on leaving, `toe_on` on landing, `tuck` on top of them half way.
    """

    start: float
    end: float
    x: float
    z: float
    yaw: float
    height: float = 0.09
    reach: float = 0.0
    toe_off: float = 15.0
    toe_on: float = 0.0
    tuck: float = 0.0


@dataclass(frozen=True)
class FootTrack:
    """A foot over time, (N,) each: flat-footed ankle position, yaw in radians, lift and reach in metres, pitch in degrees."""

    x: Array
    z: Array
    yaw: Array
    lift: Array
    reach: Array
    pitch: Array


def follow(steps: Sequence[Step], times: Array) -> FootTrack:
    """The foot at `times` (N,) seconds. The first step is where it stood at the beginning; steps do not overlap."""
    start, end, x, z, yaw, height, reach, toe_off, toe_on, tuck = np.array(
        [(s.start, s.end, s.x, s.z, s.yaw, s.height, s.reach, s.toe_off, s.toe_on, s.tuck) for s in steps]
    ).T
    now = np.clip(np.searchsorted(start, times, side="right") - 1, 0, None)
    before, after = np.maximum(now - 1, 0), np.minimum(now + 1, len(steps) - 1)
    swing = np.clip((times - start[now]) / (end[now] - start[now]), 0.0, 1.0)
    still = np.where(height[now] > 0.2, 0.03, 0.1)  # the foot goes up before it goes ahead, the more so when it stays low
    moved = ease_hard((swing - still) / (1.0 - 2.0 * still))
    rolling = np.where(after > now, ease(1.0 + (times - start[after]) / ROLL_SECONDS), 0.0)
    settling = 1.0 - ease((times - end[now]) / LANDING_SECONDS)
    pitch = toe_off[now] * (1.0 - ease(swing / 0.6)) + toe_on[now] * ease((swing - 0.4) / 0.6) * settling
    hill = bump(swing)
    return FootTrack(
        x=x[before] + (x[now] - x[before]) * moved,
        z=z[before] + (z[now] - z[before]) * moved,
        yaw=yaw[before] + (yaw[now] - yaw[before]) * moved,
        lift=height[now] * ease(swing / 0.45) * ease((1.0 - swing) / 0.55),
        reach=reach[now] * bump((swing - 0.1) / 0.8),
        pitch=pitch * (now > 0) + tuck[now] * hill + toe_off[after] * rolling * (swing >= 1.0),
    )
