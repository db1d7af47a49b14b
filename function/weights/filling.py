"""How a version gets into a weights folder: out of sight, by one process at a time, shown when it is whole, `latest` moved last.

<root>/.partial/<model>-<variant>-<version>/    what is worked on; stays when the work is interrupted, so that it can go on
    files/                                      becomes <root>/<model>/<variant>/<version>/ by one rename
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from function.errors import NotReady
from function.weights.location import LATEST, PLAIN

PARTIAL = ".partial"


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """One version of a model's variant. Raises `NotReady` for names that are not plain: they become folders."""

    model: str
    variant: str
    version: str

    def __post_init__(self) -> None:
        if not all(PLAIN.fullmatch(name) for name in (self.model, self.variant, self.version)):
            raise NotReady(f"{self.path!r} cannot name a version: MODEL/VARIANT/VERSION, of letters, digits, dots, dashes and underscores.")

    @property
    def path(self) -> str:
        """Where it is below a root."""
        return f"{self.model}/{self.variant}/{self.version}"

    @property
    def pointer(self) -> str:
        """Where the file is that names the version to serve."""
        return f"{self.model}/{self.variant}/{LATEST}"

    def __str__(self) -> str:
        return f"{self.model} {self.variant} {self.version}"


@contextmanager
def filling(root: Path, version: Version) -> Iterator[Path]:
    """The folder to work in; waits until no other process works on this version. What is in it stays until `show` or `drop`."""
    place = root / PARTIAL / version.path.replace("/", "-")
    while True:
        (place / "files").mkdir(parents=True, exist_ok=True)
        handle = os.open(place, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            if place.exists() and os.path.samestat(os.fstat(handle), place.stat()):  # else another process has finished with it
                yield place
                return
        finally:
            os.close(handle)


def show(root: Path, version: Version, place: Path) -> Path:
    """The finished files of `filling` as the version; it must not be there yet."""
    folder = root / version.path
    folder.parent.mkdir(parents=True, exist_ok=True)
    (place / "files").rename(folder)
    drop(place)
    return folder


def drop(place: Path) -> None:
    """Forget what was worked on."""
    shutil.rmtree(place, ignore_errors=True)


def point(root: Path, version: Version) -> None:
    """Make `latest` name this version."""
    pointer = root / version.pointer
    fresh = pointer.with_name(f".{LATEST}.{os.getpid()}")
    fresh.write_text(version.version + "\n")
    fresh.replace(pointer)
