"""English verb forms, made from the base form."""

from functools import cache
from typing import Literal

from function.models.motion.text.words import IRREGULAR

Form = Literal["base", "third", "gerund", "past"]

_SHORT = "jog hop squat sit nod spin run clap step stop drop put get cut bob skip slip plod trot begin let set hit flap dip jab wag"
_DOUBLED = frozenset(_SHORT.split())  # double their last letter
_PAST = {"cut": "cut", "set": "set", "let": "let", "begin": "began"}


@cache
def inflect(verb: str, form: Form) -> str:
    """`walk` -> walk, walks, walking or walked. `not move` -> not move, does not move, not moving or did not move."""
    if verb.startswith("not "):
        plain = verb.removeprefix("not ")
        return {"base": verb, "third": f"does {verb}", "gerund": f"not {inflect(plain, 'gerund')}", "past": f"did {verb}"}[form]
    match form:
        case "third":
            return _third(verb)
        case "gerund":
            return _stem(verb) + "ing"
        case "past":
            return _past(verb)
    return verb


def _third(verb: str) -> str:
    if verb.endswith(("s", "sh", "ch", "x", "o")):
        return verb + "es"
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return verb[:-1] + "ies"
    return verb + "s"


def _stem(verb: str) -> str:
    if verb in _DOUBLED:
        return verb + verb[-1]
    if verb.endswith("e") and not verb.endswith("ee"):
        return verb[:-1]
    return verb


def _past(verb: str) -> str:
    if verb in _PAST:
        return _PAST[verb]
    if verb in IRREGULAR:
        return IRREGULAR[verb][0]
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return verb[:-1] + "ied"
    return verb + "d" if verb.endswith("ee") else _stem(verb) + "ed"
