"""The one thread that owns the device: brings the models up, then runs one batch after the other. Nothing else touches the device."""

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any

from function.engine.execute import DeviceLost, Enter, execute
from function.engine.job import Job
from function.errors import ModelFailed, Unavailable

log = logging.getLogger(__name__)

Done = Callable[[list[Job], list[Any]], None]


class Lane:
    """Runs `prepare` once, then batches, each after `enter`; `done` is called on the loop with the jobs of a batch and their outcomes."""

    def __init__(self, prepare: Callable[[], None], enter: Enter, done: Done) -> None:
        self.lost: str | None = None
        """Why the device is gone for good, if it is."""
        self._prepare = prepare
        self._enter = enter
        self._done = done
        self._loop = asyncio.get_running_loop()
        self._inbox: SimpleQueue[list[Job] | None] = SimpleQueue()
        self._beat = 0.0  # when the running batch last made progress; 0 while idle
        self._thread = threading.Thread(target=self._run, name="lane", daemon=True)

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def submit(self, batch: list[Job]) -> None:
        """Run this batch after those already submitted."""
        self._inbox.put(batch)

    def silence(self) -> float:
        """Seconds since the running batch made progress; 0 while idle."""
        beat = self._beat
        return time.monotonic() - beat if beat else 0.0

    def stop(self, patience: float) -> bool:
        """End after the batches submitted so far; False when that takes more than `patience` seconds."""
        self._inbox.put(None)
        if self._thread.is_alive():
            self._thread.join(patience)
        return not self._thread.is_alive()

    def _run(self) -> None:
        self._prepare()
        while (batch := self._inbox.get()) is not None:
            self._pulse()
            outcomes = self._outcomes(batch)
            self._beat = 0.0
            self._tell(batch, outcomes)
            del batch, outcomes  # an idle lane holds on to nothing

    def _outcomes(self, batch: list[Job]) -> list[Any]:
        """One outcome for each job; None for those that nobody waits for."""
        wanted = [job for job in batch if not job.dropped]
        started = time.monotonic()
        outcomes = self._execute(wanted) if wanted else []
        ended = time.monotonic()
        for job in wanted:
            job.started, job.ended = started, ended
        if len(wanted) == len(batch):
            return outcomes
        by_job = dict(zip(map(id, wanted), outcomes, strict=True))
        return [by_job.get(id(job)) for job in batch]

    def _execute(self, jobs: list[Job]) -> list[Any]:
        try:
            if self.lost is None:
                return execute(jobs[0].loaded.model, jobs, self._pulse, self._enter)
        except DeviceLost as error:
            self.lost = "The device was lost; the server has to restart."
            log.critical("the device was lost: %s", error)
        except BaseException as error:  # the lane outlives whatever a model raises
            log.critical("the lane caught %s", type(error).__name__, exc_info=error)
            return [ModelFailed(f"The model failed on this input ({type(error).__name__}).")] * len(jobs)
        return [Unavailable(str(self.lost), retry_after=10)] * len(jobs)

    def _pulse(self) -> None:
        self._beat = time.monotonic()

    def _tell(self, batch: list[Job], outcomes: list[Any]) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._done, batch, outcomes)
