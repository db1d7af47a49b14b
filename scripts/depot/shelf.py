"""A root of weights that is written: a folder, or a bucket. What is in it, and the few ways in which it changes."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import obstore
from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError
from obstore.store import LocalStore, from_url

from deployment.failure import Failure
from function.weights.depot import folder_of
from function.weights.filling import Version
from function.weights.location import LATEST, PLAIN
from function.weights.manifest import MANIFEST

if TYPE_CHECKING:
    from obstore.store import ObjectStore

SCHEMES = ("file", "s3", "gs", "az")
CLAIM = ".claim"
DENIED = (PermissionDeniedError, UnauthenticatedError, PermissionError)
RETRY: Any = {"max_retries": 10, "retry_timeout": timedelta(seconds=60)}


@dataclass(frozen=True, slots=True)
class Held:
    """A version in a shelf: its bytes, when it was finished (None: it is not), and whether `latest` names it."""

    version: Version
    size: int
    finished: datetime | None
    latest: bool

    def is_of(self, what: str) -> bool:
        """`what`: MODEL, MODEL/VARIANT, MODEL/VARIANT/VERSION, or empty for anything."""
        return f"{self.version.path}/".startswith(f"{what}/".lstrip("/"))


class Shelf:
    """All methods raise `Failure`."""

    def __init__(self, where: str, *, make: bool = False) -> None:
        scheme, separator, _ = where.partition("://")
        if separator and scheme not in SCHEMES:
            raise Failure(f"{where} is not a folder or a bucket.", f"a folder, or a URL with {'://, '.join(SCHEMES)}://")
        self.where = where
        with self.reaching():
            if folder := folder_of(where):
                if not make and not folder.is_dir():
                    raise Failure(f"There is no folder {folder}.", "scripts/weights convert, or pull, which make one")
                self.store: ObjectStore = LocalStore(folder, mkdir=make, automatic_cleanup=True)
            else:
                self.store = from_url(where, retry_config=RETRY)

    @contextmanager
    def reaching(self) -> Iterator[None]:
        """Around what asks the store."""
        try:
            yield
        except (BaseError, OSError) as error:
            if isinstance(error, DENIED) or re.search(r"\b40[13]\b", str(error)):  # listing gives only the status, in words
                raise Failure(f"{self.where} denies access.", "credentials that may read, write, list and delete there") from None
            raise Failure(f"{self.where} does not do what it is asked: {str(error).partition(chr(10))[0]}") from error

    def held(self) -> list[Held]:
        """All versions, also those of which not all is there."""
        sizes: dict[Version, int] = {}
        finished: dict[Version, datetime] = {}
        pointers: list[str] = []
        with self.reaching():
            for entry in (entry for part in obstore.list(self.store) for entry in part):
                *folders, name = entry["path"].split("/")
                match folders:
                    case [_, _] if name == LATEST:
                        pointers.append(entry["path"])
                    case [_, _, _] if all(map(PLAIN.fullmatch, folders)):
                        version = Version(*folders)
                        sizes[version] = sizes.get(version, 0) + (0 if name == CLAIM else entry["size"])
                        if name == MANIFEST:
                            finished[version] = entry["last_modified"]
        named = {pointer: (self.get(pointer) or b"").decode(errors="replace").strip() for pointer in pointers}
        return [Held(one, size, finished.get(one), named.get(one.pointer) == one.version) for one, size in sorted(sizes.items())]

    def get(self, path: str) -> bytes | None:
        """A small object; None when there is none."""
        with self.reaching():
            try:
                return bytes(obstore.get(self.store, path).bytes())
            except FileNotFoundError:
                return None

    def put(self, path: str, content: bytes) -> None:
        """Write a small object."""
        with self.reaching():
            obstore.put(self.store, path, content)

    def point(self, version: Version) -> None:
        """Make `latest` name this version."""
        self.put(version.pointer, f"{version.version}\n".encode())

    def remove(self, version: Version) -> None:
        """Delete a version: the manifest first, so that nobody takes what is left for whole."""
        with self.reaching():
            paths = [entry["path"] for part in obstore.list(self.store, f"{version.path}/") for entry in part]
            for path in sorted(paths, key=lambda path: not path.endswith(f"/{MANIFEST}")):
                obstore.delete(self.store, path)
