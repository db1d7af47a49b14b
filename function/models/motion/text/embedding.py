"""Plans as the context tokens and the sentence vector that the motion network looks at.

One token for each action, made of its codes, its place and its time span, after one token for the whole duration. Trained together
with the motion network; knows no words.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from function.models.motion.text.codes import SIZES, STEPS, TOGETHER

_OCTAVES = 8  # periods of 0.25 s, 0.5 s, ... 32 s


@dataclass(frozen=True)
class TimedPlan:
    """`codes` (STEPS, TOGETHER, fields) int64; `spans` (STEPS, 2) float32, start and end of each step in seconds; `seconds` in all."""

    codes: Tensor
    spans: Tensor
    seconds: float


class PlanEmbedding(nn.Module):
    """Context (B, 1 + STEPS * TOGETHER, width), valid tokens first, the mask of valid ones, and the sentence vector (B, 1, width)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.fields = nn.ModuleList(nn.Embedding(size, width) for size in SIZES)
        self.place = nn.Parameter(torch.randn(STEPS, TOGETHER, width) * 0.02)
        self.span = nn.Linear(4 * _OCTAVES, width)
        self.duration = nn.Linear(2 * _OCTAVES, width)

    def forward(self, codes: Tensor, spans: Tensor, seconds: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """`codes` (B, STEPS, TOGETHER, fields), `spans` (B, STEPS, 2) and `seconds` (B,), both in seconds."""
        actions = torch.stack([field(codes[..., i]) for i, field in enumerate(self.fields)]).sum(0)
        when = self.span(_waves(spans).flatten(-2))[:, :, None]
        total = self.duration(_waves(seconds))[:, None]
        tokens = torch.cat([total, (actions + self.place + when).flatten(1, 2)], dim=1)
        present = torch.cat([torch.ones_like(seconds, dtype=torch.bool)[:, None], (codes[..., 0] > 0).flatten(1)], dim=1)
        sentence = (tokens * present[..., None]).sum(1, keepdim=True) / present.sum(1)[:, None, None]
        order = present.int().argsort(dim=1, descending=True, stable=True)
        return tokens.gather(1, order[..., None].expand_as(tokens)), present.gather(1, order), sentence


def _waves(seconds: Tensor) -> Tensor:
    """(...) seconds to (..., 2 * octaves) cosines and sines."""
    periods = 0.25 * 2.0 ** torch.arange(_OCTAVES, device=seconds.device, dtype=torch.float32)
    angle = seconds[..., None] * (2 * math.pi / periods)
    return torch.cat([angle.cos(), angle.sin()], dim=-1)
