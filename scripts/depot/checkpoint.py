"""Opens what is published: a torch checkpoint, a folder of safetensors. No bytes of a tensor are read before it is asked for.

This is the one file that opens other people's pickles, and only the kind that can hold nothing but tensors and plain values.
"""

import pickle
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from deployment.failure import Failure
from depot.shards import SIZES, Planned

DTYPES = {torch.float32: "F32", torch.bfloat16: "BF16"}


@dataclass(frozen=True, slots=True)
class Dropped:
    """What the converted weights leave out."""

    what: str
    tensors: int
    size: int


def open_checkpoint(path: Path) -> Mapping[str, Any]:
    """The dictionary of a torch checkpoint, its tensors mapped from the file. Raises `Failure`; code in the file is never run."""
    try:
        document = torch.load(path, map_location="cpu", weights_only=True, mmap=True)
    except FileNotFoundError:
        raise Failure(f"There is no {path.name} in {path.parent}.", "the folder that the publisher's download has made") from None
    except pickle.UnpicklingError as error:
        found = re.search(r"GLOBAL (\S+)", str(error))
        what = f"the code {found[1]}" if found else "more than tensors"
        raise Failure(f"{path.name} holds {what}, so it is refused; nothing in it was run.", f"download {path.name} again") from None
    except (RuntimeError, OSError, EOFError, ValueError):
        raise Failure(f"{path.name} is not a whole torch checkpoint.", f"download {path.name} again") from None
    if not isinstance(document, Mapping):
        raise Failure(f"{path.name} holds a {type(document).__name__}, not a dictionary.", f"download {path.name} again")
    return document


def tensors_in(value: object) -> Iterator[Tensor]:
    """All tensors in dictionaries and lists, however deep."""
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from tensors_in(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from tensors_in(inner)


def dropped(what: str, value: object) -> Dropped:
    """What leaving out `value` saves."""
    tensors = list(tensors_in(value))
    return Dropped(what, len(tensors), sum(tensor.nbytes for tensor in tensors))


def planned(name: str, tensor: Tensor, dtype: torch.dtype) -> Planned:
    """A tensor of a checkpoint to be written as `dtype`."""
    return Planned(name, DTYPES[dtype], tuple(tensor.shape), lambda: tensor.to(dtype))


class TensorFolder:
    """The `*.safetensors` of a published folder."""

    def __init__(self, folder: Path) -> None:
        self._tensors: dict[str, Any] = {}
        self.paths = sorted(folder.glob("*.safetensors"))
        if not self.paths:
            raise Failure(f"There are no *.safetensors in {folder}.", "download that model's safetensors files")
        for path in self.paths:
            try:
                file: Any = safe_open(path, framework="pt")
            except (SafetensorError, OSError) as error:
                raise Failure(f"{path.name} in {folder} cannot be read: {error}.", f"download {path.name} again") from None
            self._tensors |= dict.fromkeys(file.keys(), file)

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._tensors))

    def read(self, name: str) -> Tensor:
        """One tensor."""
        tensor: Tensor = self._tensors[name].get_tensor(name)
        return tensor

    def planned(self, name: str, dtype: torch.dtype) -> Planned:
        """A tensor to be written as `dtype`."""
        shape = tuple(self._tensors[name].get_slice(name).get_shape())
        return Planned(name, DTYPES[dtype], shape, lambda: self.read(name).to(dtype))

    def dropped(self, what: str, names: list[str]) -> Dropped:
        """What leaving out `names` saves."""
        entries = [self._tensors[name].get_slice(name) for name in names]
        return Dropped(what, len(names), sum(prod(entry.get_shape()) * SIZES[entry.get_dtype()] for entry in entries))
