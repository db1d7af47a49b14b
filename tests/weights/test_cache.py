"""The folder on the node that keeps pieces, filled from a real object server."""

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from function.weights.cache import UNFINISHED, Cache
from function.weights.manifest import write_manifest
from function.weights.reader import FolderWeights, open_weights
from tests.weights.folders import write_version
from tests.weights.objects import Objects, objects

LARGE = 64 << 30


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Objects]:
    folder = write_version(tmp_path / "weights")
    (folder / "large.dat").write_bytes(os.urandom(9 << 20))
    write_manifest(folder, model="thing", variant="tiny", version="1", licence="", origin="")
    (folder.parent / "latest").write_text("1")
    with objects(tmp_path / "weights", signed=False) as server:
        yield server


def read(server: Objects, cache: Cache) -> FolderWeights:
    weights = open_weights(server.url, "thing", "tiny", required=True, cache=cache)
    assert weights is not None
    weights.wait()
    return weights


def asked(server: Objects) -> list[str]:
    """The weight files that were asked for since the last time."""
    names = sorted({path.rpartition("/")[2] for _, path, _ in server.asked} - {"latest", "manifest.json"})
    server.asked.clear()
    return names


def kept(root: Path) -> list[Path]:
    return sorted(root.glob("*/*"))


def test_the_second_pod_reads_nothing_from_the_server(server: Objects, tmp_path: Path) -> None:
    first = read(server, Cache(tmp_path / "cache", LARGE)).read("large.dat")
    assert asked(server) == ["large.dat", "model.safetensors", "words.json"]
    assert read(server, Cache(tmp_path / "cache", LARGE)).read("large.dat") == first
    assert asked(server) == []


def test_a_damaged_piece_is_read_again_and_mended(server: Objects, tmp_path: Path) -> None:
    read(server, Cache(tmp_path / "cache", LARGE))
    asked(server)
    damaged = max(kept(tmp_path / "cache"), key=lambda path: path.stat().st_size)
    content = bytearray(damaged.read_bytes())
    content[5] ^= 1
    damaged.write_bytes(content)
    read(server, Cache(tmp_path / "cache", LARGE))
    assert asked(server) == ["large.dat"]
    read(server, Cache(tmp_path / "cache", LARGE))
    assert asked(server) == []


def test_a_piece_that_is_cut_short_is_read_again(server: Objects, tmp_path: Path) -> None:
    read(server, Cache(tmp_path / "cache", LARGE))
    asked(server)
    for path in kept(tmp_path / "cache"):
        os.truncate(path, 3)
    read(server, Cache(tmp_path / "cache", LARGE))
    assert asked(server) == ["large.dat", "model.safetensors", "words.json"]


def test_pods_that_fill_it_at_once_leave_whole_pieces(server: Objects, tmp_path: Path) -> None:
    threads = [threading.Thread(target=read, args=(server, Cache(tmp_path / "cache", LARGE))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not [path for path in kept(tmp_path / "cache") if path.name.endswith(UNFINISHED)]
    asked(server)
    read(server, Cache(tmp_path / "cache", LARGE))
    assert asked(server) == []


def test_what_was_not_used_for_longest_goes_first(tmp_path: Path) -> None:
    cache = Cache(tmp_path, 100)
    for number, name in enumerate(("aa1", "bb2", "cc3")):
        cache.keep(name, memoryview(bytes(30)))
        os.utime(tmp_path / name[:2] / name, (number, number))
    cache.touch("aa1")
    cache.keep("dd4", memoryview(bytes(30)))
    assert [path.name for path in kept(tmp_path)] == ["aa1", "cc3", "dd4"]


def test_it_stays_within_its_bound(tmp_path: Path) -> None:
    cache = Cache(tmp_path, 1000)
    for number in range(50):
        cache.keep(f"{number:064x}", memoryview(bytes(90)))
        assert sum(path.stat().st_size for path in kept(tmp_path)) <= 1000


def test_what_is_larger_than_the_bound_is_not_kept(tmp_path: Path) -> None:
    Cache(tmp_path, 10).keep("aa1", memoryview(bytes(11)))
    assert kept(tmp_path) == []


def test_what_ended_pods_left_unfinished_goes_first(tmp_path: Path) -> None:
    (tmp_path / "aa").mkdir()
    old, new = (tmp_path / "aa" / f"{name}{UNFINISHED}" for name in ("old", "new"))
    for path in (old, new):
        path.write_bytes(bytes(95))
    os.utime(old, (time.time() - 7200,) * 2)
    Cache(tmp_path, 100).keep("bb1", memoryview(bytes(10)))
    assert [path.name for path in kept(tmp_path)] == [new.name, "bb1"]


FULL = """
import resource, sys
from pathlib import Path
from function.weights.cache import Cache
from function.weights.reader import open_weights
{limit}
weights = open_weights(sys.argv[1], "thing", "tiny", required=True, cache=Cache(Path(sys.argv[2]), 1 << 40))
weights.wait()
print(len(weights.read("large.dat")))
"""


def run_full(server: Objects, cache: Path, limit: str, *command: str) -> tuple[str, str]:
    """What a pod prints, and its log, when nothing more can be written at some point."""
    program = [*command, sys.executable, "-c", FULL.format(limit=limit), server.url, str(cache)]
    ended = subprocess.run(program, capture_output=True, text=True, check=True, env={**os.environ, "PYTHONPATH": str(Path.cwd())})
    return ended.stdout.strip(), ended.stderr


def test_a_file_system_that_refuses_more_is_gone_on_without(server: Objects, tmp_path: Path) -> None:
    limit = "resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))"
    length, log = run_full(server, tmp_path / "cache", limit)
    assert (length, log.count("going on without the weights cache")) == (str(9 << 20), 1)
    assert not re.search("Traceback", log)


def test_a_folder_that_cannot_be_written_is_gone_on_without(server: Objects, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "cache").write_text("a file")
    read(server, Cache(tmp_path / "cache", LARGE))
    assert "going on without the weights cache" in caplog.text


def test_a_full_disk_is_gone_on_without(server: Objects, tmp_path: Path) -> None:
    """A file system in memory, smaller than the weights, in a mount namespace of its own."""
    small = tmp_path / "small"
    small.mkdir()
    mounted = ("unshare", "--map-root-user", "--mount", "sh", "-c", f'mount -t tmpfs -o size=4m none {small} && exec "$@"', "sh")
    length, log = run_full(server, small, "", *mounted)
    assert (length, log.count("No space left on device")) == (str(9 << 20), 1)
