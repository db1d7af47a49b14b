"""The plain pass as training uses it."""

import torch

from function.models.motion.network import MotionNetwork
from tests.models.motion.small import CONFIG, small_items, small_network


def test_every_parameter_that_sampling_reads_gets_a_gradient() -> None:
    network, items = small_network().requires_grad_(True), small_items([30, 20], [1.0, 1.0])
    x_mask = torch.arange(30) < torch.tensor([[30], [20]])
    ctxt_mask = torch.arange(6) < torch.tensor([[6], [3]])
    velocity = network(items.noise, items.ctxt, items.vtxt, torch.tensor([0.1, 0.8]), x_mask=x_mask, ctxt_mask=ctxt_mask)
    velocity[x_mask].square().mean().backward()
    for name, parameter in network.motion_transformer.named_parameters():
        assert parameter.grad is not None, name
        assert torch.isfinite(parameter.grad).all(), name


def test_padding_does_not_reach_what_is_kept() -> None:
    network, items = small_network(), small_items([30, 30], [1.0, 1.0])
    x_mask = (torch.arange(30) < 22).expand(2, -1)
    ctxt_mask = torch.arange(6) < torch.tensor([[4], [3]])
    inputs = items.noise, items.ctxt, items.vtxt, torch.tensor([0.1, 0.8])
    noisy = items.noise.masked_fill(~x_mask[..., None], 7.0), items.ctxt.masked_fill(~ctxt_mask[..., None], -7.0), *inputs[2:]
    masks = {"x_mask": x_mask, "ctxt_mask": ctxt_mask}
    torch.testing.assert_close(network(*inputs, **masks)[x_mask], network(*noisy, **masks)[x_mask], atol=1e-5, rtol=0)


def test_training_starts_from_a_network_that_predicts_nothing() -> None:
    network, items = MotionNetwork(CONFIG).initialise(), small_items([20, 20], [1.0, 1.0])
    assert network(items.noise, items.ctxt, items.vtxt, torch.zeros(2)).abs().max() == 0
