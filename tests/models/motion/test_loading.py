"""A folder in the published layout becomes motion, and one that does not fit is refused in one sentence."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from function.errors import NotReady
from function.models.motion.export import npz
from function.models.motion.export.clip import Clip
from function.models.motion.generate import Generator
from function.models.motion.loading import load_network, load_text
from function.models.motion.network import MotionNetwork, rounded
from function.models.motion.request import MotionInput
from function.models.motion.text.published import PublishedText
from tests.conftest import Serve
from tests.models.motion.published import CHAT, SYSTEM, describe, opened, write_published

WALK = MotionInput(prompt="a person walks", duration=1.5, seed=3, steps=3)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_published(tmp_path)


def clips(generator: Generator, *requests: MotionInput) -> list[list[Clip]]:
    drafts = generator.draft(requests, lambda step, of: range(len(requests)))
    return [generator.clips(draft, request.frames) for draft, request in zip(drafts, requests, strict=True)]


def test_a_published_folder_makes_clips(folder: Path) -> None:
    generator = Generator(opened(folder), "cpu", CHAT)
    ((one, other),) = clips(generator, MotionInput(prompt="a person walks", duration=1.5, seeds=(3, 4), steps=3))
    for clip in (one, other):
        assert (clip.frames, clip.fps) == (45, 30)
        assert np.isfinite(clip.root).all()
        assert np.isfinite(clip.quaternions).all()
    assert not np.array_equal(one.quaternions, other.quaternions)


def test_the_same_seed_gives_the_same_bytes(folder: Path) -> None:
    first, again = (npz.write(clips(Generator(opened(folder), "cpu", CHAT), WALK)[0][0]) for _ in range(2))
    assert first == again


def test_requests_of_a_batch_do_not_touch_each_other(folder: Path) -> None:
    generator = Generator(opened(folder), "cpu", CHAT)
    turn = MotionInput(prompt="someone turns around and waves", duration=2.0, seed=8, steps=3, guidance=1.0)
    together = clips(generator, WALK, turn)
    for request, (clip,) in zip((WALK, turn), together, strict=True):
        ((alone,),) = clips(generator, request)
        np.testing.assert_allclose(clip.quaternions, alone.quaternions, atol=1e-4)
        np.testing.assert_allclose(clip.root, alone.root, atol=1e-4)


def test_what_is_left_out_is_taken_from_the_configuration(folder: Path) -> None:
    generator = Generator(opened(folder), "cpu", CHAT)
    request = MotionInput(prompt="a person walks")
    assert (generator.steps(request), generator.guidance(request)) == (10, 5.0)


def test_the_language_model_keeps_its_number_type_and_the_sentence_encoder_is_float32(folder: Path) -> None:
    weights = opened(folder)
    text = load_text(weights, load_network(weights, "cpu")[0], "cpu", CHAT)
    assert isinstance(text, PublishedText)
    assert {tensor.dtype for tensor in text.context.model.parameters()} == {torch.bfloat16}
    assert {tensor.dtype for tensor in text.sentence.model.parameters()} == {torch.float32}


def types(network: MotionNetwork) -> dict[str, set[torch.dtype]]:
    """The types of what is rounded and of what is not."""
    kinds = [(rounded(name), tensor.dtype) for name, tensor in network.state_dict().items()]
    return {said: {dtype for is_rounded, dtype in kinds if is_rounded == (said == "rounded")} for said in ("rounded", "kept")}


def test_a_bfloat16_network_keeps_float32_where_it_matters(folder: Path) -> None:
    network = load_network(opened(folder), "cpu", torch.bfloat16)[1]
    assert types(network) == {"rounded": {torch.bfloat16}, "kept": {torch.float32}}


def test_bfloat16_files_are_float32_on_a_cpu(folder: Path) -> None:
    tensors = {name: tensor.bfloat16() if tensor.ndim > 1 else tensor for name, tensor in load_file(folder / "network.safetensors").items()}
    save_file(tensors, folder / "network.safetensors")
    describe(folder)
    assert types(load_network(opened(folder), "cpu")[1]) == {"rounded": {torch.float32}, "kept": {torch.float32}}


def test_a_network_in_pieces_is_put_together(folder: Path) -> None:
    tensors = load_file(folder / "network.safetensors")
    (folder / "network.safetensors").unlink()
    names = sorted(tensors)
    for piece, part in enumerate((names[::2], names[1::2])):
        save_file({name: tensors[name] for name in part}, folder / f"network-{piece}.safetensors")
    describe(folder)
    assert load_network(opened(folder), "cpu")[1].mean.shape == (201,)


def test_a_configuration_may_be_json(folder: Path) -> None:
    import yaml

    layout = yaml.safe_load((folder / "config.yml").read_text())
    (folder / "config.yml").unlink()
    (folder / "config.json").write_text(json.dumps(layout))
    describe(folder)
    assert load_network(opened(folder), "cpu")[0].steps == 10


def test_it_is_served(serve: Serve, folder: Path) -> None:
    client = serve("tests.models.motion.published:SmallMotion", weights=str(folder.parents[2]), variants={"motion": "1.0"})
    answer = client.post("/generate", {"prompt": "a person waves", "duration": 1, "seed": 2, "steps": 2}).json()
    assert answer["model"] == {"name": "motion", "variant": "1.0", "version": "1"}
    assert answer["facts"] == {"frames": 30, "fps": 30, "seconds": 1.0, "seeds": [2], "guidance": 5.0, "steps": 2, "understood": ""}
    assert [artifact["name"] for artifact in answer["artifacts"]] == ["motion.bvh", "motion.glb"]


def lacking(tensors: dict[str, torch.Tensor], name: str) -> None:
    del tensors[name]


def surplus(tensors: dict[str, torch.Tensor], name: str) -> None:
    tensors[f"{name}_too_many"] = torch.zeros(1)


def misshapen(tensors: dict[str, torch.Tensor], name: str) -> None:
    tensors[name] = tensors[name][:-1].clone()


@pytest.mark.parametrize(("damage", "said"), [(lacking, "lacks"), (surplus, "has no place for"), (misshapen, "has another shape for")])
@pytest.mark.parametrize(
    ("file", "name"), [("network", "mean"), ("qwen3", "model.norm.weight"), ("clip", "text_model.final_layer_norm.weight")]
)
def test_tensors_that_do_not_fit_are_refused_by_name(folder: Path, file: str, name: str, damage: Callable[..., None], said: str) -> None:
    tensors = load_file(folder / f"{file}.safetensors")
    damage(tensors, name)
    save_file(tensors, folder / f"{file}.safetensors")
    describe(folder)
    with pytest.raises(NotReady, match=f"{said} 1 tensors: {name}"):
        Generator(opened(folder), "cpu", CHAT)


def change(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    describe(folder)


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("config.yml", "mask_mode: narrowband", "mask_mode: wide", "mask_mode='wide'"),
        ("config.yml", "num_layers: 3", "num_layers: 4", "num_layers"),
        ("config.yml", "time_factor:", "time_facotr:", "time_facotr"),
        ("config.yml", "method: euler", "method: heun", "method='heun'"),
        ("config.yml", "train_frames: 360", "train_frames: 80", "train_frames=80"),
        ("config.yml", "train_frames: 360", "train_frames: many", "many"),
        ("config.yml", "network_module:", "[", "is not YAML"),
        ("qwen3.json", '"hidden_size": 48', '"hidden_size": 40', "hidden_size=40, the network takes 48"),
        ("qwen3.json", '"head_dim": 8', '"head_dim": 8, "rope_scaling": 2', "rope_scaling=2"),
        ("qwen3.json", "{", "", "qwen3.json of motion 1.0 is not JSON"),
        ("clip.json", '"hidden_size": 32', '"hidden_size": 30', "hidden_size=30, the network takes 32"),
        ("clip.json", '"vocab_size"', '"hidden_act": "gelu", "vocab_size"', "hidden_act='gelu'"),
        ("clip.tokenizer.json", "{", "", "clip.tokenizer.json of motion 1.0 is not a tokenizer"),
    ],
)
def test_a_setting_that_cannot_be_met_is_refused_by_name(folder: Path, file: str, old: str, new: str, said: str) -> None:
    change(folder, file, old, new)
    with pytest.raises(NotReady, match=said):
        Generator(opened(folder), "cpu", CHAT)


@pytest.mark.parametrize("file", ["config.yml", "network.safetensors", "qwen3.safetensors", "clip.json", "qwen3.tokenizer.json"])
def test_a_file_that_is_missing_is_named(folder: Path, file: str) -> None:
    (folder / file).unlink()
    describe(folder)
    with pytest.raises(NotReady, match=file):
        Generator(opened(folder), "cpu", CHAT)


@pytest.mark.parametrize("text", ["", SYSTEM.strip()])
def test_another_system_text_is_refused(folder: Path, text: str) -> None:
    describe(folder, system_text=text)
    with pytest.raises(NotReady, match="the system text has SHA-256"):
        Generator(opened(folder), "cpu", CHAT)


def test_only_the_published_system_text_is_taken_where_nobody_says_otherwise(folder: Path) -> None:
    with pytest.raises(NotReady, match="b9c55290b778c017"):
        Generator(opened(folder), "cpu")


def test_a_refused_folder_is_the_reason_why_the_server_is_not_ready(serve: Serve, folder: Path) -> None:
    from tests.serving import until

    describe(folder, system_text="another")
    client = serve("motion", ready=False, weights=str(folder.parents[2]), variants={"motion": "1.0"})
    until(lambda: client.get("/health/ready").json()["status"] == "failed")
    assert "the system text has SHA-256" in client.get("/health/ready").json()["reason"]
