"""A network small enough to run in a test, with every weight random."""

import torch

from function.models.motion.config import NetworkConfig
from function.models.motion.network import MotionNetwork
from function.models.motion.sampler import Items, draw_noise

CONFIG = NetworkConfig(input_dim=201, feat_dim=32, num_heads=2, num_layers=3, ctxt_input_dim=16, vtxt_input_dim=8, half_window=9)


def small_network(config: NetworkConfig = CONFIG) -> MotionNetwork:
    """The same random network every time."""
    torch.manual_seed(5)
    network = MotionNetwork(config)
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, std=0.2)
    return network.requires_grad_(False)


def small_items(lengths: list[int], guidance: list[float], tokens: tuple[int, ...] = (6, 3)) -> Items:
    """One item a length; item i has seed i and prompt i % 2."""
    made = torch.Generator().manual_seed(6)
    ctxt = torch.randn(len(tokens), max(tokens), CONFIG.ctxt_input_dim, generator=made)
    vtxt = torch.randn(len(tokens), 1, CONFIG.vtxt_input_dim, generator=made)
    noise = draw_noise(range(len(lengths)), 360, CONFIG.input_dim)[:, : max(lengths)]
    return Items(noise, lengths, [i % len(tokens) for i in range(len(lengths))], guidance, ctxt, list(tokens), vtxt)
