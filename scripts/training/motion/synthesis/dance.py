"""Dancing: step-touch from side to side, hips and arms to the beat."""

import numpy as np

from function.models.motion.text.plan import Action

from .body import SIDES
from .curves import ease
from .stage import Span, Stage


def dance(stage: Stage, action: Action, span: Span) -> None:
    """Step out on one beat, close on the next, and the same the other way."""
    rng = stage.rng
    beat = (0.36 if action.speed == "quick" else 0.5) * rng.uniform(0.95, 1.05)
    start = span.start + min(rng.uniform(0.05, 0.2), 0.08 * span.seconds)
    stage.gather_feet(start)
    bars = max(1, round((span.end - start) / (4 * beat)))
    if not span.final:
        beat = (span.end - start) / (4 * bars)
    else:
        bars += 2
    lead = SIDES[int(rng.integers(2))]
    _, t = stage.since(start)
    phase = np.pi * t / (2 * beat)
    active = ease(t / 0.3) * (1.0 - ease((t - 4 * bars * beat + 0.3) / 0.3))
    sway = np.sin(phase - 0.25) * active * (1.0 if lead == "left" else -1.0)
    _step_touch(stage, start, beat, bars, lead)
    bounce = 0.5 - 0.5 * np.cos(2 * np.pi * t / beat)
    stage.shift(start, left=0.2 * sway)
    hips = np.sin(np.pi * t / beat - 0.4) * active
    curves = {
        "height": stage.rest["height"] - active * (0.02 + 0.05 * bounce),
        "pelvis_left": 0.04 * hips,
        "pelvis_roll": 9.0 * hips,
        "spine_roll": -14.0 * hips,
        "pelvis_yaw": 8.0 * sway,
        "spine_yaw": -20.0 * sway,
        "head_roll": 5.0 * hips,
    }
    for side, sign in zip(SIDES, (1.0, -1.0), strict=True):
        pump = 0.5 + 0.5 * np.sin(phase * 2 + (0.5 * np.pi) * sign)
        rest = stage.rest
        pose = {"arm_forward": 35 + 45 * pump, "arm_out": 30 + 15 * sign * sway, "arm_twist": 10 + 0 * pump, "elbow": 95 - 15 * pump}
        for name, value in pose.items():
            curves[f"{side}_{name}"] = rest[f"{side}_{name}"] + (value - rest[f"{side}_{name}"]) * active
    stage.write(start, curves)


def _step_touch(stage: Stage, start: float, beat: float, bars: int, lead: str) -> None:
    follower = SIDES[1 - SIDES.index(lead)]
    sign = 1.0 if lead == "left" else -1.0
    heading = stage.where(start)[2]
    home = {side: stage.stand_at(side, start) for side in SIDES}
    for number in range(4 * bars):
        side, away = ((lead, 0.26), (follower, 0.2), (follower, -0.26), (lead, -0.2))[number % 4]
        if number >= 4 * bars - 2:
            away = 0.0
        x, z, yaw = home[side]
        begin = start + (number + 0.3) * beat
        place = (x + sign * away * np.cos(heading), z - sign * away * np.sin(heading), yaw)
        stage.step(side, begin, begin + 0.62 * beat, place, 0.06, toe_off=12.0)
