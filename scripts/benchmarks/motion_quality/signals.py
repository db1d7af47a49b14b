"""Shapes in one-dimensional signals: how often something went up and down, and for how long. Knows no body."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


def turning_points(signal: Array, swing: float) -> list[int]:
    """Frames where the signal turns round after moving by more than `swing`; smaller wobbles are not seen."""
    return [frame for frame, _ in _turns(signal, swing)]


def tops(signal: Array, swing: float) -> list[int]:
    """The turning points that are highest points."""
    return [frame for frame, top in _turns(signal, swing) if top]


def _turns(signal: Array, swing: float) -> list[tuple[int, bool]]:
    found: list[tuple[int, bool]] = []
    low = high = 0
    rising: bool | None = None
    for frame, value in enumerate(signal):
        high = frame if value > signal[high] else high
        low = frame if value < signal[low] else low
        if rising is not False and signal[high] - value > swing:
            found += [(high, True)] if rising else []
            rising, low = False, frame
        elif rising is not True and value - signal[low] > swing:
            found += [(low, False)] if rising is False else []
            rising, high = True, frame
    return found


def excursions(signal: Array, over: float, back: float) -> list[tuple[int, int]]:
    """Frames (first, past the last) of each stay above `over`; between two of them the signal falls below `back`."""
    spans: list[tuple[int, int]] = []
    for first, last in runs(signal > over):
        if spans and not (signal[spans[-1][1] : first] < back).any():
            spans[-1] = (spans[-1][0], last)
        else:
            spans.append((first, last))
    return spans


def runs(mask: Mask) -> list[tuple[int, int]]:
    """Frames (first, past the last) of each unbroken stretch where the mask holds."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    return [(int(first), int(last)) for first, last in edges.reshape(-1, 2)]


def longest(mask: Mask) -> int:
    """Frames in the longest unbroken stretch where the mask holds."""
    return max((last - first for first, last in runs(mask)), default=0)


def head(signal: Array, frames: int) -> float:
    """Mean of the first frames."""
    return float(signal[:frames].mean())


def tail(signal: Array, frames: int) -> float:
    """Mean of the last frames."""
    return float(signal[-frames:].mean())


def steadied(signal: Array, frames: int) -> Array:
    """Mean over a window of about `frames`, which is cut off at the ends of the signal."""
    weights = np.ones(frames | 1)
    return np.asarray(np.convolve(signal, weights, "full") / np.convolve(np.ones(len(signal)), weights, "full"))[len(weights) // 2 :][
        : len(signal)
    ]
