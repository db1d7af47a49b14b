"""`manifest.json`: what a weights folder holds, where it comes from, and how to tell that it is whole."""

import hashlib
import re
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from function.errors import NotReady
from function.weights.source import Folder, Source
from function.weights.weights import WeightFile

MANIFEST = "manifest.json"
CHUNK = 8 << 20
SHA256 = re.compile("[0-9a-f]{64}")
A_PICKLE = "is a pickle, which can run code when it is loaded: only safetensors are read."
PICKLES = (".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".bin")


class Manifest(BaseModel):
    """Fields beyond these are kept and handed to the model. `origin` says who made the files from what; `scores` what they reach;
    `chunk` is the size in bytes of what each file's `chunks` are the hashes of (the last one may be shorter), 0 where there are none."""

    model_config = ConfigDict(frozen=True, extra="allow")

    format: Literal[1] = 1
    model: str
    variant: str
    version: str
    files: tuple[WeightFile, ...] = Field(min_length=1)
    licence: str
    origin: str
    dtype: str = ""
    converter: str = ""
    chunk: int = Field(default=0, ge=0)
    scores: dict[str, Any] = {}


def read_manifest(folder: Path, mend: str) -> Manifest:
    """The manifest of a folder. Raises `NotReady`; `mend` is the sentence that says what a person can do."""
    return find_manifest(Folder(folder), ".", mend)


def find_manifest(source: Source, folder: str, mend: str) -> Manifest:
    """The manifest of a version's folder in a source. Raises `NotReady`, and `OSError` when the source cannot be read."""
    try:
        return parse_manifest(source.get(f"{folder}/{MANIFEST}"), mend)
    except FileNotFoundError:
        pickles = [name for name in _files(source, folder) if name.endswith(PICKLES)]
        if pickles:
            raise NotReady(f"{pickles[0]} {A_PICKLE} {mend}") from None
        raise NotReady(f"The weights folder{f' {folder}' if folder != '.' else ''} has no {MANIFEST}. {mend}") from None


def parse_manifest(content: bytes, mend: str) -> Manifest:
    """A manifest whose files can be read as it says. Raises `NotReady`."""
    try:
        manifest = Manifest.model_validate_json(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise NotReady(f"{MANIFEST} cannot be used: {where + ': ' if where else ''}{first['msg']}. {mend}") from None
    for file in manifest.files:
        if "/" in file.name or file.name in ("", ".", ".."):
            raise NotReady(f"{MANIFEST} names {file.name!r}, which is not a file of its folder. {mend}")
        if file.name.endswith(PICKLES):
            raise NotReady(f"{file.name} {A_PICKLE} {mend}")
        if file.chunks and (not manifest.chunk or len(file.chunks) != -(-file.size // manifest.chunk)):
            raise NotReady(f"{MANIFEST} gives {file.name} hashes of {len(file.chunks)} chunks, which do not cover its size. {mend}")
        if file.size < 0 or not all(SHA256.fullmatch(digest) for digest in (file.sha256, *file.chunks)):
            raise NotReady(f"{MANIFEST} gives {file.name} a size or a SHA-256 that is none. {mend}")
    return manifest


def write_manifest(
    folder: Path, *, model: str, variant: str, version: str, licence: str, origin: str, chunk: int = CHUNK, **more: Any
) -> Manifest:
    """Describe every file in a folder by size and SHA-256, and write that into its manifest. `more`: `dtype`, `scores`, own fields."""
    files = tuple(describe_file(path, chunk) for path in sorted(folder.iterdir()) if path.is_file() and path.name != MANIFEST)
    facts = {"model": model, "variant": variant, "version": version, "licence": licence, "origin": origin, "chunk": chunk, **more}
    manifest = Manifest(files=files, **facts)
    (folder / MANIFEST).write_text(manifest.model_dump_json(indent=2) + "\n")
    return manifest


def describe_file(path: Path, chunk: int = CHUNK) -> WeightFile:
    """Size and hashes of a file, in chunks of so many bytes; read once, never held as a whole."""
    whole, size, chunks = hashlib.sha256(), 0, []
    with path.open("rb") as source:
        while piece := source.read(chunk):
            whole.update(piece)
            chunks.append(hashlib.sha256(piece).hexdigest())
            size += len(piece)
    return WeightFile(path.name, size, whole.hexdigest(), tuple(chunks))


def _files(source: Source, folder: str) -> list[str]:
    try:
        return source.files(folder)
    except NotImplementedError:
        return []
