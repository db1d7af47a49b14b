from pathlib import Path

import pytest
import torch

from function.errors import NotReady
from function.weights.manifest import CHUNK, write_manifest
from function.weights.reader import FolderWeights, open_weights
from tests.weights.folders import TENSORS, write_version


def opened(root: Path) -> FolderWeights:
    weights = open_weights(str(root), "thing", "tiny", required=True)
    assert weights is not None
    return weights


def test_reads_a_file(tmp_path: Path) -> None:
    write_version(tmp_path)
    weights = opened(tmp_path)
    assert (weights.model, weights.variant, weights.version) == ("thing", "tiny", "1")
    assert bytes(weights.read("words.json")) == b'["walk"]'
    assert weights.manifest["scores"] == {"side": 0.97}


def test_reads_a_file_of_several_chunks(tmp_path: Path) -> None:
    folder = write_version(tmp_path)
    data = bytes(range(256)) * (CHUNK // 128) + b"end"
    (folder / "large.dat").write_bytes(data)
    write_manifest(folder, model="thing", variant="tiny", version="1", licence="", origin="")
    assert opened(tmp_path).read("large.dat") == data


def test_reads_an_empty_file(tmp_path: Path) -> None:
    folder = write_version(tmp_path)
    (folder / "empty").touch()
    write_manifest(folder, model="thing", variant="tiny", version="1", licence="", origin="")
    assert bytes(opened(tmp_path).read("empty")) == b""


def test_gives_the_tensors_that_were_saved(tmp_path: Path) -> None:
    write_version(tmp_path)
    tensors = opened(tmp_path).tensors("model.safetensors", "cpu")
    assert tensors.keys() == TENSORS.keys()
    for name, tensor in tensors.items():
        assert tensor.dtype == TENSORS[name].dtype
        assert torch.equal(tensor, TENSORS[name])


def test_tensors_on_the_cpu_are_views_of_what_was_read(tmp_path: Path) -> None:
    write_version(tmp_path)
    weights = opened(tmp_path)
    start = torch.frombuffer(weights.read("model.safetensors"), dtype=torch.uint8).data_ptr()
    place = weights.tensors("model.safetensors", "cpu")["weight"].data_ptr() - start
    assert 0 < place < len(weights.read("model.safetensors"))


def test_a_tensor_at_an_odd_place_is_still_right(tmp_path: Path) -> None:
    folder = tmp_path / "thing" / "tiny" / "1"
    folder.mkdir(parents=True)
    header = b'{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"I16","shape":[1],"data_offsets":[1,3]}}'
    (folder / "odd.safetensors").write_bytes(len(header).to_bytes(8, "little") + header + b"\x05\x01\x02")
    write_manifest(folder, model="thing", variant="tiny", version="1", licence="", origin="")
    tensors = opened(tmp_path).tensors("odd.safetensors", "cpu")
    assert (tensors["a"].item(), tensors["b"].item()) == (5, 513)


def test_a_truncated_file_is_named_with_the_mend(tmp_path: Path) -> None:
    path = write_version(tmp_path) / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(NotReady, match=r"model.safetensors of thing tiny cannot be used: it has \d+ bytes.*unset FUNCTION_WEIGHTS"):
        opened(tmp_path).wait()


def test_a_changed_file_is_named(tmp_path: Path) -> None:
    (write_version(tmp_path) / "words.json").write_text('["jump"]')
    with pytest.raises(NotReady, match=r"words.json .* SHA-256"):
        opened(tmp_path).read("words.json")


def test_a_missing_file_is_named_without_its_path(tmp_path: Path) -> None:
    (write_version(tmp_path) / "words.json").unlink()
    with pytest.raises(NotReady, match=r"words\.json") as failure:
        opened(tmp_path).wait()
    assert str(tmp_path) not in failure.value.detail


def test_a_file_that_the_manifest_does_not_name_is_not_read(tmp_path: Path) -> None:
    write_version(tmp_path)
    with pytest.raises(NotReady, match=r"names no file other\.txt"):
        opened(tmp_path).read("other.txt")


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"\x80\x04\x95", "is a pickle"),
        (b"PK\x03\x04" + bytes(40), "is a pickle"),
        (b"", "not a safetensors file"),
        (b"\xff" * 20, "not a safetensors file"),
        (b"\x02\0\0\0\0\0\0\0[]", "not a safetensors file"),
        (b"\x07\0\0\0\0\0\0\0" + b'{"a":1}', "does not describe a"),
        (b'\x37\0\0\0\0\0\0\0{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}} ', "does not fit"),
    ],
)
def test_what_is_not_safetensors_is_named(tmp_path: Path, content: bytes, complaint: str) -> None:
    folder = write_version(tmp_path)
    (folder / "model.safetensors").write_bytes(content)
    write_manifest(folder, model="thing", variant="tiny", version="1", licence="", origin="")
    with pytest.raises(NotReady, match=f"model.safetensors .* {complaint}"):
        opened(tmp_path).tensors("model.safetensors", "cpu")


def test_a_folder_of_another_model_is_refused(tmp_path: Path) -> None:
    write_version(tmp_path).rename(tmp_path / "thing" / "tiny" / "2")
    with pytest.raises(NotReady, match="The folder of thing tiny 2 holds thing tiny 1"):
        opened(tmp_path)


def test_weights_that_must_be_there_are_missed(tmp_path: Path) -> None:
    with pytest.raises(NotReady, match="no weights of thing"):
        opened(tmp_path)


def test_a_model_may_ship_none(tmp_path: Path) -> None:
    assert open_weights(str(tmp_path), "thing", "default", required=False) is None
