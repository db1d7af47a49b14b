"""How high a moving skinned mesh hangs above the ground."""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from function.models.motion.kinematics import Pose
from function.models.motion.skeleton import FloatArray, Skeleton

IntArray = np.ndarray[tuple[int, ...], np.dtype[np.integer[Any]]]

_NUMBERS = 1 << 24


def height_basis(skeleton: Skeleton, vertices: FloatArray, skin_joints: IntArray, skin_weights: FloatArray) -> Tensor:
    """What turns a pose into the height of every vertex: (4 * J, V) float32.

    `vertices` (V, 3) in the rest pose, `skin_joints` (V, K) whole numbers, `skin_weights` (V, K) summing to 1. Linear blend skinning is
    linear in the joints' height rows, so the heights of all frames are one product.
    """
    joints = len(skeleton.parents)
    count = len(vertices)
    index, weights = torch.as_tensor(skin_joints).long(), torch.as_tensor(skin_weights).float()
    dense = torch.zeros(count, joints).scatter_add_(1, index, weights)
    place = torch.cat((torch.as_tensor(vertices).float(), torch.ones(count, 1)), dim=1)
    return (dense[:, :, None] * place[:, None]).flatten(1).T.contiguous()


def lowest(pose: Pose, translation: Tensor, skeleton: Skeleton, basis: Tensor) -> Tensor:
    """Height in metres of the lowest vertex over all frames of each sample: pose (B, F, J, ...), translation (B, F, 3) to (B,)."""
    rest = torch.from_numpy(skeleton.rest).to(translation)
    row = pose.rotation[..., 1, :]
    shift = pose.position[..., 1] - (row * rest).sum(-1) + translation[..., None, 1]
    rows = torch.cat((row, shift[..., None]), dim=-1).flatten(-2)
    chunk = max(1, _NUMBERS // basis.shape[1])
    lows = [(part @ basis.to(rows)).amin(-1) for part in torch.split(rows.flatten(0, 1), chunk)]
    return torch.cat(lows).view(translation.shape[:2]).amin(-1)
