"""Safetensors files onto a GPU: through a ring of pinned buffers into one allocation a file, on a stream of its own.

What was read before the device was open is copied from memory, the rest is read straight into the pinned buffers by several threads.
Nothing is handed out before every byte is checked and on the device. With the device `cpu` the same code runs without pinning and streams.
"""

import threading
import time
from collections import deque
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any

import torch
from torch import Tensor

from function.errors import NotReady
from function.weights.plan import Piece, Plan, PlanFailed, Timings
from function.weights.tensors import Header, parse_header, view_tensors

SPARE_SLOTS = 4  # are copied while each thread fills one: a copy takes a fraction of the time of reading and hashing
STEP = 8 << 20  # bytes of a copy out of memory

Placed = dict[str, dict[str, Tensor]]


@dataclass(frozen=True, slots=True)
class _Target:
    """A file's data on the device: `data` begins with byte `start` of the file."""

    header: Header
    start: int
    data: Tensor


@dataclass(frozen=True, slots=True)
class _Part:
    """A range of a file for one buffer: a piece to be read, or bytes that are in memory already."""

    name: str
    offset: int
    size: int
    piece: Piece | None


class _Slot:
    """One buffer of the ring, and the end of the last copy out of it."""

    def __init__(self, size: int, pinned: bool) -> None:
        self.tensor = torch.empty(size, dtype=torch.uint8, pin_memory=pinned)
        self.memory = memoryview(self.tensor.numpy())  # type: ignore[arg-type]
        self.copied: torch.cuda.Event | None = torch.cuda.Event() if pinned else None  # type: ignore[no-untyped-call]


def upload(plan: Plan, names: Sequence[str], device: str, timings: Timings) -> Placed:
    """The tensors of each file. Raises `PlanFailed`, and `NotReady` where the device has too little memory."""
    left = plan.leave(lambda piece: piece.file.name in names and piece.number > 0)  # the first piece has the header
    targets = _allocate(plan, names, device)
    parts = deque(part for name in names for part in _parts(plan, name, left))
    size = max((part.size for part in parts), default=0)
    _Copying(plan, targets, parts, device, timings).run(size)
    for name in names:
        plan.forget(name)
    return {name: _views(name, target) for name, target in targets.items()}


def check_room(need: int, have: int, device: str) -> None:
    """Bytes on a device. Raises `NotReady`."""
    if need > have:
        raise NotReady(
            f"The weights need {need / 1e9:.1f} GB of device memory and {device} has {have / 1e9:.1f} GB free. "
            "Serve a smaller variant (FUNCTION_<MODEL>_VARIANT), or give the pod a larger device."
        )


def _allocate(plan: Plan, names: Sequence[str], device: str) -> dict[str, _Target]:
    headers = {name: _header(plan, name) for name in names}
    need = sum(len(plan.memory(name)) - start for name, (_, start) in headers.items())
    if device.startswith("cuda"):
        check_room(need, torch.cuda.mem_get_info(device)[0], device)
    return {
        name: _Target(header, start, torch.empty(len(plan.memory(name)) - start, dtype=torch.uint8, device=device))
        for name, (header, start) in headers.items()
    }


def _header(plan: Plan, name: str) -> tuple[Header, int]:
    content, there = plan.memory(name), plan.pieces[name][0].size
    try:
        if there < 8 + int.from_bytes(content[:8], "little") <= len(content):
            raise ValueError("its header is longer than its first chunk")
        header, start = parse_header(content)
    except ValueError as error:
        raise PlanFailed(name, error) from error
    return header, start


def _parts(plan: Plan, name: str, left: set[Piece]) -> list[_Part]:
    parts = []
    for piece in plan.pieces[name]:
        if piece in left:
            parts.append(_Part(name, piece.offset, piece.size, piece))
        else:
            end = piece.offset + piece.size
            parts += [_Part(name, at, min(STEP, end - at), None) for at in range(piece.offset, end, STEP)]
    return parts


def _views(name: str, target: _Target) -> dict[str, Tensor]:
    try:
        return view_tensors(target.header, target.data)
    except ValueError as error:
        raise PlanFailed(name, error) from error


def _side_stream(device: str) -> torch.cuda.Stream:
    """A stream that begins when all that the device was told so far is done: what it writes to may have been in use."""
    stream: torch.cuda.Stream = torch.cuda.Stream(device)  # type: ignore[no-untyped-call]
    stream.wait_stream(torch.cuda.current_stream(device))
    return stream


class _Copying:
    """Threads that take parts, fill buffers and start copies, until none is left or one fails."""

    def __init__(self, plan: Plan, targets: dict[str, _Target], parts: deque[_Part], device: str, timings: Timings) -> None:
        self._plan = plan
        self._targets = targets
        self._parts = parts
        self._timings = timings
        self._stream = _side_stream(device) if device.startswith("cuda") else None
        self._slots: SimpleQueue[_Slot] = SimpleQueue()
        self._failure: PlanFailed | None = None

    def run(self, size: int) -> None:
        """Through buffers of `size` bytes. Raises `PlanFailed`."""
        threads = [threading.Thread(target=self._work, name=f"upload {n}") for n in range(min(len(self._parts), self._plan.threads))]
        for _ in range(min(len(self._parts), len(threads) + SPARE_SLOTS)):
            self._slots.put(_Slot(size, pinned=self._stream is not None))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if self._stream:
            self._stream.synchronize()
        if self._failure:
            raise self._failure

    def _work(self) -> None:
        context: Any = torch.cuda.stream(self._stream) if self._stream else nullcontext()
        with context:
            while not self._failure:
                try:
                    part = self._parts.popleft()
                except IndexError:
                    return
                slot = self._slots.get()
                try:
                    self._copy(part, slot)
                except Exception as error:
                    self._failure = PlanFailed(part.name, error)
                self._slots.put(slot)

    def _copy(self, part: _Part, slot: _Slot) -> None:
        began = time.monotonic()
        if slot.copied:
            slot.copied.synchronize()
        if part.piece:
            self._plan.fetch(part.piece, slot.memory[: part.size])
            began = time.monotonic()
        else:
            there = self._plan.memory(part.name)[part.offset : part.offset + part.size]
            slot.tensor[: part.size].copy_(torch.frombuffer(there, dtype=torch.uint8))
        target = self._targets[part.name]
        skipped = min(max(target.start - part.offset, 0), part.size)  # the header stays behind
        at = part.offset + skipped - target.start
        target.data[at : at + part.size - skipped].copy_(slot.tensor[skipped : part.size], non_blocking=True)
        if slot.copied:
            slot.copied.record(self._stream)
        self._timings.note("copy", began)
