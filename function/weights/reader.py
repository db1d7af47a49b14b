"""Reads weight files into memory in plain threads, checking their SHA-256 on the way. Begins before torch is imported; never imports it."""

import hashlib
import mmap
import threading
from pathlib import Path
from typing import Any

from function.errors import NotReady
from function.weights.location import find_folder, mend
from function.weights.manifest import Manifest, read_manifest
from function.weights.weights import WeightFile

CHUNK = 4 << 20
SAFETENSORS = ".safetensors"


class FolderWeights:
    """The weights in one folder (a `Weights`). Reading begins at once, a thread a file."""

    def __init__(self, folder: Path, manifest: Manifest, root: str) -> None:
        self.model = manifest.model
        self.variant = manifest.variant
        self.version = manifest.version
        self.manifest: dict[str, Any] = manifest.model_dump(mode="json")
        self._mend = mend(root)
        self._files = {file.name: _Reading(folder / file.name, file) for file in manifest.files}

    @property
    def digest(self) -> str:
        """SHA-256 over names and hashes of all files: two folders of one version that differ are told apart."""
        hashes = sorted((file["name"], file["sha256"]) for file in self.manifest["files"])
        return hashlib.sha256(repr(hashes).encode()).hexdigest()

    @property
    def has_tensors(self) -> bool:
        """There are safetensors files, so torch will be needed."""
        return any(name.endswith(SAFETENSORS) for name in self._files)

    def wait(self) -> None:
        """Until all files are read and checked. Raises `NotReady` for the first that cannot be used."""
        for name in self._files:
            self.read(name)

    def read(self, name: str) -> memoryview:
        """The whole checked content of a file; waits for the reader. Raises `NotReady`."""
        reading = self._files.get(name)
        if reading is None:
            raise NotReady(f"The manifest of {self.model} {self.variant} names no file {name}. {self._mend}")
        try:
            return reading.content()
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            raise NotReady(f"{name} of {self.model} {self.variant} cannot be used: {reason}. {self._mend}") from error

    def tensors(self, name: str, device: str) -> dict[str, Any]:
        """The tensors of a safetensors file on `device`; on the CPU they are views of the bytes that were read."""
        from function.weights.tensors import parse_tensors

        content = self.read(name)
        try:
            return parse_tensors(content, device)
        except ValueError as error:
            raise NotReady(f"{name} of {self.model} {self.variant} cannot be used: {error}. {self._mend}") from error


def open_weights(root: str, model: str, variant: str, *, required: bool) -> FolderWeights | None:
    """Find a model's weights and begin to read them. None when there are none and none are `required`. Raises `NotReady`."""
    folder = find_folder(root, model, variant)
    if folder is None:
        if required:
            raise NotReady(f"There are no weights of {model}. {mend(root)}")
        return None
    manifest = read_manifest(folder, mend(root))
    if (manifest.model, manifest.variant, manifest.version) != (model, variant, folder.name):
        named = f"{manifest.model} {manifest.variant} {manifest.version}"
        raise NotReady(f"The folder of {model} {variant} {folder.name} holds {named}, as its manifest says. {mend(root)}")
    return FolderWeights(folder, manifest, root)


class _Reading:
    """One file on its way into memory."""

    def __init__(self, path: Path, file: WeightFile) -> None:
        self._path = path
        self._file = file
        self._content = memoryview(b"")
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._run, name=f"read {file.name}", daemon=True)
        self._thread.start()

    def content(self) -> memoryview:
        """Waits. Raises `OSError`, or `ValueError` saying what is wrong with the file."""
        self._thread.join()
        if self._error:
            raise self._error
        return self._content

    def _run(self) -> None:
        try:
            self._content = self._read()
        except (OSError, ValueError) as error:
            self._error = error

    def _read(self) -> memoryview:
        size = self._file.size
        digest = hashlib.sha256()
        with self._path.open("rb", buffering=0) as source:
            if (found := self._path.stat().st_size) != size:
                raise ValueError(f"it has {found} bytes, not {size} as the manifest says")
            content = memoryview(mmap.mmap(-1, max(size, 1)))[:size]  # writable, untouched pages: no time spent on zeros
            done = 0
            while done < size and (count := source.readinto(content[done : done + CHUNK])):
                digest.update(content[done : done + count])
                done += count
        if digest.hexdigest() != self._file.sha256:
            raise ValueError("its SHA-256 is not the one in the manifest, so it is damaged or was changed")
        return content
