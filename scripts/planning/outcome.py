"""What became of a load: counts, percentiles, GPU-hours. Failed requests count as infinitely slow."""

import math
from array import array
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from planning.kpa import Decision

ANSWERED, FULL, QUEUE_FULL, TIMED_OUT = range(4)
"""200; 429 of the function; 503 of sidecar or activator; 504."""


@dataclass(frozen=True, slots=True)
class Tick:
    """One decision: its second, the last second's load, ready and wanted pods, GPUs held, and whether the activator is in the path."""

    second: int
    load: float
    ready: int
    pods: int
    gpus: int
    buffering: bool
    decision: Decision


@dataclass(frozen=True)
class Outcome:
    """`codes` and `latencies` (seconds) of all requests in the order of their end; `cold` requests came while no pod was ready, `wakes`
    counts starts from zero.
    """

    seconds: float
    codes: bytes
    latencies: "array[float]"
    cold: int
    wakes: int
    started: int
    gpu_seconds: float
    most_gpus: int
    ticks: list[Tick] = field(default_factory=list)

    @property
    def requests(self) -> int:
        return len(self.codes)

    def count(self, code: int) -> int:
        """Requests that ended so."""
        return self.codes.count(code)

    @property
    def failed(self) -> float:
        """Share of requests that were refused or timed out."""
        return 1 - self.count(ANSWERED) / self.requests if self.requests else 0.0

    @property
    def gpu_hours(self) -> float:
        return self.gpu_seconds / 3600

    def percentile(self, percent: float) -> float:
        """The latency in seconds that so many of all requests did not exceed; infinite where those include failed ones."""
        if not self.requests:
            return 0.0
        rank = max(1, math.ceil(percent / 100 * self.requests))
        return float(self._sorted[rank - 1])

    @cached_property
    def _sorted(self) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
        latencies = np.frombuffer(self.latencies, dtype=np.float64).copy()
        latencies[np.frombuffer(self.codes, dtype=np.uint8) != ANSWERED] = math.inf
        latencies.sort()
        return latencies
