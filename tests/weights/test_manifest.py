import hashlib
import json
from pathlib import Path

import pytest

from function.errors import NotReady
from function.weights.manifest import CHUNK, read_manifest, write_manifest
from tests.weights.folders import write_version

MEND = "Copy it again."


def test_says_what_the_folder_holds(tmp_path: Path) -> None:
    folder = write_version(tmp_path)
    manifest = read_manifest(folder, MEND)
    words = manifest.files[1]
    assert (manifest.model, manifest.variant, manifest.version, manifest.licence) == ("thing", "tiny", "1", "Apache-2.0")
    assert (words.name, words.size, words.sha256) == ("words.json", 8, hashlib.sha256(b'["walk"]').hexdigest())
    assert manifest.scores == {"side": 0.97}


def test_gives_the_hash_of_each_chunk(tmp_path: Path) -> None:
    pieces = [bytes([number]) * CHUNK for number in range(2)] + [b"end"]
    (tmp_path / "large").write_bytes(b"".join(pieces))
    manifest = write_manifest(tmp_path, model="thing", variant="tiny", version="1", licence="", origin="", converter="by hand")
    (large,) = manifest.files
    assert (manifest.chunk, large.size, large.sha256) == (CHUNK, 2 * CHUNK + 3, hashlib.sha256(b"".join(pieces)).hexdigest())
    assert list(large.chunks) == [hashlib.sha256(piece).hexdigest() for piece in pieces]
    assert read_manifest(tmp_path, MEND) == manifest


def test_fields_of_its_own_are_kept(tmp_path: Path) -> None:
    folder = write_version(tmp_path)
    path = folder / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "frames": 30}))
    assert read_manifest(folder, MEND).model_dump()["frames"] == 30


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"files": []}, "files"),
        ({"format": 2}, "format"),
        ({"version": None}, "version"),
        ({"files": [{"name": "../words.json", "size": 1, "sha256": ""}]}, "not a file of its folder"),
        ({"files": [{"name": "model.pt", "size": 1, "sha256": ""}]}, "is a pickle"),
        ({"files": [{"name": "a", "size": 9, "sha256": "", "chunks": ["", ""]}], "chunk": 4}, "hashes of 2 chunks, which do not cover"),
        ({"files": [{"name": "a", "size": 9, "sha256": "", "chunks": [""]}], "chunk": 0}, "hashes of 1 chunks"),
        ({"files": [{"name": "a", "size": 9, "sha256": "../" * 21 + "x"}]}, "a size or a SHA-256 that is none"),
        ({"files": [{"name": "a", "size": -1, "sha256": "0" * 64}]}, "a size or a SHA-256 that is none"),
    ],
)
def test_a_manifest_that_cannot_be_used_is_named(tmp_path: Path, change: dict[str, object], complaint: str) -> None:
    folder = write_version(tmp_path)
    path = folder / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(NotReady, match=complaint) as failure:
        read_manifest(folder, MEND)
    assert failure.value.detail.endswith(MEND)


def test_a_manifest_that_is_not_json_is_named(tmp_path: Path) -> None:
    folder = write_version(tmp_path)
    (folder / "manifest.json").write_text("{")
    with pytest.raises(NotReady, match=r"manifest\.json cannot be used"):
        read_manifest(folder, MEND)


def test_a_folder_without_a_manifest_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotReady, match=r"has no manifest\.json"):
        read_manifest(tmp_path, MEND)


def test_a_folder_with_a_pickle_instead_is_named(tmp_path: Path) -> None:
    (tmp_path / "model.ckpt").write_bytes(b"\x80\x04")
    with pytest.raises(NotReady, match=r"model\.ckpt is a pickle"):
        read_manifest(tmp_path, MEND)
