"""Decoding beyond the goldens: our own skeleton, batches, the ground."""

import numpy as np
import pytest
import torch

from function.models.motion.decode import decode, denormalise
from function.models.motion.ground import height_basis
from function.models.motion.rotations import matrix_to_six
from function.models.motion.skeleton import mannequin_skeleton
from function.models.motion.smoothing import smooth_rotations, smooth_translation

SKELETON = mannequin_skeleton()
MEAN, STD = torch.zeros(201), torch.ones(201)


def joint_basis() -> torch.Tensor:
    """A mesh of one vertex on each joint."""
    own = np.arange(22)[:, None]
    return height_basis(SKELETON, SKELETON.rest, own, np.ones((22, 1), dtype=np.float32))


def standing(frames: int, height: float = 0.0) -> torch.Tensor:
    latent = torch.zeros(1, frames, 201)
    latent[..., 3:135] = matrix_to_six(torch.eye(3)).repeat(22)
    latent[..., 1] = height
    return latent


def test_a_still_person_stands_on_the_ground_in_the_rest_pose() -> None:
    motion = decode(standing(20, height=1.3), MEAN, STD, SKELETON, joint_basis())
    rest = torch.from_numpy(SKELETON.rest)
    torch.testing.assert_close(motion.joints[0, 7], rest - torch.tensor([0.0, float(rest[:, 1].min()), 0.0]), atol=1e-5, rtol=0)


def test_samples_of_a_batch_do_not_touch_each_other() -> None:
    latent = torch.randn(3, 30, 201, generator=torch.Generator().manual_seed(0))
    together = decode(latent, MEAN, STD, SKELETON, joint_basis())
    single = decode(latent[1:2], MEAN, STD, SKELETON, joint_basis())
    torch.testing.assert_close(together.joints[1:2], single.joints, atol=1e-5, rtol=0)


def test_the_lowest_joint_over_all_frames_touches_the_ground() -> None:
    latent = torch.randn(2, 30, 201, generator=torch.Generator().manual_seed(0))
    lows = decode(latent, MEAN, STD, SKELETON, joint_basis()).joints[..., 1].amin((1, 2))
    torch.testing.assert_close(lows, torch.zeros(2), atol=1e-5, rtol=0)


def test_a_feature_that_never_varied_is_its_mean() -> None:
    std = torch.tensor([1.0, 9e-4, 1e-3])
    assert denormalise(torch.ones(3), torch.zeros(3), std).tolist() == pytest.approx([1.0, 0.0, 1e-3])


def test_smoothing_leaves_a_steady_pose_and_a_steady_walk() -> None:
    steady = torch.eye(3).expand(15, 2, 3, 3)
    walk = torch.linspace(0, 3, 15)[:, None] * torch.tensor([1.0, 0.0, 2.0])
    torch.testing.assert_close(smooth_rotations(steady), steady, atol=1e-6, rtol=0)
    torch.testing.assert_close(smooth_translation(walk), walk, atol=1e-6, rtol=0)


def test_fewer_frames_than_the_window_are_refused() -> None:
    with pytest.raises(ValueError, match="11"):
        smooth_translation(torch.zeros(10, 3))
