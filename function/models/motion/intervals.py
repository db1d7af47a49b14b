"""Stretches of time in masks (B, F, N), and values that exist only inside them. No loops over frames; knows no body."""

import torch
from torch import Tensor
from torch.nn import functional

_EASE_FRAMES = 5.0


def switched(on: Tensor, off: Tensor, first: Tensor) -> Tensor:
    """True from a frame with `on` until one with `off`; `first` (B, N) before either."""
    frames = _frames(on)
    last_on = torch.where(on, frames, -1).cummax(1).values
    last_off = torch.where(off, frames, -1).cummax(1).values
    return torch.where(last_on == last_off, first[:, None], last_on > last_off)


def lasting(mask: Tensor, least: int) -> Tensor:
    """The mask without stretches of fewer than `least` frames."""
    before, after = around(~mask)
    return mask & (after - before - 1 >= least)


def closed(mask: Tensor, least: int) -> Tensor:
    """The mask with its gaps of fewer than `least` frames filled, but for those at either end."""
    before, after = around(mask)
    return mask | ((after - before - 1 < least) & (before >= 0) & (after < mask.shape[1]))


def around(mask: Tensor) -> tuple[Tensor, Tensor]:
    """The nearest masked frame at or before, and at or after each frame: -1 and F where there is none."""
    frames, count = _frames(mask), mask.shape[1]
    before = torch.where(mask, frames, -1).cummax(1).values
    after = torch.where(mask, frames, count).flip(1).cummin(1).values.flip(1)
    return before, after


def centred(values: Tensor, mask: Tensor) -> Tensor:
    """Values (B, F, N, C) of which the mean over each masked stretch is zero; zero elsewhere."""
    before, after = around(~mask)
    total = functional.pad((values * mask[..., None]).cumsum(1), (0, 0, 0, 0, 1, 0))
    length = (after - before - 1).clamp(min=1)
    mean = (_at(total, after) - _at(total, before + 1)) / length[..., None]
    return torch.where(mask[..., None], values - mean, 0)


def bridged(values: Tensor, mask: Tensor) -> Tensor:
    """Values (B, F, N, C) inside masked stretches, and a smooth way from one stretch to the next; held before the first and after the last.

    The way begins and ends as fast as the values run there, and soon eases off. All zero where nothing is masked.
    """
    count = values.shape[1]
    before, after = around(mask)
    start, end = torch.where(before < 0, after, before) % count, torch.where(after == count, before, after) % count
    left, right = _at(values, start), _at(values, end)
    frames = _frames(mask)
    share = ((frames - start) / (end - start).clamp(min=1)).clamp(0, 1)[..., None]
    way = left + (right - left) * share * share * (3 - 2 * share)
    length = ((end - start) / 2).clamp(1, _EASE_FRAMES)
    slope = values.diff(dim=1, prepend=values[:, :1])
    leaving = _at(slope, start) * _ebb(frames - start, length)[..., None]
    arriving = _at(slope, (end + 1).clamp(max=count - 1)) * _ebb(end - frames, length)[..., None]
    inside = ((before >= 0) & (after < count))[..., None]
    way = torch.where(inside, way + leaving - arriving, way)
    return torch.where(mask[..., None], values, way) * mask.any(1)[:, None, :, None]


def _ebb(away: Tensor, length: Tensor) -> Tensor:
    """A bump (B, F, N) that leaves 0 at a slope of one, and is over after `length` frames."""
    return away * (1 - away / length).clamp(min=0) ** 2


def blurred(values: Tensor, sigma: float) -> Tensor:
    """Gaussian mean of (B, F, ...) over time; the first and last frame go on beyond the ends."""
    radius = int(3 * sigma + 0.5)
    place = torch.arange(-radius, radius + 1, device=values.device, dtype=values.dtype)
    weights = functional.softmax(-(place**2) / (2 * sigma**2), dim=0)
    flat = values.flatten(2) if values.dim() > 2 else values[..., None]
    padded = functional.pad(flat.mT, (radius, radius), mode="replicate")
    return (padded.unfold(-1, 2 * radius + 1, 1) @ weights).mT.reshape(values.shape)


def widened(values: Tensor, radius: int) -> Tensor:
    """The greatest of each (B, F) value and its neighbours in time."""
    return functional.max_pool1d(values[:, None], 2 * radius + 1, 1, radius)[:, 0]


def _frames(like: Tensor) -> Tensor:
    return torch.arange(like.shape[1], device=like.device)[None, :, None].expand_as(like)


def _at(values: Tensor, frame: Tensor) -> Tensor:
    """Values (B, F, N, C) at frames (B, F, N)."""
    return values.gather(1, frame[..., None].expand(*frame.shape, values.shape[-1]))
