"""Who sees whom, and attention over it.

Motion frames see the valid motion frames near them and all valid text; text sees valid text only and never motion. A mask is added to the
attention scores: 0 where visible, minus infinity elsewhere; None means that everything is visible.
"""

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from function.models.motion.config import MaskMode

STRETCH = 60


class Piece(NamedTuple):
    """A stretch of motion queries, the motion keys that any of them may see, and their mask over these keys and all text."""

    queries: slice
    keys: slice
    mask: Tensor


Band = tuple[Piece, ...]
Mask = Tensor | Band | None


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


def cut_band(mask: Tensor, half_window: int, stretch: int = STRETCH) -> Band:
    """Cut a narrow-band `motion_mask` into stretches of queries with the keys near them: less work where L is long."""
    frames = mask.shape[2]
    pieces = []
    for start in range(0, frames, stretch):
        queries = slice(start, min(start + stretch, frames))
        keys = slice(max(0, start - half_window), min(frames, queries.stop + half_window))
        rows = mask[:, :, queries]
        pieces.append(Piece(queries, keys, torch.cat((rows[..., keys], rows[..., frames:]), dim=-1)))
    return tuple(pieces)


def attend(query: Tensor, key: Tensor, value: Tensor, mask: Mask) -> Tensor:
    """Scaled dot-product attention of (R, H, L, head_dim) heads; returns the heads side by side, (R, L, H * head_dim)."""
    if isinstance(mask, tuple):
        attended = torch.cat([_attend_piece(query, key, value, piece) for piece in mask], dim=2)
    else:
        attended = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
    return attended.transpose(1, 2).flatten(2)


def _attend_piece(query: Tensor, key: Tensor, value: Tensor, piece: Piece) -> Tensor:
    frames = query.shape[2]
    key, value = (torch.cat((part[:, :, piece.keys], part[:, :, frames:]), dim=2) for part in (key, value))
    return functional.scaled_dot_product_attention(query[:, :, piece.queries], key, value, attn_mask=piece.mask)


def _additive(visible: Tensor, dtype: torch.dtype) -> Tensor:
    return torch.zeros(visible.shape, dtype=dtype, device=visible.device).masked_fill_(~visible, float("-inf"))
