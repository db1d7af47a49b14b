"""Plug-in models that the benches serve. torch is imported only by the one that computes."""

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pydantic import BaseModel

from function.models.model import Model, Progress, StrictModel
from function.weights.weights import Weights

if TYPE_CHECKING:
    from torch import Tensor

FIXED_S, ITEM_S = 0.020, 0.0005


class Text(StrictModel):
    """A text."""

    text: str


class Said(BaseModel):
    """The same text."""

    text: str


class Echo(Model):
    """Says what it was told."""

    name = "echo"
    route = "/echo"
    Input = Text
    Facts = Said

    def predict(self, batch: Sequence[Text], progress: Progress) -> Sequence[Said]:  # noqa: ARG002
        """At once."""
        return [Said(text=item.text) for item in batch]


class StandIn(Echo):
    """Takes as long as a batch on a device might: 20 ms and half a millisecond an item, in batches of 16."""

    name = "standin"
    route = "/standin"

    def predict(self, batch: Sequence[Text], progress: Progress) -> Sequence[Said]:
        """After a while."""
        time.sleep(FIXED_S + ITEM_S * len(batch))
        return super().predict(batch, progress)


class Number(StrictModel):
    """A number."""

    number: float


class Found(BaseModel):
    """What the network made of it."""

    number: float


class Mlp(Model):
    """Six million parameters in torch."""

    name = "mlp"
    route = "/mlp"
    Input = Number
    Facts = Found

    _tensors: "dict[str, Tensor]"

    def load(self, weights: Weights | None, device: str) -> None:
        """The tensors as they are."""
        assert weights is not None
        self._tensors = weights.tensors("model.safetensors", device)

    def warmup(self) -> None:
        """Once."""
        self._run([Number(number=1.0)])

    def predict(self, batch: Sequence[Number], progress: Progress) -> Sequence[Found]:  # noqa: ARG002
        """One forward pass."""
        return self._run(batch)

    def _run(self, batch: Sequence[Number]) -> list[Found]:
        from benchmarks.network import forward

        return [Found(number=number) for number in forward(self._tensors, [item.number for item in batch])]
