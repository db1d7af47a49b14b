"""What was measured of one revision over a while: requests, errors, p95 by class, memory, quality. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import inf, isnan
from typing import Any

Series = Mapping[tuple[str, ...], float]
"""Values by labels."""


@dataclass(frozen=True, slots=True)
class Latency:
    """p95 and median in seconds, of so many requests."""

    p95: float
    median: float
    requests: int


@dataclass(frozen=True, slots=True)
class Readings:
    """`memory` is the peak in bytes over all devices, `capacity` their size; `quality` is the mean score, 0 to 1; None: not measured."""

    requests: int | None = None
    errors: int = 0
    latency: Mapping[str, Latency] = field(default_factory=dict)
    memory: float | None = None
    capacity: float | None = None
    quality: float | None = None
    faults: tuple[str, ...] = ()
    """What went wrong with requests of our own, one sentence each."""

    def to_json(self) -> dict[str, Any]:
        """What an annotation may keep: no sentences."""
        latency = {name: [round(one.p95, 4), round(one.median, 4), one.requests] for name, one in self.latency.items()}
        known = {"requests": self.requests, "memory": self.memory, "capacity": self.capacity, "quality": self.quality}
        return {"errors": self.errors, "latency": latency} | {k: v for k, v in known.items() if v is not None}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Readings":
        latency = {name: Latency(*one) for name, one in values.get("latency", {}).items()}
        return cls(**{**values, "latency": latency})


@dataclass(frozen=True, slots=True)
class Totals:
    """What one process says at one moment: `requests` by status, `buckets` by class and upper bound."""

    requests: Series = field(default_factory=dict)
    buckets: Series = field(default_factory=dict)
    memory: float | None = None
    capacity: float | None = None


def since(before: Totals, after: Totals) -> Totals:
    """The increase. A total that fell began anew at zero, as Prometheus takes it."""
    return Totals(_increase(before.requests, after.requests), _increase(before.buckets, after.buckets), after.memory, after.capacity)


def readings(increases: Iterable[Totals], peak: float | None = None) -> Readings:
    """Sum over processes. `peak` is the highest memory seen on the way."""
    requests: dict[tuple[str, ...], float] = defaultdict(float)
    buckets: dict[tuple[str, ...], float] = defaultdict(float)
    capacity: float | None = None
    for one in increases:
        for labels, value in one.requests.items():
            requests[labels] += value
        for labels, value in one.buckets.items():
            buckets[labels] += value
        capacity = max(capacity or 0.0, one.capacity) if one.capacity is not None else capacity
    errors = sum(value for (status,), value in requests.items() if status.startswith("5"))
    return Readings(round(sum(requests.values())), round(errors), latencies(buckets), peak, capacity)


def latencies(buckets: Series) -> dict[str, Latency]:
    """Each class from cumulative buckets, interpolated in the bucket as Prometheus' histogram_quantile does."""
    classes: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for (name, bound), count in buckets.items():
        classes[name].append((float(bound), count))
    ordered = {name: sorted(pairs) for name, pairs in sorted(classes.items())}
    return {name: Latency(_quantile(0.95, one), _quantile(0.5, one), round(one[-1][1])) for name, one in ordered.items() if one[-1][1]}


def latency(seconds: Iterable[float]) -> Latency:
    """Of single measurements: the smallest that 95 % and half of them do not exceed."""
    ordered = sorted(seconds)
    count = len(ordered)
    return Latency(ordered[-(-count * 95 // 100) - 1], ordered[-(-count // 2) - 1], count)


def _increase(before: Series, after: Series) -> dict[tuple[str, ...], float]:
    return {labels: value - (before.get(labels, 0.0) if before.get(labels, 0.0) <= value else 0.0) for labels, value in after.items()}


def _quantile(part: float, pairs: list[tuple[float, float]]) -> float:
    rank = part * pairs[-1][1]
    below, low = 0.0, 0.0
    for bound, count in pairs:
        if count >= rank and count > 0:
            if bound == inf or isnan(bound):
                return low
            return low + (bound - low) * (rank - below) / ((count - below) or 1.0)
        below, low = count, bound
    return low
