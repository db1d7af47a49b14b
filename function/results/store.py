"""Results kept under their address: a folder or a bucket, the same code. Knows no model, no HTTP and no link.

results/<id>/<hash>-<name>    an artifact; <hash> is the start of its own SHA-256, so that two writers never mix their files
results/<id>/record.json      what the job said and which files belong to it: written last, its presence makes the result visible
events/<hash>.json            the reply that was given to an event; <hash> is the SHA-256 of its source, a NUL and its id
memos/<name>                  what a model keeps for its own use: a SHA-256, then the value that has it
"""

import asyncio
import hashlib
import os
import re
import tempfile
from collections.abc import AsyncIterator, Awaitable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeVar
from urllib.parse import unquote

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from function.errors import Unavailable

if TYPE_CHECKING:
    from obstore.store import ObjectStore

T = TypeVar("T")

ID = re.compile(r"[0-9a-f]{32,64}")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
SCHEMES = ("file", "memory", "s3", "gs", "az")
CHUNK = 1 << 20
HASHED_AT_ONCE = 1 << 18  # bytes; more are hashed in a thread


class File(Protocol):
    """What can be saved: a model's artifact."""

    @property
    def name(self) -> str: ...
    @property
    def media_type(self) -> str: ...
    @property
    def data(self) -> bytes: ...


class StoredFile(BaseModel):
    """An artifact as the record names it: size in bytes, SHA-256 in hex."""

    model_config = ConfigDict(frozen=True)

    name: str = Field(pattern=f"^{NAME.pattern}$")
    media_type: str
    size: int
    sha256: str = Field(pattern="^[0-9a-f]{64}$")


class StoredResult(BaseModel):
    """A visible result: what the job said (`answer`, plain JSON values) and its files."""

    model_config = ConfigDict(frozen=True)

    id: str = Field(pattern=f"^{ID.pattern}$")
    answer: dict[str, Any]
    files: tuple[StoredFile, ...]

    def file(self, name: str) -> StoredFile | None:
        """The file of that name, or None."""
        return next((file for file in self.files if file.name == name), None)


class DamagedResult(Exception):
    """A stored file is missing, short or not what the record says; the result has to be made again."""


class ResultStore:
    """Results and event replies in one object store. All methods raise `Unavailable` when the store does not answer."""

    def __init__(self, store: "ObjectStore") -> None:
        self._store = store

    @classmethod
    def open(cls, url: str) -> Self:
        """The store at a folder's path or a URL (`file://`, `memory://`, `s3://`, `gs://`, `az://`). Raises `ValueError` for another, and
        `OSError` for a folder that cannot be used.
        """
        from obstore.store import LocalStore, from_url

        scheme, separator, path = url.partition("://")
        if not separator or scheme == "file":
            return cls(LocalStore(_folder(unquote(path) if separator else url)))
        if scheme not in SCHEMES:
            known = "://, ".join(SCHEMES)
            raise ValueError(f"Results cannot be kept at {scheme}://; give a folder, or a URL with {known}://.")
        return cls(from_url(url))

    async def save(self, id: str, answer: Mapping[str, Any], files: Sequence[File] = ()) -> StoredResult:
        """Keep a result under its address. Saving the same id again, or at the same time, is harmless: one whole record wins."""
        entries = [await _describe(file) for file in files]
        result = StoredResult(id=id, answer=dict(answer), files=tuple(entries))
        await asyncio.gather(*(self._put(_file(id, entry), file.data) for entry, file in zip(entries, files, strict=True)))
        await self._put(_record(id), result.model_dump_json().encode())
        return result

    async def load(self, id: str) -> StoredResult | None:
        """The result at this address, its files known to be there in full size; None when there is none (or a damaged one)."""
        body = await self._get(_record(id)) if ID.fullmatch(id) else None
        if body is None:
            return None
        try:
            result = StoredResult.model_validate_json(body)
        except ValidationError:
            return None
        sizes = await asyncio.gather(*(self._size(_file(id, file)) for file in result.files))
        return result if result.id == id and sizes == [file.size for file in result.files] else None

    async def read(self, result: StoredResult, file: StoredFile) -> bytes:
        """A whole file, checked against its SHA-256. Raises `DamagedResult`."""
        data = await self._get(_file(result.id, file))
        if data is None or await _hash(data) != file.sha256:
            raise DamagedResult(f"{file.name} of {result.id} is not what was stored.")
        return data

    async def stream(self, result: StoredResult, file: StoredFile) -> AsyncIterator[bytes]:
        """A whole file in pieces, hashed on the way: of a damaged one the last piece is kept back and `DamagedResult` raised instead."""
        digest, left = hashlib.sha256(), file.size
        async for piece in self.part(result, file, 0, file.size):
            digest.update(piece)
            left -= len(piece)
            if left <= 0 and digest.hexdigest() != file.sha256:
                break
            yield piece
        else:
            if left <= 0:
                return
        raise DamagedResult(f"{file.name} of {result.id} is not what was stored.")

    async def part(self, result: StoredResult, file: StoredFile, start: int, end: int) -> AsyncIterator[bytes]:
        """Bytes `start` to `end` (exclusive) of a file in pieces, unchecked. Raises `DamagedResult` when the file is gone."""
        import obstore

        if start >= end:
            return
        found = await _reach(obstore.get_async(self._store, _file(result.id, file), options={"range": (start, end)}))
        if found is None:
            raise DamagedResult(f"{file.name} of {result.id} is missing.")
        async for piece in found.stream(min_chunk_size=CHUNK):
            yield bytes(piece)

    async def put_event(self, source: str, id: str, body: bytes) -> None:
        """Keep the reply to the event that `source` and `id` identify."""
        await self._put(_event(source, id), body)

    async def get_event(self, source: str, id: str) -> bytes | None:
        """The reply that was kept for this event, or None."""
        return await self._get(_event(source, id))

    def put_memo(self, name: str, value: bytes) -> None:
        """Keep a value under a name (hex digits). Blocks: for worker threads. Raises what the store raises."""
        import obstore

        obstore.put(self._store, f"memos/{name}", hashlib.sha256(value).digest() + value)

    def get_memo(self, name: str) -> bytes | None:
        """The value under a name; None when there is none, or a damaged one. Blocks. Raises what the store raises."""
        import obstore

        try:
            kept = bytes(obstore.get(self._store, f"memos/{name}").bytes())
        except FileNotFoundError:
            return None
        digest, value = kept[:32], kept[32:]
        return value if hashlib.sha256(value).digest() == digest else None

    async def _put(self, path: str, data: bytes) -> None:
        import obstore

        await _reach(obstore.put_async(self._store, path, data))

    async def _get(self, path: str) -> bytes | None:
        import obstore

        found = await _reach(obstore.get_async(self._store, path))
        return None if found is None else bytes(await _reach(found.bytes_async()) or b"")

    async def _size(self, path: str) -> int | None:
        import obstore

        found = await _reach(obstore.head_async(self._store, path))
        return None if found is None else found["size"]


async def _reach(work: Awaitable[T]) -> T | None:
    """The outcome, None for a missing object, `Unavailable` for a store that fails."""
    from obstore.exceptions import BaseError

    try:
        return await work
    except FileNotFoundError:
        return None
    except (BaseError, OSError) as error:
        raise Unavailable("The results store does not answer; try again later.", retry_after=5) from error


def _folder(path: str) -> Path:
    """A folder that this process may use, made for it alone where there is none. Raises `OSError`."""
    folder = Path(path).absolute()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        raise PermissionError("this user cannot write there")
    if folder.parent == Path(tempfile.gettempdir()) and folder.stat().st_uid != os.getuid():
        raise PermissionError("it belongs to another user")  # anybody may have put it there
    return folder


async def _describe(file: File) -> StoredFile:
    return StoredFile(name=file.name, media_type=file.media_type, size=len(file.data), sha256=await _hash(file.data))


async def _hash(data: bytes) -> str:
    if len(data) <= HASHED_AT_ONCE:
        return hashlib.sha256(data).hexdigest()
    return await asyncio.to_thread(lambda: hashlib.sha256(data).hexdigest())


def _record(id: str) -> str:
    return f"results/{id}/record.json"


def _file(id: str, file: StoredFile) -> str:
    return f"results/{id}/{file.sha256[:16]}-{file.name}"


def _event(source: str, id: str) -> str:
    key = hashlib.sha256("\0".join((source, id)).encode()).hexdigest()
    return f"events/{key}.json"
