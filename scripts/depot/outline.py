"""A weights folder without the bytes of its tensors. A model's own loader runs over it, so what is checked is what a server will check."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import torch

from function.errors import NotReady
from function.weights.tensors import DTYPES

Header = Iterable[tuple[str, str, tuple[int, ...]]]
"""Name, dtype and shape of each tensor of a file."""


class Outline:
    """The `Weights` protocol with tensors on the meta device. `read` and `header` are asked for the files that the loader wants."""

    def __init__(self, manifest: Mapping[str, Any], read: Callable[[str], bytes], header: Callable[[str], Header]) -> None:
        self.manifest = dict(manifest)
        self.model, self.variant, self.version = (str(manifest[name]) for name in ("model", "variant", "version"))
        self._read, self._header = read, header

    def read(self, name: str) -> memoryview:
        """The whole content of a small file."""
        if all(file["name"] != name for file in self.manifest["files"]):
            raise NotReady(f"{self.model} {self.variant} {self.version} has no file {name}.")
        return memoryview(self._read(name))

    def tensors(self, name: str, device: str) -> dict[str, Any]:  # noqa: ARG002 - they are on none
        """The tensors of a file, without their values."""
        return {tensor: torch.empty(shape, dtype=DTYPES[dtype], device="meta") for tensor, dtype, shape in self._header(name)}
