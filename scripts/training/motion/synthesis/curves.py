"""Curves of time: easing, keyframes, oscillations. All take arrays of seconds and know nothing of bodies."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


def ease(fraction: Array) -> Array:
    """Smoothstep of a fraction, clamped to [0, 1]: level at both ends."""
    f = np.clip(fraction, 0.0, 1.0)
    return f * f * (3.0 - 2.0 * f)


def ease_hard(fraction: Array) -> Array:
    """Smootherstep, clamped: also the acceleration is zero at both ends."""
    f = np.clip(fraction, 0.0, 1.0)
    return f * f * f * (f * (6.0 * f - 15.0) + 10.0)


def window(t: Array, start: float, end: float, fade: float) -> Array:
    """1 between `start` and `end` with eased flanks of `fade` seconds inside them, 0 outside."""
    fade = max(1e-3, min(fade, 0.5 * (end - start)))
    return ease((t - start) / fade) - ease((t - end + fade) / fade)


def bump(fraction: Array) -> Array:
    """A hill of height 1 in the middle of [0, 1], level at its feet and outside."""
    f = np.clip(fraction, 0.0, 1.0)
    return np.sin(np.pi * f) ** 2


def keyframes(t: Array, times: Sequence[float], values: Array) -> Array:
    """Eased interpolation between keys that are level at every key. `values` (C, K) at `times` (K,) gives (C, len(t))."""
    at = np.asarray(times, dtype=np.float64)
    index = np.clip(np.searchsorted(at, t, side="right") - 1, 0, len(at) - 2)
    weight = ease((t - at[index]) / np.maximum(at[index + 1] - at[index], 1e-6))
    result: Array = values[:, index] * (1.0 - weight) + values[:, index + 1] * weight
    return result


def hermite(t: Array, keys: Sequence[tuple[float, float, float]]) -> Array:
    """Cubic through (time, value, slope) keys; two keys at one time make a corner. Constant outside the keys."""
    at, values, slopes = (np.array(column, dtype=np.float64) for column in zip(*keys, strict=True))
    index = np.clip(np.searchsorted(at, t, side="right") - 1, 0, len(at) - 2)
    span = np.maximum(at[index + 1] - at[index], 1e-6)
    f = np.clip((t - at[index]) / span, 0.0, 1.0)
    start = (1 + 2 * f) * (1 - f) ** 2 * values[index] + f * (1 - f) ** 2 * span * slopes[index]
    end: Array = f * f * (3 - 2 * f) * values[index + 1] + f * f * (f - 1) * span * slopes[index + 1]
    return np.asarray(start + end)
