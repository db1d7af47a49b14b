"""Simulated time: what was arranged happens in order, nothing happens in between."""

from collections.abc import Callable
from heapq import heappop, heappush
from typing import Any


class Clock:
    """Seconds since the start. What is arranged for the same moment happens in the order in which it was arranged."""

    __slots__ = ("_arranged", "_serial", "now")

    def __init__(self) -> None:
        self.now = 0.0
        self._serial = 0
        self._arranged: list[tuple[float, int, Callable[[Any], None], Any]] = []

    def at(self, moment: float, action: Callable[[Any], None], subject: Any = None) -> None:
        """Arrange that `action(subject)` happens."""
        self._serial += 1
        heappush(self._arranged, (moment, self._serial, action, subject))

    def run(self) -> None:
        """Until nothing is left, or `stop`."""
        arranged = self._arranged
        while arranged:
            self.now, _, action, subject = heappop(arranged)
            action(subject)

    def stop(self) -> None:
        """Forget all that was arranged."""
        self._arranged.clear()
