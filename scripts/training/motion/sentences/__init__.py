"""The sentence writer: `write` puts a plan into English, `build_vocabulary` lists the tokens of what it writes."""

from training.motion.sentences.vocabulary import build_vocabulary
from training.motion.sentences.writer import write

__all__ = ["build_vocabulary", "write"]
