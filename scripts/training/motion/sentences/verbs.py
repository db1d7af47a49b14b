"""One action as a verb phrase in the form that the clause asks for."""

from functools import cache

from function.models.motion.text.plan import ACTIONS, Action
from training.motion.chance import Chance, pick, pick_weighted, shuffled
from training.motion.sentences.arms import ARMS
from training.motion.sentences.frames import Subject
from training.motion.sentences.gaits import GAITS
from training.motion.sentences.grammar import expand, verbs_of
from training.motion.sentences.inflect import Form
from training.motion.sentences.legs import LEGS
from training.motion.sentences.modifiers import NUMBERS, REPEATEDLY, SPEEDS, TIMES
from training.motion.sentences.phrase import Phrase, unsaid

WORDINGS = {**GAITS, **LEGS, **ARMS}
_EVERYWHERE = ("speed", "count")  # modifiers that can be said of any action


@cache
def tails(action: Action, modifier: str, first: bool) -> tuple[Phrase, ...]:
    """The phrases that say one modifier after the verb phrase."""
    return tuple(tail for tail in WORDINGS[action.name].tails if tail.says == {modifier} and tail.fits(action, first))


@cache
def heads(action: Action, first: bool, clause: bool = False) -> tuple[tuple[Phrase, ...], tuple[float, ...]]:
    """The phrases that are true of an action and leave nothing unsaid that no tail can say, with their weights."""
    fitting = tuple(
        head
        for head in WORDINGS[action.name].heads
        if head.clause == clause
        and head.fits(action, first)
        and all(m in _EVERYWHERE or tails(action, m, first) for m in unsaid(action, head))
    )
    return fitting, tuple(head.weight for head in fitting)


@cache
def _slots(action: Action, subject: Subject) -> dict[str, str]:
    many = action.count is not None and action.count > 1
    return {
        "side": action.side or "",
        "other": {"left": "right", "right": "left"}.get(action.side or "", ""),
        "side_of_turn": action.direction or "",
        "n": NUMBERS.get(action.count or 1, ""),
        "times": TIMES.get(action.count or 1, ""),
        "s": "s" if many else "",
        "es": "es" if many else "",
        "his": f"({subject.his}|the|{subject.his})",
        "self": subject.himself,
    }


def verb_phrase(action: Action, subject: Subject, form: Form, rng: Chance, first: bool, clause: bool = False) -> tuple[str, list[str]]:
    """`walks slowly`, [`to the left`]: the verb and what comes after it; or a clause, `her left hand waves`.

    Raises ValueError for an action that has no such words.
    """
    fitting, weights = heads(action, first, clause)
    if not fitting:
        raise ValueError(f"no words for {action}")
    head = pick_weighted(rng, fitting, weights)
    slots = _slots(action, subject)
    text = expand(head.text, rng, form, slots)
    after: list[str] = []
    for modifier in shuffled(rng, unsaid(action, head)):
        if modifier == "speed" and (adverb := _adverb(text, rng)):
            text = adverb.replace("{adverb}", expand(SPEEDS[action.speed][0], rng))
        else:
            after.append(expand(_tail(action, modifier, rng, first), rng, form, slots))
    if action.count is None and ACTIONS[action.name].counts and rng.random() < 0.03:
        after.append(expand(REPEATEDLY, rng))
    return text.replace("~", ""), after


def _adverb(text: str, rng: Chance) -> str:
    """The text with a place for an adverb of speed, before or behind the verb; "" for neither."""
    places = (f"{{adverb}} {text}", text.replace("~", " {adverb}"), "", "") if "~" in text else (f"{{adverb}} {text}", "", "")
    return pick(rng, places)


def _tail(action: Action, modifier: str, rng: Chance, first: bool) -> str:
    if modifier == "speed":
        return SPEEDS[action.speed][1]
    if modifier == "count":
        return "{times}"
    fitting = tails(action, modifier, first)
    return pick_weighted(rng, fitting, [tail.weight for tail in fitting]).text


@cache
def verbs() -> frozenset[str]:
    """The base form of every verb in the wordings."""
    return frozenset(verb for wording in WORDINGS.values() for head in wording.heads for verb in verbs_of(head.text))
