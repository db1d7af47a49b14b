"""Our own mannequin: a smooth jointed dummy of human proportions, made from a few tables of cross sections.

Metres, Y up, facing +Z, in the rest pose of `mannequin_skeleton`. The soles are flat at y = -0.97, the lowest points, and curve up
at the toes, so that a foot rolls over its ball. The left side is blue, the right side orange; the head has a nose and a face of its
own colour.
"""

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np

from function.models.motion.loft import Floats, IntArray, Surface, along, disc, joined, loft, mirrored, normals, sections, smoothstep
from function.models.motion.skeleton import FloatArray, mannequin_skeleton

SOLE: Final = -0.97

# name and linear RGB of each material, in the order of the parts in `mannequin`
MATERIALS: Final[tuple[tuple[str, tuple[float, float, float]], ...]] = (
    ("Body", (0.62, 0.55, 0.47)),
    ("Left", (0.24, 0.38, 0.50)),
    ("Right", (0.62, 0.32, 0.20)),
    ("Face", (0.86, 0.82, 0.76)),
)

# place along the axis, then centre and radius along the two axes that follow it cyclically (x: y, z; y: z, x; z: x, y)
_TORSO = (
    (-0.165, 0.005, 0, 0.070, 0.075),
    (-0.115, -0.004, 0, 0.102, 0.146),
    (-0.050, -0.008, 0, 0.112, 0.170),
    (0.030, -0.003, 0, 0.100, 0.156),
    (0.120, 0.000, 0, 0.086, 0.134),
    (0.200, 0.004, 0, 0.092, 0.139),
    (0.300, 0.008, 0, 0.110, 0.162),
    (0.380, 0.004, 0, 0.110, 0.176),
    (0.440, -0.006, 0, 0.092, 0.178),
    (0.485, -0.012, 0, 0.068, 0.158),
    (0.515, -0.013, 0, 0.055, 0.110),
    (0.540, -0.012, 0, 0.050, 0.070),
    (0.570, -0.010, 0, 0.046, 0.050),
)
_NECK = ((0.470, -0.012, 0, 0.056, 0.058), (0.540, -0.010, 0, 0.052, 0.052), (0.650, 0.002, 0, 0.050, 0.050))
_HEAD = (
    (0.578, 0.042, 0, 0.045, 0.036),
    (0.610, 0.032, 0, 0.074, 0.054),
    (0.650, 0.024, 0, 0.089, 0.066),
    (0.700, 0.016, 0, 0.097, 0.074),
    (0.750, 0.010, 0, 0.098, 0.076),
    (0.810, 0.008, 0, 0.090, 0.070),
)
_HEAD_CAPS, _HEAD_EXPONENT = (0.03, 0.075), 2.1
_ARM = (
    (0.124, 0.480, -0.010, 0.056, 0.058),
    (0.180, 0.480, -0.010, 0.056, 0.058),
    (0.250, 0.478, -0.010, 0.050, 0.053),
    (0.330, 0.480, -0.010, 0.045, 0.047),
    (0.420, 0.480, -0.010, 0.038, 0.039),
    (0.460, 0.480, -0.010, 0.037, 0.038),
    (0.520, 0.480, -0.010, 0.039, 0.039),
    (0.600, 0.480, -0.010, 0.033, 0.034),
    (0.690, 0.480, -0.010, 0.023, 0.028),
    (0.730, 0.480, -0.010, 0.022, 0.028),
)
_HAND = (
    (0.695, 0.480, -0.010, 0.019, 0.024),
    (0.730, 0.480, -0.008, 0.018, 0.036),
    (0.780, 0.479, -0.008, 0.017, 0.043),
    (0.830, 0.477, -0.010, 0.014, 0.039),
    (0.890, 0.472, -0.013, 0.009, 0.028),
)
_THUMB = ((0.000, 0.000, 0.000, 0.013, 0.015), (0.040, 0.000, 0.000, 0.012, 0.013), (0.080, -0.002, 0.000, 0.009, 0.010))
_LEG = (
    (-0.925, -0.012, 0.090, 0.034, 0.030),
    (-0.890, -0.012, 0.090, 0.036, 0.031),
    (-0.830, -0.012, 0.090, 0.034, 0.030),
    (-0.720, -0.013, 0.090, 0.045, 0.040),
    (-0.620, -0.010, 0.090, 0.057, 0.050),
    (-0.560, -0.002, 0.090, 0.057, 0.051),
    (-0.480, 0.012, 0.090, 0.055, 0.050),
    (-0.430, 0.010, 0.090, 0.059, 0.054),
    (-0.330, 0.008, 0.090, 0.072, 0.067),
    (-0.200, 0.004, 0.090, 0.086, 0.079),
    (-0.080, 0.000, 0.090, 0.094, 0.085),
    (0.015, 0.000, 0.090, 0.086, 0.078),
)
_FOOT = (
    (-0.080, 0.090, -0.935, 0.033, 0.042),
    (-0.030, 0.090, -0.925, 0.037, 0.052),
    (0.030, 0.092, -0.933, 0.040, 0.048),
    (0.080, 0.097, -0.944, 0.046, 0.036),
    (0.120, 0.100, -0.950, 0.049, 0.029),
    (0.155, 0.100, -0.952, 0.042, 0.024),
    (0.178, 0.098, -0.950, 0.032, 0.018),
)


@dataclass(frozen=True)
class Mesh:
    """A skinned mesh in the rest pose.

    `vertices`, `normals` (V, 3) float32; `triangles` (T, 3) uint16, sorted by material; `materials` (T,) uint8, an index of
    `MATERIALS`; `joint_indices` (V, 4) uint8; `joint_weights` (V, 4) float32, falling, whole multiples of 1/255 that sum to 1.
    """

    vertices: FloatArray
    normals: FloatArray
    triangles: np.ndarray[tuple[int, ...], np.dtype[np.uint16]]
    materials: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]
    joint_indices: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]
    joint_weights: FloatArray


@cache
def mannequin() -> Mesh:
    """The mannequin in the rest pose of `mannequin_skeleton`, made on the first call."""
    names = mannequin_skeleton().names
    sides = {"L_": "R_", "R_": "L_"}
    swap = [names.index(sides.get(name[:2], name[:2]) + name[2:]) for name in names]
    left = joined([part(names) for part in (_arm, _hand, _thumb, _leg, _foot)])
    parts = (joined([part(names) for part in (_torso, _neck, _head)]), left, mirrored(left, swap), _face(names))
    whole = joined(parts)
    materials = np.repeat(np.arange(len(MATERIALS), dtype=np.uint8), [len(part.triangles) for part in parts])
    indices, weights = _strongest(whole.weights)
    return Mesh(
        whole.vertices,
        normals(whole.vertices, whole.triangles),
        whole.triangles.astype(np.uint16),
        materials,
        indices,
        weights,
    )


def _bound(
    names: tuple[str, ...], shape: tuple[FloatArray, IntArray], axis: int, joints: str, breaks: tuple[tuple[float, float], ...] = ()
) -> Surface:
    """The surface with weights that pass along `axis` through the joints named in `joints`."""
    vertices, triangles = shape
    chain = [names.index(name) for name in joints.split()]
    return Surface(vertices, triangles, along(vertices[:, axis], chain, breaks, len(names)))


def _torso(names: tuple[str, ...]) -> Surface:
    shape = loft(1, _TORSO, (0.06, 0.03), (28, 32), 2.3)
    breaks = ((0.09, 0.13), (0.22, 0.12), (0.33, 0.10))
    torso = _bound(names, shape, 1, "Pelvis Spine1 Spine2 Spine3", breaks)
    x, y = torso.vertices[:, 0], torso.vertices[:, 1]
    for side, outward in (("L_", x), ("R_", -x)):
        collar = 0.85 * smoothstep(outward, 0.03, 0.15) * smoothstep(y, 0.36, 0.47)
        hip = 0.6 * smoothstep(outward, 0.01, 0.14) * smoothstep(y, -0.03, -0.15)
        for name, share in (("Collar", collar), ("Hip", hip)):
            torso.weights[:] *= 1 - share[:, None]
            torso.weights[:, names.index(side + name)] += share
    return torso


def _neck(names: tuple[str, ...]) -> Surface:
    return _bound(names, loft(1, _NECK, (0.01, 0.01), (10, 24)), 1, "Spine3 Neck Head", ((0.515, 0.06), (0.60, 0.06)))


def _head(names: tuple[str, ...]) -> Surface:
    vertices, triangles = loft(1, _HEAD, _HEAD_CAPS, (26, 32), _HEAD_EXPONENT)
    vertices[:, 2] += np.where(vertices[:, 2] > 0.05, _features(vertices[:, 0], vertices[:, 1]), 0)
    return _bound(names, (vertices, triangles), 1, "Head")


def _face(names: tuple[str, ...]) -> Surface:
    """An oval just above the front of the head whose rim sinks into it."""
    flat, triangles = disc(14, 40)
    x, y = 0.056 * flat[:, 0], 0.668 + 0.080 * flat[:, 1]
    centre, _, deep, wide = sections(_HEAD, _HEAD_CAPS, y).T
    z = centre + deep * (1 - np.abs(x / wide) ** _HEAD_EXPONENT) ** (1 / _HEAD_EXPONENT)
    height = 0.003 - 0.006 * np.hypot(*flat.T) ** 12
    vertices = np.column_stack((x, y, z + height + _features(x, y)))
    return _bound(names, (vertices.astype(np.float32), triangles), 1, "Head")


def _features(x: Floats, y: Floats) -> Floats:
    """How far a nose and two eye sockets stand out of the head, in metres."""
    nose = 0.018 * np.exp(-((x / 0.012) ** 2) - ((y - 0.668) / np.where(y > 0.668, 0.028, 0.013)) ** 2)
    eyes = -0.008 * np.exp(-(((np.abs(x) - 0.028) / 0.015) ** 2) - ((y - 0.700) / 0.012) ** 2)
    relief: Floats = nose + eyes
    return relief


def _arm(names: tuple[str, ...]) -> Surface:
    return _bound(names, loft(0, _ARM, (0.058, 0.02), (30, 20)), 0, "L_Shoulder L_Elbow L_Wrist", ((0.46, 0.08), (0.71, 0.04)))


def _hand(names: tuple[str, ...]) -> Surface:
    return _bound(names, loft(0, _HAND, (0.02, 0.035), (16, 20), 2.3), 0, "L_Elbow L_Wrist", ((0.71, 0.02),))


def _thumb(names: tuple[str, ...]) -> Surface:
    vertices, triangles = loft(0, _THUMB, (0.01, 0.012), (8, 12))
    cos, sin = np.cos(0.75), np.sin(0.75)
    turn = np.array([[cos, 0, -sin], [0, 1, 0], [sin, 0, cos]], dtype=np.float32)
    place = np.array([0.725, 0.474, 0.010], dtype=np.float32)
    return _bound(names, (vertices @ turn.T + place, triangles), 0, "L_Wrist")


def _leg(names: tuple[str, ...]) -> Surface:
    return _bound(names, loft(1, _LEG, (0.02, 0.085), (36, 26)), 1, "L_Ankle L_Knee L_Hip", ((-0.89, 0.04), (-0.48, 0.12)))


def _foot(names: tuple[str, ...]) -> Surface:
    vertices, triangles = loft(2, _FOOT, (0.03, 0.03), (20, 20), 2.4)
    toes = np.maximum(vertices[:, 2] - 0.125, 0)
    vertices[:, 1] = np.maximum(vertices[:, 1], SOLE + 6 * toes**2)
    return _bound(names, (vertices, triangles), 2, "L_Ankle L_Foot", ((0.12, 0.05),))


def _strongest(weights: FloatArray) -> tuple[np.ndarray[tuple[int, ...], np.dtype[np.uint8]], FloatArray]:
    """The four largest weights (V, 4) of (V, J), in whole 255ths summing to 1, and their joints; joint 0 where a weight is 0."""
    joints = np.argsort(-weights, axis=1, kind="stable")[:, :4]
    best = np.take_along_axis(weights, joints, axis=1)
    parts = np.rint(255 * best / best.sum(axis=1, keepdims=True)).astype(np.int64)
    parts[:, 0] += 255 - parts.sum(axis=1)
    return np.where(parts > 0, joints, 0).astype(np.uint8), (parts / 255).astype(np.float32)
