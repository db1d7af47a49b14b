"""Parts of a model that may leave the device between batches, each moved as one piece of memory. Knows no budget."""

import sys
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor

HOST = "host"
ALIGNMENT = 256  # bytes, as device allocations have it


class Part:
    """Tensors that are on the device or on the host together. `moved` is called after each move, for what holds their addresses.

    The host's copy, page-locked where there is a GPU, is kept once made, so that leaving the device again costs nothing and coming back is
    one transfer. Tensors that were changed in place meanwhile are copied anew.
    """

    def __init__(self, name: str, tensors: "Iterable[Tensor]", moved: Callable[[], None] = lambda: None) -> None:
        self.name = name
        every = {id(tensor): tensor for tensor in tensors}.values()
        on_gpu = any(tensor.is_cuda for tensor in every)
        self._tensors = [tensor for tensor in every if tensor.is_cuda == on_gpu]  # what is on the host for good stays there
        self._moved = moved
        self._host: Tensor | None = None
        self._versions: list[int | None] = []

    @property
    def size(self) -> int:
        """Bytes on the device."""
        return sum(map(_room, self._tensors))

    def move(self, to: str) -> None:
        """To `HOST` or to a device ("cuda", "cuda:1", "cpu"). Whoever computes with the tensors must have ended."""
        on_gpu = any(tensor.is_cuda for tensor in self._tensors)
        if to == HOST:
            self._leave(on_gpu)
        else:
            assert self._host is not None
            self._place(self._host.to(to, non_blocking=True, copy=True))
            self._versions = self._seen()
        self._moved()
        if on_gpu:
            _free()

    def _leave(self, pinned: bool) -> None:
        import torch

        if self._host is None:
            self._host = torch.empty(self.size, dtype=torch.uint8, pin_memory=pinned)
        if None in self._versions or self._versions != self._seen():
            for tensor, copy in zip(self._tensors, self._views(self._host), strict=True):
                copy.copy_(tensor)
        self._place(self._host)

    def _seen(self) -> list[int | None]:
        return [_version(tensor) for tensor in self._tensors]

    def _place(self, memory: "Tensor") -> None:
        for tensor, view in zip(self._tensors, self._views(memory), strict=True):
            tensor.data = view

    def _views(self, memory: "Tensor") -> "Iterator[Tensor]":
        start = 0
        for tensor in self._tensors:
            yield memory[start : start + tensor.nbytes].view(tensor.dtype).view(tensor.shape)
            start += _room(tensor)


def part_of(name: str, modules: Iterable[Any], moved: Callable[[], None] = lambda: None) -> Part:
    """All parameters and buffers of torch modules."""
    return Part(name, [tensor for module in modules for tensor in (*module.parameters(), *module.buffers())], moved)


def attributes_of(model: object) -> list[Part]:
    """The torch modules and tensors among an object's attributes as one part; none where there are none."""
    torch = sys.modules.get("torch")
    if torch is None:
        return []
    values = vars(model).values()
    modules = part_of("weights", (value for value in values if isinstance(value, torch.nn.Module)))
    part = Part("weights", [*modules._tensors, *(value for value in values if isinstance(value, torch.Tensor))])
    return [part] if part.size else []


def _version(tensor: "Tensor") -> int | None:
    """How often it was changed in place; None for one made in inference mode, which does not count."""
    try:
        return tensor._version
    except RuntimeError:
        return None


def _free() -> None:
    import torch

    torch.cuda.empty_cache()


def _room(tensor: "Tensor") -> int:
    return -(-tensor.nbytes // ALIGNMENT) * ALIGNMENT
