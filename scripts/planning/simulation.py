"""A revision on Knative under a load: requests, activator, sidecar queues, lanes and the autoscaler, event by event.

The README beside this file says what is assumed and what is not simulated.
"""

import math
import random
from array import array
from collections import deque
from collections.abc import Iterator
from typing import Any

from planning.clock import Clock
from planning.kpa import TICK_S, Autoscaler
from planning.loads import Load
from planning.outcome import ANSWERED, FULL, QUEUE_FULL, TIMED_OUT, Outcome, Tick
from planning.pods import Pod, Pods
from planning.service import Figures, Service
from planning.zero import WayToZero

ACTIVATOR_PLACES = 10_000
SIDECAR_PLACES = 10
"""For each request that the container may have at once, in the queue before it."""
RETRY_AFTER_S = 1.0
"""How long a user waits at least who got no answer."""


class Request:
    """One request. `queue` is where it waits, `pod` who has it; `lent` by the activator."""

    __slots__ = ("arrived", "lent", "open", "pod", "queue", "user")

    def __init__(self, arrived: float, user: Any) -> None:
        self.arrived = arrived
        self.user = user
        self.open = True
        self.lent = False
        self.pod: Pod | None = None
        self.queue: deque[Request] | None = None


def simulate(service: Service, figures: Figures, load: Load, seed: int = 0, *, ticks: bool = False) -> Outcome:
    """What becomes of the load. Goes on until the load is over and its last request has ended; `ticks` keeps a record of every decision."""
    return _Simulation(service, figures, load, seed, ticks).run()


class _Simulation:
    def __init__(self, service: Service, figures: Figures, load: Load, seed: int, ticks: bool) -> None:
        self._service, self._figures, self._load = service, figures, load
        self._random = random.Random(seed)
        self._clock = Clock()
        least = service.settings.min_scale
        self._pods = Pods(self._clock, figures.cold_start, service.timeout, service.gpus, self._greet)
        self._kpa = Autoscaler(service.settings, least)
        self._zero = WayToZero(service.settings)
        self._scale = least
        own = not service.concurrency or service.places < service.concurrency
        self._slots = service.concurrency or math.inf
        self._limit, self._refusal = (service.places, FULL) if own else ((1 + SIDECAR_PLACES) * service.concurrency, QUEUE_FULL)
        self._most = min(figures.max_batch, self._limit if own else service.concurrency)
        self._buffer: deque[Request] = deque()
        self._expiring: deque[Request] = deque()
        self._watching = False
        self._bursting = self._buffering = True
        self._inside = self._arrived = self._cold = self._wakes = 0
        self._area = self._changed = 0.0
        self._codes, self._seconds = bytearray(), array("d")
        self._ticks: list[Tick] | None = [] if ticks else None
        self._times: Iterator[float] = iter(())
        self._pods.prepare(least)

    def run(self) -> Outcome:
        self._clock.at(0.0, self._second, 0)
        if self._load.users:
            for user in range(self._load.users):
                self._think(user)
        else:
            self._times = iter(self._load.times.tolist())
            self._await_next()
        self._clock.run()
        pods = self._pods
        return Outcome(
            seconds=self._clock.now,
            codes=bytes(self._codes),
            latencies=self._seconds,
            cold=self._cold,
            wakes=self._wakes,
            started=pods.started,
            gpu_seconds=pods.gpu_seconds,
            most_gpus=pods.most_held,
            ticks=self._ticks or [],
        )

    # requests

    def _await_next(self) -> None:
        moment = next(self._times, None)
        if moment is not None:
            self._clock.at(moment, self._arrive)

    def _think(self, user: int, pause: float = 0.0) -> None:
        think = self._load.think
        moment = self._clock.now + pause + (self._random.expovariate(1 / think) if think else 0.0)
        if moment < self._load.seconds:
            self._clock.at(moment, self._arrive, user)

    def _arrive(self, user: int | None) -> None:
        if user is None:
            self._await_next()
        request = Request(self._clock.now, user)
        self._arrived += 1
        self._change(1)
        self._expiring.append(request)
        if not self._watching:
            self._watch()
        if not self._buffering:
            ready = self._pods.ready
            self._give(ready[int(self._random.random() * len(ready))], request)
            return
        if not self._pods.ready:
            self._cold += 1
        if len(self._buffer) >= ACTIVATOR_PLACES:
            self._end(request, QUEUE_FULL)
            return
        self._buffer.append(request)
        request.queue = self._buffer
        if not self._scale:
            self._wake()
        self._hand_over()

    def _give(self, pod: Pod, request: Request) -> None:
        """Straight to a pod, which may refuse."""
        if pod.load >= self._limit:
            self._end(request, self._refusal)
            return
        self._queue(pod, request)
        self._start(pod)

    def _hand_over(self) -> None:
        """Give what the activator holds to pods with a free slot, the least busy first."""
        given = []
        while self._buffer and self._pods.ready:
            pod = min(self._pods.ready, key=_lent)
            if pod.lent >= self._slots:
                break
            request = self._buffer.popleft()
            if pod.load >= self._limit:
                self._end(request, self._refusal)
                continue
            request.lent = True
            pod.lent += 1
            self._queue(pod, request)
            given.append(pod)
        for pod in given:
            self._start(pod)

    def _queue(self, pod: Pod, request: Request) -> None:
        pod.load += 1
        pod.waiting.append(request)
        request.pod, request.queue = pod, pod.waiting

    def _start(self, pod: Pod) -> None:
        """Begin a batch of all that waits, as far as it fits, if the lane is free."""
        waiting = pod.waiting
        if pod.batch or not waiting:
            return
        size = min(len(waiting), self._most)
        pod.batch = [waiting.popleft() for _ in range(size)]
        for request in pod.batch:
            request.queue = None
        self._clock.at(self._clock.now + self._figures.batch(size), self._finish, pod.batch)

    def _finish(self, batch: list[Request]) -> None:
        """The lane is free again, unless the batch was stopped before."""
        pod = batch[0].pod
        if not pod or pod.batch is not batch:
            return
        pod.batch = []
        if self._figures.overhead:
            self._clock.at(self._clock.now + self._figures.overhead, self._answer, batch)
            self._start(pod)
        else:
            self._answer(batch)

    def _answer(self, batch: list[Request]) -> None:
        pod = batch[0].pod
        assert pod
        for request in batch:
            self._leave(pod, request)
            if request.open:
                self._end(request, ANSWERED)
        if self._buffer:
            self._hand_over()
        self._start(pod)

    def _leave(self, pod: Pod, request: Request) -> None:
        pod.load -= 1
        pod.lent -= request.lent
        if not pod.load:
            self._pods.emptied(pod)

    def _end(self, request: Request, code: int) -> None:
        request.open = False
        self._change(-1)
        self._codes.append(code)
        self._seconds.append(self._clock.now - request.arrived)
        if request.user is not None:
            self._think(request.user, 0.0 if code == ANSWERED else RETRY_AFTER_S)

    def _watch(self, _: None = None) -> None:
        """End what has been open for too long; deadlines come in the order of arrival."""
        expiring, timeout = self._expiring, self._service.timeout
        while expiring and (not expiring[0].open or expiring[0].arrived + timeout <= self._clock.now):
            request = expiring.popleft()
            if request.open:
                self._time_out(request)
        self._watching = bool(expiring)
        if expiring:
            self._clock.at(expiring[0].arrived + timeout, self._watch)

    def _time_out(self, request: Request) -> None:
        """A request on the lane keeps its place there until the batch is done, or nobody waits for the batch any more."""
        pod = request.pod
        if request.queue is not None:
            request.queue.remove(request)
            if pod:
                self._leave(pod, request)
        self._end(request, TIMED_OUT)
        if pod and pod.batch and not any(one.open for one in pod.batch):
            self._finish(pod.batch)

    def _change(self, by: int) -> None:
        """So many more requests inside; their number is integrated over time."""
        now = self._clock.now
        self._area += self._inside * (now - self._changed)
        self._changed = now
        self._inside += by

    # the autoscaler

    def _second(self, second: int) -> None:
        """Scrape, and decide every other second."""
        if second >= self._load.seconds and not self._inside:
            self._clock.stop()
            return
        self._change(0)
        load = self._area if self._service.settings.metric == "concurrency" else float(self._arrived)
        self._area, self._arrived = 0.0, 0
        self._kpa.record(second, load)
        if second % TICK_S == 0:
            self._decide(second, load)
        self._clock.at(second + 1.0, self._second, second + 1)

    def _decide(self, second: int, load: float) -> None:
        pods = self._pods
        decision = self._kpa.decide(second, len(pods.ready))
        assert decision
        self._bursting, self._scale = decision.burst < 0, decision.bounded
        if decision.bounded and pods.ready:
            self._zero.serve(second)
        wanted = decision.bounded
        if not wanted and pods.wanted:
            wanted = self._zero.keep(second, len(pods.wanted))
        pods.scale(wanted)
        self._route()
        if self._ticks is not None:
            self._ticks.append(Tick(second, load, len(pods.ready), len(pods.wanted), pods.held, self._buffering, decision))

    def _wake(self) -> None:
        """The activator has a request, and no pod is wanted."""
        settings = self._service.settings
        self._scale = settings.bound(max(1, settings.activation_scale))
        if not self._pods.wanted:
            self._wakes += 1
        self._pods.scale(max(self._scale, len(self._pods.wanted)))
        if self._pods.ready:
            self._zero.serve(self._clock.now)

    def _greet(self, _pod: Pod) -> None:
        """A pod is ready."""
        self._zero.serve(self._clock.now)
        self._route()
        self._hand_over()

    def _route(self) -> None:
        """Whether requests go through the activator from now on."""
        self._buffering = self._bursting or self._zero.inactive or not self._pods.ready
        self._zero.buffer(self._clock.now, self._buffering)


def _lent(pod: Pod) -> int:
    return pod.lent
