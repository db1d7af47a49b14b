"""Ways to say one action: verb phrases, and tails that say a modifier which the verb phrase left unsaid.

In the templates: `~` marks a place for an adverb of speed; the slots are `{side}` and `{other}` (the other side), `{n}` with `{s}` or
`{es}` (two jumps), `{times}` (twice), `{his}` (the, his, her) and `{self}` (himself).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from function.models.motion.text.plan import Action
from training.motion.sentences.grammar import slot_names

MODIFIERS = ("side", "direction", "height", "count", "speed")
_SAYS = {"side": "side", "other": "side", "n": "count", "times": "count"}


@dataclass(frozen=True)
class Phrase:
    """A template and what it fits: space-separated values of a modifier; "none" is a modifier that is not there."""

    text: str
    side: str = ""
    direction: str = ""
    height: str = ""
    count: str = ""
    speed: str = ""
    at: Literal["", "first", "later"] = ""  # where in the plan the action may stand
    weight: float = 1.0
    clause: bool = False  # a whole clause, with a part of the body as its subject

    @cached_property
    def says(self) -> frozenset[str]:
        """The modifiers that are said once this phrase is."""
        slots = {_SAYS[slot] for slot in slot_names(self.text) if slot in _SAYS}
        return frozenset(slots | {modifier for modifier in MODIFIERS if getattr(self, modifier)})

    def fits(self, action: Action, first: bool) -> bool:
        """Whether the phrase is true of the action. It may leave modifiers unsaid."""
        if self.at and self.at != ("first" if first else "later"):
            return False
        for modifier in self.says:
            value = value_of(action, modifier)
            accepted = getattr(self, modifier).split() or _any(modifier)
            if value not in accepted:
                return False
        return True


def _any(modifier: str) -> tuple[str, ...]:
    return ("left", "right") if modifier == "side" else ("1", "2", "3")


def value_of(action: Action, modifier: str) -> str:
    """A modifier as a word; "none" where it is unsaid."""
    value = getattr(action, modifier)
    return "none" if value in (None, "normal") else str(value)


def unsaid(action: Action, phrase: Phrase) -> tuple[str, ...]:
    """The modifiers of the action that a phrase does not say."""
    return tuple(m for m in MODIFIERS if m not in phrase.says and value_of(action, m) != "none")


@dataclass(frozen=True)
class Wording:
    """All that can be said of one action."""

    heads: tuple[Phrase, ...]
    tails: tuple[Phrase, ...] = ()


Wordings = Mapping[str, Wording]
