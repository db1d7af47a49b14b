"""Jobs that wait for the lane, on the event loop. Decides when a batch starts; `batching` decides who is in it.

A full batch starts as soon as the lane can take it, one ahead of the running one, so that the lane never waits for the loop. A batch that
is not full starts when the lane is free and the loop has nothing more in hand: a few turns in a row brought no further job. That is no
window of time: a lone request passes in microseconds, while requests that have arrived together, or that follow the answers of the last
batch, meet in one.
"""

import asyncio
import time
from collections.abc import Callable

from function.engine.batching import choose
from function.engine.job import Job

QUIET_TURNS = 3
AHEAD = 2


class Queue:
    """Waiting jobs. `start` hands a batch to the lane; `window` is how many seconds a batch that is not full waits for company."""

    def __init__(self, start: Callable[[list[Job]], None], window: float = 0.0) -> None:
        self._start = start
        self._window = window
        self._loop = asyncio.get_running_loop()
        self._waiting: list[Job] = []
        self._running = 0
        self._quiet = 0
        self._turning = False

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, job: Job) -> None:
        """Let a job wait for its batch."""
        self._waiting.append(job)
        self._again()

    def ended(self) -> None:
        """The lane is done with one batch."""
        self._running -= 1
        if self._waiting:
            self._again()

    def _again(self) -> None:
        self._quiet = 0
        if not self._turning:
            self._turning = True
            self._loop.call_soon(self._turn)

    def _turn(self) -> None:
        """One turn of the loop: start what may start, and come back as long as the lane is free and jobs wait."""
        self._quiet += 1
        self._waiting = [job for job in self._waiting if not job.dropped]
        while self._waiting and self._running < AHEAD:
            batch, full = choose(self._waiting)
            if not full and (self._running or self._patience()):
                break
            self._send(batch)
        self._turning = bool(self._waiting) and not self._running
        if self._turning:
            self._later()

    def _patience(self) -> float:
        """What is left of waiting for company: seconds of the window, or a turn of the loop (a time of almost nothing)."""
        if self._window:
            return max(0.0, self._waiting[0].admitted + self._window - time.monotonic())
        return 0.0 if self._quiet >= QUIET_TURNS else 1e-9

    def _later(self) -> None:
        if self._window:
            self._loop.call_later(self._patience(), self._turn)
        else:
            self._loop.call_soon(self._turn)

    def _send(self, batch: list[Job]) -> None:
        now, cost = time.monotonic(), sum(job.cost for job in batch) or 1.0
        for job in batch:
            job.formed, job.size, job.share = now, len(batch), job.cost / cost
        taken = set(map(id, batch))
        self._waiting = [job for job in self._waiting if id(job) not in taken]
        self._running += 1
        self._start(batch)
