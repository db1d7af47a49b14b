"""Readings of NVIDIA devices through NVML, where its Python binding and the driver are there; otherwise nothing."""

import functools
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Gpu:
    """One device now: bytes of memory, part of the time (0 to 1) in which a kernel ran."""

    name: str
    memory_used: float
    memory_total: float
    busy: float


@functools.cache
def _nvml() -> Any | None:
    try:
        import pynvml

        pynvml.nvmlInit()
    except Exception:
        return None
    return pynvml


def read_gpus() -> list[Gpu]:
    """All devices that NVML shows; empty without NVML or when the driver does not answer."""
    nvml = _nvml()
    if nvml is None:
        return []
    try:
        return [_read(nvml, index) for index in range(nvml.nvmlDeviceGetCount())]
    except nvml.NVMLError:
        return []


def _read(nvml: Any, index: int) -> Gpu:
    handle = nvml.nvmlDeviceGetHandleByIndex(index)
    memory = nvml.nvmlDeviceGetMemoryInfo(handle)
    busy = nvml.nvmlDeviceGetUtilizationRates(handle).gpu
    return Gpu(str(index), float(memory.used), float(memory.total), busy / 100)
