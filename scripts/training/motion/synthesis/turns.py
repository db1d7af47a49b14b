"""Turning and spinning on the spot with small steps."""

import numpy as np

from function.models.motion.text.plan import Action

from .body import SIDES
from .curves import ease
from .gaits import TEMPO
from .stage import Span, Stage


def turn(stage: Stage, action: Action, span: Span) -> None:
    """A quarter turn to a side, or a half turn."""
    around = action.direction == "around"
    seconds = TEMPO[action.speed] * (1.9 if around else 1.3)
    sign = -1 if action.direction == "right" or (around and stage.rng.random() < 0.5) else 1
    _rotate(stage, span, sign * (np.pi if around else 0.5 * np.pi), seconds, 4 if around else 2)


def spin(stage: Stage, action: Action, span: Span) -> None:
    """Whole turns, to the left unless right was said."""
    turns = action.count or (2 if span.seconds > 4.5 else 1)
    sign = -1 if action.direction == "right" else 1
    _rotate(stage, span, sign * 2 * np.pi * turns, 1.9 * turns + 0.2, 6 * turns)


def _rotate(stage: Stage, span: Span, angle: float, seconds: float, steps: int) -> None:
    start = span.start + min(stage.rng.uniform(0.05, 0.3), 0.1 * span.seconds)
    seconds = min(seconds * stage.rng.uniform(0.93, 1.07), span.end - start)
    _, t = stage.since(start)
    slope = 0.35 if steps > 4 else 0.5
    fraction = t / seconds
    progress = np.interp(fraction, (0, 1), (0, 1)) * (1 - 2 * slope) + 2 * slope * ease(fraction)
    stage.shift(start, turn=angle * progress)
    lead = SIDES[0] if angle > 0 else SIDES[1]
    order = (lead, SIDES[1 - SIDES.index(lead)])
    beat = seconds / (steps + 0.5)
    stage.clear_steps(start)
    for number in range(steps + 1):
        land = start + (number + 1) * beat
        middle = start + seconds if number >= steps - 1 else land + 0.6 * beat
        begin = max(land - 0.85 * beat, start + 0.02)
        stage.step(order[number % 2], begin, min(land, start + seconds + 0.2), stage.stand_at(order[number % 2], middle), 0.07, toe_off=8.0)
    look = np.sign(angle) * np.exp(-(((fraction - 0.3) / 0.25) ** 2))
    stage.write(start, {"head_yaw": 22.0 * look, "spine_yaw": 8.0 * look})
