"""Steps in fixed shapes: what is padded changes nothing, what fits nowhere runs as it is, and every shape that is served was warmed up."""

from itertools import product

import pytest
import torch
from torch import Tensor

from function.models.motion.graphs import FRAMES, LARGEST, Graphs, shapes
from function.models.motion.network import MotionNetwork
from function.models.motion.sampler import Items, sample
from function.models.motion.stepping import Shape, State
from tests.models.motion.small import small_items, small_network

SHAPES = [Shape(items, frames, tokens, True) for items, frames, tokens in product((1, 2, 4), (48, 96), (8, 16))]


class Noting(Graphs):
    """Notes the shapes that it makes ready and those that run."""

    def __init__(self, network: MotionNetwork) -> None:
        super().__init__(network.motion_transformer, torch.device("cpu"), SHAPES)
        self.made: list[Shape] = []
        self.ran: list[Shape] = []

    def run(self, state: State) -> None:
        self.ran.append(state.shape)
        super().run(state)

    def _view(self, shape: Shape) -> State:
        self.made.append(shape)
        return super()._view(shape)


def worst(items: Items, one: Tensor, other: Tensor) -> float:
    """The largest difference in a valid frame, to the largest value."""
    differences = [(one[i, :length] - other[i, :length]).abs().max() for i, length in enumerate(items.length)]
    return float(torch.stack(differences).max() / one.abs().max())


@pytest.mark.parametrize("null_context", [True, False])
@pytest.mark.parametrize(
    ("lengths", "guidance", "ran"),
    [
        ([40], [5.0], Shape(1, 48, 8, True)),
        ([48, 21], [5.0, 2.0], Shape(2, 48, 8, True)),
        ([40, 25, 33], [5.0, 1.0, 2.5], Shape(4, 48, 8, True)),
        ([96, 25], [5.0, 5.0], Shape(2, 96, 8, True)),
    ],
)
def test_padding_to_a_fixed_shape_changes_no_valid_frame(lengths: list[int], guidance: list[float], ran: Shape, null_context: bool) -> None:
    network, items = small_network(), small_items(lengths, guidance)
    runner = Noting(network)
    padded = sample(network, items, 4, null_context, runner=runner)
    assert {*runner.ran} == {ran}
    assert worst(items, sample(network, items, 4, null_context), padded) < 1e-6


def test_what_an_earlier_batch_left_in_the_shared_memory_does_no_harm() -> None:
    network = small_network()
    runner, items = Noting(network), small_items([40], [5.0])
    fresh = sample(network, items, 4, True, runner=runner)
    sample(network, small_items([96, 90, 80, 70], [7.0, 7.0, 7.0, 7.0], tokens=(15, 12)), 4, True, runner=runner)
    assert torch.equal(sample(network, items, 4, True, runner=runner), fresh)


def test_items_that_leave_lead_to_a_smaller_shape() -> None:
    network, items = small_network(), small_items([90, 40, 33], [5.0, 5.0, 5.0])
    runner = Noting(network)
    padded = sample(network, items, 4, True, runner=runner, progress=lambda done, _: [1] if done >= 2 else None)
    assert runner.ran == [Shape(4, 96, 8, True)] * 2 + [Shape(1, 48, 8, True)] * 2
    assert float((padded[1, :40] - sample(network, items, 4, True)[1, :40]).abs().max() / padded.abs().max()) < 1e-6


@pytest.mark.parametrize(("lengths", "guidance"), [([97], [5.0]), ([20] * 5, [5.0] * 5), ([40], [1.0])])
def test_what_fits_no_shape_runs_as_it_is(lengths: list[int], guidance: list[float]) -> None:
    network, items = small_network(), small_items(lengths, guidance)
    runner = Noting(network)
    result = sample(network, items, 2, True, runner=runner)
    assert {*runner.ran} == {Shape(len(lengths), max(lengths), 8, guidance[0] > 1)}
    assert worst(items, sample(network, items, 2, True), result) < 1e-6


def test_a_run_after_warming_makes_no_shape_ready() -> None:
    network = small_network()
    runner = Noting(network)
    runner.warm()
    assert sorted(runner.made, key=repr) == sorted(SHAPES, key=repr)
    sample(network, small_items([50], [5.0]), 2, True, runner=runner)
    assert len(runner.made) == len(SHAPES)


def test_all_shapes_share_their_memory_until_they_are_cleared() -> None:
    runner = Noting(small_network())
    runner.warm()
    before = {state.memory.data_ptr() for state in runner._states.values()}
    assert len(before) == 1
    runner.clear()
    runner.warm()
    assert len(runner.made) == 2 * len(SHAPES)


def test_the_served_shapes_hold_every_small_batch() -> None:
    runner = Graphs(small_network().motion_transformer, torch.device("cpu"), shapes(360, 128))
    for items, frames, tokens in product(range(1, 9), range(20, 361, 10), (2, 32, 33, 128)):
        wanted = Shape(items, frames, runner.tokens(tokens), True)
        found = runner.fit(wanted)
        if found in runner.shapes:
            assert found.items >= items
            assert found.frames >= frames
            assert found.tokens == wanted.tokens >= tokens
        else:
            assert (1 << (items - 1).bit_length()) * min(length for length in FRAMES if length >= frames) > LARGEST


def test_shorter_models_have_fewer_shapes() -> None:
    assert {shape.frames for shape in shapes(180, 9)} == {64, 120, 152, 184}
    assert {shape.tokens for shape in shapes(180, 9)} == {32}
