"""Both legs at once: where their parts are, and the two-bone solution that puts an ankle somewhere else. Knows no ground."""

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from function.models.motion.rotations import quaternion_to_matrix
from function.models.motion.skeleton import Skeleton

PARTS = ("Hip", "Knee", "Ankle", "Foot")
SOFT, LONGEST = 0.97, 0.9985  # of the straight leg: from the first on it gives way gently, at the second it ends
_SHORTEST = 0.2


class Legs(NamedTuple):
    """Left and right leg (..., 2, 4, ...), world axes: thigh, shin, foot and toes; joints hip, knee, ankle and ball from the pelvis."""

    rotation: Tensor
    position: Tensor


def indices(skeleton: Skeleton) -> Tensor:
    """Joint numbers (2, 4) of the left and the right leg."""
    return torch.tensor([[skeleton.names.index(f"{side}_{part}") for part in PARTS] for side in "LR"])


def legs_of(rotation: Tensor, skeleton: Skeleton) -> Legs:
    """Of local rotations (..., J, 3, 3)."""
    joints = indices(skeleton)
    local = rotation[..., joints, :, :]
    offsets = torch.from_numpy(skeleton.offsets).to(rotation)[joints]
    turn = rotation[..., :1, :, :].expand_as(local[..., 0, :, :])
    place = torch.zeros_like(turn[..., 0])
    turns, places = [], []
    for part in range(len(PARTS)):
        place = place + (turn @ offsets[:, part, :, None])[..., 0]
        turn = turn @ local[..., part, :, :]
        turns.append(turn)
        places.append(place)
    return Legs(torch.stack(turns, dim=-3), torch.stack(places, dim=-2))


def reach(legs: Legs, ankle: Tensor) -> Legs:
    """The legs with their ankles at (..., 2, 3) from the pelvis, as far as they are long; knees keep pointing the way they did.

    The shin turns about the thigh's lateral axis until the length is right, then the whole leg turns the shortest way. Feet keep their
    world rotation.
    """
    hip, knee, old, ball = legs.position.unbind(-2)
    thigh, shin = knee - hip, old - knee
    axis = legs.rotation[..., 0, :, 0]
    bent = about(axis, _bend(thigh, shin, axis, ankle - hip))
    shin = _apply(bent, shin)
    swing = shortest(thigh + shin, ankle - hip)
    thigh, shin = _apply(swing, thigh), _apply(swing, shin)
    turns = legs.rotation.unbind(-3)
    rotation = torch.stack((swing @ turns[0], swing @ bent @ turns[1], turns[2], turns[3]), dim=-3)
    end = hip + thigh + shin
    return Legs(rotation, torch.stack((hip, hip + thigh, end, ball + end - old), dim=-2))


def turned(legs: Legs, feet: Tensor) -> Legs:
    """The legs with the world rotation of their feet (..., 2, 3, 3), ankles where they were; toes turn with the feet."""
    thigh, shin, foot, toes = legs.rotation.unbind(-3)
    hip, knee, ankle, ball = legs.position.unbind(-2)
    turn = feet @ foot.mT
    return Legs(
        torch.stack((thigh, shin, feet, turn @ toes), dim=-3), torch.stack((hip, knee, ankle, ankle + _apply(turn, ball - ankle)), dim=-2)
    )


def with_legs(rotation: Tensor, legs: Legs, skeleton: Skeleton) -> Tensor:
    """Local rotations (..., J, 3, 3) of which the legs' are replaced."""
    pelvis = rotation[..., None, :1, :, :].expand_as(legs.rotation[..., :1, :, :])
    parents = torch.cat((pelvis, legs.rotation[..., :-1, :, :]), dim=-3)
    changed = rotation.clone()
    changed[..., indices(skeleton), :, :] = parents.mT @ legs.rotation
    return changed


def length(legs: Legs) -> Tensor:
    """Thigh and shin together, (..., 2) metres."""
    bones: Tensor = legs.position[..., :3, :].diff(dim=-2).norm(dim=-1)
    return bones.sum(-1)


def _bend(thigh: Tensor, shin: Tensor, axis: Tensor, target: Tensor) -> Tensor:
    """Radians (...) about `axis` that the shin turns so that hip and ankle are as far apart as the target asks."""
    upper, lower = thigh.norm(dim=-1), shin.norm(dim=-1)
    far = _soft(target.norm(dim=-1), upper + lower)
    along = (axis * shin).sum(-1)
    flat_thigh, flat_shin = thigh - (axis * thigh).sum(-1, keepdim=True) * axis, shin - along[..., None] * axis
    now = torch.atan2((axis * torch.linalg.cross(flat_thigh, flat_shin)).sum(-1), (flat_thigh * flat_shin).sum(-1))
    product = (far**2 - upper**2 - lower**2) / 2 - (axis * thigh).sum(-1) * along
    cosine = product / (flat_thigh.norm(dim=-1) * flat_shin.norm(dim=-1))
    return torch.arccos(cosine.clamp(-1, 1)) - now


def _soft(distance: Tensor, whole: Tensor) -> Tensor:
    """A distance that a leg of this length can have."""
    room = (LONGEST - SOFT) * whole
    beyond = (distance - SOFT * whole).clamp(min=0)
    return torch.minimum(distance, SOFT * whole).clamp(min=_SHORTEST) + room * (1 - torch.exp(-beyond / room))


def about(axis: Tensor, angle: Tensor) -> Tensor:
    """Rotations (..., 3, 3) about unit axes (..., 3) by radians (...)."""
    half = angle[..., None] / 2
    return quaternion_to_matrix(torch.cat((half.cos(), half.sin() * axis), dim=-1))


def shortest(start: Tensor, end: Tensor) -> Tensor:
    """The smallest rotations (..., 3, 3) that turn one direction (..., 3) into another."""
    one, two = functional.normalize(start, dim=-1), functional.normalize(end, dim=-1)
    real = 1 + (one * two).sum(-1, keepdim=True)
    return quaternion_to_matrix(functional.normalize(torch.cat((real, torch.linalg.cross(one, two)), dim=-1), dim=-1))


def _apply(matrix: Tensor, vector: Tensor) -> Tensor:
    return (matrix @ vector[..., None])[..., 0]
