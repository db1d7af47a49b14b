"""Motion features to motion: metres, smoothed rotations, joints in space, standing on the ground."""

from dataclasses import dataclass

import torch
from torch import Tensor

from function.models.motion.ground import lowest
from function.models.motion.kinematics import forward_kinematics
from function.models.motion.rotations import six_to_matrix
from function.models.motion.skeleton import Skeleton
from function.models.motion.smoothing import smooth_rotations, smooth_translation

JOINTS = 22
_SMALLEST_STD = 1e-3


@dataclass(frozen=True)
class Motion:
    """B samples of F frames, Y up, metres.

    `rotation` (B, F, 22, 3, 3) local; `translation` (B, F, 3) of the root, to be added to its rest position; `joints` (B, F, J, 3) world
    positions; `ground` (B,) the height that was taken off.
    """

    rotation: Tensor
    translation: Tensor
    joints: Tensor
    ground: Tensor


def denormalise(latent: Tensor, mean: Tensor, std: Tensor) -> Tensor:
    """Network features to metres and rotation numbers; a feature whose `std` is below 1e-3 is its mean."""
    return latent * torch.where(std < _SMALLEST_STD, 0, std) + mean


def split_features(features: Tensor) -> tuple[Tensor, Tensor]:
    """Denormalised (..., 201) to the root translation (..., 3) and 22 local rotations (..., 22, 3, 3)."""
    six = features[..., 3 : 3 + 6 * JOINTS]
    return features[..., :3], six_to_matrix(six.reshape(*six.shape[:-1], JOINTS, 6))


@torch.inference_mode()
def decode(latent: Tensor, mean: Tensor, std: Tensor, skeleton: Skeleton, basis: Tensor) -> Motion:
    """Decode normalised features (B, F, 201) of equal length, F at least 11.

    `mean` and `std` are (201,), `basis` comes from `ground.height_basis`. Features 135 and up are not used.
    """
    raw_translation, raw_rotation = split_features(denormalise(latent.float(), mean, std))
    rotation, translation = smooth_rotations(raw_rotation), smooth_translation(raw_translation)
    pose = forward_kinematics(rotation, skeleton)
    ground = lowest(pose, translation, skeleton, basis)
    translation = translation - ground[:, None, None] * translation.new_tensor((0.0, 1.0, 0.0))
    return Motion(rotation, translation, pose.position + translation[..., None, :], ground)
