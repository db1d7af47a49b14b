"""A folder on the node that keeps pieces of weights under their SHA-256, for all pods there. What lies in it is never trusted.

Whoever reads a piece checks its hash and drops it when it is wrong. A piece appears by a rename: several pods may fill the folder at once.
"""

import contextlib
import logging
import os
import threading
import time
from pathlib import Path

from function.weights.source import Folder

log = logging.getLogger(__name__)

UNFINISHED = ".unfinished"
ABANDONED_S = 3600  # an unfinished file that is older was left by a pod that ended
ROOM = 0.9  # part of the bound that is left when it was passed
COUNTED_EVERY = 256 << 20  # bytes written between two looks at what other pods wrote


class Cache:
    """At most about `bound` bytes in `root`, the least recently used pieces go first. No failure of it is more than a warning."""

    def __init__(self, root: Path, bound: int) -> None:
        self._root = root
        self._bound = bound
        self._folder = Folder(root)
        self._lock = threading.Lock()
        self._room = 0  # bytes that may be written before the next look
        self._full = False

    def fill(self, sha256: str, size: int, offset: int, into: memoryview) -> None:
        """As `Source.fill`. Raises `OSError` or `ValueError` for a piece that is not there whole."""
        self._folder.fill(_path(sha256), size, offset, into)

    def touch(self, sha256: str) -> None:
        """The piece was used."""
        with contextlib.suppress(OSError):
            os.utime(self._root / _path(sha256))

    def drop(self, sha256: str) -> None:
        """The piece is damaged."""
        log.warning("the weights cache held a damaged piece, which is read again from its source")
        with contextlib.suppress(OSError):
            (self._root / _path(sha256)).unlink()

    def keep(self, sha256: str, content: memoryview) -> None:
        """Write a piece that was checked. A disk that is full, or cannot be written, ends the keeping with one warning."""
        if self._full or len(content) > self._bound:
            return
        try:
            self._make_room(len(content))
            self._write(self._root / _path(sha256), content)
        except OSError as error:
            self._full = True
            log.warning("going on without the weights cache: it cannot be written (%s); free space there", error.strerror)

    def _write(self, path: Path, content: memoryview) -> None:
        unfinished = path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}{UNFINISHED}")
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with unfinished.open("wb", buffering=0) as file:
                while content:
                    content = content[file.write(content) :]
            unfinished.replace(path)
        except OSError:
            unfinished.unlink(missing_ok=True)
            raise

    def _make_room(self, size: int) -> None:
        with self._lock:
            self._room -= size
            if self._room < 0:
                self._room = min(self._shrink(size), COUNTED_EVERY)

    def _shrink(self, size: int) -> int:
        """Remove the least recently used until `size` more bytes fit; gives how many fit beyond them."""
        found = sorted(self._entries())
        held = sum(entry[1] for entry in found)
        if held + size > self._bound:
            for _, bytes_held, path in found:
                if held + size <= self._bound * ROOM:
                    break
                path.unlink(missing_ok=True)
                held -= bytes_held
        return max(self._bound - held - size, 0)

    def _entries(self) -> list[tuple[float, int, Path]]:
        """When each piece was last used, its size and path; abandoned ones are as if they had never been used."""
        entries = []
        for path in self._root.glob("??/*"):
            with contextlib.suppress(FileNotFoundError):  # another pod was faster
                status = path.stat()
                abandoned = path.name.endswith(UNFINISHED) and time.time() - status.st_mtime > ABANDONED_S
                if abandoned or not path.name.endswith(UNFINISHED):
                    entries.append((0.0 if abandoned else status.st_mtime, status.st_size, path))
        return entries


def _path(sha256: str) -> str:
    return f"{sha256[:2]}/{sha256}"
