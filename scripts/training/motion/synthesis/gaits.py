"""Walking, running, marching: the root follows a path and the feet land under where it will be."""

from dataclasses import dataclass, replace

import numpy as np

from function.models.motion.text.plan import Action

from .body import SIDES, STANDING_HEIGHT
from .curves import Array, ease
from .stage import Span, Stage


@dataclass(frozen=True)
class Gait:
    """Speed in m/s, seconds a step, share of a cycle that a foot is planted, and the shape of the movement."""

    speed: float
    period: float
    duty: float = 0.6
    width: float = 0.075
    lift: float = 0.08
    reach: float = 0.0
    toe_off: float = 52.0
    toe_on: float = -12.0
    tuck: float = 0.0
    height: float = STANDING_HEIGHT - 0.025
    behind: float = 0.055  # seconds that the body is ahead of the middle of a stance
    bounce: float = -0.008
    lean: float = 0.0
    arms: float = 22.0
    elbow: float = 10.0
    twist: float = 6.0


WALKS = {
    "slow": Gait(0.7, 0.64, arms=14, toe_off=36, toe_on=-6),
    "normal": Gait(1.2, 0.5),
    "quick": Gait(1.7, 0.4, arms=32, elbow=35, lean=3, twist=8),
}
RUN = Gait(2.9, 0.35, 0.34, 0.06, 0.26, 0.0, 58, -6, 30, STANDING_HEIGHT - 0.055, 0.03, 0.035, 9, 38, 80, 10)
MARCH = Gait(0.8, 0.5, 0.62, 0.09, 0.42, 0.36, 20, 0, 10, STANDING_HEIGHT - 0.01, 0.05, 0.008, 0, 45, 20, 3)
SIDESTEP = Gait(0.58, 0.46, 0.6, 0.195, 0.09, 0.0, 8, 0, 0, STANDING_HEIGHT - 0.03, 0.0, 0.01, 0, 5, 10, 0)
TEMPO = {"slow": 1.4, "normal": 1.0, "quick": 0.75}


def walk(stage: Stage, action: Action, span: Span) -> None:
    """Walk in the action's direction for the whole span."""
    direction, gait = action.direction, WALKS[action.speed]
    if direction in ("left", "right"):
        tempo = TEMPO[action.speed]
        _travel(stage, span, replace(SIDESTEP, speed=SIDESTEP.speed / tempo, period=SIDESTEP.period * tempo), direction)
    elif direction == "backward":
        back = replace(gait, speed=-0.66 * gait.speed, period=1.1 * gait.period, toe_off=6, toe_on=25, behind=0.04, arms=0.6 * gait.arms)
        _travel(stage, span, back, direction)
    else:
        _travel(stage, span, gait, direction)


def run(stage: Stage, action: Action, span: Span) -> None:
    """Run forward, in a circle or in place."""
    gait = replace(RUN, speed=3.4, period=0.31, arms=45, lean=12) if action.speed == "quick" else RUN
    if action.direction == "place":
        gait = replace(gait, speed=0.0, lean=3, toe_off=30, toe_on=10, lift=0.3)
    _travel(stage, span, gait, action.direction)


def march(stage: Stage, action: Action, span: Span) -> None:
    """March with high knees, on the spot unless forward was said."""
    gait = MARCH if action.direction == "forward" else replace(MARCH, speed=0.0)
    _travel(stage, span, gait, action.direction or "place")


def _travel(stage: Stage, span: Span, gait: Gait, direction: str | None) -> None:
    rng = stage.rng
    scale = stage.rng.uniform(0.93, 1.07)
    gait = replace(gait, speed=gait.speed * scale, period=gait.period * rng.uniform(0.95, 1.05), arms=gait.arms * stage.style.vigour)
    start = span.start + min(rng.uniform(0.0, 0.2), 0.1 * span.seconds)
    seconds = span.end - start
    lead = direction if direction in SIDES else ("left" if rng.random() < 0.5 else "right")
    steps = max(2, round(seconds / gait.period))
    if not span.final:
        gait = replace(gait, period=seconds / steps)
    stop = seconds - 0.3 * gait.period if not span.final else None
    _lay_path(stage, start, gait, direction, stop)
    _place_feet(stage, start, gait, lead, steps if stop else None)
    _swing_body(stage, start, gait, lead, stop)


def _envelope(t: Array, stop: float | None) -> Array:
    ramp = ease(t / 0.45)
    return ramp if stop is None else ramp * (1.0 - ease((t - stop + 0.5) / 0.5))


def _lay_path(stage: Stage, start: float, gait: Gait, direction: str | None, stop: float | None) -> None:
    _, t = stage.since(start)
    velocity = gait.speed * _envelope(t, stop)
    step = stage.times[1]
    if direction in SIDES:
        stage.shift(start, left=np.cumsum(velocity) * step * (1 if direction == "left" else -1))
        return
    turn = np.zeros_like(velocity)
    if direction == "circle":
        radius = stage.rng.uniform(1.0, 1.3) * (1.6 if gait.speed > 2 else 1.0) * (1 if stage.rng.random() < 0.5 else -1)
        turn = np.cumsum(velocity / radius) * step
    ahead, left = np.cumsum(velocity * np.cos(turn)) * step, np.cumsum(velocity * np.sin(turn)) * step
    stage.shift(start, forward=ahead, left=left, turn=turn)


def _place_feet(stage: Stage, start: float, gait: Gait, lead: str, steps: int | None) -> None:
    """Each foot lands where the root will be in the middle of its stance; the last step of each foot closes the stance."""
    period, swing = gait.period, 2 * gait.period * (1 - gait.duty)
    order = (lead, SIDES[1 - SIDES.index(lead)])
    stage.clear_steps(start)
    count = steps or int((stage.times[-1] - start) / period)
    how = {"reach": gait.reach, "toe_off": gait.toe_off, "toe_on": gait.toe_on, "tuck": gait.tuck}
    for number in range(count):
        land = start + (number + 1) * period
        side = order[number % 2]
        closing = steps is not None and number >= steps - 2
        middle = stage.times[-1] if closing else land + gait.duty * period - gait.behind
        place = stage.stand_at(side, middle, None if closing else gait.width)
        stage.step(side, max(land - swing, start + 0.05), land, place, gait.lift, **how)


def _swing_body(stage: Stage, start: float, gait: Gait, lead: str, stop: float | None) -> None:
    """Arms against legs, pelvis over the standing foot, a bounce a step."""
    _, t = stage.since(start)
    strength = _envelope(t, stop)
    phase = np.pi * t / gait.period
    stride = -np.cos(phase) * (1.0 if lead == "left" else -1.0) * np.minimum(strength, ease(t / (1.5 * gait.period)))
    sway = np.sin(phase - 0.2 * np.pi) * (1.0 if lead == "left" else -1.0) * strength
    rest = stage.rest
    curves = {
        "height": rest["height"] + strength * (gait.height - STANDING_HEIGHT - gait.bounce * np.cos(2 * phase - 2 * np.pi * gait.duty)),
        "pelvis_left": -0.02 * sway,
        "pelvis_yaw": -gait.twist * stride,
        "spine_yaw": 1.8 * gait.twist * stride,
        "head_yaw": -0.8 * gait.twist * stride,
        "spine_pitch": rest["spine_pitch"] + gait.lean * strength,
        "pelvis_roll": 2.0 * sway,
        "spine_roll": -2.5 * sway,
    }
    for side, sign in (("left", -1.0), ("right", 1.0)):
        curves[f"{side}_arm_forward"] = rest[f"{side}_arm_forward"] + gait.arms * sign * stride - 0.12 * gait.elbow * strength
        curves[f"{side}_elbow"] = rest[f"{side}_elbow"] + strength * gait.elbow + 0.35 * gait.arms * np.maximum(sign * stride, 0.0)
        curves[f"{side}_arm_out"] = np.full_like(t, rest[f"{side}_arm_out"])
        curves[f"{side}_arm_twist"] = rest[f"{side}_arm_twist"] + 0.25 * gait.elbow * strength
    stage.write(start, curves)
