"""Tensors in safetensors files of a bounded size, written one tensor after the other. Knows no model and no checkpoint.

Format: 8 bytes little-endian length, a JSON header of that length, then the data (https://github.com/huggingface/safetensors).
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

SIZES = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "F8_E4M3": 1, "F8_E5M2": 1, "I64": 8, "I32": 4, "I16": 2, "I8": 1, "U8": 1, "BOOL": 1}


@dataclass(frozen=True, slots=True)
class Planned:
    """A tensor that will be written. `read` makes it, in the type that `dtype` names, when its turn comes."""

    name: str
    dtype: str
    shape: tuple[int, ...]
    read: "Callable[[], Tensor]"

    @property
    def size(self) -> int:
        """Bytes."""
        return prod(self.shape) * SIZES[self.dtype]


@dataclass(frozen=True, slots=True)
class Shard:
    """One file to be."""

    name: str
    tensors: tuple[Planned, ...]

    @property
    def size(self) -> int:
        """Bytes of the whole file."""
        return len(_header(self.tensors)) + sum(tensor.size for tensor in self.tensors)


def cut(stem: str, tensors: Sequence[Planned], limit: int) -> list[Shard]:
    """Files of at most `limit` bytes of data, or of one larger tensor: `stem.safetensors`, or `stem-00001-of-00003.safetensors`."""
    groups: list[list[Planned]] = []
    room = 0
    for tensor in tensors:
        if not groups or tensor.size > room:
            groups.append([])
            room = limit
        groups[-1].append(tensor)
        room -= tensor.size
    count = len(groups)
    names = [f"{stem}-{at:05}-of-{count:05}.safetensors" for at in range(1, count + 1)] if count > 1 else [f"{stem}.safetensors"]
    # Wide types first, so that each tensor begins at a multiple of its own width.
    return [Shard(name, tuple(sorted(group, key=lambda one: -SIZES[one.dtype]))) for name, group in zip(names, groups, strict=True)]


def write(folder: Path, shard: Shard, advance: Callable[[int], None]) -> str:
    """Write a shard; it is there under its name only when it is whole. Returns its SHA-256; calls `advance` with bytes done."""
    path = folder / shard.name
    partial = path.with_suffix(".partial")
    digest = hashlib.sha256()
    with partial.open("wb") as file:
        for piece in _pieces(shard):
            file.write(piece)
            digest.update(piece)
            advance(len(piece))
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
    return digest.hexdigest()


def _pieces(shard: Shard) -> Iterator[memoryview]:
    import torch

    yield memoryview(_header(shard.tensors))
    for planned in shard.tensors:
        tensor = planned.read().contiguous()
        assert (tensor.shape, tensor.nbytes) == (planned.shape, planned.size), planned.name
        yield tensor.reshape(-1).view(torch.uint8).numpy().data


def _header(tensors: Sequence[Planned]) -> bytes:
    entries, at = {}, 0
    for tensor in tensors:
        entries[tensor.name] = {"dtype": tensor.dtype, "shape": tensor.shape, "data_offsets": (at, at + tensor.size)}
        at += tensor.size
    text = json.dumps(entries, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text
