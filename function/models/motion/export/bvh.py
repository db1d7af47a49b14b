"""BVH: writes a clip, reads anybody's file.

Written in metres, Y up. The root has `Xposition Yposition Zposition Zrotation Xrotation Yrotation`, every other joint
`Zrotation Xrotation Yrotation`, in degrees, R = Rz Rx Ry. Angles run on over 360 instead of jumping, so a program that
interpolates them stays on the path.
"""

from functools import lru_cache

import numpy as np

from function.models.motion.export.clip import Clip, Float64Array, matrices

_ENDS: dict[str, tuple[float, float, float]] = {
    "Head": (0.0, 0.20, 0.0),
    "L_Wrist": (0.18, 0.0, 0.0),
    "R_Wrist": (-0.18, 0.0, 0.0),
    "L_Foot": (0.0, -0.020, 0.055),
    "R_Foot": (0.0, -0.020, 0.055),
}
_GIMBAL = 1e-4  # cosine of the middle angle below which the outer two are not told apart


def write(clip: Clip) -> bytes:
    """The clip as a BVH file; joints read back are within 0.1 mm."""
    skeleton = clip.skeleton
    offsets = tuple(tuple(map(float, offset)) for offset in skeleton.offsets)
    hierarchy, order = _hierarchy(skeleton.names, skeleton.parents, offsets)
    angles = np.degrees(euler_zxy(matrices(clip.quaternions)))[:, order].reshape(clip.frames, -1)
    line = " ".join(["%.6f"] * 3 + ["%.4f"] * angles.shape[1]) + "\n"
    numbers = np.concatenate((clip.root, angles), axis=1).ravel().tolist()
    motion = f"MOTION\nFrames: {clip.frames}\nFrame Time: {1 / clip.fps:.7f}\n"
    return (hierarchy + motion + line * clip.frames % tuple(numbers)).encode("ascii")


def euler_zxy(rotations: Float64Array) -> Float64Array:
    """Angles z, x, y (F, ..., 3) in radians with R = Rz Rx Ry, continuous over the frames of rotations (F, ..., 3, 3).

    Of the two triples that mean the same rotation, each frame takes the one nearer to the frame before. Where the middle angle
    is at 90 degrees, y keeps its last value and z takes the whole turn.
    """
    r20, r21, r22 = (rotations[..., 2, column] for column in range(3))
    y = _held(np.arctan2(-r20, r22), np.hypot(r20, r22) > _GIMBAL)
    cos, sin = np.cos(y), np.sin(y)
    z = np.arctan2(rotations[..., 1, 0] * cos + rotations[..., 1, 2] * sin, rotations[..., 0, 0] * cos + rotations[..., 0, 2] * sin)
    x = np.arctan2(r21, r22 * cos - r20 * sin)
    triple = np.stack((z, x, y), axis=-1)
    other = np.stack((z + np.pi, np.pi - x, y + np.pi), axis=-1)
    swap = _distance(other[1:], triple[:-1]) < _distance(triple[1:], triple[:-1])
    swapped = np.zeros(z.shape, dtype=bool)
    swapped[1:] = np.cumsum(swap, axis=0) % 2 == 1
    return np.unwrap(np.where(swapped[..., None], other, triple), axis=0)


def _held(values: Float64Array, sure: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> Float64Array:
    """Values (F, ...) where they are sure, elsewhere the last sure value; 0 before the first."""
    index = np.arange(len(values)).reshape(-1, *[1] * (values.ndim - 1))
    last = np.maximum.accumulate(np.where(sure, index, -1), axis=0)
    return np.where(last >= 0, np.take_along_axis(values, np.maximum(last, 0), axis=0), 0.0)


def _distance(a: Float64Array, b: Float64Array) -> Float64Array:
    """Sum of the angles between two triples (..., 3), full turns apart."""
    turned: Float64Array = np.abs((a - b + np.pi) % (2 * np.pi) - np.pi).sum(axis=-1)
    return turned


@lru_cache(maxsize=8)
def _hierarchy(names: tuple[str, ...], parents: tuple[int, ...], offsets: tuple[tuple[float, ...], ...]) -> tuple[str, list[int]]:
    """The HIERARCHY section and the joints in the order in which it names them."""
    lines, order = ["HIERARCHY"], list[int]()

    def joint(index: int, indent: str) -> None:
        order.append(index)
        root = parents[index] < 0
        channels = "6 Xposition Yposition Zposition" if root else "3"
        offset = (0.0, 0.0, 0.0) if root else offsets[index]
        lines.extend((f"{indent}{'ROOT' if root else 'JOINT'} {names[index]}", f"{indent}{{", f"{indent}\t{_offset(offset)}"))
        lines.append(f"{indent}\tCHANNELS {channels} Zrotation Xrotation Yrotation")
        for child, parent in enumerate(parents):
            if parent == index:
                joint(child, indent + "\t")
        if names[index] in _ENDS:
            lines.extend((f"{indent}\tEnd Site", f"{indent}\t{{", f"{indent}\t\t{_offset(_ENDS[names[index]])}", f"{indent}\t}}"))
        lines.append(f"{indent}}}")

    joint(parents.index(-1), "")
    return "\n".join(lines) + "\n", order


def _offset(offset: tuple[float, ...]) -> str:
    return "OFFSET " + " ".join(f"{value:.6f}" for value in offset)
