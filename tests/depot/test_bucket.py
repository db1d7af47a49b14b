"""The same commands with a bucket behind a socket that checks signatures."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from depot.__main__ import main
from function.weights.manifest import write_manifest
from tests.depot.bucket import bucket
from tests.depot.folders import content, damage, write_version
from tests.weights.objects import Objects

Say = pytest.CaptureFixture[str]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Objects]:
    with bucket() as server:
        for name, value in server.environ().items():
            monkeypatch.setenv(name, value)
        yield server


@pytest.fixture
def here(tmp_path: Path) -> Path:
    write_version(tmp_path / "here")
    return tmp_path / "here"


def written(server: Objects) -> list[str]:
    return [path.rpartition("/")[2] for method, path, _ in server.asked if method == "PUT"]


def test_what_is_pushed_can_be_pulled(here: Path, server: Objects, tmp_path: Path) -> None:
    assert main(["push", str(here), server.url]) == 0
    assert written(server)[0] == ".claim"
    assert written(server)[-2:] == ["manifest.json", "latest"]
    assert main(["pull", server.url, str(tmp_path / "again")]) == 0
    assert content(tmp_path / "again") == content(here)


def test_a_file_in_parts_arrives(server: Objects, tmp_path: Path) -> None:
    folder = tmp_path / "here/thing/large/1"
    folder.mkdir(parents=True)
    (folder / "much").write_bytes(os.urandom(20 << 20))
    write_manifest(folder, model="thing", variant="large", version="1", licence="", origin="")
    assert main(["push", str(tmp_path / "here"), server.url]) == 0
    assert written(server).count("much") == 2
    assert server.objects["weights/thing/large/1/much"] == (folder / "much").read_bytes()


def test_a_push_that_stopped_goes_on(here: Path, server: Objects) -> None:
    damage(here / "thing/small/1/large.bin.safetensors", 94_000)
    assert main(["push", str(here), server.url]) == 1
    assert not any(key.endswith(("manifest.json", "large.bin.safetensors")) for key in server.objects)
    damage(here / "thing/small/1/large.bin.safetensors", 94_000)
    server.asked.clear()
    assert main(["push", str(here), server.url]) == 0
    assert "small.json" not in written(server)
    assert "large.bin.safetensors" in written(server)


def test_another_content_is_refused(here: Path, server: Objects, tmp_path: Path, capsys: Say) -> None:
    assert main(["push", str(here), server.url]) == 0
    write_version(tmp_path / "other", seed=1)
    before = dict(server.objects)
    assert main(["push", str(tmp_path / "other"), server.url]) == 1
    assert "has another thing small 1, or one on its way." in capsys.readouterr().err
    assert server.objects == before


def test_versions_are_listed_and_deleted(here: Path, server: Objects, capsys: Say) -> None:
    write_version(here, "2", seed=2)
    assert main(["push", str(here), server.url, "thing/small/1", "thing/small/2"]) == 0
    assert main(["list", server.url]) == 0
    assert [line.split()[2] for line in capsys.readouterr().out.splitlines()[-2:]] == ["1", "2"]
    assert main(["prune", server.url, "--keep", "1", "--yes"]) == 0
    assert {key.split("/")[3] for key in server.objects} == {"2", "latest"}


def test_a_bucket_is_verified_where_it_is(here: Path, server: Objects, capsys: Say) -> None:
    assert main(["push", str(here), server.url]) == 0
    key = "weights/thing/small/1/large.bin.safetensors"
    server.objects[key] = server.objects[key][:50_000] + b"?" + server.objects[key][50_001:]
    assert main(["verify", server.url]) == 1
    assert "large.bin.safetensors: its chunk 6 of 10 does not have" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["push", "pull", "list"])
def test_wrong_keys_are_said_in_one_sentence(
    here: Path, server: Objects, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Say, command: str
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    places = {"push": [str(here), server.url], "pull": [server.url, str(tmp_path / "again"), "thing/small"], "list": [server.url]}
    assert main([command, *places[command]]) == 1
    said = capsys.readouterr().err.strip()
    assert said.count("\n") == 0
    assert "access" in said
