"""Who is told what happens in the engine. Methods are called on the loop or the lane and return at once."""

from typing import Protocol

from function.engine.job import Timings


class Observer(Protocol):
    """Receives measurements."""

    def phase(self, name: str, seconds: float) -> None:
        """A phase of the bring-up ended."""

    def loaded(self, model: str, variant: str, version: str) -> None:
        """A model is up, with these weights."""

    def batch(self, model: str, size: int, seconds: float) -> None:
        """The lane ran a batch."""

    def job(self, model: str, timings: Timings, outcome: str) -> None:
        """A job ended; `outcome` is `ok` or the code of its error."""


class Silent:
    """An observer that keeps nothing."""

    def phase(self, name: str, seconds: float) -> None: ...
    def loaded(self, model: str, variant: str, version: str) -> None: ...
    def batch(self, model: str, size: int, seconds: float) -> None: ...
    def job(self, model: str, timings: Timings, outcome: str) -> None: ...
