"""The weights of one model, from a folder or a URL: read by threads before torch is imported, checked on the way, put on the device."""

import hashlib
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from function.errors import NotReady
from function.weights.cache import Cache
from function.weights.fetch import Fetch
from function.weights.location import base_of, find_version, mend, needs_pointer, unusable
from function.weights.manifest import Manifest, find_manifest
from function.weights.plan import Plan, PlanFailed, Timings
from function.weights.source import Source, is_url, open_source

T = TypeVar("T")

SAFETENSORS = ".safetensors"
PATIENCE_S = 60.0


class FolderWeights:
    """One version of a model's weights (a `Weights`). Reading begins at once."""

    def __init__(self, source: Source, manifest: Manifest, root: str, cache: Cache | None = None) -> None:
        self.model = manifest.model
        self.variant = manifest.variant
        self.version = manifest.version
        self.manifest: dict[str, Any] = manifest.model_dump(mode="json")
        self._root = root
        files = sorted(manifest.files, key=lambda file: file.name.endswith(SAFETENSORS))  # what says how to build comes first
        self._fetch = Fetch(source, f"{self.model}/{self.variant}/{self.version}", cache)
        self._plan = Plan(files, manifest.chunk, self._fetch, source.threads)
        self._placed: dict[str, dict[str, Any]] = {}

    @property
    def digest(self) -> str:
        """SHA-256 over names and hashes of all files: two folders of one version that differ are told apart."""
        hashes = sorted((file["name"], file["sha256"], *file["chunks"]) for file in self.manifest["files"])
        return hashlib.sha256(repr(hashes).encode()).hexdigest()

    @property
    def has_tensors(self) -> bool:
        """There are safetensors files, so torch will be needed."""
        return any(name.endswith(SAFETENSORS) for name in self._plan.pieces)

    @property
    def timings(self) -> Timings:
        """When reading, hashing and copying were done."""
        return self._fetch.timings

    def place(self, device: str) -> None:
        """Bring everything to where it is used, memory for the CPU, else the device: all of it, or `NotReady`."""
        if device == "cpu":
            self.wait()
            return
        from function.weights.upload import upload

        names = [name for name in self._plan.pieces if name.endswith(SAFETENSORS)]
        self._placed = self._told(lambda: upload(self._plan, names, device, self.timings))

    def wait(self) -> None:
        """Until all files are read and checked. Raises `NotReady` for the first that cannot be used."""
        for name in self._plan.pieces:
            self.read(name)

    def read(self, name: str) -> memoryview:
        """The whole checked content of a file; waits for the reader. Raises `NotReady`."""
        if name not in self._plan.pieces:
            raise NotReady(f"The manifest of {self.model} {self.variant} names no file {name}. {mend(self._root)}")
        return self._told(lambda: self._plan.content(name))

    def tensors(self, name: str, device: str) -> dict[str, Any]:
        """The tensors of a safetensors file on `device`; on the CPU they are views of the bytes that were read."""
        from function.weights.tensors import parse_tensors

        if name in self._placed:
            return self._placed[name]
        content = self.read(name)
        try:
            return {name: tensor.to(device) for name, tensor in parse_tensors(content).items()}
        except ValueError as error:
            raise self._unusable(name, error) from error

    def _told(self, work: Callable[[], T]) -> T:
        try:
            return work()
        except PlanFailed as failure:
            raise self._unusable(failure.name, failure.reason) from failure.reason

    def _unusable(self, name: str, error: Exception) -> NotReady:
        return unusable(f"{name} of {self.model} {self.variant}", error, self._root)


class Opening:
    """Weights being found and read: those in a folder are found at once, those behind a URL in a thread."""

    def __init__(self, root: str, model: str, variant: str, *, required: bool, patience: float, cache: Cache | None) -> None:
        self._required = required
        self._outcome: FolderWeights | NotReady | None = None
        self._thread: threading.Thread | None = None
        arguments = (root, model, variant, patience, cache)
        if is_url(root):
            self._thread = threading.Thread(target=self._open, args=arguments, name="find weights", daemon=True)
            self._thread.start()
        else:
            self._open(*arguments)

    def result(self) -> FolderWeights | None:
        """The weights, None when there are none and none are required. Waits. Raises `NotReady`."""
        self._wait()
        if isinstance(self._outcome, NotReady):
            raise self._outcome
        return self._outcome

    def needs_torch(self, *, wait: bool) -> bool:
        """There are tensors among them. Without `wait`: as far as is known by now."""
        if self._required and self._thread and self._thread.is_alive():
            return True
        if wait:
            self._wait()
        return isinstance(self._outcome, FolderWeights) and self._outcome.has_tensors

    def _wait(self) -> None:
        if self._thread:
            self._thread.join()

    def _open(self, root: str, model: str, variant: str, patience: float, cache: Cache | None) -> None:
        try:
            self._outcome = open_weights(root, model, variant, required=self._required, patience=patience, cache=cache)
        except NotReady as error:
            self._outcome = error
        except Exception as error:
            self._outcome = unusable(f"The weights of {model} {variant}", error, root)


def open_weights(
    root: str, model: str, variant: str, *, required: bool, patience: float = PATIENCE_S, cache: Cache | None = None
) -> FolderWeights | None:
    """Find a model's weights and begin to read them. None when there are none and none are `required`. Raises `NotReady`.

    `patience`: seconds for which a store that does not answer is asked again.
    """
    try:
        source = open_source(root if is_url(root) else str(base_of(root)), patience)
    except ValueError as error:
        raise NotReady(f"FUNCTION_WEIGHTS cannot be opened: {error}. Set what the store needs, such as AWS_REGION.") from error
    try:
        version = find_version(source, root, model, variant)
        if version is None:
            if required:
                raise NotReady(f"There are no weights of {model}{needs_pointer(root, model, variant)}. {mend(root)}")
            return None
        manifest = find_manifest(source, f"{model}/{variant}/{version}", mend(root))
    except (OSError, ValueError) as error:
        raise unusable(f"The weights of {model} {variant}", error, root) from error
    if (manifest.model, manifest.variant, manifest.version) != (model, variant, version):
        named = f"{manifest.model} {manifest.variant} {manifest.version}"
        raise NotReady(f"The folder of {model} {variant} {version} holds {named}, as its manifest says. {mend(root)}")
    return FolderWeights(source, manifest, root, cache)
