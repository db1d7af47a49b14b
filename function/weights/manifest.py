"""`manifest.json`: what a weights folder holds, where it comes from, and how to tell that it is whole."""

import hashlib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from function.errors import NotReady
from function.weights.weights import WeightFile

MANIFEST = "manifest.json"
PICKLES = (".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".bin")


class Manifest(BaseModel):
    """Fields beyond these are kept and handed to the model. `origin` says who made the files from what; `scores` what they reach."""

    model_config = ConfigDict(frozen=True, extra="allow")

    format: Literal[1] = 1
    model: str
    variant: str
    version: str
    files: tuple[WeightFile, ...] = Field(min_length=1)
    licence: str
    origin: str
    dtype: str = ""
    scores: dict[str, Any] = {}


def read_manifest(folder: Path, mend: str) -> Manifest:
    """The manifest of a folder. Raises `NotReady`; `mend` is the sentence that says what a person can do."""
    try:
        manifest = Manifest.model_validate_json((folder / MANIFEST).read_bytes())
    except FileNotFoundError:
        pickles = [path.name for path in folder.iterdir() if path.suffix in PICKLES]
        if pickles:
            raise NotReady(f"{pickles[0]} is a pickle, which can run code when it is loaded: only safetensors are read. {mend}") from None
        raise NotReady(f"The weights folder has no {MANIFEST}. {mend}") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise NotReady(f"{MANIFEST} cannot be used: {where + ': ' if where else ''}{first['msg']}. {mend}") from None
    for file in manifest.files:
        if "/" in file.name or file.name in ("", ".", ".."):
            raise NotReady(f"{MANIFEST} names {file.name!r}, which is not a file of its folder. {mend}")
        if Path(file.name).suffix in PICKLES:
            raise NotReady(f"{file.name} is a pickle, which can run code when it is loaded: only safetensors are read. {mend}")
    return manifest


def write_manifest(folder: Path, *, model: str, variant: str, version: str, licence: str, origin: str, **more: Any) -> Manifest:
    """Describe every file in a folder by size and SHA-256, and write that into its manifest. `more`: `dtype`, `scores`, own fields."""
    files = tuple(
        WeightFile(path.name, path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest())
        for path in sorted(folder.iterdir())
        if path.is_file() and path.name != MANIFEST
    )
    manifest = Manifest(model=model, variant=variant, version=version, files=files, licence=licence, origin=origin, **more)
    (folder / MANIFEST).write_text(manifest.model_dump_json(indent=2) + "\n")
    return manifest
