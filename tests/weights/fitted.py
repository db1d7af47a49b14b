"""A model with tensors of known names and shapes."""

from typing import Any

import torch
from torch import nn

from function.models.motion.loading import fill
from function.weights.weights import Weights
from tests.engine.models import Echo

LAYERS = 7


def layers() -> nn.Module:
    """Weights and biases named `0.weight`, `0.bias` and so on."""
    return nn.Sequential(*(nn.Linear(3, 3) for _ in range(LAYERS)))


class Fitted(Echo):
    """Takes its weights as the motion model does."""

    name = "fitted"
    route = "/fitted"
    variants: Any = ("tiny", "large")

    def load(self, weights: Weights | None, device: str) -> None:
        assert weights is not None
        with torch.device("meta"):
            module = layers()
        fill(module, weights.tensors("model.safetensors", device), f"network of {weights.model} {weights.variant}")
