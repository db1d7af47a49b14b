"""A safetensors file in memory as torch tensors without copying: views on the CPU, one transfer to a GPU.

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


def parse_tensors(content: memoryview, device: str) -> dict[str, torch.Tensor]:
    """Tensors by name on `device`. They share memory with `content` on the CPU, with each other on a GPU. Raises `ValueError`."""
    header, start = _header(content)
    data = torch.frombuffer(content, dtype=torch.uint8, offset=start) if len(content) > start else torch.empty(0, dtype=torch.uint8)
    if device != "cpu":
        data = data.pin_memory().to(device, non_blocking=True)
    return {name: _tensor(name, entry, data) for name, entry in header.items() if name != "__metadata__"}


def _header(content: memoryview) -> tuple[dict[str, Any], int]:
    start = 8 + int.from_bytes(content[:8], "little")
    try:
        if len(content) < start:
            raise ValueError
        header = json.loads(bytes(content[8:start]))
    except ValueError:
        raise ValueError(_other_format(content)) from None
    if not isinstance(header, dict):
        raise ValueError(_other_format(content))
    return header, start


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
