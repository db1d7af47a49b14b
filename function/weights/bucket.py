"""Weights in an object store or behind a web server, through obstore. Credentials come from where the store's own tools look for them."""

import errno
import random
import re
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

import obstore
from obstore.exceptions import BaseError, NotSupportedError, PermissionDeniedError, UnauthenticatedError
from obstore.store import HTTPStore, from_url

from function.weights.source import check_size

T = TypeVar("T")

THREADS = 16
PIECE = 64 << 10  # bytes that are under way to one reader, beyond the target itself
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.1, 5.0
REFUSED = re.compile(r"\b40[13]\b")  # a refused listing gives the status in words alone
CONNECT_S, REQUEST_S = timedelta(seconds=5), timedelta(seconds=60)


class Bucket:
    """`s3://`, `gs://`, `az://` with an optional prefix, or plain files below an `https://` address (a `Source`). Raises `ValueError`."""

    threads = THREADS

    def __init__(self, url: str, patience: float) -> None:
        self._patience = patience
        self._lists = not url.startswith("http")
        options: dict[str, Any] = {
            # An endpoint without TLS is one that somebody has asked for by its address.
            "client_options": {"connect_timeout": CONNECT_S, "timeout": REQUEST_S, "allow_http": not url.startswith("https://")},
            "retry_config": {"max_retries": 0},  # retried here, the body of an answer included
        }
        try:
            self._store: Any = from_url(url, **options) if self._lists else HTTPStore.from_url(url, **options)
        except BaseError as error:
            raise ValueError(str(error).partition("\n")[0]) from error

    def children(self, folder: str) -> list[str] | None:
        found = self._list(folder)
        names = sorted(prefix.rstrip("/").rpartition("/")[2] for prefix in found["common_prefixes"])
        return names if names or found["objects"] else None

    def files(self, folder: str) -> list[str]:
        return sorted(entry["path"].rpartition("/")[2] for entry in self._list(folder)["objects"])

    def get(self, path: str) -> bytes:
        return self._persist(lambda: bytes(obstore.get(self._store, path).bytes()))

    def fill(self, path: str, size: int, offset: int, into: memoryview) -> None:
        def attempt() -> None:
            if not into:
                return check_size(obstore.head(self._store, path)["size"], size)
            found = obstore.get(self._store, path, options={"range": (offset, offset + len(into))})
            check_size(found.meta["size"], size)
            done = 0
            for piece in found.stream(min_chunk_size=PIECE):
                into[done : done + len(piece)] = memoryview(piece)
                done += len(piece)
            if done != len(into):
                raise ConnectionError("an answer ended early")
            return None

        self._persist(attempt)

    def _list(self, folder: str) -> Any:
        if not self._lists:
            raise NotImplementedError
        return self._persist(lambda: obstore.list_with_delimiter(self._store, f"{folder}/"))

    def _persist(self, work: Callable[[], T]) -> T:
        """The outcome of `work`, tried again with growing pauses until `patience` has passed."""
        end, pause, tries = time.monotonic() + self._patience, FIRST_PAUSE_S, 1
        while True:
            try:
                return work()
            except FileNotFoundError:
                raise
            except (PermissionDeniedError, UnauthenticatedError, PermissionError) as error:
                raise PermissionError(errno.EACCES, "the store denies access") from error
            except NotSupportedError as error:
                raise OSError(errno.EOPNOTSUPP, "the server gives no byte ranges, which are needed") from error
            except (BaseError, OSError) as error:
                if REFUSED.search(str(error)):
                    raise PermissionError(errno.EACCES, "the store denies access") from error
                if time.monotonic() + pause > end:
                    raise ConnectionError(errno.ECONNABORTED, f"the store does not answer (asked {tries} times)") from error
            time.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 - so that pods do not ask in step
            pause, tries = min(2 * pause, LONGEST_PAUSE_S), tries + 1
