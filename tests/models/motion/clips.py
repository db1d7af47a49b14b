"""Small real motions for tests."""

import numpy as np

from function.models.motion.export.clip import Clip, Float64Array, clip_of, matrices
from function.models.motion.skeleton import mannequin_skeleton

JOINTS = mannequin_skeleton().names
STANDING = 0.97


def about(axis: str, degrees: float | Float64Array) -> Float64Array:
    """Rotation matrices (..., 3, 3) about x, y or z."""
    half = np.radians(np.asarray(degrees, dtype=np.float64)) / 2
    quaternions = np.zeros((*half.shape, 4))
    quaternions[..., "xyz".index(axis)], quaternions[..., 3] = np.sin(half), np.cos(half)
    return matrices(quaternions)


def still(frames: int = 30) -> Float64Array:
    return np.tile(np.eye(3), (frames, len(JOINTS), 1, 1))


def standing(frames: int = 30, **turns: Float64Array) -> Clip:
    """The rest pose on the ground; `turns` gives joints rotations (3, 3) or (F, 3, 3)."""
    rotations = still(frames)
    for name, turn in turns.items():
        rotations[:, JOINTS.index(name)] = turn
    return moving(rotations, np.tile([0.0, STANDING, 0.0], (frames, 1)))


def moving(rotations: Float64Array, root: Float64Array, fps: float = 30.0) -> Clip:
    return clip_of(rotations.astype(np.float32), root.astype(np.float32), fps, mannequin_skeleton())


def wandering(frames: int = 90, seed: int = 0) -> Clip:
    """All joints in any direction, full turns included, on a path of some metres."""
    numbers = np.random.default_rng(seed)
    quaternions = numbers.normal(size=(1, len(JOINTS), 4)) + np.cumsum(numbers.normal(size=(frames, len(JOINTS), 4)) * 0.2, axis=0)
    return moving(matrices(quaternions), np.cumsum(numbers.normal(size=(frames, 3)) * 0.05, axis=0))
