"""Noise, guidance and whole generations against goldens."""

from collections.abc import Sequence
from typing import Any

import pytest
import torch
from torch import Tensor

from function.models.motion.config import read_config
from function.models.motion.decode import decode, denormalise
from function.models.motion.network import MotionNetwork
from function.models.motion.rotations import matrix_to_six
from function.models.motion.sampler import Items, add_game_style, draw_noise, sample, time_grid
from tests.parity.cases import Case, assert_near, cases, config_of, each, mesh_of, network_of

PIPELINES = each("generate_end_to_end")


def items_of(case: Case, io: dict[str, Tensor], guidance: float) -> Items:
    """The case's request, its noise cropped to the length."""
    config, facts = config_of(case), case.facts
    seeds, frames = facts["request"]["seeds"], facts["length_frames"]
    noise = draw_noise(seeds, config.train_frames, config.network.input_dim)[:, :frames]
    prompt = [min(row, len(io["in.ctxt"]) - 1) for row in range(len(seeds))]
    counts = io["in.ctxt_length"].tolist()
    return Items(noise, [frames] * len(seeds), prompt, [guidance] * len(seeds), io["in.ctxt"], counts, io["in.vtxt"])


def run(case: Case, network: MotionNetwork, items: Items, **options: Any) -> Tensor:
    """Sample with the case's steps and null context."""
    return sample(network, items, case.facts["request"]["steps"], config_of(case).null_context, **options)


@each("cpu_noise_from_seed")
def test_noise_of_a_seed_is_portable(case: Case) -> None:
    golden = case.io()
    for record in case.facts["records"]:
        noise, name = draw_noise([record["seed"]], *record["shape"][1:]), f"seed{record['seed']}"
        assert_near(noise[0, 0], golden[f"{name}.first_frame"], 1e-6, f"{name} first frame")
        assert_near(noise[0, -1], golden[f"{name}.last_frame"], 1e-6, f"{name} last frame")
        assert abs(noise.double().mean().item() - record["mean"]) < 1e-6
        assert abs(noise.double().std().item() - record["std"]) < 1e-6


@PIPELINES
def test_noise_and_times_follow_from_the_request(case: Case) -> None:
    io, config, request = case.io(), config_of(case), case.facts["request"]
    assert_near(draw_noise(request["seeds"], config.train_frames, config.network.input_dim), io["in.noise"], 1e-6, "noise")
    assert_near(time_grid(request["steps"]), io["in.time_grid"], 1e-7, "times")
    assert round(request["duration_seconds"] * config.fps) == case.facts["length_frames"]


@PIPELINES
def test_the_first_velocities_agree_with_and_without_the_prompt(case: Case) -> None:
    io, network = case.io(), network_of(case)
    items, transformer = items_of(case, io, 1.0), network.motion_transformer
    for row, tokens in enumerate(items.ctxt_length):
        null = network.null_ctxt_input.expand(1, tokens, -1), network.null_vtxt_feat
        prompt = items.ctxt[row : row + 1, :tokens], items.vtxt[row : row + 1]
        for name, (ctxt, vtxt) in {"mid.v0_uncond": null, "mid.v0_cond": prompt}.items():
            velocity = network(items.noise[row : row + 1], ctxt, vtxt, torch.zeros(1))
            assert_near(velocity[0], io[name][row], 1e-4, f"{name} of row {row}")
        one = transformer.condition(torch.zeros(1), network.null_ctxt_input, network.null_vtxt_feat)
        step = transformer.repeat_token(one, tokens).at(0, torch.tensor([0]))
        x = items.noise[row : row + 1]
        by, mask = transformer.motion_rotation(x.shape[1], x.device), transformer.motion_mask(x, None, ctxt, None)
        assert_near(transformer.velocity(x, step, by, mask)[0], io["mid.v0_uncond"][row], 1e-4, f"one null row for row {row}")


@PIPELINES
def test_the_state_after_the_first_and_half_of_the_steps_agrees(case: Case) -> None:
    io, network, steps = case.io(), network_of(case), case.facts["request"]["steps"]
    items = items_of(case, io, case.facts["request"]["cfg_scale"])
    for name, at in {"mid.x_step1": 1, "mid.x_half": steps // 2}.items():

        def stop(done: int, _: int, at: int = at) -> Sequence[int] | None:
            return [] if done == at else None

        assert_near(run(case, network, items, progress=stop), io[name], case.tolerance("latent", 1e-4), name)


@PIPELINES
def test_a_whole_run_agrees_with_guidance_without_and_in_game_style(case: Case) -> None:
    io, network = case.io(), network_of(case)
    scale, atol = case.facts["request"]["cfg_scale"], case.tolerance("latent", 1e-4)
    items = items_of(case, io, scale)
    assert_near(run(case, network, items), io["out.latent"], atol, "latent")
    assert_near(run(case, network, items, budget=1), io["out.latent"], atol, "latent, conditioning step by step")
    assert_near(run(case, network, items_of(case, io, 1.0)), io["out.latent_no_guidance"], atol, "latent without guidance")
    game = items_of(case, io | {"in.vtxt": add_game_style(network, io["in.vtxt"])}, scale)
    assert_near(run(case, network, game), io["out.latent_game_token"], atol, "latent in game style")


@PIPELINES
def test_seeds_to_motion_agrees_from_end_to_end(case: Case) -> None:
    io, network = case.io(), network_of(case)
    latent = run(case, network, items_of(case, io, case.facts["request"]["cfg_scale"]))
    skeleton, basis = mesh_of(case)
    motion = decode(latent, network.mean, network.std, skeleton, basis)
    keypoints = motion.joints - motion.translation[..., None, :]
    keypoints[..., 1] -= motion.ground[:, None, None]
    results = {
        "latent_denorm": (denormalise(latent, network.mean, network.std), 1e-4),
        "rot6d": (matrix_to_six(motion.rotation), 1e-3),
        "root_rotations_mat": (motion.rotation[..., 0, :, :], 1e-3),
        "transl": (motion.translation, 5e-4),
        "keypoints3d": (keypoints, 1e-3),
    }
    for name, (ours, atol) in results.items():
        assert_near(ours, io[f"out.{name}"], case.tolerance(name, atol), name)


@pytest.mark.parametrize("case", [case for case in cases("generate_end_to_end") if case.path.with_suffix(".config.yml").is_file()])
def test_the_configuration_file_says_what_the_case_says(case: Case, tmp_path: Any) -> None:
    (tmp_path / "config.yml").write_bytes(case.path.with_suffix(".config.yml").read_bytes())
    read, told = read_config(tmp_path), config_of(case)
    assert (read.network, read.steps, read.guidance) == (told.network, told.steps, told.guidance)
