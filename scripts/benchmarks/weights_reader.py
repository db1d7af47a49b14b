"""Weights from disk, page cache and an object server into tensors, hashes checked, each page touched once.

Peers: `cat FILE > /dev/null`, safetensors' `load_file` (which maps the file and checks nothing), a bare parallel download of ranges. With a
GPU: onto it, beside a copy of as many bytes from pinned memory. Floor of what is checked: SHA-256 alone, on all cores.
"""

import hashlib
import json
import os
import subprocess
import tempfile
import threading
import time
from functools import partial
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from benchmarks.peers.reading import MODEL, NAME, VARIANT, VERSION
from benchmarks.processes import peer, run_python
from benchmarks.rows import Rounds, Row, interleave
from function.weights.manifest import write_manifest

SIZE = 2_000_000_000
ON_DEVICE = (1_000_000_000, 2_000_000_000, 10_000_000_000, 20_000_000_000)
TENSOR = 16 << 20  # values of float32


def measure(rounds: Rounds) -> list[Row]:
    """Ratios to the peers of the same run."""
    with tempfile.TemporaryDirectory() as root:
        file = write_weights(Path(root), SIZE)
        return [*_folder_rows(rounds, root, file), *_server_rows(rounds, root, file), *_device_rows(rounds)]


def write_weights(root: Path, size: int) -> Path:
    """About so many bytes of random numbers, as the function looks for them."""
    folder = root / MODEL / VARIANT / VERSION
    folder.mkdir(parents=True)
    values = np.random.default_rng(0).standard_normal(TENSOR, dtype=np.float32)
    count = max(size // (4 * TENSOR), 1)
    save_file({f"{number:04}": values for number in range(count)}, folder / NAME)
    (folder.parent / "latest").write_text(VERSION)
    write_manifest(folder, model=MODEL, variant=VARIANT, version=VERSION, licence="Apache-2.0", origin="random numbers")
    return folder / NAME


def _folder_rows(rounds: Rounds, root: str, file: Path) -> list[Row]:
    size = file.stat().st_size
    arms = {way: partial(_cold, way, root, file) for way in ("checked", "unchecked")}
    cold = interleave(max(rounds.count // 2, 1), {**arms, "cat": lambda: _cat(file)})
    ways = ("checked", "unchecked", "load_file")
    memory: list[float] = []
    warm = interleave(rounds.count, {way: partial(_way, way, root, file, memory if way == "checked" else None) for way in ways})
    floor = _hash_seconds(file)
    rate = (
        f"{size / warm['checked'] / 1e9:.2f} GB/s, {size / warm['unchecked'] / 1e9:.2f} unchecked, SHA-256 alone {size / floor / 1e9:.2f}"
    )
    return [
        Row("2 GB to CPU, nothing in the page cache", "x cat", 1.1, cold["checked"] / cold["cat"], note=f"{cold['checked']:.2f} s"),
        Row(
            "2 GB to CPU from the page cache",
            "s",
            warm["load_file"],
            warm["checked"],
            peer="load_file",
            beside=warm["load_file"],
            floor=floor,
            note=rate,
        ),
        Row(
            "2 GB to CPU from the page cache, hashes off",
            "s",
            warm["load_file"],
            warm["unchecked"],
            peer="load_file",
            beside=warm["load_file"],
        ),
        Row("checking hashes, to not checking, page cache cold", "x", 1.05, cold["checked"] / cold["unchecked"]),
        Row(
            "checking hashes, to not checking, page cache warm",
            "x",
            1.05,
            warm["checked"] / warm["unchecked"],
            floor=floor / warm["unchecked"],
        ),
        Row("peak memory while reading", "x weights", 1.1, max(memory) / size, floor=1),
    ]


def _server_rows(rounds: Rounds, root: str, file: Path) -> list[Row]:
    with peer("files", root) as server:
        url = f"http://127.0.0.1:{server.port}"
        server.until("/latest", bool, 0.01)
        taken = interleave(max(rounds.count // 2, 1), {way: partial(_way, way, url, file) for way in ("checked", "unchecked", "ranges")})
    rate = {way: file.stat().st_size / seconds / 1e9 for way, seconds in taken.items()}
    row = partial(Row, unit="of bare ranges", bar=0.8, least=True)
    return [
        row(
            what=f"2 GB from a local object server{more}",
            measured=rate[way] / rate["ranges"],
            note=f"{rate[way]:.2f} of {rate['ranges']:.2f} GB/s",
        )
        for way, more in (("checked", ""), ("unchecked", ", hashes off"))
    ]


def _device_rows(rounds: Rounds) -> list[Row]:
    rows = []
    for size in ON_DEVICE:
        row = partial(Row, f"{size // 10**9} GB from the page cache to the GPU", "of pinned copies", 0.9, least=True)
        if not list(Path("/dev").glob("nvidia[0-9]*")):
            rows.append(row(None, note="there is no GPU"))
            continue
        with tempfile.TemporaryDirectory() as root:
            file = write_weights(Path(root), size)
            taken = interleave(rounds.count, {way: partial(_way, way, root, file) for way in ("device", "pinned")})
            held = file.stat().st_size / 1e9
        rows.append(row(taken["pinned"] / taken["device"], note=f"{held / taken['device']:.1f} of {held / taken['pinned']:.1f} GB/s"))
    return rows


def _way(way: str, root: str, file: Path, memory: list[float] | None = None) -> float:
    said = json.loads(run_python(["-m", "benchmarks.peers.reading", way, root, str(file)]))
    if memory is not None:
        memory.append(said["memory"])
    return float(said["seconds"])


def _cold(way: str, root: str, file: Path) -> float:
    _forget(file)
    return _way(way, root, file)


def _cat(file: Path) -> float:
    _forget(file)
    begun = time.perf_counter()
    with Path(os.devnull).open("wb") as nowhere:
        subprocess.run(["cat", str(file)], stdout=nowhere, check=True)
    return time.perf_counter() - begun


def _forget(file: Path) -> None:
    """Take the file out of the page cache."""
    with file.open("rb") as opened:
        os.fsync(opened.fileno())
        os.posix_fadvise(opened.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _hash_seconds(file: Path) -> float:
    """SHA-256 of as many bytes, on all cores, out of the processor's cache."""
    cores = len(os.sched_getaffinity(0))
    piece, count = bytes(1 << 20), file.stat().st_size >> 20
    threads = [threading.Thread(target=lambda: [hashlib.sha256(piece) for _ in range(count // cores)]) for _ in range(cores)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - begun
