"""What is known about one HTTP request, from its first byte to its log line."""

import time
from collections.abc import MutableMapping
from dataclasses import dataclass, field
from typing import Any, Protocol, cast

from pydantic import BaseModel

KEY = "figurine.record"


class Timings(Protocol):
    """Seconds that a job spent in each stage, its share of the device's time, and how many jobs shared its forward pass."""

    @property
    def queue(self) -> float: ...
    @property
    def batch(self) -> float: ...
    @property
    def model(self) -> float: ...
    @property
    def encode(self) -> float: ...
    @property
    def device(self) -> float: ...
    @property
    def batch_size(self) -> int: ...


class Answered(Protocol):
    """The part of an engine's answer that is worth a note."""

    @property
    def timings(self) -> Timings: ...
    @property
    def stored(self) -> bool: ...
    @property
    def version(self) -> str: ...


@dataclass(slots=True)
class Record:
    """Filled in on the way; durations in seconds, `ended` since 1970. `route` is the pattern that matched, `quiet` keeps it out of the log.

    Of the `input` nothing but a hash is ever written down.
    """

    id: str
    method: str = ""
    route: str = "none"
    status: int = 0
    code: str = "ok"
    tenant: str = ""
    model: str = ""
    version: str = ""
    duration: str = ""
    """The model's class of inputs that take about as long."""
    input: BaseModel | None = None
    stored: bool = False
    timings: Timings | None = None
    quiet: bool = False
    started: float = field(default_factory=time.perf_counter)
    seconds: float = 0.0
    ended: float = field(default_factory=time.time)

    def note(self, answer: Answered) -> None:
        """Remember how the engine came to its answer."""
        self.timings, self.stored, self.version = answer.timings, answer.stored, answer.version


def record_of(scope: MutableMapping[str, Any]) -> Record:
    """The record that the guard put into a request's ASGI scope."""
    return cast("Record", scope[KEY])
