"""One Euler step of a batch as a function of tensors that stay where they are, and the plain way to run it.

Shapes: B items, R rows (B, or 2 * B with guidance, the unconditional ones first), L frames, N text tokens, K blocks, H heads, M numbers
of all modulations.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from function.models.motion.attention import Mask, cut_band
from function.models.motion.conditioning import Conditioning, split_step
from function.models.motion.network import MotionTransformer
from function.models.motion.rope import Rotation

CONSTANTS = 4
BAND_FRAMES = 200  # on a CPU, cutting the band into pieces is faster from here on


@dataclass(frozen=True, slots=True)
class Shape:
    """What decides the shapes of all tensors of a step."""

    items: int
    frames: int
    tokens: int
    guided: bool

    @property
    def rows(self) -> int:
        """Rows of the forward pass."""
        return 2 * self.items if self.guided else self.items


@dataclass(frozen=True, slots=True)
class State:
    """What a step reads, and `x`, which it advances. The caller writes `modulation`, `memory` and `delta` before each step."""

    x: Tensor
    """(B, L, features) float32."""
    modulation: Tensor
    """(R, M) float32."""
    memory: Tensor
    """(R, K, 2, H, N, head_dim) in the network's type."""
    delta: Tensor
    """(), length of the step."""
    scale: Tensor
    """(B, 1, 1) guidance; not read without guidance."""
    mask: Mask
    by: Rotation

    @property
    def shape(self) -> Shape:
        """Its shape."""
        items, frames = self.x.shape[:2]
        return Shape(items, frames, self.memory.shape[-2], len(self.memory) > items)


def empty_state(network: MotionTransformer, shape: Shape, device: torch.device) -> State:
    """A state of no content, its mask over all frames and tokens of each row."""
    config, rows = network.config, shape.rows
    memory = (rows, config.num_layers, 2, config.num_heads, shape.tokens, config.head_dim)
    return State(
        x=torch.empty(shape.items, shape.frames, config.input_dim, device=device),
        modulation=torch.empty(rows, sum(network.modulation_widths), device=device),
        memory=torch.empty(memory, dtype=network.dtype, device=device),
        delta=torch.empty((), device=device),
        scale=torch.empty(shape.items, 1, 1, device=device),
        mask=torch.empty(rows, 1, shape.frames, shape.frames + shape.tokens, dtype=network.dtype, device=device),
        by=network.motion_rotation(shape.frames, device),
    )


def advance(network: MotionTransformer, state: State) -> None:
    """x <- x + delta * v, with classifier-free guidance v = u + scale * (c - u) where the state has unconditional rows."""
    guided = state.shape.guided
    step = split_step(state.modulation, state.memory, network.modulation_widths)
    velocity = network.velocity(state.x.repeat(2, 1, 1) if guided else state.x, step, state.by, state.mask)
    if guided:
        unconditional, conditional = velocity.chunk(2)
        velocity = torch.lerp(unconditional, conditional, state.scale)
    state.x.addcmul_(velocity, state.delta)


class Eager:
    """Runs steps of any shape as they come. Lives as long as the network and keeps what depends on nothing else."""

    def __init__(self, network: MotionTransformer) -> None:
        self.network = network
        self._constants: dict[Hashable, Conditioning] = {}

    def warm(self) -> None:
        """Get ready for the shapes that will come."""

    def clear(self) -> None:
        """Forget all that is where the network's weights were, for these move."""
        self._constants.clear()

    def constant(self, times: Hashable, make: Callable[[], Conditioning]) -> Conditioning:
        """The conditioning of the null prompt at some times, made when first asked for; the latest few are kept."""
        if times not in self._constants:
            if len(self._constants) == CONSTANTS:
                del self._constants[next(iter(self._constants))]
            self._constants[times] = make()
        return self._constants[times]

    def tokens(self, tokens: int) -> int:
        """How many tokens to make room for."""
        return tokens

    def fit(self, shape: Shape) -> Shape:
        """The shape to pad a batch to."""
        return shape

    def place(self, shape: Shape, x: Tensor, scale: Tensor, mask: Tensor) -> State:
        """A state of that shape in the memory that `run` works on; `mask` may have one row for all."""
        config = self.network.config
        cut = config.mask_mode == "narrowband" and x.device.type == "cpu" and shape.frames >= BAND_FRAMES
        state = empty_state(self.network, shape, x.device)
        return replace(state, x=x, scale=scale, mask=cut_band(mask, config.half_window) if cut else mask)

    def run(self, state: State) -> None:
        """One step."""
        advance(self.network, state)
