"""A test model with weights."""

from collections.abc import Sequence
from typing import Any

import torch

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


class Hungry(Echo):
    """Wants more memory than its device has, and is told so as torch tells it."""

    name = "hungry"
    route = "/hungry"

    def load(self, weights: Weights | None, device: str) -> None:
        raise torch.OutOfMemoryError(
            "CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 15.00 GiB of which 1.00 GiB is free. "
            "Including non-PyTorch memory, this process has 14.00 GiB memory in use."
        )
