"""Jobs that wait for the lane, on the event loop. Decides when a batch starts; `batching` decides who is in it.

A full batch starts as soon as the lane can take it, one ahead of the running one, so that the lane never waits for the loop. A batch that
is not full starts when the lane is free and nothing suggests that another moment would add to it:

- the loop has nothing more in hand: a few turns in a row brought no further job. That takes microseconds, so a lone request never waits,
  while requests that arrive together meet in one batch;
- the callers of the batch that has just ended are back, or did not come within a small part of the time it took. Without this, clients
  that ask again at once split into two groups for good, each waiting for the other's batch.
"""

import asyncio
import time
from collections.abc import Callable

from function.engine.batching import choose
from function.engine.job import Job

AHEAD = 2
"""Batches that the lane holds at most, the running one included."""
QUIET_TURNS = 3
RETURN_SHARE, RETURN_S = 0.1, 0.005
"""How long callers may take to come back: this share of their batch's time, and never more than these seconds."""


class Queue:
    """Waiting jobs. `start` hands a batch to the lane; `window` is how many seconds a batch that is not full waits for company."""

    def __init__(self, start: Callable[[list[Job]], None], window: float = 0.0) -> None:
        self._start = start
        self._window = window
        self._loop = asyncio.get_running_loop()
        self._waiting: list[Job] = []
        self._running = 0
        self._quiet = 0
        self._expected = 0
        self._expected_until = 0.0
        self._turning = False
        self._timer: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, job: Job) -> None:
        """Let a job wait for its batch."""
        self._waiting.append(job)
        self._look_again()

    def ended(self, size: int, seconds: float) -> None:
        """The lane is done with a batch of `size` jobs that took `seconds`."""
        self._running -= 1
        self._expected = size + len(self._waiting)
        self._expected_until = time.monotonic() + min(seconds * RETURN_SHARE, RETURN_S)
        if self._waiting:
            self._look_again()

    def _look_again(self) -> None:
        self._quiet = 0
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._turn_soon()

    def _turn_soon(self) -> None:
        if not self._turning:
            self._turning = True
            self._loop.call_soon(self._turn)

    def _turn(self) -> None:
        """Start what may start; look again later while the lane is free and jobs wait."""
        self._turning, self._timer = False, None
        self._quiet += 1
        self._waiting = [job for job in self._waiting if not job.dropped]
        while self._waiting and self._running < AHEAD:
            batch, full = choose(self._waiting)
            if not full and (self._running or self._wait()):
                return
            self._send(batch)

    def _wait(self) -> bool:
        """Whether a batch that is not full should wait for company; if so, another turn is arranged."""
        if patience := self._patience():
            self._timer = self._loop.call_later(patience, self._turn)
            return True
        if self._quiet < QUIET_TURNS:
            self._turn_soon()
            return True
        return False

    def _patience(self) -> float:
        """Seconds that the window or the callers of the last batch ask for."""
        now = time.monotonic()
        if self._window:
            return max(0.0, self._waiting[0].admitted + self._window - now)
        return max(0.0, self._expected_until - now) if len(self._waiting) < self._expected else 0.0

    def _send(self, batch: list[Job]) -> None:
        now, cost = time.monotonic(), sum(job.cost for job in batch) or 1.0
        for job in batch:
            job.formed, job.size, job.share = now, len(batch), job.cost / cost
        taken = set(map(id, batch))
        self._waiting = [job for job in self._waiting if id(job) not in taken]
        self._running += 1
        self._start(batch)
