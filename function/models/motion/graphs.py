"""Sampler steps in a few fixed shapes, on a GPU captured as CUDA graphs: one launch instead of some five hundred.

All shapes share their inputs' memory and one pool, since one step runs at a time. Elsewhere than on a GPU the same bookkeeping runs the
steps eagerly. Knows no prompt and no noise.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any

import torch
from torch import Tensor

from function.models.motion.network import MotionTransformer
from function.models.motion.stepping import Eager, Shape, State, advance, empty_state

FRAMES = (64, 120, 152, 184, 240, 304, 360)  # multiples of 8, as fused attention wants the rows of a mask
ITEMS = (1, 2, 4, 8)
TOKENS = (32, 128)
LARGEST = 1472  # items * frames; with more a step's work is longer than its launches
AHEAD = 2
"""Steps that may be launched before the device has done them, so that progress and cancellation mean something."""


def shapes(frames: int, tokens: int) -> list[Shape]:
    """The shapes to capture for a model whose requests have up to so many frames and text tokens. All are guided."""
    lengths, texts = _enough(FRAMES, frames), _enough(TOKENS, tokens)
    return [Shape(items, length, text, True) for text in texts for items in ITEMS for length in lengths if items * length <= LARGEST]


def _enough(sizes: Sequence[int], most: int) -> list[int]:
    """The sizes up to the first that holds `most`."""
    return [size for size, smaller in zip(sizes, (0, *sizes), strict=False) if smaller < most]


class Graphs(Eager):
    """Pads what fits to one of `shapes`; anything else runs as it is. `device` is where the network is."""

    def __init__(self, network: MotionTransformer, device: torch.device, shapes: Iterable[Shape]) -> None:
        super().__init__(network)
        self.shapes = sorted(shapes, key=lambda shape: (shape.tokens, shape.items * shape.frames, shape.items))
        self._device = device
        self._inputs: dict[str, Tensor] = {}
        self._states: dict[Shape, State] = {}
        self._captured: dict[Shape, torch.cuda.CUDAGraph] = {}
        self._pool: Any = None
        self._launched: deque[torch.cuda.Event] = deque()

    @torch.inference_mode()
    def warm(self) -> None:
        """Make every shape ready to run, the largest first."""
        for shape in reversed(self.shapes):
            self._ready(shape)

    def clear(self) -> None:
        """A shape is made ready again when it is next used."""
        super().clear()
        for known in (self._captured, self._states, self._inputs):
            known.clear()
        self._pool = None

    def tokens(self, tokens: int) -> int:
        return min((shape.tokens for shape in self.shapes if shape.tokens >= tokens), default=tokens)

    def fit(self, shape: Shape) -> Shape:
        """The smallest one with room."""
        return next((known for known in self.shapes if _holds(known, shape)), shape)

    def place(self, shape: Shape, x: Tensor, scale: Tensor, mask: Tensor) -> State:
        if shape not in self.shapes:
            return super().place(shape, x, scale, mask)
        state = self._ready(shape)
        assert isinstance(state.mask, Tensor)
        for static, value in ((state.x, x), (state.scale, scale), (state.mask, mask)):
            static.copy_(value)
        return state

    def run(self, state: State) -> None:
        if graph := self._captured.get(state.shape):
            graph.replay()
        else:
            advance(self.network, state)
        if self._device.type == "cuda":
            self._keep_pace()

    def _ready(self, shape: Shape) -> State:
        if not self._inputs:
            self._inputs = self._allocate()
        if shape not in self._states:
            self._states[shape] = self._view(shape)
        if self._device.type == "cuda" and shape not in self._captured:
            self._captured[shape] = self._capture(self._states[shape])
        return self._states[shape]

    def _allocate(self) -> dict[str, Tensor]:
        """For each input a flat piece of memory, large enough for any shape."""
        outlines = [self._outline(shape) for shape in self.shapes]
        most = {name: max((state[name] for state in outlines), key=Tensor.numel) for name in outlines[0]}
        return {name: torch.zeros(part.numel(), dtype=part.dtype, device=self._device) for name, part in most.items()}

    def _view(self, shape: Shape) -> State:
        """The shape's inputs, each at the beginning of its piece."""
        views = {name: self._inputs[name][: part.numel()].view(part.shape) for name, part in self._outline(shape).items()}
        return State(**views, by=self.network.motion_rotation(shape.frames, self._device))

    def _outline(self, shape: Shape) -> dict[str, Tensor]:
        """Shape and type of each input, without memory."""
        state = empty_state(self.network, shape, torch.device("meta"))
        return {field.name: getattr(state, field.name) for field in fields(State) if field.name != "by"}

    def _capture(self, state: State) -> torch.cuda.CUDAGraph:
        """Record one step. The run before it, on a side stream, makes the libraries allocate what they need."""
        self._pool = self._pool or torch.cuda.graph_pool_handle()
        current, side = torch.cuda.current_stream(self._device), torch.cuda.Stream(self._device)  # type: ignore[no-untyped-call]
        side.wait_stream(current)
        with torch.cuda.stream(side):
            advance(self.network, state)
        current.wait_stream(side)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph, pool=self._pool, capture_error_mode="thread_local"):
            advance(self.network, state)
        return graph

    def _keep_pace(self) -> None:
        """Wait for the device where it is too far behind."""
        event = torch.cuda.Event()  # type: ignore[no-untyped-call]
        event.record(torch.cuda.current_stream(self._device))
        self._launched.append(event)
        if len(self._launched) > AHEAD:
            self._launched.popleft().synchronize()


def _holds(known: Shape, shape: Shape) -> bool:
    room = known.items >= shape.items and known.frames >= shape.frames and known.tokens >= shape.tokens
    return room and known.guided == shape.guided
