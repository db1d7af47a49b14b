"""Averages of a load over a sliding window of one-second buckets, as Knative's autoscaler forms them. Knows no pods and no targets."""

import math
from collections import deque

LEAST_DECAY = 0.2
LAST_WEIGHT = 0.0001
"""Weight of the oldest bucket relative to the newest, unless the window is short."""


class LinearWindow:
    """The mean of the last `seconds` buckets. After a gap of the window's length it starts anew, and is shorter until it is full."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        self._samples: deque[tuple[int, float]] = deque()
        self._first = self._last = 0

    def record(self, second: int, load: float) -> None:
        """Store the sample of a second; seconds must not go back, and may be left out."""
        if not self._samples or second - self._last >= self.seconds:
            self._samples.clear()
            self._first = second
        self._last = second
        self._samples.append((second, load))

    def average(self, now: int) -> float:
        """The average at `now`, which must not be before the last sample; 0 when the window holds none."""
        missing = now - self._last
        if not self._samples or missing >= self.seconds:
            return 0.0
        oldest = now - self.seconds
        while self._samples[0][0] <= oldest:
            self._samples.popleft()
        return self._combine(missing)

    def age(self, now: int) -> float:
        """Seconds since the last sample; infinite before the first."""
        return now - self._last if self._samples else math.inf

    def _combine(self, missing: int) -> float:
        count = min(self._last - self._first + 1, self.seconds - missing)
        return math.floor(math.fsum([load for _, load in self._samples]) / count * 1e6 + 0.5) / 1e6


class WeightedWindow(LinearWindow):
    """A sum in which each second weighs a fixed part less than the one after it; not normalised."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self._decay = max(LEAST_DECAY, 1 - LAST_WEIGHT ** (1 / seconds))

    def _combine(self, missing: int) -> float:
        now, keep = self._last + missing, 1 - self._decay
        return math.fsum(load * self._decay * keep ** (now - second) for second, load in self._samples)


WINDOWS = {"linear": LinearWindow, "weighted-exponential": WeightedWindow}
