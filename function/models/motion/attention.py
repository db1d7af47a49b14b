"""Who sees whom, and attention over it.

Motion frames see the valid motion frames near them and all valid text; text sees valid text only and never motion. A mask is added to the
attention scores: 0 where visible, minus infinity elsewhere; None means that everything is visible.
"""

import torch
from torch import Tensor
from torch.nn import functional

from function.models.motion.config import MaskMode


def valid_mask(lengths: Tensor, size: int) -> Tensor:
    """(R,) counts to a (R, size) bool mask of the first `lengths` places."""
    return torch.arange(size, device=lengths.device) < lengths[:, None]


def text_mask(valid: Tensor | None, dtype: torch.dtype) -> Tensor | None:
    """Mask of text queries over text keys, (R, 1, 1, N), from the valid tokens (R, N) bool."""
    return None if valid is None else _additive(valid[:, None, None], dtype)


def near_frames(frames: int, mode: MaskMode, half_window: int, device: torch.device | None = None) -> Tensor:
    """Which of `frames` motion keys each motion query may see by distance alone, (L, L) bool."""
    place = torch.arange(frames, device=device)
    ahead = place[None] - place[:, None]
    if mode == "narrowband":
        return ahead.abs() <= half_window
    return ahead <= 0 if mode == "causal" else torch.ones_like(ahead, dtype=torch.bool)


def motion_mask(near: Tensor, motion_valid: Tensor | None, text_valid: Tensor, dtype: torch.dtype) -> Tensor:
    """Mask of motion queries over [motion, text] keys, (R, 1, L, L + N), or (1, ...) when rows do not differ.

    `near` is (L, L) bool, `motion_valid` (R, L) bool or None, `text_valid` (R, N) bool.
    """
    rows = text_valid.shape[0]
    motion = near.expand(rows, *near.shape) if motion_valid is None else near & motion_valid[:, None]
    text = text_valid[:, None].expand(rows, near.shape[0], text_valid.shape[1])
    return _additive(torch.cat((motion, text), dim=2)[:, None], dtype)


def attend(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None) -> Tensor:
    """Scaled dot-product attention of (R, H, L, head_dim) heads; returns the heads side by side, (R, L, H * head_dim)."""
    return functional.scaled_dot_product_attention(query, key, value, attn_mask=mask).transpose(1, 2).flatten(2)


def _additive(visible: Tensor, dtype: torch.dtype) -> Tensor:
    return torch.zeros(visible.shape, dtype=dtype, device=visible.device).masked_fill_(~visible, float("-inf"))
