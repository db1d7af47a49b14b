"""Push and pull: what arrives is what was sent, seen only when it is whole, and interrupted work goes on."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from depot.__main__ import main
from function.weights.cache import Cache
from function.weights.filling import Version, filling
from tests.depot.command import run, start
from tests.depot.folders import CHUNK, content, damage, write_version
from tests.serving import until

LARGE = "large.bin.safetensors"
Say = pytest.CaptureFixture[str]


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A root with one version."""
    write_version(tmp_path / "here")
    return tmp_path / "here"


@pytest.fixture
def there(tmp_path: Path) -> Path:
    """Where a bucket is made."""
    return tmp_path / "there"


def push(here: Path, there: Path, *more: str) -> int:
    return main(["push", str(here), there.as_uri(), *more])


def pull(there: Path, here: Path, *more: str) -> int:
    return main(["pull", there.as_uri(), str(here), *more])


def refused(code: int, capsys: Say) -> str:
    assert code == 1
    return capsys.readouterr().err.strip().splitlines()[-1]


def test_what_is_pushed_can_be_pulled(here: Path, there: Path, tmp_path: Path) -> None:
    assert push(here, there) == 0
    assert pull(there, tmp_path / "again") == 0
    assert content(there) == content(tmp_path / "again") == content(here)


def test_a_second_push_does_nothing(here: Path, there: Path, capsys: Say) -> None:
    assert push(here, there) == 0
    before = {path: path.stat().st_mtime_ns for path in there.rglob(LARGE)}
    assert push(here, there) == 0
    assert {path: path.stat().st_mtime_ns for path in there.rglob(LARGE)} == before
    assert capsys.readouterr().out == "thing small 1 is there now.\nthing small 1 was there already.\n"


def test_a_push_that_stopped_is_seen_by_nobody(here: Path, there: Path, tmp_path: Path, capsys: Say) -> None:
    damage(here / "thing/small/1" / LARGE, 4 * CHUNK)
    said = refused(push(here, there), capsys)
    assert said.startswith(f"{LARGE} of thing small 1: its chunk 5 of 10 does not have the SHA-256 of the manifest")
    assert not (there / "thing/small/1/manifest.json").exists()
    assert "not all of it yet" in refused(pull(there, tmp_path / "again", "thing/small/1"), capsys)
    assert not (tmp_path / "again/thing").exists()


def test_a_push_that_stopped_goes_on(here: Path, there: Path) -> None:
    damage(here / "thing/small/1" / LARGE, 0)
    assert push(here, there) == 1
    small = there / "thing/small/1/small.json"
    before = small.stat().st_mtime_ns
    damage(here / "thing/small/1" / LARGE, 0)
    assert push(here, there) == 0
    assert small.stat().st_mtime_ns == before
    assert content(there) == content(here)


def test_what_a_stopped_push_has_left_is_not_trusted(here: Path, there: Path) -> None:
    damage(here / "thing/small/1" / LARGE, 0)
    assert push(here, there) == 1
    damage(there / "thing/small/1/small.json", 3)
    damage(here / "thing/small/1" / LARGE, 0)
    assert push(here, there) == 0
    assert content(there) == content(here)


def test_two_pushes_of_one_content_at_once(here: Path, there: Path) -> None:
    processes = [start("push", here, there) for _ in range(2)]
    assert [(process.communicate(timeout=60), process.returncode)[1] for process in processes] == [0, 0]
    assert content(there) == content(here)


def test_of_two_pushes_of_different_content_at_once_one_is_refused(here: Path, there: Path, tmp_path: Path) -> None:
    write_version(tmp_path / "other", seed=1)
    processes = {root: start("push", root, there) for root in (here, tmp_path / "other")}
    codes = {root: (process.communicate(timeout=60), process.returncode)[1] for root, process in processes.items()}
    assert sorted(codes.values()) == [0, 1]
    (winner,) = [root for root, code in codes.items() if code == 0]
    assert content(there) == content(winner)


def test_while_another_content_is_on_its_way_a_push_is_refused(here: Path, there: Path, tmp_path: Path, capsys: Say) -> None:
    damage(here / "thing/small/1" / LARGE, 0)
    assert push(here, there) == 1
    before = content(there)
    write_version(tmp_path / "other", seed=1)
    said = refused(push(tmp_path / "other", there), capsys)
    assert said.startswith(f"{there.as_uri()} has another thing small 1, or one on its way. Mend it with: ")
    assert content(there) == before


def test_a_version_is_never_replaced(here: Path, there: Path, tmp_path: Path, capsys: Say) -> None:
    assert push(here, there) == 0
    write_version(tmp_path / "other", seed=1)
    refused(push(tmp_path / "other", there), capsys)
    assert content(there) == content(here)


def test_a_pull_that_stopped_fetches_only_what_is_missing(here: Path, there: Path, tmp_path: Path, capsys: Say) -> None:
    assert push(here, there) == 0
    stored = there / "thing/small/1" / LARGE
    damage(stored, 9 * CHUNK)
    said = refused(pull(there, tmp_path / "again"), capsys)
    assert said.startswith(f"{LARGE}, chunk 10 of 10 of thing small 1 cannot be copied from {there.as_uri()}: ")
    assert not (tmp_path / "again/thing").exists()
    partial = tmp_path / "again/.partial/thing-small-1/files" / LARGE
    partial.write_bytes((here / "thing/small/1" / LARGE).read_bytes()[: 9 * CHUNK])
    stored.write_bytes(bytes(9 * CHUNK) + (here / "thing/small/1" / LARGE).read_bytes()[9 * CHUNK :])
    assert pull(there, tmp_path / "again") == 0
    assert content(tmp_path / "again") == content(here)


def test_what_a_stopped_pull_has_left_is_not_trusted(here: Path, tmp_path: Path) -> None:
    files = tmp_path / "again/.partial/thing-small-1/files"
    shutil.copytree(here / "thing/small/1", files)
    damage(files / LARGE, 2 * CHUNK)
    (files / "left.over").touch()
    assert pull(here, tmp_path / "again") == 0
    assert content(tmp_path / "again") == content(here)


def test_two_pulls_into_one_folder_at_once(here: Path, tmp_path: Path) -> None:
    processes = [start("prefetch", here, tmp_path / "again") for _ in range(3)]
    assert [(process.communicate(timeout=60), process.returncode)[1] for process in processes] == [0, 0, 0]
    assert content(tmp_path / "again") == content(here)


def test_what_is_there_is_left_alone(here: Path, tmp_path: Path, capsys: Say) -> None:
    assert pull(here, tmp_path / "again") == 0
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "again/thing").rglob("*")}
    assert pull(here, tmp_path / "again") == 0
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "again/thing").rglob("*")} == before
    assert capsys.readouterr().out.endswith("thing small 1 was there already.\n")


def test_a_file_that_became_shorter_is_fetched_again(here: Path, tmp_path: Path) -> None:
    assert pull(here, tmp_path / "again") == 0
    path = tmp_path / "again/thing/small/1" / LARGE
    path.write_bytes(path.read_bytes()[:-1])
    assert pull(here, tmp_path / "again") == 0
    assert content(tmp_path / "again") == content(here)


def test_a_check_mends_what_is_damaged(here: Path, tmp_path: Path) -> None:
    assert pull(here, tmp_path / "again") == 0
    damage(tmp_path / "again/thing/small/1" / LARGE, 5)
    assert pull(here, tmp_path / "again", "--check") == 0
    assert content(tmp_path / "again") == content(here)


def test_another_content_under_the_same_version_is_refused(here: Path, tmp_path: Path, capsys: Say) -> None:
    write_version(tmp_path / "again", seed=1)
    before = content(tmp_path / "again")
    assert "has another content" in refused(pull(here, tmp_path / "again"), capsys)
    assert content(tmp_path / "again") == before


def test_a_full_disk_is_said_beforehand(here: Path, tmp_path: Path, capsys: Say) -> None:
    path = here / "thing/small/1/manifest.json"
    manifest = json.loads(path.read_text())
    manifest["files"][0] |= {"size": 1 << 60, "chunks": []}
    path.write_text(json.dumps(manifest))
    said = refused(pull(here, tmp_path / "again"), capsys)
    assert said.startswith("thing small 1 needs 1,152,921,505 GB more in ")
    assert not (tmp_path / "again/thing").exists()


def test_the_pointer_comes_along_only_for_what_it_names(here: Path, there: Path, tmp_path: Path) -> None:
    write_version(here, "2", seed=2)
    assert push(here, there, "thing/small/1") == 0
    assert push(here, there) == 0
    assert pull(there, tmp_path / "again") == 0
    assert pull(there, tmp_path / "again", "thing/small/1") == 0
    assert content(tmp_path / "again") == content(here)


def test_the_image_fills_a_folder_without_the_scripts(here: Path, tmp_path: Path) -> None:
    argv = [sys.executable, "-m", "function.weights.prefetch", str(here), str(tmp_path / "again"), "thing"]
    done = subprocess.run(argv, capture_output=True, text=True, check=True, timeout=60)
    assert done.stderr.endswith("thing small 1 is there now.\n")
    assert content(tmp_path / "again") == content(here)


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("a/b/c/d", "a/b/c/d names no version."),
        ("thing/large", "There are no weights of thing large"),
        ("other", "There are no weights in"),
    ],
)
def test_what_is_not_there_is_said(here: Path, tmp_path: Path, capsys: Say, what: str, said: str) -> None:
    assert refused(pull(here, tmp_path / "again", what), capsys).startswith(said)


def test_a_folder_without_a_manifest_is_completed(here: Path, tmp_path: Path) -> None:
    assert pull(here, tmp_path / "again") == 0
    (tmp_path / "again/thing/small/1/manifest.json").unlink()
    damage(tmp_path / "again/thing/small/1" / LARGE, 5)
    assert pull(here, tmp_path / "again") == 0
    assert content(tmp_path / "again") == content(here)


def test_a_container_that_is_stopped_while_it_prefetches_ends_at_once(here: Path, tmp_path: Path) -> None:
    with filling(tmp_path, Version("thing", "small", "1")) as place:
        process = subprocess.Popen([sys.executable, "-m", "function.weights.prefetch", str(here), str(tmp_path)])
        until(lambda: any(fd.resolve() == place for fd in Path(f"/proc/{process.pid}/fd").iterdir()))  # it waits for its turn
        process.terminate()
        assert process.wait(timeout=60) == 143


def test_the_cache_of_a_node_is_filled_before_a_pod_needs_it(here: Path, tmp_path: Path, capsys: Say) -> None:
    assert pull(here, tmp_path / "cache", "--cache") == 0
    assert pull(here, tmp_path / "cache", "--cache") == 0
    assert capsys.readouterr().out == "thing small 1 is there now.\nthing small 1 was there already.\n"
    manifest = json.loads((here / "thing/small/1/manifest.json").read_text())
    cache, into = Cache(tmp_path / "cache", 1 << 20), bytearray(CHUNK)
    for at, chunk in enumerate(manifest["files"][0]["chunks"][:-1]):
        cache.fill(chunk, CHUNK, 0, memoryview(into))
        assert into == (here / "thing/small/1" / LARGE).read_bytes()[at * CHUNK : (at + 1) * CHUNK]


def test_a_cache_that_is_too_small_is_said(here: Path, tmp_path: Path, capsys: Say) -> None:
    said = refused(pull(here, tmp_path / "cache", "--cache", "--cache-bytes", "50000"), capsys)
    assert said.endswith("are not in the cache: make room on its disk, or raise --cache-bytes.")


def test_progress_is_told_to_machines(here: Path, there: Path) -> None:
    code, out, err = run("push", here, there, "--json")
    assert (code, err) == (0, "")
    progress, outcome = map(json.loads, out.splitlines())
    assert (progress["event"], progress["done"], progress["total"]) == ("progress", 95_012, 95_012)
    assert outcome == {"model": "thing", "variant": "small", "version": "1", "copied": True}
