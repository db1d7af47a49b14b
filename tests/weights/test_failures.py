"""Whatever is wrong with weights: one sentence that says what and what mends it, and a server that is not ready."""

import asyncio
import os
import random
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from function.engine import Engine
from function.errors import NotReady
from function.settings import Settings
from function.weights.manifest import write_manifest
from function.weights.upload import check_room
from tests.engine.serving import call, outcomes, until
from tests.weights.fitted import LAYERS, Fitted, layers
from tests.weights.objects import objects

NOBODY = 65534
FITTED = f"{Fitted.__module__}:Fitted"


def write(root: Path, chunk: int = 64) -> Path:
    folder = root / "fitted/tiny/1"
    folder.mkdir(parents=True)
    save_file(layers().state_dict(), folder / "model.safetensors")
    (folder / "words.json").write_text('["walk"]')
    (folder.parent / "latest").write_text("1")
    describe(folder, chunk)
    return folder


def describe(folder: Path, chunk: int = 64) -> None:
    write_manifest(folder, model="fitted", variant="tiny", version="1", licence="", origin="", chunk=chunk)


def start(root: Path | str, **settings: object) -> str:
    """Why a server with these weights is not ready; empty when it is."""
    return asyncio.run(_start(root, settings))


async def _start(root: Path | str, settings: dict[str, object]) -> str:
    engine = Engine(Settings.model_validate({"models": FITTED, "weights": str(root), **settings}))
    engine.start()
    try:
        await until(lambda: engine.status.failure or engine.ready)
        served = await outcomes(engine.answer(call(engine.models["fitted"], "x")))
        assert served == (["x"] if engine.ready else ["not_ready"])
        return engine.reason
    finally:
        engine.close()


def remove_file(folder: Path) -> None:
    (folder / "words.json").unlink()


def truncate(folder: Path) -> None:
    os.truncate(folder / "model.safetensors", 200)


def flip(folder: Path) -> None:
    flip_bit(folder / "model.safetensors", 8 * 130)


def flip_bit(path: Path, bit: int) -> None:
    content = bytearray(path.read_bytes())
    content[bit // 8] ^= 1 << bit % 8
    path.write_bytes(content)


def remove_tensors(folder: Path) -> None:
    tensors = load_file(folder / "model.safetensors")
    save_file({name: tensor for name, tensor in tensors.items() if "bias" not in name}, folder / "model.safetensors")
    describe(folder)


def add_tensors(folder: Path) -> None:
    more = {f"more.{number}": torch.zeros(1) for number in range(6)}
    save_file(load_file(folder / "model.safetensors") | more, folder / "model.safetensors")
    describe(folder)


def misshape_tensors(folder: Path) -> None:
    save_file({name: tensor[:2].clone() for name, tensor in load_file(folder / "model.safetensors").items()}, folder / "model.safetensors")
    describe(folder)


def pickle(folder: Path) -> None:
    torch.save(layers().state_dict(), folder / "model.safetensors")
    describe(folder)


BIASES = ", ".join(f"{number}.bias" for number in range(5))
MORE = ", ".join(f"more.{number}" for number in range(5))
COPY = "Copy the folder again (scripts/weights pull), or unset FUNCTION_WEIGHTS to use the embedded tiny weights."


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (remove_file, f"words.json of fitted tiny cannot be used: it is not there. {COPY}"),
        (truncate, "model.safetensors of fitted tiny cannot be used: it has 200 bytes, not "),
        (flip, "model.safetensors of fitted tiny cannot be used: its chunk 3 of "),
        (remove_tensors, f"The network of fitted tiny lacks {LAYERS} tensors: {BIASES}. "),
        (add_tensors, f"The network of fitted tiny has no place for 6 tensors: {MORE}. "),
        (misshape_tensors, f"The network of fitted tiny has another shape for {2 * LAYERS} tensors: 0.bias, 0.weight, 1.bias, "),
        (pickle, "model.safetensors of fitted tiny cannot be used: it is a pickle, which can run code when it is loaded"),
    ],
)
def test_a_damaged_folder_is_refused(tmp_path: Path, damage: Callable[[Path], None], said: str) -> None:
    folder = write(tmp_path)
    assert start(tmp_path) == ""
    damage(folder)
    assert start(tmp_path).startswith(said)


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert start(tmp_path / "none") == f"FUNCTION_WEIGHTS is not a folder. {COPY}"


@pytest.mark.parametrize("closed", ["model.safetensors", "."])
def test_what_the_pod_may_not_read_is_refused(closed: str) -> None:
    with tempfile.TemporaryDirectory() as root:
        Path(root).chmod(0o755)
        folder = write(Path(root))
        (folder / closed).chmod(0)
        with as_nobody():
            reason = start(root)
        (folder / closed).chmod(0o700)
        assert "fitted tiny cannot be used: Permission denied. Let every user read them: chmod -R a+rX" in reason


def test_a_store_that_dies_is_the_reason_why_it_is_not_ready(tmp_path: Path) -> None:
    write(tmp_path)
    with objects(tmp_path, signed=False) as server:
        assert start(server.url) == ""
        server.sent, server.dies_after = 0, 700
        reason = start(server.url, weights_timeout_s=0.2)
    assert "fitted tiny cannot be used: the store does not answer" in reason


def test_a_device_that_is_too_small_is_refused_with_need_and_have() -> None:
    check_room(16_000_000_000, 16_000_000_000, "cuda:0")
    with pytest.raises(NotReady, match=r"need 16\.0 GB of device memory and cuda:0 has 12\.0 GB free\. Serve a smaller variant"):
        check_room(16_000_000_000, 12_000_000_000, "cuda:0")


def test_a_hundred_flipped_bits_are_a_hundred_refusals(tmp_path: Path) -> None:
    folder = write(tmp_path)
    assert start(tmp_path) == ""
    chance = random.Random(4)
    paths = [folder / "model.safetensors", folder / "words.json"]
    refused = 0
    for _ in range(100):
        (path,) = chance.choices(paths, [path.stat().st_size for path in paths])
        bit = chance.randrange(8 * path.stat().st_size)
        flip_bit(path, bit)
        refused += start(tmp_path).startswith(f"{path.name} of fitted tiny cannot be used: its chunk {bit // 8 // 64 + 1} of ")
        flip_bit(path, bit)
    assert refused == 100
    assert start(tmp_path) == ""


@contextmanager
def as_nobody() -> Iterator[None]:
    """root may read everything."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(user)
