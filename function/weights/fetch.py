"""One piece of weights into memory, checked: from the node's cache when it has it whole, else from its source."""

import hashlib
import time
from collections.abc import Callable

from function.weights.cache import Cache
from function.weights.plan import Piece, Timings, check
from function.weights.source import Source

STEP = 8 << 20  # bytes read before they are hashed

Fill = Callable[[int, memoryview], None]
"""Fills memory from an offset within a piece on."""


class Fetch:
    """Reads pieces of the files in one folder of a source, from any thread."""

    def __init__(self, source: Source, folder: str, cache: Cache | None) -> None:
        self.timings = Timings()
        self._source = source
        self._folder = folder
        self._cache = cache

    def __call__(self, piece: Piece, into: memoryview) -> None:
        """Raises `OSError` or `ValueError` saying what is wrong with the file."""
        if self._cache and self._from_cache(self._cache, piece, into):
            return
        path, size = f"{self._folder}/{piece.file.name}", piece.file.size
        check(piece, self._hash(into, lambda at, step: self._source.fill(path, size, piece.offset + at, step)))
        if self._cache:
            self._cache.keep(piece.sha256, into)

    def _from_cache(self, cache: Cache, piece: Piece, into: memoryview) -> bool:
        try:
            digest = self._hash(into, lambda at, step: cache.fill(piece.sha256, piece.size, at, step))
        except FileNotFoundError:
            return False
        except (OSError, ValueError):
            digest = ""
        if digest == piece.sha256:
            cache.touch(piece.sha256)
            return True
        cache.drop(piece.sha256)
        return False

    def _hash(self, into: memoryview, fill: Fill) -> str:
        """Fill memory by steps, each hashed before the next; gives the SHA-256."""
        digest = hashlib.sha256()
        for at in range(0, max(len(into), 1), STEP):
            step = into[at : at + STEP]
            began = time.monotonic()
            fill(at, step)
            began = self.timings.note("read", began)
            digest.update(step)
            self.timings.note("hash", began)
        return digest.hexdigest()
