"""A small template language: text with choices, verbs that take the clause's form, and slots.

`(up|back up|)` is one of its branches, each as likely; `<walk|stroll>` is one of its verbs, in the form asked for; `{side}` is
looked up, and stays as it is where nothing is known by that name. Branches nest.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from training.motion.chance import Chance, pick
from training.motion.sentences.inflect import Form, inflect

_PIECE = re.compile(r"<[^>]*>|\{\w+\}|[()|]|[^<{()|]+")


@dataclass(frozen=True)
class Verb:
    options: tuple[str, ...]


@dataclass(frozen=True)
class Slot:
    name: str


@dataclass(frozen=True)
class Choice:
    branches: tuple["Template", ...]


Template = tuple[str | Verb | Slot | Choice, ...]


@cache
def parse(text: str) -> Template:
    """A template's text as a tree."""
    pieces = _PIECE.findall(text)
    branches, end = _branches(pieces, 0)
    if end != len(pieces) or len(branches) != 1:
        raise ValueError(f"unbalanced template: {text}")
    return branches[0]


def _branches(pieces: list[str], at: int) -> tuple[list[Template], int]:
    branches: list[Template] = []
    branch: list[str | Verb | Slot | Choice] = []
    while at < len(pieces) and pieces[at] != ")":
        piece = pieces[at]
        if piece == "(":
            inner, at = _branches(pieces, at + 1)
            branch.append(Choice(tuple(inner)))
        elif piece == "|":
            branches.append(tuple(branch))
            branch = []
        else:
            branch.append(_leaf(piece))
        at += 1
    return [*branches, tuple(branch)], at


def _leaf(piece: str) -> str | Verb | Slot:
    if piece[0] == "<":
        return Verb(tuple(piece[1:-1].split("|")))
    return Slot(piece[1:-1]) if piece[0] == "{" else piece


def expand(text: str, rng: Chance, form: Form = "base", slots: Mapping[str, str] | None = None) -> str:
    """One of the texts that a template stands for. Spaces may double; see `tidy`."""
    out: list[str] = []
    _expand(parse(text), rng, form, slots or {}, out)
    return "".join(out)


def _expand(template: Template, rng: Chance, form: Form, slots: Mapping[str, str], out: list[str]) -> None:
    for piece in template:
        if isinstance(piece, str):
            out.append(piece)
        elif isinstance(piece, Verb):
            out.append(inflect(pick(rng, piece.options), form))
        elif isinstance(piece, Slot):
            _expand(parse(slots[piece.name]) if piece.name in slots else (f"{{{piece.name}}}",), rng, form, slots, out)
        else:
            _expand(pick(rng, piece.branches), rng, form, slots, out)


def fill(text: str, parts: Mapping[str, Callable[[], str]]) -> str:
    """The text with its slots replaced by what their parts say; a part that has no slot is not asked."""
    return re.sub(r"\{(\w+)\}", lambda slot: parts[slot[1]](), text)


def tidy(text: str) -> str:
    """Single spaces, none before a comma or a full stop."""
    return re.sub(r" (?=[,.;!])", "", " ".join(text.split()))


def verbs_of(text: str) -> frozenset[str]:
    """The base forms of the verbs in a template."""
    return frozenset(verb for group in re.findall(r"<([^>]*)>", text) for verb in group.split("|"))


def slot_names(text: str) -> frozenset[str]:
    """The slots that a template reads."""
    return frozenset(re.findall(r"\{(\w+)\}", text))
