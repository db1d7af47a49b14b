"""The small parts that blocks and encoders are made of; parameter names are the published ones."""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

EPS = 1e-6


def sinusoid(t: Tensor, width: int, factor: float = 1.0) -> Tensor:
    """Embed times (...,) as (..., width) float32, cosines first: angle_i = t * factor * 10000^(-2i / width)."""
    half = width // 2
    rate = torch.exp(torch.arange(half, device=t.device, dtype=torch.float32) * (-math.log(10000.0) / half))
    angle = (t.to(torch.float32) * factor)[..., None] * rate
    return torch.cat((angle.cos(), angle.sin()), dim=-1)


class Linear(nn.Linear):
    """A linear that rounds what it multiplies to its weights' type; its output has that type too."""

    def forward(self, input: Tensor) -> Tensor:
        """(..., inputs) to (..., outputs)."""
        return functional.linear(input.to(self.weight.dtype), self.weight, self.bias)


def modulate(x: Tensor, shift: Tensor, scale: Tensor) -> Tensor:
    """Layer norm without weights, then x * (1 + scale) + shift."""
    return torch.addcmul(shift, functional.layer_norm(x, x.shape[-1:], eps=EPS), 1 + scale)


class TimestepEncoder(nn.Module):
    """Flow time in 0..1 to a feature: sinusoid of t * factor, linear, SiLU, linear."""

    def __init__(self, width: int, factor: float) -> None:
        super().__init__()
        self.width, self.factor = width, factor
        self.blocks = nn.Sequential(Linear(width, width), nn.SiLU(), Linear(width, width))

    def forward(self, t: Tensor) -> Tensor:
        """(...,) to (..., width)."""
        encoded: Tensor = self.blocks(sinusoid(t, self.width, self.factor))
        return encoded


class VectorEncoder(nn.Module):
    """Linear, SiLU, linear."""

    def __init__(self, inputs: int, width: int) -> None:
        super().__init__()
        self.linears = nn.Sequential(Linear(inputs, width), nn.SiLU(), Linear(width, width))

    def forward(self, x: Tensor) -> Tensor:
        """(..., inputs) to (..., width)."""
        encoded: Tensor = self.linears(x)
        return encoded


class Modulation(nn.Module):
    """The condition to `parts` chunks of shifts, scales and gates: linear(SiLU(condition)), in float32 whatever the weights' type."""

    def __init__(self, width: int, parts: int) -> None:
        super().__init__()
        self.linear = nn.Linear(width, parts * width)

    def forward(self, condition: Tensor) -> Tensor:
        """(..., width) to (..., parts * width)."""
        return functional.linear(functional.silu(condition), self.linear.weight.float(), self.linear.bias.float())


class Mlp(nn.Module):
    """Two linears; tanh-GELU between them, or SiLU."""

    def __init__(self, width: int, hidden: int, silu: bool = False) -> None:
        super().__init__()
        self.silu = silu
        self.fc1 = Linear(width, hidden)
        self.fc2 = Linear(hidden, width)

    def forward(self, x: Tensor) -> Tensor:
        """(..., width) to (..., width)."""
        hidden = self.fc1(x)
        out: Tensor = self.fc2(functional.silu(hidden) if self.silu else functional.gelu(hidden, approximate="tanh"))
        return out


class FinalLayer(nn.Module):
    """Modulated norm, then a linear to the motion features."""

    def __init__(self, width: int, outputs: int) -> None:
        super().__init__()
        self.adaLN_modulation = Modulation(width, 2)
        self.linear = Linear(width, outputs)

    def forward(self, x: Tensor, modulation: Tensor) -> Tensor:
        """(R, L, width) and (R, 1, 2 * width) to (R, L, outputs)."""
        shift, scale = modulation.chunk(2, dim=-1)
        out: Tensor = self.linear(modulate(x, shift, scale))
        return out
