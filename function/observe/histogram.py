"""Counts, sums and distributions that cost well under a microsecond to add to. Knows no Prometheus; `metrics` translates at a scrape."""

from bisect import bisect_left
from collections.abc import Sequence


class Histogram:
    """Values counted in buckets; `bounds` are the inclusive upper ends, the last bucket is open."""

    __slots__ = ("bounds", "counts", "total")

    def __init__(self, bounds: Sequence[float]) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.total = 0.0

    def observe(self, value: float) -> None:
        self.counts[bisect_left(self.bounds, value)] += 1
        self.total += value

    def cumulative(self) -> list[tuple[str, float]]:
        """(upper bound, number of values at most that large), ending in `+Inf`."""
        seen = 0
        buckets = []
        for bound, count in zip([*self.bounds, float("inf")], self.counts, strict=True):
            seen += count
            buckets.append(("+Inf" if bound == float("inf") else f"{bound:g}", float(seen)))
        return buckets
