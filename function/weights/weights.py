"""One weights folder as a model sees it: a manifest and the bytes of its files, already being read."""

from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class WeightFile:
    """One file of a weights folder: size in bytes, SHA-256 in lower-case hexadecimal, of the whole and of each chunk in order."""

    name: str
    size: int
    sha256: str
    chunks: tuple[str, ...] = ()


class Weights(Protocol):
    """Weights of one model, variant and version. Every byte handed out has been checked against the manifest's SHA-256."""

    model: str
    variant: str
    version: str
    manifest: dict[str, Any]

    def read(self, name: str) -> memoryview:
        """The whole checked content of a file; waits for the reader. Raises `errors.NotReady` naming the file and the mend."""
        ...

    def tensors(self, name: str, device: str) -> dict[str, Any]:
        """The tensors of a safetensors file on `device`; on the CPU they are views of the bytes that were read."""
        ...
