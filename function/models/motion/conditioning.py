"""What the motion rows of the network need of prompts and times, computed once before the steps.

Shapes: S steps, P prompts, R rows of a batch, H heads, N text tokens, d width.
"""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from function.models.motion.blocks import Memory


class BlockConditioning(NamedTuple):
    """For one block: `modulation` (S, P, 1, k * d) and the text's `key` and `value` (S, P, H, N, head_dim)."""

    modulation: Tensor
    key: Tensor
    value: Tensor


class StepConditioning(NamedTuple):
    """One step's share for R rows: a (R, 1, k * d) modulation and the text memory of each block, and the final layer's (R, 1, 2 * d)."""

    blocks: tuple[tuple[Tensor, Memory], ...]
    final: Tensor


@dataclass(frozen=True)
class Conditioning:
    """Everything of the network that depends on prompt and time only, for S steps and P prompts."""

    blocks: tuple[BlockConditioning, ...]
    final: Tensor

    def at(self, step: int, prompt: Tensor) -> StepConditioning:
        """One step, with the prompt of each row picked by `prompt` (R,) int64."""
        blocks = tuple(
            (b.modulation[step].index_select(0, prompt), Memory(*(part[step].index_select(0, prompt) for part in b[1:])))
            for b in self.blocks
        )
        return StepConditioning(blocks, self.final[step].index_select(0, prompt))

    def join(self, other: "Conditioning") -> "Conditioning":
        """The prompts of both, this one's first; steps and tokens must agree."""
        blocks = (
            BlockConditioning(*(torch.cat(pair, dim=1) for pair in zip(a, b, strict=True)))
            for a, b in zip(self.blocks, other.blocks, strict=True)
        )
        return Conditioning(tuple(blocks), torch.cat((self.final, other.final), dim=1))
