"""Rotary position embedding over interleaved pairs, base 10000, the whole head width (Su et al., RoFormer, 2021)."""

import torch
from torch import Tensor

Rotation = Tensor
"""Unit complex numbers (N, head_dim / 2), one for each position and pair."""


def rotation(positions: Tensor, head_dim: int) -> Rotation:
    """The turn by p * 10000^(-2i / head_dim) of integer `positions` (N,)."""
    exponent = torch.arange(0, head_dim, 2, device=positions.device, dtype=torch.float32) / head_dim
    angle = positions.to(torch.float32)[:, None] * 10000.0**-exponent
    return torch.polar(torch.ones_like(angle), angle)


def rotate(x: Tensor, by: Rotation | None) -> Tensor:
    """Turn each pair (x[2i], x[2i+1]) of `x` (..., N, head_dim) by its position's angle, in float32; None leaves it."""
    if by is None:
        return x
    pairs = torch.view_as_complex(x.float().reshape(*x.shape[:-1], -1, 2))
    return torch.view_as_real(pairs * by).flatten(-2).to(x.dtype)
