"""From 15 to 30 frames a second: samples stay where they are, and fast movement keeps its size."""

import pytest
import torch

from function.models.motion.resample import upsample, upsample_rotations


def about_y(angle: torch.Tensor) -> torch.Tensor:
    """Rotations (1, L, 1, 3, 3) about Y by radians (L,)."""
    zero, one = torch.zeros_like(angle), torch.ones_like(angle)
    rows = ((angle.cos(), zero, angle.sin()), (zero, one, zero), (-angle.sin(), zero, angle.cos()))
    return torch.stack([torch.stack(row, dim=-1) for row in rows], dim=-2)[None, :, None]


def angle_about_y(matrix: torch.Tensor) -> torch.Tensor:
    return torch.atan2(matrix[0, :, 0, 0, 2], matrix[0, :, 0, 0, 0])


@pytest.mark.parametrize("frames", [19, 20])
def test_every_other_frame_is_a_sample(frames: int) -> None:
    values = torch.randn(2, 10, 3)
    assert torch.allclose(upsample(values, frames)[:, ::2], values, atol=1e-6)


@pytest.mark.parametrize("frames", [19, 20])
def test_a_straight_way_stays_straight_to_the_last_frame(frames: int) -> None:
    ramp = upsample(torch.arange(10.0)[None, :, None], frames)
    assert torch.allclose(ramp[0, :, 0], torch.arange(frames) / 2, atol=1e-5)


def test_a_wave_of_three_a_second_keeps_its_size() -> None:
    time = torch.arange(60) / 30
    wave = upsample((6 * torch.pi * time[::2]).sin()[None, :, None], 60)[0, :, 0]
    assert (wave - (6 * torch.pi * time).sin()).abs()[2:-3].max() < 0.06


def test_frames_that_no_sample_reaches_are_refused() -> None:
    with pytest.raises(ValueError, match="got 10"):
        upsample(torch.zeros(1, 10, 3), 22)


def test_rotations_run_on_through_half_a_turn() -> None:
    turned = angle_about_y(upsample_rotations(about_y(torch.arange(12) * 0.6), 24))
    wanted = torch.arange(24) * 0.3
    assert torch.allclose((turned - wanted).cos(), torch.ones(24), atol=1e-4)


def test_rotations_stay_orthonormal() -> None:
    random = torch.linalg.qr(torch.randn(2, 8, 4, 3, 3))[0]
    random = random * random.det()[..., None, None]
    made = upsample_rotations(random, 16)
    assert torch.allclose(made @ made.mT, torch.eye(3).expand_as(made), atol=1e-5)
    assert torch.allclose(made[:, ::2], random, atol=1e-5)
