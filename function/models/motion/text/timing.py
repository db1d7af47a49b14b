"""How long things naturally take, and how a clip's seconds are shared among the steps of a plan."""

from collections.abc import Sequence
from itertools import accumulate
from typing import Final

from function.models.motion.text.plan import UPPER_BODY, Action, Plan, Speed

TEMPO: Final[dict[Speed, float]] = {"slow": 1.45, "normal": 1.0, "quick": 0.72}  # seconds, relative to normal

# Seconds for doing it once; what `ELASTIC` names may fill any time instead.
_ONCE = {
    "walk": 2.6, "run": 2.2, "march": 2.6, "jump": 1.7, "jumping_jacks": 1.0, "squat": 1.9, "sit": 1.8, "stand_up": 1.6, "kneel": 1.9,
    "bow": 2.0, "wave": 2.2, "raise_arm": 1.3, "lower_arm": 1.3, "clap": 0.6, "punch": 1.0, "kick": 1.35, "point": 1.4, "throw": 2.1,
    "turn": 1.6, "spin": 2.2, "lunge": 2.1, "stretch": 3.6, "nod": 0.85, "shake_head": 1.0, "crouch": 1.5, "balance": 2.8, "dance": 3.6,
    "stand": 1.8,
}  # fmt: skip
_UNCOUNTED = {"jumping_jacks": 3, "clap": 4, "nod": 3, "shake_head": 3}
_EXTRA = {"clap": 0.9, "punch": 0.4}
RISE_SECONDS = 1.0  # out of a low posture, before an action that needs standing
IN_PLACE = UPPER_BODY | {"stand", "stand_up", "bow"}  # also while seated, kneeling or crouching
_LOW = frozenset({"sit", "kneel", "crouch"})
ELASTIC = frozenset({"walk", "run", "march", "dance", "balance", "stand", "stretch"})
_ELASTIC_UNCOUNTED = frozenset({"jumping_jacks", "wave", "clap", "nod", "shake_head"})


def natural_seconds(plan: Plan) -> float:
    """How long a person would take for the plan without hurry."""
    return sum(_step_seconds(plan))


def _step_seconds(plan: Plan) -> list[float]:
    """The natural seconds of each step: of its longest action, and of standing up where it must come first."""
    seconds, low = [], False
    for step in plan.steps:
        longest = max(_action_seconds(action) for action in step)
        stays = all(action.name in IN_PLACE for action in step)
        seconds.append(longest + (RISE_SECONDS if low and not stays else 0.0))
        low = any(action.name in _LOW for action in step) or (low and stays and all(action.name != "stand_up" for action in step))
    return seconds


def share(plan: Plan, seconds: float, stretch: Sequence[float] = ()) -> list[float]:
    """The end of each step of the plan, the last one at `seconds`. What is left over goes to actions that can go on.

    `stretch` multiplies the natural seconds of each step; training varies it.
    """
    natural = [own * factor for own, factor in zip(_step_seconds(plan), stretch or (1.0,) * len(plan.steps), strict=True)]
    spare = seconds - sum(natural)
    if spare <= 0:
        return list(accumulate(own * seconds / sum(natural) for own in natural))
    weights = [1.0 if any(_elastic(action) for action in step) else 0.1 for step in plan.steps]
    weights[-1] += 0.25
    return list(accumulate(own + spare * weight / sum(weights) for own, weight in zip(natural, weights, strict=True)))


def _action_seconds(action: Action) -> float:
    times = action.count or _UNCOUNTED.get(action.name, 1)
    slowness = TEMPO[action.speed] if action.name not in ELASTIC else 1.0
    around = 1.4 if action.direction == "around" else 1.0
    return (_ONCE[action.name] * times * around + _EXTRA.get(action.name, 0.0)) * slowness


def _elastic(action: Action) -> bool:
    return action.name in ELASTIC or (action.count is None and action.name in _ELASTIC_UNCOUNTED)
