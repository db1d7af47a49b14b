"""Where weights come from, as the reader sees it: small files whole, large ones in ranges straight into memory. Here: a folder.

Buckets and servers are in `bucket.py`, imported only where `FUNCTION_WEIGHTS` is a URL.
"""

import os
from pathlib import Path
from typing import Protocol

SCHEMES = ("s3", "gs", "az", "https", "http")
FEWEST_THREADS, MOST_THREADS = 8, 16


class Source(Protocol):
    """Paths are relative, with slashes. Safe to call from any thread. All methods raise `OSError` with a `strerror` for a person."""

    threads: int
    """Reads that pay at the same time."""

    def children(self, folder: str) -> list[str] | None:
        """Names of the folders in a folder; None when there is no such folder. Raises `NotImplementedError` where nothing can be listed."""
        ...

    def files(self, folder: str) -> list[str]:
        """Names of the files in a folder. Raises `NotImplementedError` where nothing can be listed."""
        ...

    def get(self, path: str) -> bytes:
        """A small file. Raises `FileNotFoundError`."""
        ...

    def fill(self, path: str, size: int, offset: int, into: memoryview) -> None:
        """Read from `offset` until `into` is full. Raises `ValueError` when the file does not have `size` bytes."""
        ...


class Folder:
    """A folder on a volume (a `Source`)."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.threads = max(FEWEST_THREADS, min(os.cpu_count() or 1, MOST_THREADS))

    def children(self, folder: str) -> list[str] | None:
        there = self._root / folder
        return sorted(path.name for path in there.iterdir() if path.is_dir()) if there.is_dir() else None

    def files(self, folder: str) -> list[str]:
        return sorted(path.name for path in (self._root / folder).iterdir() if path.is_file())

    def get(self, path: str) -> bytes:
        return (self._root / path).read_bytes()

    def fill(self, path: str, size: int, offset: int, into: memoryview) -> None:
        with (self._root / path).open("rb", buffering=0) as source:
            check_size(os.fstat(source.fileno()).st_size, size)
            while into:
                count = os.preadv(source.fileno(), [into], offset)
                if not count:
                    raise ValueError("it became shorter while it was read")
                offset, into = offset + count, into[count:]


def check_size(found: int, size: int) -> None:
    """Raises `ValueError` saying both."""
    if found != size:
        raise ValueError(f"it has {found} bytes, not {size} as the manifest says")


def is_url(root: str) -> bool:
    """`root` is an object store or a server, not a folder."""
    return root.partition("://")[0] in SCHEMES and "://" in root


def open_source(root: str, patience: float) -> Source:
    """A folder, or what lies behind a URL; nothing is read yet. `patience`: seconds for which a store that does not answer is asked again.

    Raises `ValueError` for a URL that cannot be used.
    """
    if not is_url(root):
        return Folder(Path(root))
    from function.weights.bucket import Bucket

    return Bucket(root, patience)
