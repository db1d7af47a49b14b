"""A torch network of six million parameters: numbers in, numbers out."""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor
from torch.nn import functional


@torch.inference_mode()
def forward(tensors: Mapping[str, Tensor], numbers: Sequence[float]) -> list[float]:
    """One number for each. `tensors`: `0.weight`, `0.bias`, `1.weight` and so on, float32."""
    first = tensors["0.weight"]
    x = torch.tensor(numbers, dtype=first.dtype, device=first.device)[:, None].expand(-1, first.shape[1])
    for layer in range(len(tensors) // 2):
        x = functional.gelu(functional.linear(x, tensors[f"{layer}.weight"], tensors[f"{layer}.bias"]))
    means: list[float] = x.mean(1).tolist()
    return means
