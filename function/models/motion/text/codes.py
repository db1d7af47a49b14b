"""Plans as small integers, the form that networks read and write. 0 in the first field means "no action"."""

from collections.abc import Sequence
from typing import Any, Final

from function.models.motion.text.plan import ACTIONS, Action, Plan

STEPS: Final = 4
TOGETHER: Final = 2

# The values of each field of an action, in the order of `Action`; an index into these is a code.
FIELDS: Final[dict[str, tuple[Any, ...]]] = {
    "name": (None, *ACTIONS),
    "side": (None, "left", "right", "both"),
    "direction": (None, "forward", "backward", "left", "right", "circle", "around", "place"),
    "speed": ("normal", "slow", "quick"),
    "count": (None, 1, 2, 3),
    "height": (None, "high", "low"),
}
SIZES: Final = tuple(len(values) for values in FIELDS.values())

ActionCode = tuple[int, ...]
_NOTHING: Final[ActionCode] = (0,) * len(FIELDS)


def action_code(action: Action) -> ActionCode:
    """One index a field."""
    return tuple(values.index(getattr(action, field)) for field, values in FIELDS.items())


def plan_codes(plan: Plan) -> list[list[ActionCode]]:
    """(STEPS, TOGETHER, fields) indices. Raises ValueError for a plan with more steps or more actions at once than that."""
    if len(plan.steps) > STEPS or any(len(step) > TOGETHER for step in plan.steps):
        raise ValueError(f"a plan has at most {STEPS} steps of {TOGETHER} actions")
    steps = [[action_code(action) for action in step] for step in plan.steps]
    padded = [step + [_NOTHING] * (TOGETHER - len(step)) for step in steps]
    return padded + [[_NOTHING] * TOGETHER] * (STEPS - len(steps))


def plan_from_codes(codes: Sequence[Sequence[Sequence[int]]]) -> Plan:
    """The plan of (STEPS, TOGETHER, fields) indices; modifiers that an action does not take are dropped."""
    steps = (tuple(_action(code) for code in step if code[0]) for step in codes)
    return Plan(tuple(step for step in steps if step))


def _action(code: Sequence[int]) -> Action:
    values = {field: FIELDS[field][index] for field, index in zip(FIELDS, code, strict=True)}
    traits = ACTIONS[values["name"]]
    allowed = {"side": traits.sides, "direction": traits.directions, "count": traits.counts, "height": traits.heights}
    for field, choices in allowed.items():
        if values[field] not in choices:
            values[field] = None
    if values["speed"] not in traits.speeds:
        values["speed"] = "normal"
    return Action(**values)
