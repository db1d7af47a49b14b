"""Rotations, forward kinematics and the analytic two-bone leg, over whole arrays of frames."""

import numpy as np
import numpy.typing as npt

from function.models.motion.skeleton import Skeleton

from .curves import Array

FloatArray = npt.NDArray[np.float32]
LONGEST_LEG = 0.9985  # of the straight leg: the knee never locks
SOFT_LEG = 0.975  # from here on a leg gives way gently, so that a knee does not snap straight


def rotation(vector: Array) -> Array:
    """Rotation matrices (..., 3, 3) of rotation vectors (..., 3) in radians (Rodrigues)."""
    angle = np.sqrt(np.einsum("...i,...i->...", vector, vector)) + 1e-12
    sine, cosine = np.sin(angle) / angle, (1.0 - np.cos(angle)) / (angle * angle)
    x, y, z = vector[..., 0], vector[..., 1], vector[..., 2]
    matrix = np.empty((*vector.shape, 3))
    xy, xz, yz = cosine * x * y, cosine * x * z, cosine * y * z
    sx, sy, sz = sine * x, sine * y, sine * z
    matrix[..., 0, 0] = 1.0 - cosine * (y * y + z * z)
    matrix[..., 1, 1] = 1.0 - cosine * (x * x + z * z)
    matrix[..., 2, 2] = 1.0 - cosine * (x * x + y * y)
    matrix[..., 0, 1], matrix[..., 1, 0] = xy - sz, xy + sz
    matrix[..., 0, 2], matrix[..., 2, 0] = xz + sy, xz - sy
    matrix[..., 1, 2], matrix[..., 2, 1] = yz - sx, yz + sx
    return matrix


def about(axis: int, angle: Array) -> Array:
    """Rotation matrices (..., 3, 3) about the axis 0, 1 or 2 by `angle` (...) radians."""
    vector = np.zeros((*angle.shape, 3))
    vector[..., axis] = angle
    return rotation(vector)


def turn(matrix: Array, vector: Array) -> Array:
    """`matrix` (..., 3, 3) applied to `vector` (..., 3)."""
    result: Array = (matrix @ vector[..., None])[..., 0]
    return result


def transpose(matrix: Array) -> Array:
    """The inverse of rotation matrices (..., 3, 3)."""
    return np.swapaxes(matrix, -1, -2)


def forward_kinematics(rotations: FloatArray, translation: FloatArray, skeleton: Skeleton) -> FloatArray:
    """World joint positions (F, J, 3) in metres from local rotations (F, J, 3, 3) and root positions (F, 3)."""
    offsets = skeleton.offsets
    positions = np.empty(rotations.shape[:-1], dtype=np.float32)
    world = np.empty_like(rotations)
    for joint, parent in enumerate(skeleton.parents):
        if parent < 0:
            world[:, joint], positions[:, joint] = rotations[:, joint], translation
        else:
            world[:, joint] = world[:, parent] @ rotations[:, joint]
            positions[:, joint] = positions[:, parent] + world[:, parent] @ offsets[joint]
    return positions


def bend_leg(thigh: Array, shin: Array, reach: Array, lateral: Array) -> tuple[Array, Array]:
    """Place an ankle: world rotations (..., 3, 3) of the thigh, and the knee's bend (...) in radians.

    `thigh` and `shin` (3,) are rest offsets in the y-z plane, `reach` (..., 3) goes from hip to ankle and is shortened when
    out of reach, `lateral` (..., 3) is the direction about which the knee should hinge.
    """
    upper, lower = float(np.linalg.norm(thigh)), float(np.linalg.norm(shin))
    whole = upper + lower
    distance = np.maximum(np.linalg.norm(reach, axis=-1), 0.2 * whole)
    room = (LONGEST_LEG - SOFT_LEG) * whole
    beyond = np.maximum(distance - SOFT_LEG * whole, 0.0)
    distance = np.minimum(distance, SOFT_LEG * whole) + room * (1.0 - np.exp(-beyond / room))
    cosine = (distance**2 - upper**2 - lower**2) / (2 * upper * lower)
    bend = np.arccos(np.clip(cosine, -1.0, 1.0)) - np.arccos(thigh @ shin / (upper * lower))
    rest = thigh + turn(about(0, bend), np.broadcast_to(shin, reach.shape))
    source = _frame(rest, np.broadcast_to(np.array([1.0, 0.0, 0.0]), reach.shape))
    target = _frame(reach, lateral)
    return target @ transpose(source), bend


def _frame(axis: Array, lateral: Array) -> Array:
    along = axis / np.linalg.norm(axis, axis=-1, keepdims=True)
    side = lateral - along * np.einsum("...i,...i->...", along, lateral)[..., None]
    side = side / np.linalg.norm(side, axis=-1, keepdims=True)
    return np.stack((side, along, np.cross(side, along)), axis=-1)
