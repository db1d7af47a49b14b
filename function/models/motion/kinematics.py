"""Forward kinematics: local joint rotations to joints in space."""

from typing import NamedTuple

import torch
from torch import Tensor

from function.models.motion.skeleton import Skeleton


class Pose(NamedTuple):
    """World rotations (..., J, 3, 3) and joint positions (..., J, 3) in metres, before the root translation."""

    rotation: Tensor
    position: Tensor


def forward_kinematics(local: Tensor, skeleton: Skeleton) -> Pose:
    """Pose of `local` rotations (..., K, 3, 3) of the skeleton's first K joints; the rest, such as fingers, keep the identity.

    The root stays at its rest position.
    """
    offsets = torch.from_numpy(skeleton.offsets).to(local)
    rotations: list[Tensor] = []
    positions: list[Tensor] = []
    for joint, parent in enumerate(skeleton.parents):
        turned = joint < local.shape[-3]
        if parent < 0:
            rotations.append(local[..., joint, :, :])
            positions.append(offsets[joint].expand(*local.shape[:-3], 3))
        else:
            rotations.append(rotations[parent] @ local[..., joint, :, :] if turned else rotations[parent])
            positions.append(positions[parent] + rotations[parent] @ offsets[joint])
    return Pose(torch.stack(rotations, dim=-3), torch.stack(positions, dim=-2))
