"""An engine that serves one of the test models, for as long as a test needs it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from function.engine import Answer, Call, Engine, Timings
from function.models.model import Model
from function.results.store import ResultStore
from function.settings import Settings
from tests.engine.models import Text

M = TypeVar("M", bound=Model)


class Notes:
    """An observer that writes down what it is told."""

    def __init__(self) -> None:
        self.phases: list[str] = []
        self.versions: list[str] = []
        self.batches: list[int] = []
        self.outcomes: list[str] = []

    def phase(self, name: str, seconds: float) -> None:
        self.phases.append(name)

    def loaded(self, model: str, variant: str, version: str) -> None:
        self.versions.append(f"{model} {variant} {version}")

    def batch(self, model: str, size: int, seconds: float) -> None:
        self.batches.append(size)

    def job(self, model: str, timings: Timings, outcome: str) -> None:
        self.outcomes.append(outcome)


@asynccontextmanager
async def serving(
    kind: type[M], results: ResultStore | None = None, notes: Notes | None = None, **settings: Any
) -> AsyncIterator[tuple[Engine, M]]:
    """The engine, ready, and its only model."""
    engine = Engine(Settings(models=f"{kind.__module__}:{kind.__name__}", **settings), results, notes)
    engine.start()
    await until(lambda: engine.ready)
    try:
        yield engine, engine.models[kind.name]  # type: ignore[misc]
    finally:
        engine.close()


async def until(true: Callable[[], object]) -> None:
    """Wait for something that another thread will make true."""
    async with asyncio.timeout(20):
        while not true():  # noqa: ASYNC110 - other threads know no asyncio.Event
            await asyncio.sleep(0.002)


def call(model: Model, text: str = "", **more: Any) -> Call:
    """A call of a test model."""
    return Call(model.name, Text(text=text), "request-1", **more)


async def outcomes(*work: Awaitable[Answer]) -> list[Any]:
    """The texts said, or the codes of the errors."""
    done = await asyncio.gather(*work, return_exceptions=True)
    return [getattr(one, "code", repr(one)) if isinstance(one, BaseException) else one.result.facts.text for one in done]  # type: ignore[attr-defined]
