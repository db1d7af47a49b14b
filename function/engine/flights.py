"""Callers that want the same thing at the same time share one piece of work. It ends early only when all of them have left."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from function.engine.deadlines import within
from function.engine.job import OnProgress

T = TypeVar("T")


@dataclass(slots=True, eq=False)
class _Flight(Generic[T]):
    task: "asyncio.Task[T]"
    waiters: int = 0
    listeners: list[OnProgress] = field(default_factory=list)


class Flights(Generic[T]):
    """Work under way, by address."""

    def __init__(self) -> None:
        self._flights: dict[str, _Flight[T]] = {}

    async def join(
        self, id: str, work: Callable[[OnProgress], Coroutine[Any, Any, T]], patience: float, on_progress: OnProgress | None
    ) -> T:
        """What the work at this address gives; begins it if it is not under way. Raises `DeadlineExceeded` after `patience` seconds."""
        flight = self._flights.get(id) or self._begin(id, work)
        flight.waiters += 1
        if on_progress:
            flight.listeners.append(on_progress)
        try:
            return await within(patience, asyncio.shield(flight.task))
        finally:
            if on_progress:
                flight.listeners.remove(on_progress)
            flight.waiters -= 1
            if not flight.waiters and not flight.task.done():
                self._end(id, flight)
                flight.task.cancel()

    def _begin(self, id: str, work: Callable[[OnProgress], Coroutine[Any, Any, T]]) -> _Flight[T]:
        def report(step: int, of: int) -> None:
            for listener in tuple(flight.listeners):
                listener(step, of)

        flight = _Flight(asyncio.ensure_future(work(report)))
        flight.task.add_done_callback(lambda _: self._end(id, flight))
        self._flights[id] = flight
        return flight

    def _end(self, id: str, flight: _Flight[T]) -> None:
        if self._flights.get(id) is flight:
            del self._flights[id]
        if flight.task.done() and not flight.task.cancelled():
            flight.task.exception()  # seen: nobody may be left to ask
