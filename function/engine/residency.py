"""Which models' parts are on the device and which wait on the host, so that weights stay within a budget. Knows no model by name.

All moves happen on the lane, between batches; anybody may read `places`.
"""

import logging
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from function.errors import NotReady
from function.models.model import Model
from function.models.parts import HOST, Part

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Place:
    """A part of a model: where it is (a device's name, or `HOST`), and how many bytes of the device it takes when it is there."""

    model: str
    part: str
    where: str
    size: int


@dataclass(slots=True, eq=False)
class _Resident:
    part: Part
    place: Place
    used: int = 0


class Residency:
    """Keeps the parts of models within `budget` bytes of a device; 0 is no bound. The part that was used least recently leaves first."""

    def __init__(self, budget: int) -> None:
        self.budget = budget
        self._device = ""
        self._parts: dict[str, list[_Resident]] = {}
        self._turn = 0

    def places(self, model: str) -> list[Place]:
        """Where the parts of a model are; empty before it is admitted."""
        return [resident.place for resident in self._parts.get(model, ())]

    def make_room(self, size: int) -> None:
        """Before so many bytes are put on the device."""
        self._evict(size, ())

    def admit(self, model: Model, device: str) -> None:
        """A model that has just been loaded, on the device. Raises `NotReady` when it is too large."""
        self._device = device
        parts = model.parts()
        size = sum(part.size for part in parts)
        if self.budget and size > self.budget:
            raise NotReady(
                f"{model.name} needs {_amount(size)} of device memory, but FUNCTION_DEVICE_MEMORY allows {_amount(self.budget)}. "
                "Raise it, or serve a smaller variant."
            )
        self.make_room(size)
        self._parts[model.name] = [_Resident(part, Place(model.name, part.name, device, part.size)) for part in parts]
        self._touch(self._parts[model.name])

    def use(self, model: Model, batch: Sequence[Any]) -> None:
        """Bring what a batch needs onto the device."""
        if not self.budget:
            return
        names = model.needs(batch)
        needed = [one for one in self._parts.get(model.name, ()) if names is None or one.place.part in names]
        absent = [one for one in needed if one.place.where == HOST]
        self._evict(sum(one.place.size for one in absent), needed)
        for one in absent:
            self._move(one, self._device)
        self._touch(needed)

    def _evict(self, size: int, keep: Collection[_Resident]) -> None:
        """Move parts to the host until `size` more bytes fit."""
        if not self.budget:
            return
        here = [one for parts in self._parts.values() for one in parts if one.place.where != HOST]
        free = self.budget - sum(one.place.size for one in here)
        for one in sorted(here, key=lambda one: one.used):
            if free >= size:
                return
            if one not in keep:
                self._move(one, HOST)
                free += one.place.size

    def _move(self, one: _Resident, to: str) -> None:
        begun = time.monotonic()
        one.part.move(to)
        one.place.where = to
        log.info("%s of %s moved to %s in %.3f s", one.place.part, one.place.model, to, time.monotonic() - begun)

    def _touch(self, parts: Sequence[_Resident]) -> None:
        self._turn += 1
        for one in parts:
            one.used = self._turn


def _amount(size: int) -> str:
    return f"{size / (1 << 30):.1f} GiB" if size >= 1 << 30 else f"{size / (1 << 20):.1f} MiB"
