"""Who may come in: a bound on the jobs under way, and an estimate of the wait from what the lane has measured."""

import math

from function.errors import Overloaded

WEIGHT = 0.2
"""Of the newest measurement in the moving averages."""


class Admission:
    """Counts the jobs under way over all models. `limit` of them at most; `max_batch` is what a batch is thought to hold until measured."""

    def __init__(self, limit: int, max_batch: int) -> None:
        self.held = 0
        self._limit = limit
        self._size = float(max_batch)
        self._seconds = 0.0

    def enter(self, remaining: float) -> None:
        """Take a place. Raises `Overloaded` when there is none, or when the wait would outlast the `remaining` seconds."""
        wait = self.wait()
        if self.held >= self._limit:
            raise Overloaded(f"All {self._limit} places are taken. Try again later.", retry_after=_whole(wait))
        if wait > remaining:
            raise Overloaded(
                "The queue is longer than the time allowed. Try again later or allow more.", retry_after=_whole(wait - remaining)
            )
        self.held += 1

    def leave(self) -> None:
        """Give the place back."""
        self.held -= 1

    def measured(self, size: int, seconds: float, waiting: int) -> None:
        """A batch of `size` took `seconds` on the lane; `waiting` jobs were left out of it, so it was as full as batches get."""
        self._seconds += (seconds - self._seconds) * (WEIGHT if self._seconds else 1.0)
        if waiting or size > self._size:
            self._size += (size - self._size) * WEIGHT

    def wait(self) -> float:
        """Seconds until a job that came now would be done, by the measured service time."""
        return math.ceil((self.held + 1) / self._size) * self._seconds if self.held else 0.0


def _whole(seconds: float) -> int:
    return max(1, math.ceil(seconds))
