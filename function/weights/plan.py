"""One plan over all files of a weights folder: pieces that several threads read and check against their SHA-256, never torch's business.

Content lies in one anonymous mapping a file. The first piece that cannot be used ends it all: weights are whole or not there.
"""

import mmap
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from function.weights.weights import WeightFile

HUGE_PAGE = 2 << 20

Fetch = Callable[["Piece", memoryview], None]
"""Fills memory with a piece and checks it. Raises `OSError` or `ValueError`."""


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A range of a file that has a SHA-256 of its own: a chunk, or the whole where the manifest has no chunks."""

    file: WeightFile
    number: int
    offset: int
    size: int
    sha256: str

    @property
    def name(self) -> str:
        """For a person, who counts from one."""
        return f"{self.file.name}, chunk {self.number + 1} of {len(self.file.chunks)}" if self.file.chunks else self.file.name


@dataclass(slots=True)
class Timing:
    """When a kind of work was done, by whichever thread: `time.monotonic()` of its begin and end; `busy`: seconds of all threads."""

    began: float = float("inf")
    ended: float = 0.0
    busy: float = 0.0


@dataclass
class Timings:
    """Reading, hashing and copying to the device overlap; each is timed by itself."""

    kinds: dict[str, Timing] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, kind: str, began: float) -> float:
        """Work of this kind was done from `began` until now; gives now."""
        now = time.monotonic()
        with self._lock:
            timing = self.kinds.setdefault(kind, Timing())
            timing.began, timing.ended = min(timing.began, began), max(timing.ended, now)
            timing.busy += now - began
        return now


def pieces_of(file: WeightFile, chunk: int) -> list[Piece]:
    """The pieces of a file in order. `chunk`: bytes, as the manifest says."""
    if not file.chunks:
        return [Piece(file, 0, 0, file.size, file.sha256)]
    return [
        Piece(file, number, offset := number * chunk, min(chunk, file.size - offset), sha256) for number, sha256 in enumerate(file.chunks)
    ]


def check(piece: Piece, digest: str) -> None:
    """Raises `ValueError`, naming the chunk, when `digest` is not the piece's SHA-256."""
    if digest != piece.sha256:
        where = f"its chunk {piece.number + 1} of {len(piece.file.chunks)} does" if piece.file.chunks else "it does"
        raise ValueError(f"{where} not have the SHA-256 of the manifest, so it is damaged or was changed")


def allocate(size: int) -> memoryview:
    """Zeroed memory whose pages are taken when they are first written, large ones where there are any."""
    mapping = mmap.mmap(-1, max(size, 1), flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)  # what is shared gets no large pages
    if size >= HUGE_PAGE and hasattr(mmap, "MADV_HUGEPAGE"):
        mapping.madvise(mmap.MADV_HUGEPAGE)
    return memoryview(mapping)[:size]


class PlanFailed(Exception):
    """A file that cannot be used, and why."""

    def __init__(self, name: str, reason: Exception) -> None:
        super().__init__(name)
        self.name = name
        self.reason = reason


class Plan:
    """All pieces of all files, taken one after the other by threads that begin at once."""

    def __init__(self, files: Sequence[WeightFile], chunk: int, fetch: Fetch, threads: int) -> None:
        self.fetch = fetch
        self.threads = threads
        self.pieces = {file.name: pieces_of(file, chunk) for file in files}
        self._memory = {file.name: allocate(file.size) for file in files}
        self._open = {name: set(pieces) for name, pieces in self.pieces.items()}
        self._change = threading.Condition()
        self._failure: PlanFailed | None = None
        self._todo: deque[Piece] = deque()
        self._start(piece for pieces in self.pieces.values() for piece in pieces)

    def content(self, name: str) -> memoryview:
        """A whole checked file; waits. Raises `PlanFailed`."""
        self._wait_for(lambda: not self._open[name])
        return self._memory[name]

    def leave(self, wanted: Callable[[Piece], bool]) -> set[Piece]:
        """The pieces that nobody has begun with and that the caller wants to read itself; all others are in memory then.

        Waits. Raises `PlanFailed`.
        """
        todo = []
        with suppress(IndexError):
            while True:
                todo.append(self._todo.popleft())
        left = {piece for piece in todo if wanted(piece)}
        self._start(piece for piece in todo if piece not in left)
        self._wait_for(lambda: all(pieces <= left for pieces in self._open.values()))
        return left

    def memory(self, name: str) -> memoryview:
        """A file's memory, filled where `leave` has left nothing out."""
        return self._memory[name]

    def forget(self, name: str) -> None:
        """Let go of a file's memory."""
        self._memory[name] = memoryview(b"")

    def _start(self, pieces: Iterable[Piece]) -> None:
        self._todo.extend(pieces)
        for number in range(min(len(self._todo), self.threads)):
            threading.Thread(target=self._work, name=f"read weights {number}", daemon=True).start()

    def _wait_for(self, true: Callable[[], bool]) -> None:
        with self._change:
            self._change.wait_for(lambda: self._failure or true())
            if self._failure:
                raise self._failure

    def _work(self) -> None:
        while not self._failure:
            try:
                piece = self._todo.popleft()
            except IndexError:
                return
            failure = None
            try:
                self.fetch(piece, self._memory[piece.file.name][piece.offset : piece.offset + piece.size])
            except Exception as error:
                failure = PlanFailed(piece.file.name, error)
            with self._change:
                self._failure = self._failure or failure
                self._open[piece.file.name].discard(piece)
                self._change.notify_all()
