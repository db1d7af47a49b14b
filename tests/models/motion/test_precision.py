"""bfloat16 beside float32 at the published width, with fewer blocks than the published depth."""

import pytest
import torch

from function.models.motion.config import NetworkConfig
from function.models.motion.decode import decode
from function.models.motion.ground import height_basis
from function.models.motion.mannequin import mannequin
from function.models.motion.network import MotionNetwork, rounded
from function.models.motion.sampler import Items, draw_noise, sample
from function.models.motion.skeleton import mannequin_skeleton

WIDE = NetworkConfig(input_dim=201, feat_dim=1280, num_heads=20, num_layers=3, ctxt_input_dim=4096, vtxt_input_dim=768)
FRAMES, TOKENS, STEPS = 40, 6, 10


@pytest.fixture(scope="module")
def network() -> MotionNetwork:
    """Random, with modulations that do something; the statistics of a person who stands."""
    torch.manual_seed(0)
    network = MotionNetwork(WIDE).requires_grad_(False)
    for name, parameter in network.named_parameters():
        if "_mod." in name or "modulation" in name or name.startswith("null_"):
            torch.nn.init.normal_(parameter, std=1.0 if name.startswith("null_") else 0.02)
    network.mean[3:135] = torch.tensor([1.0, 0, 0, 1, 0, 0]).repeat(22)
    network.std[:3], network.std[3:] = torch.tensor([0.58, 0.14, 0.8]), 0.25
    return network


def joints(network: MotionNetwork) -> torch.Tensor:
    made = torch.Generator().manual_seed(3)
    ctxt, vtxt = torch.randn(1, TOKENS, 4096, generator=made), torch.randn(1, 1, 768, generator=made)
    items = Items(draw_noise([1], 360, 201)[:, :FRAMES], [FRAMES], [0], [5.0], ctxt, [TOKENS], vtxt)
    features = sample(network, items, STEPS, True)
    skeleton, mesh = mannequin_skeleton(), mannequin()
    basis = height_basis(skeleton, mesh.vertices, mesh.joint_indices, mesh.joint_weights)
    return decode(features, network.mean, network.std, skeleton, basis).joints


def test_final_joints_are_within_a_centimetre(network: MotionNetwork) -> None:
    precise = joints(network)
    for name, parameter in network.named_parameters():
        if rounded(name):
            parameter.data = parameter.data.bfloat16()
    assert network.motion_transformer.dtype == torch.bfloat16
    apart = (joints(network) - precise).norm(dim=-1).max()
    assert 1e-6 < apart < 0.01  # metres; not zero, or nothing was rounded


def test_only_large_matrices_and_their_biases_are_rounded(network: MotionNetwork) -> None:
    kept = {name for name, _ in network.named_parameters() if not rounded(name)}
    for part in ("timestep_encoder.", "vtxt_encoder.", "input_encoder.", "final_layer.", "norm", "null_"):
        assert {name for name, _ in network.named_parameters() if part in name} <= kept
    small = sum(parameter.numel() for name, parameter in network.named_parameters() if name in kept)
    assert small < 0.12 * sum(parameter.numel() for parameter in network.parameters())
