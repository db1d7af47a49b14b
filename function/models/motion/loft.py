"""Surfaces swept along a coordinate axis, with the weights that bind them to joints. Plain geometry, numpy only."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from function.models.motion.skeleton import FloatArray

Floats = np.ndarray[tuple[int, ...], np.dtype[np.floating[Any]]]
IntArray = np.ndarray[tuple[int, ...], np.dtype[np.int64]]


@dataclass(frozen=True)
class Surface:
    """A piece of a body: `vertices` (V, 3) metres, `triangles` (T, 3) wound outwards, `weights` (V, J) summing to 1."""

    vertices: FloatArray
    triangles: IntArray
    weights: FloatArray


Rows = Sequence[tuple[float, float, float, float, float]]


def loft(axis: int, rows: Rows, caps: tuple[float, float], shape: tuple[int, int], exponent: float = 2.0) -> tuple[FloatArray, IntArray]:
    """Vertices and triangles of a tube along `axis` with round ends: `shape` is (rings, vertices of a ring).

    Sections are superellipses: exponent 2 is an ellipse, more is squarer. For `rows` and `caps` see `sections`.
    """
    rings, segments = shape
    place = rows[0][0] + (rows[-1][0] - rows[0][0]) * (1 - np.cos(np.linspace(0, np.pi, rings + 2))) / 2
    curve = sections(rows, caps, place)
    angle = np.linspace(0, 2 * np.pi, segments, endpoint=False)
    outline = np.stack((np.cos(angle), np.sin(angle)), axis=-1)
    outline = np.sign(outline) * np.abs(outline) ** (2 / exponent)
    ring = curve[1:-1, None, :2] + curve[1:-1, None, 2:] * outline
    points = np.concatenate((np.broadcast_to(place[1:-1, None, None], (rings, segments, 1)), ring), axis=-1).reshape(-1, 3)
    ends = np.column_stack((place[[0, -1]], curve[[0, -1], :2]))
    return np.roll(np.concatenate((points, ends)), axis, axis=-1).astype(np.float32), _tube(rings, segments)


def sections(rows: Rows, caps: tuple[float, float], place: Floats) -> Floats:
    """Centre, centre, radius, radius (M, 4) of a tube's sections at places (M,) on its axis.

    A row is (place, centre, centre, radius, radius), the last four along the two axes that follow the tube's axis cyclically; a
    smooth curve joins the rows. `caps` are the lengths over which the ends round off.
    """
    table = np.array(rows)
    curve = through(table[:, 0], table[:, 1:], place)
    for cap, depth in zip(caps, (place - table[0, 0], table[-1, 0] - place), strict=True):
        curve[:, 2:] *= np.sqrt(1 - (1 - np.clip(depth / cap, 0, 1)) ** 2)[:, None]
    return curve


def disc(rings: int, segments: int) -> tuple[FloatArray, IntArray]:
    """Points (V, 2) of the unit disc on concentric rings, the centre last, and their triangles, counterclockwise."""
    angle = np.linspace(0, 2 * np.pi, segments, endpoint=False)
    radius = np.linspace(1, 0, rings, endpoint=False)[:, None]
    points = np.stack((radius * np.cos(angle), radius * np.sin(angle)), axis=-1).reshape(-1, 2)
    innermost = segments * (rings - 1) + np.arange(segments)
    centre = np.stack((np.full(segments, segments * rings), innermost, np.roll(innermost, -1)), -1)
    return np.concatenate((points, np.zeros((1, 2)))).astype(np.float32), np.concatenate((_walls(rings, segments), centre))


def _tube(rings: int, segments: int) -> IntArray:
    """Triangles of `rings` rings of `segments` vertices, closed by two end points that follow them."""
    start = np.arange(segments)
    last = segments * (rings - 1)
    first_end, last_end = np.full(segments, segments * rings), np.full(segments, segments * rings + 1)
    after = np.roll(start, -1)
    ends = np.concatenate((np.stack((first_end, after, start), -1), np.stack((last_end, last + start, last + after), -1)))
    return np.concatenate((_walls(rings, segments), ends))


def _walls(rings: int, segments: int) -> IntArray:
    """Triangles between neighbouring rings."""
    start = np.arange(segments)
    a = segments * np.arange(rings - 1)[:, None] + start
    b, above = a - start + np.roll(start, -1), segments
    return np.stack((np.stack((a, b, b + above), -1), np.stack((a, b + above, a + above), -1)), axis=2).reshape(-1, 3)


def through(knots: Floats, values: Floats, at: Floats) -> Floats:
    """Cubic curve through (K,) rising knots with values (K, N), evaluated at (M,) places: (M, N)."""
    slopes = np.gradient(values, knots, axis=0)
    left = np.clip(np.searchsorted(knots, at, side="right") - 1, 0, len(knots) - 2)
    step = np.diff(knots)[left, None]
    t = (at - knots[left])[:, None] / step
    rise = t * t * (3 - 2 * t)
    bend = step * t * (1 - t) * ((1 - t) * slopes[left] - t * slopes[left + 1])
    curve: Floats = (1 - rise) * values[left] + rise * values[left + 1] + bend
    return curve


def smoothstep(values: Floats, low: float, high: float) -> Floats:
    """0 below `low`, 1 above `high`, smooth between; falling when low > high."""
    t = np.clip((values - low) / (high - low), 0, 1)
    rise: Floats = t * t * (3 - 2 * t)
    return rise


def along(place: Floats, joints: Sequence[int], breaks: Sequence[tuple[float, float]], count: int) -> FloatArray:
    """Weights (V, count) that pass from joint to joint along an axis.

    `breaks[k]` is (place, width) of the blend between `joints[k]` and `joints[k + 1]`; the width's sign is the direction.
    """
    reach = [np.ones_like(place), *(smoothstep(place, at - width / 2, at + width / 2) for at, width in breaks), np.zeros_like(place)]
    weights = np.zeros((len(place), count), dtype=np.float32)
    for index, joint in enumerate(joints):
        weights[:, joint] = reach[index] * (1 - reach[index + 1])
    weights /= weights.sum(axis=1, keepdims=True)
    return weights


def mirrored(surface: Surface, swap: Sequence[int]) -> Surface:
    """The surface reflected in x = 0, its weights moved to the joints `swap` names."""
    return Surface(surface.vertices * np.array([-1, 1, 1], dtype=np.float32), surface.triangles[:, ::-1], surface.weights[:, list(swap)])


def joined(surfaces: Sequence[Surface]) -> Surface:
    starts = np.cumsum([0, *(len(surface.vertices) for surface in surfaces[:-1])])
    return Surface(
        np.concatenate([surface.vertices for surface in surfaces]),
        np.concatenate([surface.triangles + start for surface, start in zip(surfaces, starts, strict=True)]),
        np.concatenate([surface.weights for surface in surfaces]),
    )


def normals(vertices: FloatArray, triangles: IntArray) -> FloatArray:
    """Unit vertex normals (V, 3): area-weighted mean of the triangles around."""
    a, b, c = (vertices[triangles[:, corner]].astype(np.float64) for corner in range(3))
    faces = np.cross(b - a, c - a)
    total = np.stack([np.bincount(triangles.ravel(), np.repeat(faces[:, axis], 3), len(vertices)) for axis in range(3)], axis=-1)
    unit: FloatArray = (total / np.linalg.norm(total, axis=1, keepdims=True)).astype(np.float32)
    return unit
