"""Random plans and how long they want to take. Weights here are what the embedded model gets to see, and how often."""

from collections.abc import Sequence
from dataclasses import replace
from math import ceil
from typing import TypeVar

from function.models.motion.text.plan import ACTIONS, CARRIERS, UPPER_BODY, Action, Plan
from function.models.motion.text.timing import natural_seconds
from training.motion.chance import Chance, pick, pick_weighted

__all__ = ["natural_seconds", "sample_frames", "sample_plan"]

T = TypeVar("T")
Step = tuple[Action, ...]

SHORTEST, LONGEST = 0.67, 12.0  # seconds

# How often an action is drawn, where that is not 1: those with many modifiers need more examples.
_SHARES: dict[str, float] = {
    "walk": 2.6,
    "run": 1.4,
    "jump": 1.5,
    "wave": 1.8,
    "raise_arm": 1.5,
    "lower_arm": 0.8,
    "punch": 1.3,
    "kick": 1.6,
    "turn": 1.6,
    "spin": 1.2,
    "point": 1.2,
    "squat": 1.2,
    "kneel": 1.2,
    "lunge": 1.2,
    "balance": 1.2,
    "dance": 0.8,
}
_SIDE_UNSAID, _OTHER_UNSAID = 0.25, 0.45  # chance that a modifier which may stay unsaid does
_LOW = frozenset({"sit", "kneel", "crouch"})  # end low: what follows stays there or stands up
_NAMES = tuple(ACTIONS)
_ANYTIME = tuple(name for name in ACTIONS if name not in ("stand_up", "lower_arm"))
_UPRIGHT = tuple(name for name in _ANYTIME if name not in _LOW)
_UPPER = tuple(sorted(UPPER_BODY - {"lower_arm"}))
_CARRIERS = tuple(sorted(CARRIERS))


def sample_plan(rng: Chance) -> Plan:
    """A random plan: 45 % one action, 35 % two steps, 6 % three, 2 % four, 12 % with two actions at the same time."""
    roll = rng.random()
    if roll < 0.45:
        return Plan(((_action(rng, _NAMES),),))
    if roll < 0.88:
        return Plan(_steps(rng, 2 if roll < 0.80 else 3 if roll < 0.86 else 4))
    pair = _pair(rng)
    if roll < 0.96:
        return Plan((pair,))
    other = (_action(rng, _UPRIGHT),)
    return Plan((pair, other) if rng.random() < 0.5 else (other, pair))


def sample_frames(plan: Plan, rng: Chance, fps: int) -> int:
    """A length in frames around the natural one, between 0.67 and 12 s; sometimes one that somebody just asks for."""
    natural = natural_seconds(plan)
    spread = (rng.random() + rng.random() + rng.random()) / 3  # around one half
    seconds = natural * (0.65 + 1.1 * spread)
    if rng.random() < 0.6:
        shortest, longest = max(SHORTEST, 0.65 * natural), min(LONGEST, max(5.5 + 0.8 * len(plan.steps), 2.0 * natural))
        seconds = shortest + (longest - shortest) * rng.random()
    return max(ceil(SHORTEST * fps), min(int(LONGEST * fps), round(seconds * fps)))


def _action(rng: Chance, names: Sequence[str]) -> Action:
    name = pick_weighted(rng, names, [_SHARES.get(name, 1.0) for name in names])
    traits = ACTIONS[name]
    return Action(
        name,
        side=_modifier(rng, traits.sides, _SIDE_UNSAID),
        direction=_modifier(rng, traits.directions, _SIDE_UNSAID),
        speed="normal" if rng.random() < 0.55 else pick(rng, traits.speeds),
        count=_modifier(rng, traits.counts, _OTHER_UNSAID),
        height=_modifier(rng, traits.heights, _OTHER_UNSAID),
    )


def _modifier(rng: Chance, values: tuple[T | None, ...], unsaid: float) -> T | None:
    said = [value for value in values if value is not None]
    if not said or (None in values and rng.random() < unsaid):
        return None
    return pick(rng, said)


def _pair(rng: Chance) -> Step:
    """A lower-body action and an upper-body one at the same time."""
    return (_action(rng, _CARRIERS), _action(rng, _UPPER))


def _steps(rng: Chance, count: int) -> tuple[Step, ...]:
    steps: list[Action] = []
    while len(steps) < count:
        action = _next(rng, steps)
        if all(action.name != other.name or action.direction != other.direction for other in steps[-1:]):
            steps.append(action)
    return tuple((action,) for action in steps)


def _next(rng: Chance, done: list[Action]) -> Action:
    """What may follow: mostly what fits the posture and the arms that the last step left behind."""
    last = done[-1] if done else None
    if last is None:
        return _action(rng, _NAMES)
    if any(action.name in _LOW for action in done) and done[-1].name in _LOW | UPPER_BODY and rng.random() < 0.93:
        return _action(rng, ("stand_up",)) if rng.random() < 0.55 else _action(rng, _UPPER)
    if last.name == "raise_arm" and rng.random() < 0.4:
        return replace(_action(rng, ("lower_arm",)), side=last.side)
    return _action(rng, _ANYTIME)
