"""From the rate at which a small network speaks to the rate at which a body moves. Knows no body."""

import torch
from torch import Tensor
from torch.nn import functional

from function.models.motion.rotations import quaternion_outer, quaternion_to_matrix

_CATMULL_ROM = ((0.0, 2.0, 0.0, 0.0), (-1.0, 0.0, 1.0, 0.0), (2.0, -5.0, 4.0, -1.0), (-1.0, 3.0, -3.0, 1.0))  # by power of t, times 2


def upsample(values: Tensor, frames: int, step: float = 0.5) -> Tensor:
    """(B, L, C) to (B, frames, C): frame k is at `k * step` samples, on a Catmull-Rom spline through all of them.

    The spline goes on straight beyond both ends. Raises `ValueError` for fewer than 2 samples, or where the frames would end more than
    a sample beyond the last one.
    """
    samples = values.shape[-2]
    if samples < 2 or (frames - 1) * step > samples:
        raise ValueError(f"{frames} frames at a step of {step} need at least 2 samples and {(frames - 1) * step:g}, got {samples}")
    first, last = 2 * values[:, :1] - values[:, 1:2], 2 * values[:, -1:] - values[:, -2:-1]
    padded = torch.cat((first, values, last, 2 * last - values[:, -1:]), dim=-2)
    time = torch.arange(frames, device=values.device, dtype=values.dtype) * step
    start = time.long().clamp(max=samples - 1)
    powers = (time - start)[:, None] ** torch.arange(4, device=values.device)
    weights = powers @ values.new_tensor(_CATMULL_ROM) / 2
    taps = padded[:, start[:, None] + torch.arange(4, device=values.device)]
    return (taps * weights[..., None]).sum(-2)


def upsample_rotations(matrix: Tensor, frames: int, step: float = 0.5) -> Tensor:
    """(B, L, J, 3, 3) to (B, frames, J, 3, 3), as `upsample` on quaternions whose signs run on."""
    joints = matrix.shape[-3]
    smooth = upsample(quaternions(matrix).flatten(-2), frames, step)
    return quaternion_to_matrix(functional.normalize(smooth.reshape(*smooth.shape[:-1], joints, 4), dim=-1))


def quaternions(matrix: Tensor) -> Tensor:
    """Rotations (B, L, ..., 3, 3) to quaternions (B, L, ..., 4) of which neighbours in time have a dot product of at least 0."""
    outer = quaternion_outer(matrix)
    largest = outer.diagonal(dim1=-2, dim2=-1).argmax(-1)
    row = outer.gather(-2, largest[..., None, None].expand(*largest.shape, 1, 4))[..., 0, :]
    unit = functional.normalize(row, dim=-1)
    turns = (unit[:, 1:] * unit[:, :-1]).sum(-1) < 0
    signs = 1 - 2 * (turns.cumsum(1) % 2)
    return torch.cat((unit[:, :1], unit[:, 1:] * signs[..., None]), dim=1)
