"""Time filters over sampled motion: a Gaussian mean of rotations and a Savitzky-Golay filter of the translation."""

import torch
from torch import Tensor

from function.models.motion.rotations import quaternion_outer, quaternion_to_matrix

SIGMA, RADIUS = 1.0, 4
WINDOW, ORDER = 11, 5


def gaussian_weights(sigma: float = SIGMA, radius: int = RADIUS) -> Tensor:
    """(2 * radius + 1,) float32 weights that sum to 1."""
    place = torch.arange(-radius, radius + 1, dtype=torch.float64)
    weights = torch.exp(-(place**2) / (2 * sigma**2))
    return (weights / weights.sum()).float()


def smooth_rotations(matrix: Tensor) -> Tensor:
    """Gaussian quaternion mean over 9 frames of (..., F, J, 3, 3); the first and last frame go on beyond the ends.

    The mean quaternion is the eigenvector of the largest eigenvalue of the weighted sum of outer products (Markley et al., Averaging
    Quaternions, 2007), so the sign of a quaternion does not matter.
    """
    weights = gaussian_weights().to(matrix)
    frames = matrix.shape[-4]
    place = torch.arange(frames, device=matrix.device)
    taps = (matrix.index_select(-4, (place + tap - RADIUS).clamp(0, frames - 1)) * weights[tap] for tap in range(len(weights)))
    mean = torch.zeros_like(matrix)
    for tap in taps:
        mean += tap
    _, vectors = torch.linalg.eigh(quaternion_outer(mean))
    return quaternion_to_matrix(vectors[..., -1])


def savgol_projection(window: int = WINDOW, order: int = ORDER) -> Tensor:
    """(window, window) float64: row i gives sample i of the polynomial fitted to the window; the middle row is the filter."""
    place = torch.linspace(-1, 1, window, dtype=torch.float64)
    basis, _ = torch.linalg.qr(place[:, None] ** torch.arange(order + 1))
    projection: Tensor = basis @ basis.T
    return projection


def smooth_translation(translation: Tensor) -> Tensor:
    """Savitzky-Golay filter of (..., F, 3), window 11, order 5; each end comes from the fit of its first or last 11 frames.

    Raises `ValueError` for fewer than 11 frames.
    """
    frames = translation.shape[-2]
    if frames < WINDOW:
        raise ValueError(f"smoothing needs at least {WINDOW} frames, got {frames}")
    project = savgol_projection().to(translation.device)
    exact, half = translation.double(), WINDOW // 2
    middle = exact.unfold(-2, WINDOW, 1) @ project[half]
    first, last = project[:half] @ exact[..., :WINDOW, :], project[half + 1 :] @ exact[..., -WINDOW:, :]
    return torch.cat((first, middle, last), dim=-2).to(translation.dtype)
