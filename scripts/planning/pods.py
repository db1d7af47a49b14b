"""Pods with a GPU each: they wait for one, start, serve, drain, and hold it all the while. Knows of requests only how many a pod has."""

from collections import deque
from collections.abc import Callable
from typing import Any

from planning.clock import Clock

DRAIN_S = 30.0
"""How long a removed pod waits for stragglers before it stops."""


class Pod:
    """One replica. `load` counts its requests, `lent` those of them that the activator gave it; `waiting` is not yet on the lane."""

    __slots__ = ("batch", "drained", "held", "lent", "load", "ready", "waiting")

    def __init__(self) -> None:
        self.ready = self.held = self.drained = False
        self.load = self.lent = 0
        self.waiting: deque[Any] = deque()
        self.batch: list[Any] = []


class Pods:
    """A revision's pods, on `gpus` GPUs (0: as many as wanted). A pod is killed `timeout` seconds after its removal at the latest."""

    def __init__(self, clock: Clock, cold_start: float, timeout: float, gpus: int, greet: Callable[[Pod], None]) -> None:
        self.wanted: list[Pod] = []
        self.ready: list[Pod] = []
        self.started = self.held = self.most_held = 0
        self._clock = clock
        self._cold_start = cold_start
        self._timeout = timeout
        self._gpus = gpus
        self._greet = greet
        self._pending: deque[Pod] = deque()
        self._gpu_seconds = self._since = 0.0

    def scale(self, count: int) -> None:
        """Make or remove pods until so many are wanted."""
        while len(self.wanted) < count:
            self._create()
        while len(self.wanted) > count:
            self._remove()

    def prepare(self, count: int) -> None:
        """So many are ready already."""
        for _ in range(count):
            pod = Pod()
            self.wanted.append(pod)
            self._hold(pod)
            self._get_ready(pod)

    def emptied(self, pod: Pod) -> None:
        """Its last request has left."""
        if pod.drained:
            self._release(pod)

    @property
    def gpu_seconds(self) -> float:
        """Seconds for which GPUs were held, summed."""
        self._count(0)
        return self._gpu_seconds

    def _create(self) -> None:
        pod = Pod()
        self.wanted.append(pod)
        self._pending.append(pod)
        self._place()

    def _place(self) -> None:
        """Give GPUs to pods that wait for one."""
        while self._pending and (not self._gpus or self.held < self._gpus):
            pod = self._pending.popleft()
            self.started += 1
            self._hold(pod)
            self._clock.at(self._clock.now + self._cold_start, self._get_ready, pod)

    def _get_ready(self, pod: Pod) -> None:
        if pod in self.wanted:
            pod.ready = True
            self.ready.append(pod)
            self._greet(pod)

    def _remove(self) -> None:
        """As Kubernetes chooses: one that is not ready, else the one that has been ready for the shortest time."""
        pod = next((pod for pod in reversed(self.wanted) if not pod.ready), None) or self.ready[-1]
        self.wanted.remove(pod)
        if not pod.held:
            self._pending.remove(pod)
            return
        if pod.ready:
            pod.ready = False
            self.ready.remove(pod)
        self._clock.at(self._clock.now + DRAIN_S, self._drain, pod)
        self._clock.at(self._clock.now + self._timeout, self._release, pod)

    def _drain(self, pod: Pod) -> None:
        pod.drained = True
        if not pod.load:
            self._release(pod)

    def _hold(self, pod: Pod) -> None:
        pod.held = True
        self._count(1)
        self.most_held = max(self.most_held, self.held)

    def _release(self, pod: Pod) -> None:
        if pod.held:
            pod.held = False
            self._count(-1)
            self._place()

    def _count(self, change: int) -> None:
        self._gpu_seconds += self.held * (self._clock.now - self._since)
        self._since = self._clock.now
        self.held += change
