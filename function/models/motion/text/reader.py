"""The small network that reads a sentence: word tokens in, the codes of a plan out.

A transformer encoder over the words; one learned query for each place in a plan looks at them and names every field of the
action in that place. Knows no motion.
"""

from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn

from function.models.motion.text.codes import SIZES, STEPS, TOGETHER


@dataclass(frozen=True)
class ReaderConfig:
    """Sizes: `vocabulary` word tokens (0 is padding), at most `words` of them in a sentence."""

    vocabulary: int
    words: int = 128
    width: int = 128
    heads: int = 4
    layers: int = 2
    dropout: float = 0.1


class Reader(nn.Module):
    """Sentence to plan codes. State-dict names are our own."""

    def __init__(self, config: ReaderConfig) -> None:
        super().__init__()
        width = config.width
        self.word = nn.Embedding(config.vocabulary, width, padding_idx=0)
        self.position = nn.Parameter(torch.randn(config.words, width) * 0.02)
        layer = nn.TransformerEncoderLayer(
            width, config.heads, 4 * width, config.dropout, activation="gelu", batch_first=True, norm_first=True
        )
        self.encoder = nn.TransformerEncoder(layer, config.layers, nn.LayerNorm(width), enable_nested_tensor=False)
        self.query = nn.Parameter(torch.randn(STEPS * TOGETHER, width) * 0.02)
        look = nn.TransformerDecoderLayer(
            width, config.heads, 4 * width, config.dropout, activation="gelu", batch_first=True, norm_first=True
        )
        self.decoder = nn.TransformerDecoder(look, 2, nn.LayerNorm(width))
        self.head = nn.Linear(width, sum(SIZES))

    def forward(self, words: Tensor) -> tuple[Tensor, ...]:
        """`words` (B, N) int64, 0 where there is none. Gives logits (B, STEPS * TOGETHER, values) for each field."""
        absent = words == 0
        states = self.encoder(self.word(words) + self.position[: words.shape[1]], src_key_padding_mask=absent)
        places = self.query.expand(words.shape[0], -1, -1)
        read = self.decoder(places, states, memory_key_padding_mask=absent)
        return cast("tuple[Tensor, ...]", self.head(read).split(SIZES, dim=-1))

    @torch.inference_mode()
    def read(self, words: Tensor) -> tuple[Tensor, Tensor]:
        """Most likely codes (B, STEPS, TOGETHER, fields) int64, and how sure the reader is of the actions, (B,) in 0..1."""
        logits = self(words)
        codes = torch.stack([field.argmax(-1) for field in logits], dim=-1)
        sure = logits[0].softmax(-1).amax(-1).prod(-1)
        return codes.view(-1, STEPS, TOGETHER, len(SIZES)), sure
