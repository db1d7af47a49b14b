"""What stands around the verb phrases: who, how a sentence opens, how steps are joined."""

from dataclasses import dataclass
from typing import Literal

from training.motion.sentences.inflect import Form


@dataclass(frozen=True)
class Subject:
    name: str
    pronoun: str
    his: str
    himself: str


_PERSON = ("they", "their", "themselves")
_HE = ("he", "his", "himself")
_SHE = ("she", "her", "herself")
SUBJECTS: tuple[Subject, ...] = (
    *(Subject(name, *_PERSON) for name in ("a person", "a person", "a person", "the person", "someone", "somebody", "a figure", "a human")),
    *(Subject(name, *_HE) for name in ("a person", "a man", "a man", "the man", "he", "he", "a boy", "a character", "a young man")),
    *(Subject(name, *_SHE) for name in ("a person", "a woman", "a woman", "the woman", "she", "she", "a girl", "the character")),
)
PLURAL = Subject("they", "they", "their", "themselves")
YOU = Subject("", "", "your", "yourself")


@dataclass(frozen=True)
class Frame:
    """An opening, the verb form it asks for and the form of the steps that follow. `{who}` is the subject, `{is}` agrees with it."""

    opening: str
    first: Form
    rest: Form
    weight: float
    who: Literal["subject", "you"] = "subject"


FRAMES: tuple[Frame, ...] = (
    Frame("{who}", "third", "third", 10),
    Frame("{who} {is}", "gerund", "gerund", 2),
    Frame("{who} (starts|begins)", "gerund", "gerund", 0.5),
    Frame("{who} (starts to|begins to|decides to|wants to|tries to)", "base", "base", 0.5),
    Frame("{who} (starts by|begins by)", "gerund", "third", 0.4),
    Frame("{who}", "past", "past", 0.8),
    Frame("{who}", "gerund", "gerund", 1),
    Frame("{who} (who {is}|that {is})", "gerund", "gerund", 0.3),
    Frame("(there is|we see|I see|show me|show) {whom}", "gerund", "gerund", 0.5),
    Frame("{who} (will|should|must|can)", "base", "base", 0.4),
    Frame("(the|an|a|) (motion|animation|clip) of {whom}", "gerund", "gerund", 0.3),
    Frame("(make|let|have) {whom}", "base", "base", 0.4),
    Frame("(I want|I would like|we need) {whom} to", "base", "base", 0.3),
    Frame("(|||please|now|just|please now|you should|can you|could you please)", "base", "base", 2.5, "you"),
    Frame("", "gerund", "gerund", 1, "you"),
    Frame("", "third", "third", 0.6, "you"),
)

# `{same}`: the next step in the form of the sentence; `{ing}`: as a gerund; `{finite}`: with a subject; `{clause}`: and that subject.
JOINS: tuple[tuple[str, float], ...] = (
    ("(,| |, and| and) then {same}", 10),
    (", then {same}", 5),
    ("(,|, and|;) next {same}", 1),
    ("(, and|,| and) after that {same}", 1.5),
    (" and afterwards {same}", 0.7),
    (", afterwards {same}", 0.3),
    ("(| right|,) before {ing}", 2.5),
    ("(|,) followed by {ing}", 1.5),
    ("(;|.) (then|next,|after that,|after that|afterwards,|and then) {clause}", 3),
    (", after which {clause}", 0.7),
    (". {then_clause}", 0.8),
    ("; {clause}", 0.3),
    (". {clause}", 0.5),
)
LAST_JOINS: tuple[tuple[str, float], ...] = (
    ("(, and|,| and) finally {same}", 3),
    ("(, and|,| and) in the end {same}", 0.4),
    ("(. finally,|; finally,) {clause}", 1),
    (" and (ends by|ends with|ends up) {ing}", 0.6),
)
AND = " and {same}"
COMMA = ", {same}"
REVERSED: tuple[tuple[str, float], ...] = (
    ("after {first_ing}, {who} {second_finite}", 3),
    ("{who} {second_finite} after {first_ing}", 2),
    ("before {second_ing}, {who} {first_finite}", 2),
)

# Two actions at the same time, as one verb phrase.
WHILES: tuple[tuple[str, float], ...] = (
    ("{one_same} while {other_ing}", 6),
    ("{one_same} while {other_clause}", 1),
    ("{one_same} as {other_clause}", 1.5),
    ("{one_same} and {other_same} at the same time", 2),
    ("{one_same} and at the same time {other_same}", 0.8),
    ("{one_same} and simultaneously {other_same}", 0.7),
    ("{one_same}, {other_ing}", 1),
    ("{one_same}, {other_ing} at the same time", 0.7),
    ("{one_same}, all the while {other_ing}", 0.4),
)
FRONTED_WHILE = "while {other_ing}, {who} {one_finite}"

FIRST = "(first|first|at first|to begin with|first of all)"

# Words about place, mood and length that the model learns to pass over. `{x}` is a word outside the vocabulary.
ASIDES: tuple[str, ...] = (
    "in the {x}",
    "in a {x}",
    "on the {x}",
    "near the {x}",
    "with a {x}",
    "like a {x}",
    "{x}",
    "for (two|three|five|a few|some|several) seconds",
    "for a (moment|while|second)",
    "for some time",
)
_PLACES = "park street kitchen garden stage hall beach forest gym yard hallway office garage rooftop meadow desert castle mirror smile hat"
_MOODS = "majestically dreamily sadly angrily bravely sleepily playfully lovingly awkwardly clumsily"
NOISE: tuple[str, ...] = tuple(f"{_PLACES} bag umbrella backpack phone {_MOODS}".split())
