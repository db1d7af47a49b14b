"""What the motion rows of the network need of prompts and times, computed once before the steps.

Shapes: S steps, P prompts, R rows of a batch, K blocks, H heads, N text tokens, M numbers of all blocks' modulations and the final layer's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from function.models.motion.blocks import Memory


class StepConditioning(NamedTuple):
    """One step's share for R rows: a (R, 1, k * d) modulation and the text memory of each block, and the final layer's (R, 1, 2 * d)."""

    blocks: tuple[tuple[Tensor, Memory], ...]
    final: Tensor


def split_step(modulation: Tensor, memory: Tensor, widths: Sequence[int]) -> StepConditioning:
    """Views of one step's `modulation` (R, M) and `memory` (R, K, 2, H, N, head_dim), block by block."""
    *parts, final = torch.split(modulation[:, None], list(widths), dim=-1)
    blocks = ((part, Memory(*both.unbind(1))) for part, both in zip(parts, memory.unbind(1), strict=True))
    return StepConditioning(tuple(blocks), final)


@dataclass(frozen=True)
class Conditioning:
    """Everything of the network that depends on prompt and time only, for S steps and P prompts, so laid out that a step is two copies.

    `modulation` (S, P, M) float32; `memory` (S, P, K, 2, H, N, head_dim), the keys and values; `widths`: how M is split.
    """

    modulation: Tensor
    memory: Tensor
    widths: tuple[int, ...]

    def at(self, step: int, prompt: Tensor) -> StepConditioning:
        """One step, with the prompt of each row picked by `prompt` (R,) int64."""
        modulation, memory = (part[step].index_select(0, prompt) for part in (self.modulation, self.memory))
        return split_step(modulation, memory, self.widths)

    def copy_step(self, step: int, prompt: Tensor, modulation: Tensor, memory: Tensor) -> None:
        """One step into `modulation` (R, M) and `memory` (R, K, 2, H, N, head_dim), with the prompt of each row picked by `prompt`."""
        torch.index_select(self.modulation[step], 0, prompt, out=modulation)
        torch.index_select(self.memory[step], 0, prompt, out=memory)

    def join(self, other: "Conditioning") -> "Conditioning":
        """The prompts of both, this one's first; steps and tokens must agree."""
        modulation, memory = torch.cat((self.modulation, other.modulation), dim=1), torch.cat((self.memory, other.memory), dim=1)
        return Conditioning(modulation, memory, self.widths)

    def pad_tokens(self, tokens: int) -> "Conditioning":
        """With room for so many tokens; a mask has to hide the new ones."""
        more = tokens - self.memory.shape[-2]
        return Conditioning(self.modulation, functional.pad(self.memory, (0, 0, 0, more)), self.widths) if more else self
