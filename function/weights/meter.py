"""How far a long piece of work has come: a bar with speed and time left on a terminal, a line now and then anywhere else."""

import sys
import time
from collections.abc import Callable
from threading import Lock
from types import TracebackType
from typing import Any, Protocol, Self

LINE_S, BAR_S = 10.0, 0.1
WIDTH = 24


class Tell(Protocol):
    """Something is to be said: a sentence, and the same as facts."""

    def __call__(self, text: str, **facts: Any) -> None: ...


class Meter:
    """Counts bytes, from any thread. `tell` gets the lines; a `bar` is drawn on stderr instead."""

    def __init__(self, what: str, total: int, tell: Tell, *, bar: bool) -> None:
        self._what, self._total, self._tell_line, self._bar = what, total, tell, bar
        self._done = 0
        self._lock = Lock()
        self._start = self._drawn = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._bar:
            self._draw("\n")
        elif kind is None:
            self._tell()

    def advance(self, count: int) -> None:
        """So many bytes more are done."""
        with self._lock:
            self._done += count
            now = time.monotonic()
            if now - self._drawn < (BAR_S if self._bar else LINE_S):
                return
            self._drawn = now
            if self._bar:
                self._draw()
            else:
                self._tell()

    def _draw(self, end: str = "") -> None:
        sys.stderr.write(f"\r{self._line()}\033[K{end}")
        sys.stderr.flush()

    def _tell(self) -> None:
        self._tell_line(self._line(), what=self._what, done=self._done, total=self._total, bytes_per_second=round(self._speed()))

    def _line(self) -> str:
        speed, left = self._speed(), max(self._total - self._done, 0)
        bar = ""
        if self._bar:
            filled = WIDTH * min(self._done, self._total) // max(self._total, 1)
            bar = f"[{'#' * filled}{'.' * (WIDTH - filled)}] "
        rest = f", {duration(left / speed)} left" if left and speed else ""
        return f"{self._what}: {bar}{amount(self._done)} of {amount(self._total)}, {amount(speed)}/s{rest}"

    def _speed(self) -> float:
        return self._done / max(time.monotonic() - self._start, 1e-3)


Begin = Callable[[str, int], Meter]
"""Starts a meter of some work and its bytes."""


def amount(count: float) -> str:
    """Bytes as a person reads them, in powers of a thousand."""
    for unit in ("B", "kB", "MB"):
        if count < 999.5:
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.3g} {unit}"
        count /= 1000
    return f"{count:.3g} GB" if count < 999.5 else f"{count:,.0f} GB"


def duration(seconds: float) -> str:
    """Minutes and seconds, or hours and minutes."""
    minutes, rest = divmod(round(seconds), 60)
    if minutes >= 60:
        return f"{minutes // 60} h {minutes % 60} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
