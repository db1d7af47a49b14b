"""One request of one model on its way through the engine: the call that HTTP makes, the job it becomes, the answer it gets."""

import asyncio
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from function.engine.deadlines import late
from function.models.model import Limits, Loaded, Result

OnProgress = Callable[[int, int], None]


@dataclass(slots=True)
class Call:
    """One request of one model. `deadline` is a value of `time.monotonic()`; None takes the default of the settings."""

    model: str
    input: BaseModel
    request_id: str
    tenant: str = ""
    deadline: float | None = None
    on_progress: OnProgress | None = None


@dataclass(frozen=True, slots=True)
class Timings:
    """Seconds. `queue`: admission to batch, preparation included; `batch`: batch formed to its start on the lane; `model`: on the lane;
    `encode`: `finish`; `device`: this job's share, by cost, of its batch's time on the lane.
    """

    queue: float = 0.0
    batch: float = 0.0
    model: float = 0.0
    encode: float = 0.0
    device: float = 0.0
    batch_size: int = 0


NO_TIME = Timings()


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call gets. `id`: address of a stored model's result, else the request id. `stored`: it came from the store, without the lane.
    `kept`: the store holds it, so that links to its files work.
    """

    id: str
    model: str
    variant: str
    version: str
    result: Result
    timings: Timings
    stored: bool = False
    kept: bool = False


@dataclass(slots=True, eq=False)
class Job:
    """An admitted call with its prepared input. The loop owns it, save for the times and the outcome that the lane notes."""

    loaded: Loaded
    input: Any
    key: Hashable
    cost: float
    limits: Limits
    future: "asyncio.Future[Any]"
    on_progress: OnProgress | None = None
    dropped: bool = False
    """Nobody waits any more: the caller left or the deadline passed. The lane skips the job or stops at its next step."""
    admitted: float = field(default_factory=time.monotonic)
    formed: float = 0.0
    started: float = 0.0
    ended: float = 0.0
    share: float = 1.0
    size: int = 1

    def expire(self) -> None:
        """The deadline passed: its caller hears so now."""
        self.settle(late())
        self.dropped = True

    def settle(self, outcome: Any) -> None:
        """Hand the output or the error to whoever waits, if anybody does."""
        if self.future.done():
            return
        if isinstance(outcome, BaseException):
            self.future.set_exception(outcome)
        else:
            self.future.set_result(outcome)

    def timings(self, encode: float) -> Timings:
        """Where the time went; `encode` in seconds."""
        model = self.ended - self.started
        return Timings(self.formed - self.admitted, self.started - self.formed, model, encode, model * self.share, self.size)
