"""A plan in English: many wordings of every action, many ways to join them, a little noise."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from function.models.motion.text.plan import UPPER_BODY, Action, Plan
from training.motion.chance import Chance, pick, pick_weighted
from training.motion.sentences import frames
from training.motion.sentences.frames import Frame, Subject
from training.motion.sentences.grammar import expand, fill, tidy
from training.motion.sentences.inflect import Form
from training.motion.sentences.verbs import heads, verb_phrase

MAX_WORDS = 60
Step = tuple[Action, ...]
Parts = dict[str, Callable[[], str]]


def write(plan: Plan, rng: Chance) -> str:
    """One sentence of at most 60 words that says the plan. Raises ValueError for a modifier that its action does not take."""
    while True:
        text = _noise(tidy(_sentence(plan.steps, rng)), rng)
        if len(text.split()) <= MAX_WORDS:
            return text


def _sentence(steps: tuple[Step, ...], rng: Chance) -> str:
    frame = pick_weighted(rng, frames.FRAMES, _FRAME_WEIGHTS)
    subject = pick(rng, frames.SUBJECTS) if rng.random() < 0.95 else frames.PLURAL
    teller = Teller(rng, frame, frames.YOU if frame.who == "you" else subject)
    roll = rng.random()
    if len(steps) > 1 and roll < 0.09:
        return teller.reversed(steps)
    if len(steps) == 1 and len(steps[0]) > 1 and roll < 0.12:
        return teller.fronted(steps[0])
    return teller.straight(steps)


@dataclass(frozen=True)
class Teller:
    """One sentence being told: its chance, its frame and who it is about."""

    rng: Chance
    frame: Frame
    subject: Subject

    def straight(self, steps: tuple[Step, ...]) -> str:
        """The steps in the order in which they happen."""
        opening = self._opening(several=len(steps) > 1)
        if told := self._limb(steps[0], first=True):
            text = told
        elif len(steps[0]) == 1 and self.rng.random() < 0.1:
            text, after = verb_phrase(steps[0][0], self.subject, self._agreeing(self.frame.first), self.rng, first=True)
            text = ", ".join((*after, f"{opening} {text}"))
        else:
            text = f"{opening} {self._step(steps[0], self.frame.first, first=True)}"
        return text + self._rest(steps, 1)

    def reversed(self, steps: tuple[Step, ...]) -> str:
        """The first two steps told the other way round: "sits down after walking"."""
        parts = {
            **self._ways("first_", lambda form: self._step(steps[0], form, first=True)),
            **self._ways("second_", lambda form: self._step(steps[1], form)),
        }
        plain = replace(self, frame=replace(self.frame, rest=self._finite))
        return fill(_choose(self.rng, frames.REVERSED), parts) + plain._rest(steps, 2)

    def fronted(self, step: Step) -> str:
        """While walking, she waves."""
        return fill(frames.FRONTED_WHILE, self._pair(step, self._finite, first=True))

    def _opening(self, several: bool) -> str:
        name = self.subject.name
        slots = {"who": name, "whom": _OBJECTS.get(name, name), "is": "are" if name == "they" else "is"}
        text = expand(self.frame.opening, self.rng, slots=slots)
        if several and self.frame.first == self.frame.rest and self.rng.random() < 0.12:
            first = expand(frames.FIRST, self.rng)
            return f"{first}, {text}" if self.rng.random() < 0.4 else f"{text} {first}"
        return text

    def _rest(self, steps: tuple[Step, ...], done: int) -> str:
        text = ""
        for at in range(done, len(steps)):
            step = steps[at]
            parts = self._ways("", partial(self._step, step), partial(self._limb, step))
            text += fill(expand(self._join(steps, at), self.rng), parts)
        return text

    def _join(self, steps: tuple[Step, ...], at: int) -> str:
        last = at == len(steps) - 1
        roll = self.rng.random()
        if len(steps) > 2 and last and roll < 0.3:
            return _choose(self.rng, frames.LAST_JOINS)
        if not last and roll < 0.2:
            return frames.COMMA
        if roll > 0.9 and _one_by_one(steps[at - 1], steps[at]):
            return frames.AND
        return _choose(self.rng, frames.JOINS)

    def _ways(self, prefix: str, tell: Callable[[Form], str], limb: Callable[[], str] = str) -> Parts:
        """The ways to put one thing into a template, by the name of the slot; `limb` may tell it with a subject of its own."""
        who = self.subject.pronoun
        return {
            f"{prefix}same": lambda: tell(self.frame.rest),
            f"{prefix}ing": lambda: tell("gerund"),
            f"{prefix}finite": lambda: tell(self._finite),
            f"{prefix}clause": lambda: limb() or f"{who} {tell(self._plural(self._finite))}",
            f"{prefix}then_clause": lambda: f"{who} then {tell(self._plural(self._finite))}",
            "who": lambda: self.subject.name,
        }

    def _step(self, step: Step, form: Form, first: bool = False) -> str:
        if len(step) == 1:
            return self._verb(step[0], form, first)
        return fill(_choose(self.rng, frames.WHILES), self._pair(step, form, first))

    def _limb(self, step: Step, first: bool = False) -> str:
        """Now and then, where the step can be told so: her left hand waves. "" otherwise."""
        if len(step) > 1 or self.rng.random() > 0.07 or not heads(step[0], first, clause=True)[0]:
            return ""
        form: Form = "past" if self.frame.first == "past" else "third"
        text, after = verb_phrase(step[0], self.subject, form, self.rng, first, clause=True)
        return " ".join((text, *after))

    def _pair(self, step: Step, form: Form, first: bool) -> Parts:
        one, other = step if self.rng.random() < 0.65 else step[::-1]
        return {
            **self._ways("one_", lambda of: self._verb(one, of, first)),
            **self._ways("other_", lambda of: self._verb(other, of, first)),
            "one_same": lambda: self._verb(one, form, first),
            "other_same": lambda: self._verb(other, form, first),
        }

    def _verb(self, action: Action, form: Form, first: bool) -> str:
        text, after = verb_phrase(action, self.subject, self._agreeing(form), self.rng, first)
        if self.rng.random() < 0.03:
            after.append(expand(pick(self.rng, frames.ASIDES), self.rng, slots={"x": pick(self.rng, frames.NOISE)}))
        return " ".join((text, *after))

    def _agreeing(self, form: Form) -> Form:
        return self._plural(form) if self.subject.name == "they" else form

    def _plural(self, form: Form) -> Form:
        """They walk, where one walks."""
        return "base" if form == "third" and self.subject.pronoun == "they" else form

    @property
    def _finite(self) -> Form:
        """The form of a clause of its own."""
        if self.frame.who == "you":
            return "third" if self.frame.first == "third" else "base"
        return "past" if self.frame.first == "past" else "third"


def _one_by_one(before: Step, after: Step) -> bool:
    """Whether a bare "and" between two steps cannot be read as "while"."""
    return (before[-1].name in UPPER_BODY) == (after[0].name in UPPER_BODY) and len(before) == len(after) == 1


def _choose(rng: Chance, templates: Sequence[tuple[str, float]]) -> str:
    return pick_weighted(rng, [text for text, _ in templates], [weight for _, weight in templates])


_OBJECTS = {"he": "him", "she": "her", "they": "them"}
_FRAME_WEIGHTS = tuple(frame.weight for frame in frames.FRAMES)


def _noise(text: str, rng: Chance) -> str:
    """Capitals and stops as people type them."""
    roll = rng.random()
    if roll < 0.4:
        text = text[0].upper() + text[1:]
    elif roll < 0.43:
        text = text.upper()
    roll = rng.random()
    if roll < 0.45:
        return text + "."
    if roll < 0.48:
        return text + "!"
    return text.replace(",", "") if roll > 0.95 else text
