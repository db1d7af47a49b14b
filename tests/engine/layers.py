"""Test models with torch modules, which note what of all of them was on the device when they ran."""

import threading
from collections.abc import Collection, Sequence
from typing import Any, ClassVar

import torch

from function.models.model import Progress
from function.models.parts import HOST, Part, part_of
from function.weights.weights import Weights
from tests.engine.models import Echo, Echoed, Text

WIDTH = 64
BYTES = 4 * WIDTH * WIDTH


class Layer(Echo):
    """One matrix that adds `shift` to a number; its part knows where it is by itself."""

    shift: ClassVar[int] = 0
    here: ClassVar[set[str]] = set()
    most: ClassVar[list[int]] = []
    order: ClassVar[list[str]] = []
    threads: ClassVar[set[str]] = set()

    def load(self, weights: Weights | None, device: str) -> None:
        self.linear = torch.nn.Linear(WIDTH, WIDTH, bias=False)
        torch.nn.init.constant_(self.linear.weight, self.shift / WIDTH)
        Layer.here.add(self.name)

    def parts(self) -> list[Part]:
        (part,) = super().parts()
        return [Watched(self.name, part)]

    def predict(self, batch: Sequence[Text], progress: Progress) -> Sequence[Any]:
        Layer.most.append(len(Layer.here))
        assert self.name in Layer.here
        with torch.inference_mode():
            added = self.linear(torch.ones(WIDTH))[0]
        return [Echoed(text=str(int(item.text) + round(added.item()))) for item in batch]


class Watched(Part):
    """A part whose moves are written down."""

    def __init__(self, owner: str, part: Part) -> None:
        super().__init__(part.name, part._tensors)
        self.owner = owner

    def move(self, to: str) -> None:
        super().move(to)
        Layer.threads.add(threading.current_thread().name)
        if to == HOST:
            Layer.here.discard(self.owner)
            Layer.order.append(self.owner)
        else:
            Layer.here.add(self.owner)


class One(Layer):
    name, route, shift = "one", "/one", 1


class Two(Layer):
    name, route, shift = "two", "/two", 2


class Three(Layer):
    name, route, shift = "three", "/three", 3


class Halves(Echo):
    """Two parts, of which a batch may need one alone."""

    name = "halves"
    route = "/halves"

    def load(self, weights: Weights | None, device: str) -> None:
        self.left, self.right = torch.nn.Linear(WIDTH, WIDTH, bias=False), torch.nn.Linear(WIDTH, WIDTH, bias=False)

    def parts(self) -> list[Part]:
        return [part_of("left", [self.left]), part_of("right", [self.right])]

    def needs(self, batch: Sequence[Text]) -> Collection[str]:
        return {item.text for item in batch} & {"left", "right"}
