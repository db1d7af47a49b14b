"""The tokens of the small text encoder, counted from written sentences."""

from collections import Counter
from collections.abc import Iterable

from function.models.motion.text.lexicon import SPECIALS, lemmas, split
from training.motion.sentences.frames import NOISE
from training.motion.sentences.verbs import verbs


def build_vocabulary(sentences: Iterable[str], least: int = 1) -> list[str]:
    """The tokens that occur at least `least` times, special ones first, the others in alphabetical order.

    Words that the writer uses as noise are left out: they train the token for unknown words.
    """
    texts = [split(sentence) for sentence in sentences]
    surface = verbs() | {word for text in texts for word in text}
    counts = Counter(word.lemma for text in texts for word in lemmas(text, surface))
    return [*SPECIALS, *sorted(token for token, count in counts.items() if count >= least and token not in NOISE)]
