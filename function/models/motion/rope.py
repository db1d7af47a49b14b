"""Rotary position embedding over interleaved pairs, base 10000, the whole head width (Su et al., RoFormer, 2021)."""

from typing import NamedTuple

import torch
from torch import Tensor


class Rotation(NamedTuple):
    """Cosines and sines of the angle of each position and pair, each (N, head_dim / 2) float32."""

    cos: Tensor
    sin: Tensor


def rotation(positions: Tensor, head_dim: int) -> Rotation:
    """Angles p * 10000^(-2i / head_dim) of integer `positions` (N,)."""
    exponent = torch.arange(0, head_dim, 2, device=positions.device, dtype=torch.float32) / head_dim
    angle = positions.to(torch.float32)[:, None] * 10000.0**-exponent
    return Rotation(angle.cos(), angle.sin())


def rotate(x: Tensor, by: Rotation | None) -> Tensor:
    """Turn each pair (x[2i], x[2i+1]) of `x` (..., N, head_dim) by its position's angle, in float32; None leaves it."""
    if by is None:
        return x
    even, odd = x[..., 0::2].float(), x[..., 1::2].float()
    turned = torch.stack((even * by.cos - odd * by.sin, odd * by.cos + even * by.sin), dim=-1)
    return turned.flatten(-2).to(x.dtype)
