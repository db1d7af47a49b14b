"""The network against goldens: the plain pass and the sampling path, intermediates included."""

import pytest
import torch

from function.models.motion.attention import motion_mask, near_frames
from function.models.motion.config import parse_network
from function.models.motion.network import MotionNetwork
from tests.parity.cases import Case, assert_near, cases, each, network_of
from tests.parity.walk import shown, trimmed_motion, walk

ATOL = 1e-4
NETWORKS = each("network_forward")


@NETWORKS
def test_the_plain_pass_gives_the_velocity(case: Case) -> None:
    io, network = case.io(), network_of(case)
    x_mask = io["in.x_mask"].bool()
    masks = {"x_mask": x_mask, "ctxt_mask": io["in.ctxt_mask"].bool()}
    velocity = network(io["in.x"], io["in.ctxt"], io["in.vtxt"], io["in.timesteps"], **masks)
    assert_near(velocity[x_mask], io["out.velocity"][x_mask], ATOL, "velocity")


@NETWORKS
def test_every_intermediate_of_the_plain_pass_agrees(case: Case) -> None:
    io = case.io()
    seen = walk(network_of(case).motion_transformer, io)
    for name, golden in io.items():
        if not name.startswith("in."):
            where = shown(name, golden, io["in.x_mask"].bool(), io["in.ctxt_mask"].bool())
            assert_near(seen[name][where], golden[where], ATOL, name)


@NETWORKS
def test_the_sampling_path_agrees_with_only_valid_frames_and_tokens(case: Case) -> None:
    io, network = case.io(), network_of(case).motion_transformer
    for row, frames in enumerate(io["in.x_mask"].sum(1).tolist()):
        for name, ours in trimmed_motion(network, io, row).items():
            if name in io:
                text = name[-2:] in {".k", ".v"}
                start = io["in.x"].shape[1] if text else 0
                golden = io[name][row, start : start + (len(ours) if text else frames)]
                assert_near(ours, golden, ATOL, f"{name} of row {row}")


@NETWORKS
def test_the_sampling_path_agrees_over_a_padded_batch_at_all_times(case: Case) -> None:
    io, network = case.io(), network_of(case).motion_transformer
    x, x_mask, ctxt_mask = io["in.x"], io["in.x_mask"].bool(), io["in.ctxt_mask"].bool()
    conditioning = network.condition(io["in.timesteps"], io["in.ctxt"], io["in.vtxt"], ctxt_mask)
    near = near_frames(x.shape[1], network.config.mask_mode, network.config.half_window)
    mask, by = motion_mask(near, x_mask, ctxt_mask, x.dtype), network.motion_rotation(x.shape[1], x.device)
    for row in range(len(x)):
        step = conditioning.at(row, torch.arange(len(x)))
        velocity = network.velocity(x, step, by, mask)[row]
        assert_near(velocity[x_mask[row]], io["out.velocity"][row][x_mask[row]], ATOL, f"velocity of row {row}")


SIZES = [(case, size) for case in cases("parameter_shapes") for size in case.facts]


@pytest.mark.parametrize(("case", "size"), SIZES, ids=[size for _, size in SIZES])
def test_parameter_names_and_shapes_are_the_published_ones(case: Case, size: str) -> None:
    facts = case.facts[size]
    with torch.device("meta"):
        network = MotionNetwork(parse_network(facts["network_module_args"]))
    state = network.state_dict()
    assert {name: list(value.shape) for name, value in state.items()} == facts["shapes"]
    assert len(state) == facts["tensors"]
    assert sum(value.numel() for value in state.values()) == facts["parameters"]
    assert {str(value.dtype) for value in state.values()} == {f"torch.{facts['dtype']}"}
