"""The decisions of the Knative Pod Autoscaler (Serving 1.23): how many pods are wanted, and whether the activator must buffer.

Pure: samples and the count of ready pods come in, decisions go out. What becomes of a decision is the simulation's matter.
"""

import math
from collections import deque
from dataclasses import dataclass

from planning.settings import Settings
from planning.windows import WINDOWS

TICK_S = 2
"""Seconds between decisions."""


@dataclass(frozen=True, slots=True)
class Decision:
    """`desired` pods before and `bounded` within the bounds of scale; `burst` is the excess burst capacity: the activator buffers below 0.

    `stable` and `panic` are the averages of the two windows; `most` is the largest count of the present panic.
    """

    stable: float
    panic: float
    desired: int
    bounded: int
    burst: int
    panicking: bool
    most: int


class Autoscaler:
    """One revision's autoscaler, started at second 0 with so many ready pods."""

    def __init__(self, settings: Settings, ready: int = 0) -> None:
        self._settings = settings
        window = WINDOWS[settings.aggregation]
        self._stable = window(settings.stable_window)
        self._panic = window(settings.panic_window)
        self._panic_since: int | None = 0 if ready > 1 else None
        self._most = ready
        self._delayed: deque[tuple[int, int]] = deque()

    @property
    def panicking(self) -> bool:
        """The count does not fall."""
        return self._panic_since is not None

    def record(self, second: int, load: float) -> None:
        """Store what was scraped in a second: concurrency, or requests a second, over all pods."""
        self._stable.record(second, load)
        self._panic.record(second, load)

    def decide(self, now: int, ready: int) -> Decision | None:
        """The decision of second `now`, after its sample was stored; None without data, when the last scale stays."""
        if self._stable.age(now) > self._settings.stable_window:
            return None
        stable, panic = self._stable.average(now), self._panic.average(now)
        desired = self._delay(now, self._choose(now, stable, panic, max(1, ready)))
        return Decision(stable, panic, desired, self._settings.bound(desired), self._burst(ready, panic), self.panicking, self._most)

    def _choose(self, now: int, stable: float, panic: float, ready: int) -> int:
        """Pods for the load of one window or, in panic, the most that either has asked for."""
        settings = self._settings
        needed, urgent = math.ceil(stable / settings.target), math.ceil(panic / settings.target)
        if urgent / ready >= settings.panic_threshold / 100:
            self._panic_since = now
        elif self._panic_since is not None and self._panic_since + settings.stable_window < now:
            self._panic_since, self._most = None, 0
        calm = self._limit(needed, ready)
        if self._panic_since is None:
            return calm
        self._most = max(self._most, calm, self._limit(urgent, ready))
        return self._most

    def _limit(self, pods: int, ready: int) -> int:
        """Within the rates of change, and no fewer than the activation scale while there is load."""
        settings = self._settings
        least = math.floor(ready / settings.max_scale_down_rate) if settings.reachable else 0
        limited = min(max(pods, least), math.ceil(settings.max_scale_up_rate * ready))
        return max(limited, settings.activation_scale) if pods and settings.activation_scale > 1 else limited

    def _delay(self, now: int, desired: int) -> int:
        """The largest count of the scale-down delay's ticks, this one included."""
        if not self._settings.scale_down_delay or not self._settings.reachable:
            return desired
        while self._delayed and self._delayed[-1][1] <= desired:
            self._delayed.pop()
        self._delayed.append((now, desired))
        oldest = now - TICK_S * math.ceil(self._settings.scale_down_delay / TICK_S)
        while self._delayed[0][0] <= oldest:
            self._delayed.popleft()
        return self._delayed[0][1]

    def _burst(self, ready: int, panic: float) -> int:
        """Excess burst capacity of the pods that are really ready."""
        capacity = self._settings.burst_capacity
        return int(capacity) if capacity in (0, -1) else math.floor(ready * self._settings.total - capacity - panic)
