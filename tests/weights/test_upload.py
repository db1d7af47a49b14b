"""What brings tensors onto a device, run on the CPU: the same plan, ring and places, without pinning and streams."""

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from function.weights.manifest import write_manifest
from function.weights.plan import Piece, Plan, PlanFailed, Timings
from function.weights.reader import open_weights
from function.weights.source import Folder
from function.weights.upload import upload
from tests.serving import until

CHUNK = 4096
TENSORS = {
    "a.safetensors": {"bias": torch.arange(7, dtype=torch.float64), "weight": torch.randn(50, 321)},
    "b.safetensors": {"flags": torch.arange(9) > 3, "half": torch.randn(3, 999).to(torch.bfloat16), "none": torch.zeros(0, 2)},
}


class Loading:
    """A plan over the files of `TENSORS`. With `late`, its threads end their first piece only when the rest was taken from them."""

    def __init__(self, root: Path, *, late: bool, chunk: int = CHUNK, then: Callable[[Path], None] = lambda _: None) -> None:
        self.folder = root / "thing/tiny/1"
        self.folder.mkdir(parents=True)
        for name, tensors in TENSORS.items():
            save_file(tensors, self.folder / name)
        manifest = write_manifest(self.folder, model="thing", variant="tiny", version="1", licence="", origin="", chunk=chunk)
        self.late, self.then = late, then
        self.read_by: dict[tuple[str, int], str] = {}
        self.begin = threading.Event()
        self.plan = Plan(manifest.files, chunk, self.fetch, threads=2)
        self.begin.set()

    def fetch(self, piece: Piece, into: memoryview) -> None:
        self.begin.wait()
        who = threading.current_thread().name.partition(" ")[0]
        if self.late and who == "read" and piece.number:
            until(lambda: not self.plan._todo)
            self.then(self.folder)
        Folder(self.folder).fill(piece.file.name, piece.file.size, piece.offset, into)
        self.read_by[piece.file.name, piece.number] = who

    def upload(self) -> dict[str, dict[str, Tensor]]:
        return upload(self.plan, list(TENSORS), "cpu", Timings())


def same(found: dict[str, dict[str, Tensor]]) -> bool:
    return found.keys() == TENSORS.keys() and all(
        tensors.keys() == TENSORS[name].keys()
        and all(tensor.dtype == TENSORS[name][key].dtype and torch.equal(tensor, TENSORS[name][key]) for key, tensor in tensors.items())
        for name, tensors in found.items()
    )


def test_what_was_read_before_is_copied_from_memory(tmp_path: Path) -> None:
    loading = Loading(tmp_path, late=False)
    for name in TENSORS:
        loading.plan.content(name)
    assert same(loading.upload())
    assert set(loading.read_by.values()) == {"read"}


def test_what_was_not_is_read_into_the_buffers(tmp_path: Path) -> None:
    loading = Loading(tmp_path, late=True)
    assert same(loading.upload())
    by_upload = [piece for piece, who in loading.read_by.items() if who == "upload"]
    assert len(by_upload) > len(loading.read_by) / 2
    assert all(number for _, number in by_upload)


def test_files_without_chunks_come_from_memory(tmp_path: Path) -> None:
    loading = Loading(tmp_path, late=False, chunk=1 << 30)
    assert same(loading.upload())
    assert set(loading.read_by.values()) == {"read"}


def test_a_header_of_several_copies_stays_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("function.weights.upload.STEP", 64)
    assert same(Loading(tmp_path, late=False, chunk=1 << 30).upload())


def test_each_piece_is_read_once(tmp_path: Path) -> None:
    loading = Loading(tmp_path, late=True)
    loading.upload()
    assert len(loading.read_by) == sum(len(pieces) for pieces in loading.plan.pieces.values())


def test_tensors_of_a_file_share_one_allocation_that_begins_with_the_data(tmp_path: Path) -> None:
    found = Loading(tmp_path, late=True).upload()["a.safetensors"]
    assert len({tensor.untyped_storage().data_ptr() for tensor in found.values()}) == 1
    assert min(tensor.storage_offset() for tensor in found.values()) == 0


def test_the_memory_on_the_host_is_let_go(tmp_path: Path) -> None:
    loading = Loading(tmp_path, late=False)
    loading.upload()
    assert all(len(loading.plan.memory(name)) == 0 for name in TENSORS)


def test_a_file_that_is_cut_short_ends_it(tmp_path: Path) -> None:
    def cut(folder: Path) -> None:
        os.truncate(folder / "a.safetensors", 9000)

    with pytest.raises(PlanFailed) as failure:
        Loading(tmp_path, late=True, then=cut).upload()
    assert failure.value.name == "a.safetensors"
    assert "it has 9000 bytes, not" in str(failure.value.reason)


def test_a_header_longer_than_its_chunk_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PlanFailed) as failure:
        Loading(tmp_path, late=True, chunk=64).upload()
    assert "header is longer than its first chunk" in str(failure.value.reason)


def test_weights_on_a_device_are_those_of_the_folder(tmp_path: Path) -> None:
    Loading(tmp_path, late=False)
    weights = open_weights(str(tmp_path), "thing", "tiny", required=True)
    assert weights is not None
    weights.place("meta")
    assert weights.tensors("a.safetensors", "meta")["weight"].device.type == "meta"
