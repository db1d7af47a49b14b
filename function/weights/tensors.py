"""A safetensors file as torch tensors without copying: views of its data, wherever they are.

Format: 8 bytes little-endian length, a JSON header of that length, then the data (https://github.com/huggingface/safetensors).
"""

import json
from math import prod
from typing import Any

import torch

DTYPES = {
    "F64": torch.float64,
    "F32": torch.float32,
    "F16": torch.float16,
    "BF16": torch.bfloat16,
    "F8_E4M3": torch.float8_e4m3fn,
    "F8_E5M2": torch.float8_e5m2,
    "I64": torch.int64,
    "I32": torch.int32,
    "I16": torch.int16,
    "I8": torch.int8,
    "U8": torch.uint8,
    "BOOL": torch.bool,
}

Header = dict[str, Any]


def parse_tensors(content: memoryview) -> dict[str, torch.Tensor]:
    """Tensors by name that share memory with the content of a whole file. Raises `ValueError`."""
    header, start = parse_header(content)
    data = torch.frombuffer(content, dtype=torch.uint8, offset=start) if len(content) > start else torch.empty(0, dtype=torch.uint8)
    return view_tensors(header, data)


def parse_header(content: memoryview) -> tuple[Header, int]:
    """What the beginning of a file says about each tensor, and where the data begin. Raises `ValueError`."""
    start = 8 + int.from_bytes(content[:8], "little")
    try:
        if len(content) < start:
            raise ValueError
        header = json.loads(bytes(content[8:start]))
    except ValueError:
        raise ValueError(_other_format(content)) from None
    if not isinstance(header, dict):
        raise ValueError(_other_format(content))
    header.pop("__metadata__", None)
    return header, start


def view_tensors(header: Header, data: torch.Tensor) -> dict[str, torch.Tensor]:
    """Tensors by name as views of a file's data (uint8, on any device). Raises `ValueError`."""
    return {name: _tensor(name, entry, data) for name, entry in header.items()}


def _other_format(content: memoryview) -> str:
    if bytes(content[:2]) == b"PK" or bytes(content[:1]) == b"\x80":
        return "it is a pickle, which can run code when it is loaded, not safetensors"
    return "it is not a safetensors file"


def _tensor(name: str, entry: dict[str, Any], data: torch.Tensor) -> torch.Tensor:
    try:
        dtype, shape, (begin, end) = DTYPES[entry["dtype"]], entry["shape"], entry["data_offsets"]
    except (KeyError, TypeError, ValueError):
        raise ValueError(f"its header does not describe {name} in a known way") from None
    if not 0 <= begin <= end <= len(data) or end - begin != prod(shape) * dtype.itemsize:
        raise ValueError(f"its header gives {name} a place that does not fit its shape")
    part = data[begin:end]
    if part.data_ptr() % dtype.itemsize or part.storage_offset() % dtype.itemsize:
        part = part.clone()
    return part.view(dtype).reshape(shape)
