"""Sentences to token ids for the small text encoder: words are split, brought to their base form and looked up.

What it does not know it says, so that nothing is guessed in silence: unknown words and negations become `<unk>` and are listed.
"""

import json
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from function.models.motion.text.spelling import one_edit_away
from function.models.motion.text.synonyms import SYNONYMS
from function.models.motion.text.words import BOUNDARIES, CONTRACTIONS, IGNORED, IRREGULAR, NEGATIONS, NUMBERS, PEOPLE, PHRASES

PAD, UNKNOWN = "<pad>", "<unk>"
SPECIALS = (PAD, UNKNOWN)
BREAK = ","  # every punctuation mark

_PIECE = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*|\d+|[,;:.!?()\[\]\n/&+]+|\s-+\s|[\u2013\u2014]+")
_BASES = {form: base for base, forms in IRREGULAR.items() for form in forms}
_LONGEST_PHRASE = max(map(len, PHRASES))
_HELPING = frozenset(word for phrase in PHRASES for word in phrase) | NEGATIONS | BOUNDARIES | IGNORED | SYNONYMS.keys()


@dataclass(frozen=True)
class Word:
    """A word as it was written, in lower case, and its base form."""

    text: str
    lemma: str


@dataclass(frozen=True)
class Tokens:
    """A sentence for the text encoder: `ids[i]` stands for `words[i]`. `corrected` pairs a misspelt word with the one it was read as."""

    ids: tuple[int, ...]
    words: tuple[str, ...]
    unknown: tuple[str, ...] = ()
    corrected: tuple[tuple[str, str], ...] = ()


def split(text: str) -> list[str]:
    """The words, numbers and breaks of a text, in lower case; contractions are taken apart."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("\u2019", "'").replace("\u00b0", " degree ")
    pieces: list[str] = []
    for piece in _PIECE.findall(plain):
        if piece[0].isalnum():
            pieces += _without_contraction(piece)
        elif piece in ("&", "+"):
            pieces.append("and")
        elif pieces and pieces[-1] != BREAK:
            pieces.append(BREAK)
    return pieces[:-1] if pieces and pieces[-1] == BREAK else pieces


def _without_contraction(word: str) -> tuple[str, ...]:
    if word.endswith("n't") or word in CONTRACTIONS:
        return ("not",)
    return (word.split("'", 1)[0],)


def base_form(word: str, known: Collection[str]) -> str:
    """The base form of a word where that is one of the known words, or the word itself."""
    word = NUMBERS.get(word, word)
    if word in _HELPING:
        return word
    return _BASES.get(word) or next((stem for stem in _stems(word) if stem in known or stem in _HELPING), word)


def _stems(word: str) -> Iterator[str]:
    """What a word may be a form of: likely ones first, none shorter than three letters."""
    if word.endswith(("ies", "ied")) and len(word) > 4:
        yield word[:-3] + "y"
    for ending in ("ing", "ed", "s", "es"):
        stem = word.removesuffix(ending)
        if stem == word or len(stem) < 3 or word.endswith("ss"):
            continue
        if ending in ("ing", "ed"):
            yield stem + "e"
        yield stem
        if ending in ("ing", "ed") and stem[-1] == stem[-2]:
            yield stem[:-1]


def lemmas(pieces: Sequence[str], known: Collection[str]) -> list[Word]:
    """The words of a split text with their base forms; phrases that mean one thing are one, harmless words are gone."""
    words = [Word(piece, base_form(piece, known)) for piece in pieces]
    words = [word for word in _joined(words) if word.lemma not in IGNORED]
    return [word for at, word in enumerate(words) if word.lemma != BREAK or (0 < at < len(words) - 1 and words[at - 1].lemma != BREAK)]


def _joined(words: list[Word]) -> Iterator[Word]:
    at = 0
    while at < len(words):
        for length in range(min(_LONGEST_PHRASE, len(words) - at), 0, -1):
            phrase = tuple(word.lemma for word in words[at : at + length])
            meaning = PHRASES.get(phrase)
            whose = phrase[-1] in ("that", "this") and at + length < len(words) and words[at + length].lemma in PEOPLE
            if meaning is not None and not whose:  # not "after that man"
                yield from (Word(words[at].text, lemma) for lemma in meaning)
                at += length
                break
        else:
            yield words[at]
            at += 1


class Lexicon:
    """A fixed vocabulary of base forms. Raises ValueError when the special tokens are not first or a token comes twice."""

    def __init__(self, tokens: Sequence[str]) -> None:
        if tuple(tokens[: len(SPECIALS)]) != SPECIALS or len(set(tokens)) != len(tokens):
            raise ValueError(f"a vocabulary begins with {', '.join(SPECIALS)} and says nothing twice")
        self.tokens = tuple(tokens)
        self._ids = {token: index for index, token in enumerate(tokens)}

    @classmethod
    def read(cls, path: Path) -> Self:
        """The lexicon in a JSON file: `{"tokens": [...]}`."""
        return cls(json.loads(path.read_text("utf-8"))["tokens"])

    def __len__(self) -> int:
        return len(self.tokens)

    def encode(self, text: str) -> Tokens:
        """The tokens of a sentence, at least one. Never fails: what is not understood is listed in `unknown`."""
        words: list[str] = []
        unknown: list[str] = []
        corrected: list[tuple[str, str]] = []
        for word in _negations_gathered(lemmas(split(text), self._ids)):
            found = self._lookup(word.lemma)
            if not found and (meant := self._respelt(word.text)):
                corrected.append((word.text, meant))
                found = self._lookup(base_form(meant, self._ids))
            if not found:
                unknown.append(word.text)
            words += found or (UNKNOWN,)
        words = words or [UNKNOWN]
        return Tokens(tuple(self._ids[word] for word in words), tuple(words), tuple(dict.fromkeys(unknown)), tuple(corrected))

    def _lookup(self, lemma: str) -> tuple[str, ...]:
        if lemma in self._ids:
            return (lemma,)
        return tuple(word for word in SYNONYMS.get(lemma, "").split() if word in self._ids)

    def _respelt(self, word: str) -> str | None:
        """The one known word of five letters or more that is one edit away, if there is exactly one."""
        meant: dict[str, str] = {}
        for other in one_edit_away(word):
            base = base_form(other, self._ids)
            if len(other) >= 5 and len(base) >= 4 and base in self._ids:
                meant.setdefault(base, other)
        return next(iter(meant.values())) if len(meant) == 1 else None


def _negations_gathered(words: Iterable[Word]) -> Iterator[Word]:
    """Each negation with all that it may deny as one word that no vocabulary has."""
    denied: list[str] = []
    for word in words:
        if denied and word.lemma in BOUNDARIES:
            yield Word(" ".join(denied), UNKNOWN + "denied")
            denied = []
        if denied or word.lemma in NEGATIONS:
            denied.append(word.text)
        else:
            yield word
    if denied:
        yield Word(" ".join(denied), UNKNOWN + "denied")
