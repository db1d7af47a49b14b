"""Published files become a folder that is served; what is not as it was published is refused, and what was interrupted goes on."""

import fcntl
import json
import os
import pickle
import signal
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from depot.__main__ import main
from function.models.motion.text.published import SYSTEM_SHA256
from tests.depot.command import run, start
from tests.depot.release import NAME, Release, write_release, write_template
from tests.models.motion.published import GOLDENS, SYSTEM
from tests.process import Process
from tests.serving import until


@pytest.fixture
def release(tmp_path: Path) -> Release:
    return write_release(tmp_path / "published")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "weights"


def convert(release: Release, root: Path, *more: str) -> tuple[str, ...]:
    return ("convert", NAME, *release.options(), "--to", str(root), "--variant", "1.0", *more)


def refused(arguments: Sequence[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert main(arguments) == 1
    said = capsys.readouterr().err.strip()
    assert said.count("\n") == 0
    return said


def tensors(folder: Path, stem: str) -> dict[str, torch.Tensor]:
    return {name: tensor for path in folder.glob(f"{stem}*.safetensors") for name, tensor in load_file(path).items()}


def test_a_release_becomes_motions(release: Release, root: Path, tmp_path: Path) -> None:
    names = json.loads((GOLDENS / "param_shapes.json").read_text())["HY-Motion-1.0"]["shapes"]
    assert set(torch.load(release.checkpoint / "latest.ckpt", weights_only=True)["model_state_dict"]) == set(names)
    code, said, _ = run(*convert(release, root, "--version", "7"))
    assert (code, said) == (0, f"motion 1.0 7 is in {root}/motion/1.0/7: 2.92 MB, network fp32, qwen3 bf16, clip fp32.\n")
    settings = {"weights": str(root), "motion_variant": "1.0"}
    server = Process(tmp_path, "tests.models.motion.published:SmallMotion", **settings)
    try:
        server.until("/health")
        answer = server.client.post("/generate", {"prompt": "a person waves", "duration": 1, "seed": 2, "steps": 2})
        assert (answer.status, answer.json()["model"]) == (200, {"name": "motion", "variant": "1.0", "version": "7"})
        bvh = server.client.get(answer.json()["artifacts"][0]["url"]).body
        assert b"Frames: 30\n" in bvh.replace(b"\r\n", b"\n")
        server.stop()
        assert server.code() == 0
    finally:
        server.kill()


def test_tensors_keep_their_values(release: Release, root: Path) -> None:
    assert main(convert(release, root)) == 0
    wanted = torch.load(release.checkpoint / "latest.ckpt", weights_only=True)["model_state_dict"]
    got = tensors(root / "motion/1.0/1", "network")
    assert got.keys() == wanted.keys()
    assert all(torch.equal(got[name], wanted[name]) for name in wanted)


def test_half_precision_stops_where_the_conditioning_vector_is_made(release: Release, root: Path) -> None:
    assert main(convert(release, root, "--dtype", "bf16")) == 0
    types = {name.removeprefix("motion_transformer."): tensor.dtype for name, tensor in tensors(root / "motion/1.0/1", "network").items()}
    assert types["double_blocks.0.motion_qkv.weight"] == types["single_blocks.17.linear2.weight"] == torch.bfloat16
    whole = ("mean", "std", "null_ctxt_input", "timestep_encoder.blocks.0.weight", "vtxt_encoder.linears.0.weight")
    assert {types[name] for name in (*whole, "double_blocks.8.text_q_norm.weight")} == {torch.float32}
    assert json.loads((root / "motion/1.0/1/manifest.json").read_text())["dtype"] == "network bf16, qwen3 bf16, clip fp32"


def test_what_is_never_read_is_left_out_and_said(release: Release, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(convert(release, root)) == 0
    said = capsys.readouterr().err
    assert "Left out: the head of the language model, 1 tensor, 57.6 kB." in said
    assert "Left out: epoch, global_step, optimizer of latest.ckpt, 1 tensor, 4 kB." in said
    folder = root / "motion/1.0/1"
    assert "lm_head.weight" not in tensors(folder, "qwen3")
    assert all(name.startswith("text_model.") for name in tensors(folder, "clip"))


def test_files_have_a_bounded_size(release: Release, root: Path) -> None:
    assert main(convert(release, root, "--shard-size", "256K")) == 0
    sizes = [path.stat().st_size for path in (root / "motion/1.0/1").glob("network-*-of-*.safetensors")]
    assert sum(sizes) > 2_700_000
    assert max(sizes) < (256 << 10) + 10_000  # the header


def test_the_template_travels_in_the_manifest(release: Release, root: Path) -> None:
    assert main(convert(release, root)) == 0
    manifest = json.loads((root / "motion/1.0/1/manifest.json").read_text())
    assert manifest["system_text"] == SYSTEM
    assert manifest["converter"] == "figurine 1"


def test_work_that_was_killed_goes_on(release: Release, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = convert(release, root, "--shard-size", "20000", "--json")
    killed = start(*arguments)
    assert killed.stdout
    fcntl.fcntl(killed.stdout, fcntl.F_SETPIPE_SZ, 4096)  # full after some thirty files: then it waits
    place = root / ".partial" / "motion-1.0-1"
    until(lambda: (place / "journal").exists() and (place / "journal").read_text().count("\n") > 20)
    os.kill(killed.pid, signal.SIGKILL)
    killed.communicate()
    assert not (root / "motion").exists()
    first, second, *_ = sorted((place / "files").glob("network-*.safetensors"))
    kept = first.stat().st_mtime_ns
    second.write_bytes(b"x" + second.read_bytes()[1:])
    assert main(arguments) == 0
    out = capsys.readouterr().out
    assert (root / "motion/1.0/1" / first.name).stat().st_mtime_ns == kept
    (again,) = [event["files"] for event in map(json.loads, out.splitlines()) if "kept" in event.get("event", "")]
    assert first.name in again
    assert second.name not in again
    assert main(["verify", str(root), "--converter", NAME]) == 0


def test_the_same_work_again_does_nothing(release: Release, root: Path) -> None:
    assert main(convert(release, root)) == 0
    before = {path: path.stat().st_mtime_ns for path in (root / "motion/1.0/1").iterdir()}
    assert main(convert(release, root)) == 0
    assert {path: path.stat().st_mtime_ns for path in (root / "motion/1.0/1").iterdir()} == before


def test_other_work_of_the_same_version_is_refused(release: Release, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(convert(release, root)) == 0
    capsys.readouterr()
    assert main(convert(release, root, "--dtype", "bf16")) == 1
    assert "made of other files or options. Mend it with: the same command with another --version" in capsys.readouterr().err


class Harm:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.path),)


def test_a_pickle_with_code_is_refused_and_never_run(
    release: Release, root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    torch.save({"model_state_dict": Harm(tmp_path / "harm")}, release.checkpoint / "latest.ckpt")
    said = refused(convert(release, root), capsys)
    assert said.startswith("latest.ckpt holds the code posix.mkdir, so it is refused; nothing in it was run.")
    assert not (tmp_path / "harm").exists()


def test_a_bare_pickle_is_refused_and_never_run(release: Release, root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (release.checkpoint / "latest.ckpt").write_bytes(pickle.dumps(Harm(tmp_path / "harm")))
    assert "latest.ckpt is not a whole torch checkpoint" in refused(convert(release, root), capsys)
    assert not (tmp_path / "harm").exists()


def test_a_truncated_checkpoint_is_refused(release: Release, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = release.checkpoint / "latest.ckpt"
    os.truncate(path, path.stat().st_size // 2)
    assert "latest.ckpt is not a whole torch checkpoint" in refused(convert(release, root), capsys)


def test_another_template_is_refused(release: Release, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_template(release.release, SYSTEM.strip())
    said = refused(convert(release, root), capsys)
    assert said.startswith(f"No text in the 1 Python files of {release.release} has the SHA-256 ")
    assert "--release" in said


def test_the_published_converter_wants_the_published_template(release: Release, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["convert", "motion", *release.options(), "--to", str(root), "--variant", "1.0"]
    assert SYSTEM_SHA256 in refused(arguments, capsys)


@pytest.mark.parametrize(("change", "said"), [("lacks", "lacks 1 tensors: mean"), ("surplus", "has no place for 1 tensors: extra")])
def test_tensors_that_do_not_fit_are_refused_before_anything_is_written(
    release: Release, root: Path, capsys: pytest.CaptureFixture[str], change: str, said: str
) -> None:
    path = release.checkpoint / "latest.ckpt"
    document = torch.load(path, weights_only=True)
    if change == "lacks":
        del document["model_state_dict"]["mean"]
    else:
        document["model_state_dict"]["extra"] = torch.zeros(1)
    torch.save(document, path)
    assert said in refused(convert(release, root), capsys)
    assert not (root).exists()


@pytest.mark.parametrize("missing", ["HY-Motion-1.0/config.yml", "Qwen3-8B/tokenizer.json", "clip-vit-large-patch14/model.safetensors"])
def test_a_missing_file_is_named(release: Release, root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], missing: str) -> None:
    (tmp_path / "published" / missing).unlink()
    said = refused(convert(release, root), capsys)
    assert str(Path(missing).parent) in said
    assert Path(missing).suffix in said


def test_a_version_that_is_no_plain_name_is_refused(release: Release, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "cannot name a version" in refused(convert(release, root, "--version", "../1"), capsys)


def test_sizes_that_are_not_published_need_a_name(release: Release, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = refused(["convert", NAME, *release.options(), "--to", str(root)], capsys)
    assert said.endswith("Mend it with: the same command with --variant NAME")
