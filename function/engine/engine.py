"""The engine: calls in, answers out. Ties admission, queue, lane and store together; knows no model by name and no HTTP."""

import asyncio
import logging
import math
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from pydantic import BaseModel

from function.engine.admission import Admission
from function.engine.deadlines import within
from function.engine.execute import public_error
from function.engine.flights import Flights
from function.engine.job import NO_TIME, Answer, Call, Job, OnProgress, Timings
from function.engine.lane import Lane
from function.engine.observer import Observer, Silent
from function.engine.queue import Queue
from function.engine.residency import Place, Residency
from function.engine.startup import Ahead, BringUp, Startup, read_ahead, variant_of
from function.engine.stored import StoredMemo, address, find_result, keep_result
from function.errors import Cancelled, DeadlineExceeded, Draining, FigurineError, ModelFailed, NotFound, NotReady
from function.models.model import Limits, Loaded, Model, Result, Surroundings
from function.models.registry import find_models
from function.results.store import ResultStore
from function.settings import Settings, SettingsError

log = logging.getLogger(__name__)

T = TypeVar("T")

HOPS = 8
"""Threads for `prepare` and `finish`."""


@dataclass(frozen=True, slots=True)
class _Served:
    loaded: Loaded
    limits: Limits
    prepares: bool
    finishes: bool


class Engine:
    """Serves the models that the settings name. `ahead`: weights already being read; without it `start` begins to read them.

    Raises `SettingsError` for models or variants that there are not.
    """

    def __init__(
        self, settings: Settings, results: ResultStore | None = None, observer: Observer | None = None, ahead: Ahead | None = None
    ) -> None:
        classes = find_models(settings.models)
        for name in settings.variants:
            if name not in classes:
                raise SettingsError(f"FUNCTION_{name.upper()}_VARIANT is not a setting: no model {name!r} is served. Unset it.")
        for model in classes.values():
            variant_of(settings, model)
        self.settings = settings
        self.results = results
        self.models: Mapping[str, Model] = {name: model() for name, model in classes.items()}
        surroundings = Surroundings(StoredMemo(results) if results else None, settings.encoding_cache, settings.text_encoder)
        for one in self.models.values():
            one.surroundings = surroundings
        self.status = Startup(observer or Silent())
        self.draining = False
        self._residency = Residency(settings.device_memory)
        self._observer = observer or Silent()
        self._ahead = ahead
        self._limits = {name: _bounded(model.limits, settings.max_batch) for name, model in classes.items()}
        self._admission = Admission(settings.concurrency, max(limits.max_batch for limits in self._limits.values()))
        self._served: dict[str, _Served] = {}
        self._flights: Flights[Answer] = Flights()
        self._threads = ThreadPoolExecutor(HOPS, thread_name_prefix="hop")
        self._active = 0
        self._idle = asyncio.Event()
        self._lane: Lane | None = None
        self._queue: Queue | None = None

    def start(self) -> None:
        """Begin the bring-up on the running loop; returns at once."""
        classes = {name: type(model) for name, model in self.models.items()}
        ahead = self._ahead if self._ahead is not None else read_ahead(self.settings, classes)
        self._ahead = None
        bring_up = BringUp(self.settings, self.models, ahead, self.status, self._residency)
        loop = asyncio.get_running_loop()

        def prepare() -> None:
            loaded = bring_up.run()
            if not loop.is_closed():
                loop.call_soon_threadsafe(self._open, loaded)

        self._lane = Lane(prepare, self._residency.use, self._done)
        self._queue = Queue(self._lane.submit, self.settings.batch_wait_ms / 1000)
        self._lane.start()

    @property
    def ready(self) -> bool:
        """Calls are taken."""
        return bool(self._served) and not self.draining and not self._lost

    @property
    def reason(self) -> str:
        """Why it is not ready, in one sentence; empty when it is."""
        if self.draining:
            return "The server is shutting down."
        return self._lost or ("" if self._served else self.status.reason)

    @property
    def waiting(self) -> int:
        """Jobs in the queue."""
        return len(self._queue) if self._queue else 0

    @property
    def admitted(self) -> int:
        """Jobs under way, waiting ones included."""
        return self._admission.held

    def loaded(self, name: str) -> Loaded | None:
        """A model with its weights, once it is served."""
        served = self._served.get(name)
        return served.loaded if served else None

    def places(self, name: str) -> list[Place]:
        """Where the parts of a model are."""
        return self._residency.places(name)

    def live(self) -> bool:
        """The device is there and the running batch, if any, makes progress."""
        return not self._lost and (self._lane is None or self._lane.silence() < self.settings.stuck_s)

    async def answer(self, call: Call) -> Answer:
        """Run a call, or find its result in the store. Cancelling the awaiting task cancels the job. Raises `FigurineError`."""
        served = self._find(call.model)
        deadline = call.deadline if call.deadline is not None else time.monotonic() + self.settings.timeout_s
        self._active += 1
        try:
            if served.loaded.model.stored and self.results:
                return await self._stored(self.results, served, call, deadline)
            result, timings = await self._work(served, call, deadline)
            loaded = served.loaded
            return Answer(call.request_id, call.model, loaded.variant, loaded.version, result, timings)
        finally:
            self._active -= 1
            if not self._active:
                self._idle.set()

    async def drain(self, grace: float) -> bool:
        """Refuse new work from now on and wait until what was admitted is finished and stored; False when `grace` seconds did not do."""
        self.draining = True
        try:
            async with asyncio.timeout(grace):
                while self._active:
                    self._idle.clear()
                    await self._idle.wait()
        except TimeoutError:
            log.error("%d requests were not finished within %g s", self._active, grace)
            return False
        return True

    def close(self) -> None:
        """Stop the threads. Jobs that are still waiting are lost: `drain` first."""
        self.draining = True
        if self._lane:
            self._lane.stop(patience=1.0 if self._served else 0.0)
        self._threads.shutdown(wait=False, cancel_futures=True)

    @property
    def _lost(self) -> str | None:
        return self._lane.lost if self._lane else None

    def _open(self, loaded: dict[str, Loaded]) -> None:
        """The bring-up ended: serve what it gave."""
        for name, one in loaded.items():
            kind = type(one.model)
            self._served[name] = _Served(one, self._limits[name], kind.prepare is not Model.prepare, kind.finish is not Model.finish)

    def _find(self, name: str) -> _Served:
        if self.draining:
            raise Draining("The server is shutting down; another one takes over.", retry_after=1)
        if name not in self.models:
            raise NotFound(f"There is no model {name!r} here. Served: {', '.join(self.models)}.")
        served = self._served.get(name)
        if served is None:
            raise NotReady(self.status.reason, retry_after=None if self.status.failure else 1)
        return served

    async def _stored(self, store: ResultStore, served: _Served, call: Call, deadline: float) -> Answer:
        """From the store, from identical work under way, or by work whose result is kept before anybody gets it."""
        loaded = served.loaded
        id = address(loaded, call.input)
        begun = time.monotonic()

        async def make(report: OnProgress) -> Answer:
            if found := await find_result(store, id, loaded):
                timings = replace(NO_TIME, queue=time.monotonic() - begun)
                return Answer(id, call.model, loaded.variant, loaded.version, found, timings, stored=True, kept=True)
            result, timings = await self._work(served, replace(call, on_progress=report), math.inf, deadline)
            kept = await keep_result(store, id, loaded, result)
            return Answer(id, call.model, loaded.variant, loaded.version, result, timings, kept=kept)

        return await self._flights.join(id, make, deadline - begun, call.on_progress)

    async def _work(self, served: _Served, call: Call, deadline: float, hoped: float | None = None) -> tuple[Result, Timings]:
        """Admit, run and account for one call. `hoped`: the deadline that admission looks at, where it is not the job's own."""
        remaining = (deadline if hoped is None else hoped) - time.monotonic()
        if remaining <= 0:
            raise DeadlineExceeded("The deadline had passed when the request arrived.")
        self._admission.enter(remaining)
        timings, outcome = NO_TIME, "ok"
        try:
            result, timings = await self._run(served, call, deadline)
        except asyncio.CancelledError:
            outcome = Cancelled.code
            raise
        except FigurineError as error:
            outcome = error.code
            raise
        except Exception as error:
            outcome = ModelFailed.code
            raise public_error(error, served.loaded.model) from error
        finally:
            self._admission.leave()
            self._observer.job(call.model, timings, outcome)
        return result, timings

    async def _run(self, served: _Served, call: Call, deadline: float) -> tuple[Result, Timings]:
        """Prepare, queue, lane, finish."""
        model, loop, admitted = served.loaded.model, asyncio.get_running_loop(), time.monotonic()
        input = call.input
        key, cost = model.key(input), model.cost(input)
        prepared = await self._hop(model.prepare, input, deadline=deadline) if served.prepares else input
        job = Job(served.loaded, prepared, key, cost, served.limits, loop.create_future(), call.on_progress, admitted=admitted)
        output = await self._pass(job, deadline)
        begun = time.monotonic()
        if served.finishes:
            result = await self._hop(model.finish, input, output, deadline=deadline)
        else:
            result = model.finish(input, output)
        if not isinstance(result, Result) or not isinstance(result.facts, BaseModel):
            raise TypeError(f"{model.name} must finish with a Result whose facts are an instance of its Facts")
        return result, job.timings(time.monotonic() - begun)

    async def _pass(self, job: Job, deadline: float) -> Any:
        """The job's output from the lane. The caller hears of a passed deadline at once, whatever the lane is doing."""
        assert self._queue is not None
        timer = job.future.get_loop().call_later(deadline - time.monotonic(), job.expire) if deadline != math.inf else None
        self._queue.add(job)
        try:
            return await job.future
        finally:
            job.dropped = True
            if timer:
                timer.cancel()

    async def _hop(self, work: Callable[..., T], *args: Any, deadline: float) -> T:
        """Run in a thread, beside loop and lane."""
        future = asyncio.get_running_loop().run_in_executor(self._threads, work, *args)
        return await within(deadline - time.monotonic(), future)

    def _done(self, batch: list[Job], outcomes: list[Any]) -> None:
        """The lane ended a batch; called on the loop."""
        assert self._queue is not None
        ran = [job for job in batch if job.ended]
        for job, outcome in zip(batch, outcomes, strict=True):
            job.settle(outcome)
        seconds = ran[0].ended - ran[0].started if ran else 0.0
        if ran:
            self._admission.measured(len(ran), seconds, len(self._queue))
            self._observer.batch(batch[0].loaded.model.name, len(ran), seconds)
        self._queue.ended(len(ran), seconds)


def _bounded(limits: Limits, max_batch: int) -> Limits:
    return replace(limits, max_batch=min(limits.max_batch, max_batch)) if max_batch else limits
