"""A test model with weights."""

from collections.abc import Sequence
from typing import Any

from function.models.model import Progress
from function.weights.weights import Weights
from tests.engine.models import Echo, Echoed, Text


class Multiplier(Echo):
    """Multiplies by the sum of a tensor."""

    name = "multiplier"
    route = "/multiply"
    variants = ("tiny", "large")

    def load(self, weights: Weights | None, device: str) -> None:
        assert weights is not None
        self.factor = weights.tensors("model.safetensors", device)["weight"].sum()

    def predict(self, batch: Sequence[Text], progress: Progress) -> Sequence[Any]:
        return [Echoed(text=str(float(item.text) * self.factor.item() / 3)) for item in batch]
