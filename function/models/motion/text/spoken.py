"""Plans in plain words, for people to see what a sentence was read as."""

from function.models.motion.text.plan import Action, Plan

_TIMES = {1: "once", 2: "twice", 3: "three times"}
_HOW = {"slow": "slowly", "quick": "quickly", "normal": ""}
_WHERE = {"circle": "in a circle", "place": "in place"}


def describe(plan: Plan) -> str:
    """For example "walk forward, then wave (right)"."""
    return ", then ".join(" while ".join(map(_words, step)) for step in plan.steps)


def _words(action: Action) -> str:
    name = action.name.replace("_", " ")
    where = _WHERE.get(action.direction, action.direction) if action.direction else ""
    side = f"({action.side})" if action.side else ""
    times = _TIMES[action.count] if action.count else ""
    return " ".join(word for word in (name, where, side, action.height or "", times, _HOW[action.speed]) if word)
