"""Sentences often say one thing twice: "a spin, round and round". Training never names an action twice in a row, so a reading that
does has heard an elaboration."""

from dataclasses import fields

from function.models.motion.text.plan import Action, Plan


def without_echoes(plan: Plan) -> Plan:
    """The plan with an action that is named again at once, saying nothing else, named once with all that was said of it."""
    steps: list[tuple[Action, ...]] = []
    for step in plan.steps:
        once = _one(*step) if len(step) == 2 else None
        said = (once,) if once else step
        again = _one(*steps[-1], *said) if steps and len(steps[-1]) == len(said) == 1 else None
        if again:
            steps[-1] = (again,)
        else:
            steps.append(said)
    return Plan(tuple(steps))


def _one(first: Action, second: Action) -> Action | None:
    """Both as one action, or None when they are two: other names, or modifiers that differ."""
    said = {}
    for field in fields(Action):
        mine, other = getattr(first, field.name), getattr(second, field.name)
        unsaid = field.default
        if mine != other and unsaid not in {mine, other}:
            return None
        said[field.name] = other if mine == unsaid else mine
    return Action(**said)
