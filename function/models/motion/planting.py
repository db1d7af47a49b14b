"""Feet that stand where they stand: what a small network only nearly says about feet and floor, made exact.

The ground is y = 0 and Y is up; metres and frames at 30 a second. Only legs and the pelvis' path are changed.
"""

import torch
from torch import Tensor
from torch.nn import functional

from function.models.motion.intervals import around, blurred, bridged, centred, closed, lasting, switched, widened
from function.models.motion.legs import SOFT, Legs, about, legs_of, length, reach, shortest, turned, with_legs
from function.models.motion.resample import upsample, upsample_rotations
from function.models.motion.rotations import matrix_to_six, six_to_matrix
from function.models.motion.skeleton import Skeleton
from function.models.motion.smoothing import smooth_rotations, smooth_translation

FPS = 30
HEEL, BALL_HEIGHT, KNEE_HEIGHT = (0.0, -0.08, -0.05), 0.025, 0.05  # heel from the ankle; ball and knee joint over the floor
TOE_TIP, _TIP_HEIGHT, _MOST_BENT = (0.0, -0.020, 0.055), 0.005, 1.3  # metres from the ball and over the floor; radians
CLEARANCE = 0.03
_PASSING, _NEARLY_FLAT = (0.2, 0.6), (0.05, 0.14)  # m/s; radians
_SHIVER, _TREMBLE = (0.008, 0.025), (0.06, 0.25)  # metres; radians times the root of two: noise up to the first, movement from the second
_EVEN = 0.004  # metres between heel and ball up to which both carry
_CLEAR = 0.002
_FAST, _HIGH = (0.5, 1.2), (0.05, 0.12)  # m/s and metres: below the first a foot may be planted, above the second it is not
_ON, _OFF, _SHORTEST = 0.6, 0.4, 3


def clean(rotation: Tensor, translation: Tensor, contact: Tensor, frames: int, skeleton: Skeleton) -> tuple[Tensor, Tensor]:
    """From 15 to `frames` frames at 30 a second, smoothed and planted.

    `rotation` (B, L, 22, 3, 3) local, `translation` (B, L, 3) of the pelvis, `contact` (B, L, 2) about 1 where the left or right foot is
    planted. Rotation (B, frames, 22, 3, 3) and translation (B, frames, 3). Raises `ValueError` for fewer than 11 frames.
    """
    turns = smooth_rotations(upsample_rotations(rotation, frames))
    path = smooth_translation(upsample(translation, frames))
    return plant(turns, path, upsample(contact, frames), skeleton)


def plant(rotation: Tensor, translation: Tensor, contact: Tensor, skeleton: Skeleton) -> tuple[Tensor, Tensor]:
    """Put feet on the ground and keep them there: rotation (B, F, 22, 3, 3), translation and contact (B, F, 3) and (B, F, 2)."""
    legs = legs_of(rotation, skeleton)
    sole, step = soles(legs)
    planted = planted_feet(contact, step + translation.diff(dim=1)[:, :, None], sole + translation[:, :, None, 1])
    legs = turned(legs, _calm_feet(legs.rotation[..., 2, :, :], planted))
    sole, step = soles(legs)

    path = _still(translation, step, planted)
    slip = functional.pad((step + path.diff(dim=1)[:, :, None]).cumsum(1), (0, 0, 0, 0, 1, 0))
    shift = bridged(-centred(slip, planted), planted)
    path = _standing(path, legs, sole, shift, planted)
    shift[..., 1] = _lift(sole + path[:, :, None, 1], slip + shift, planted)
    moved = _flat_toes(reach(legs, legs.position[..., 2, :] + shift), path)
    return with_legs(rotation, moved, skeleton), path


def soles(legs: Legs) -> tuple[Tensor, Tensor]:
    """Height (B, F, 2) of what each foot stands on, from the pelvis, and how it travels to the next frame (B, F - 1, 2, 3).

    It is heel, ball, or the middle between them while they are level: a foot that rolls does not travel.
    """
    points = contact_points(legs)
    share = functional.softmax(-points[..., 1] / _EVEN, dim=-1)[..., None]
    step = ((share[:, 1:] + share[:, :-1]) / 2 * points.diff(dim=1)).sum(-2)
    return (share * points).sum(-2)[..., 1], step


def contact_points(legs: Legs) -> Tensor:
    """Heel and ball on the sole (..., 2, 2, 3), from the pelvis; the toes are thought flat."""
    ankle, ball = legs.position[..., 2, :], legs.position[..., 3, :]
    heel = ankle + legs.rotation[..., 2, :, :] @ ankle.new_tensor(HEEL)
    return torch.stack((heel, ball - ball.new_tensor((0, BALL_HEIGHT, 0))), dim=-2)


def planted_feet(contact: Tensor, step: Tensor, height: Tensor) -> Tensor:
    """Where feet are planted, (B, F, 2) bool: contact says so, and neither the sole's speed nor its height speaks against it."""
    speed = blurred(step[..., (0, 2)].norm(dim=-1) * FPS, 1.0)
    speed = torch.maximum(functional.pad(speed, (0, 0, 1, 0)), functional.pad(speed, (0, 0, 0, 1)))
    evidence = blurred(contact, 1.5) - 0.6 * _ramp(speed, *_FAST) - 0.6 * _ramp(height, *_HIGH)
    found = switched(evidence > _ON, evidence < _OFF, evidence[:, 0] > (_ON + _OFF) / 2)
    return lasting(closed(found, _SHORTEST), _SHORTEST)


def _calm_feet(feet: Tensor, planted: Tensor) -> Tensor:
    """World rotations of feet (B, F, 2, 3, 3) that do not tremble, and lie flat where they are planted and nearly do."""
    steady = six_to_matrix(matrix_to_six(blurred(feet, 3.0)))
    steady = six_to_matrix(matrix_to_six(steady + _kept((feet - steady).flatten(-2), *_TREMBLE).view_as(feet)))
    up, vertical = steady[..., 1], steady.new_tensor((0.0, 1.0, 0.0))
    tilt = torch.linalg.cross(up, vertical.expand_as(up)).norm(dim=-1)
    flat = blurred(planted.to(feet), 1.0) * (1 - _ramp(tilt, *_NEARLY_FLAT))
    return shortest(up, up + flat[..., None] * (vertical - up)) @ steady


def _kept(rest: Tensor, low: float, high: float) -> Tensor:
    """What is left over by a mean over time, (..., C): nothing of it where it is small and may be noise, all where it is large."""
    return rest * _ramp(rest.norm(dim=-1, keepdim=True), low, high)


def _lift(height: Tensor, way: Tensor, planted: Tensor) -> Tensor:
    """Metres (B, F, 2) to add to the height of soles: planted ones come to the ground, those that pass over it keep clear of it."""
    fall = bridged(-height[..., None], planted)[..., 0]
    before, after = around(planted)
    frames = torch.arange(height.shape[1], device=height.device)[:, None]
    away = torch.where(before < 0, after - frames, torch.minimum(frames - before, after - frames))
    speed = functional.pad(way[..., (0, 2)].diff(dim=1).norm(dim=-1) * FPS, (0, 0, 1, 0))
    clear = CLEARANCE * _ramp(away, 0, 2.5) * _ramp(speed, *_PASSING)
    return clear + _over(height + fall - clear, _CLEAR) - height


def _still(translation: Tensor, step: Tensor, planted: Tensor) -> Tensor:
    """The path on which planted soles do not slip on the whole; where none is planted, the path that was predicted."""
    both = (planted[:, 1:] & planted[:, :-1]).to(step)
    slip = step + translation.diff(dim=1)[:, :, None]
    weight = both.sum(-1, keepdim=True)
    mean = (both[..., None] * slip).sum(-2) / weight.clamp(min=1)
    known = blurred((weight > 0).to(step), 3.0)
    excess = blurred(mean, 3.0) / (known + 0.05) * translation.new_tensor((1, 0, 1))
    path = translation - functional.pad(excess.cumsum(1), (0, 0, 1, 0))
    steady = blurred(path, 2.5)
    return steady + _kept(path - steady, *_SHIVER)


def _standing(path: Tensor, legs: Legs, sole: Tensor, shift: Tensor, planted: Tensor) -> Tensor:
    """The path at the height at which planted soles are on the ground, no knee is below it and legs are long enough."""
    count = planted.sum(-1)
    level = ((sole + path[:, :, None, 1]) * planted).sum(-1) / count.clamp(min=1)
    height = path[..., 1] - blurred(bridged(level[:, :, None, None], (count > 0)[..., None])[:, :, 0, 0], 2.0)

    hip, ankle = legs.position[..., 0, :], legs.position[..., 2, :] + shift
    across = (ankle - hip)[..., (0, 2)].square().sum(-1)
    span = ((SOFT * length(legs)) ** 2 - across).clamp(min=0).sqrt()
    highest = legs.position[..., 2, 1] - sole + span - hip[..., 1]
    stretch = torch.where(planted, height[..., None] - highest, 0).amax(-1).clamp(min=0)
    height = height - blurred(widened(stretch, 3), 2.0)
    knee = legs.position[..., 1, 1].amin(-1) + height
    height = height + blurred(widened((KNEE_HEIGHT - knee).clamp(min=0), 3), 2.0)
    return torch.stack((path[..., 0], height, path[..., 2]), dim=-1)


def _flat_toes(legs: Legs, path: Tensor) -> Legs:
    """Toes that bend up where the floor is in their way."""
    turn = legs.rotation[..., 3, :, :]
    axis, tip = turn[..., 0], turn @ turn.new_tensor(TOE_TIP)
    rise, fall = tip[..., 1], torch.linalg.cross(tip, axis)[..., 1]
    room = legs.position[..., 3, 1] + path[:, :, None, 1] - _TIP_HEIGHT
    length = torch.hypot(rise, fall)
    bend = (torch.asin((-room / length).clamp(-1, 1)) - torch.atan2(rise, fall)).clamp(0, _MOST_BENT)
    toes = about(axis, -bend) @ turn
    return Legs(torch.cat((legs.rotation[..., :3, :, :], toes[..., None, :, :]), dim=-3), legs.position)


def _over(height: Tensor, least: float) -> Tensor:
    """Heights (...) that do not go below zero: `least` at zero, the same far above."""
    return (height + (height.square() + 4 * least**2).sqrt()) / 2


def _ramp(values: Tensor, low: float, high: float) -> Tensor:
    return ((values - low) / (high - low)).clamp(0, 1)
