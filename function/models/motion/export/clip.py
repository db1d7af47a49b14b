"""A finished motion of the 22-joint skeleton, and the mathematics of rotations that the file formats need."""

from dataclasses import dataclass

import numpy as np

from function.models.motion.skeleton import FloatArray, Skeleton

Float64Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


@dataclass(frozen=True)
class Clip:
    """One motion.

    `quaternions` is (F, J, 4) float32, xyzw, rotations relative to the parent joint, without sign flips between frames; `root` is
    (F, 3) float32, world position of the pelvis in metres; `fps` in frames a second.
    """

    quaternions: FloatArray
    root: FloatArray
    fps: float
    skeleton: Skeleton

    @property
    def frames(self) -> int:
        return len(self.root)

    @property
    def seconds(self) -> float:
        return self.frames / self.fps


def clip_of(rotations: FloatArray, root: FloatArray, fps: float, skeleton: Skeleton) -> Clip:
    """The clip of local rotation matrices (F, J, 3, 3) and pelvis world positions (F, 3) in metres."""
    return Clip(continuous(quaternions(rotations)).astype(np.float32), np.asarray(root, dtype=np.float32), fps, skeleton)


def quaternions(rotations: FloatArray | Float64Array) -> Float64Array:
    """Unit quaternions xyzw (..., 4) of rotation matrices (..., 3, 3), of either sign.

    Every row of q q^T, scaled by 4, is the quaternion times one of its parts; the row with the largest part is divided by its norm.
    """
    m = np.asarray(rotations, dtype=np.float64)
    xx, yy, zz = m[..., 0, 0], m[..., 1, 1], m[..., 2, 2]
    xy, xz, yz = m[..., 1, 0] + m[..., 0, 1], m[..., 0, 2] + m[..., 2, 0], m[..., 2, 1] + m[..., 1, 2]
    xw, yw, zw = m[..., 2, 1] - m[..., 1, 2], m[..., 0, 2] - m[..., 2, 0], m[..., 1, 0] - m[..., 0, 1]
    rows = np.stack(
        (1 + xx - yy - zz, xy, xz, xw, xy, 1 - xx + yy - zz, yz, yw, xz, yz, 1 - xx - yy + zz, zw, xw, yw, zw, 1 + xx + yy + zz), axis=-1
    ).reshape(*m.shape[:-2], 4, 4)
    largest = np.argmax(np.diagonal(rows, axis1=-2, axis2=-1), axis=-1)
    best = np.take_along_axis(rows, largest[..., None, None], axis=-2)[..., 0, :]
    found: Float64Array = best / np.linalg.norm(best, axis=-1, keepdims=True)
    return found


def continuous(quaternions: Float64Array) -> Float64Array:
    """The same rotations (F, ..., 4) with signs such that neighbouring frames have a dot product of at least 0."""
    flips = np.sum(quaternions[1:] * quaternions[:-1], axis=-1) < 0
    signs = np.ones(quaternions.shape[:-1])
    signs[1:] = 1 - 2 * (np.cumsum(flips, axis=0) % 2)
    first = np.where(quaternions[:1, ..., 3:] < 0, -1.0, 1.0)
    return quaternions * signs[..., None] * first


def matrices(quaternions: FloatArray | Float64Array) -> Float64Array:
    """Rotation matrices (..., 3, 3) of quaternions xyzw (..., 4), which are normalised first."""
    q = np.asarray(quaternions, dtype=np.float64)
    q = q / np.linalg.norm(q, axis=-1, keepdims=True)
    x, y, z, w = np.moveaxis(q * np.sqrt(2), -1, 0)
    rows = (1 - y * y - z * z, x * y - z * w, x * z + y * w, x * y + z * w, 1 - x * x - z * z, y * z - x * w)
    last = (x * z - y * w, y * z + x * w, 1 - x * x - y * y)
    return np.stack(rows + last, axis=-1).reshape(*q.shape[:-1], 3, 3)


def world(rotations: Float64Array, root: FloatArray | Float64Array, skeleton: Skeleton) -> tuple[Float64Array, Float64Array]:
    """World positions (F, J, 3) and rotations (F, J, 3, 3) of local rotations (F, J, 3, 3) and a pelvis path (F, 3)."""
    turns, joints = np.empty_like(rotations), np.empty(rotations.shape[:-1])
    for joint, (parent, offset) in enumerate(zip(skeleton.parents, skeleton.offsets, strict=True)):
        if parent < 0:
            turns[:, joint], joints[:, joint] = rotations[:, joint], root
        else:
            turns[:, joint] = turns[:, parent] @ rotations[:, joint]
            joints[:, joint] = joints[:, parent] + turns[:, parent] @ offset.astype(np.float64)
    return joints, turns


def world_joints(clip: Clip) -> FloatArray:
    """World positions of all joints, (F, J, 3) float32 in metres."""
    return world(matrices(clip.quaternions), clip.root, clip.skeleton)[0].astype(np.float32)
