"""Reads a safetensors file into tensors in one way, touches every page of them, and prints seconds and memory as JSON.

`reading WAY ROOT FILE`; the ways are the functions below. The clock starts when torch is imported.
"""

import json
import resource
import sys
import threading
import time
from collections import deque
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import torch
from torch import Tensor

from function.weights.manifest import find_manifest
from function.weights.plan import Piece, Plan, allocate
from function.weights.reader import open_weights
from function.weights.source import open_source
from function.weights.tensors import parse_tensors

MODEL, VARIANT, VERSION = "bench", "default", "1"
NAME = "model.safetensors"
THREADS, RANGE = 16, 8 << 20
PAGE = 4096


def checked(root: str, _file: str) -> dict[str, Tensor]:
    """As the function does."""
    weights = open_weights(root, MODEL, VARIANT, required=True)
    assert weights is not None
    weights.place("cpu")
    return weights.tensors(NAME, "cpu")


def device(root: str, _file: str) -> dict[str, Tensor]:
    """As the function does, onto the GPU, whose context is up."""
    weights = open_weights(root, MODEL, VARIANT, required=True)
    assert weights is not None
    weights.place("cuda")
    return weights.tensors(NAME, "cuda")


def unchecked(root: str, _file: str) -> dict[str, Tensor]:
    """The same without hashing."""
    source, folder = open_source(root, patience=0), f"{MODEL}/{VARIANT}/{VERSION}"
    manifest = find_manifest(source, folder, "")

    def fetch(piece: Piece, into: memoryview) -> None:
        source.fill(f"{folder}/{piece.file.name}", piece.file.size, piece.offset, into)

    return parse_tensors(Plan(manifest.files, manifest.chunk, fetch, source.threads).content(NAME))


def load_file(_root: str, file: str) -> dict[str, Tensor]:
    """As the safetensors library does."""
    from safetensors.torch import load_file

    return load_file(file)


def ranges(root: str, _file: str) -> dict[str, Tensor]:
    """Ranges over HTTP in parallel into memory, nothing else."""
    url = urlsplit(f"{root}/{MODEL}/{VARIANT}/{VERSION}/{NAME}")
    assert url.hostname
    connection = HTTPConnection(url.hostname, url.port)
    connection.request("HEAD", url.path)
    content = allocate(int(connection.getresponse().headers["content-length"]))
    todo = deque(range(0, len(content), RANGE))

    def work() -> None:
        connection = HTTPConnection(str(url.hostname), url.port)
        while todo:
            begin = todo.popleft()
            into = content[begin : begin + RANGE]
            connection.request("GET", url.path, headers={"range": f"bytes={begin}-{begin + len(into) - 1}"})
            response = connection.getresponse()
            while into:
                into = into[response.readinto(into) :]
            response.read()

    threads = [threading.Thread(target=work) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return parse_tensors(content)


def pinned(_root: str, file: str) -> dict[str, Tensor]:
    """A copy of as many bytes from pinned memory to the GPU, over and over from one gigabyte."""
    size, part = Path(file).stat().st_size, 1 << 30
    host, there = torch.empty(part, dtype=torch.uint8, pin_memory=True), torch.empty(size, dtype=torch.uint8, device="cuda")
    torch.cuda.synchronize()
    global begun  # pinning is not part of the copy
    begun = time.perf_counter()
    for at in range(0, size, part):
        there[at : at + part].copy_(host[: size - at], non_blocking=True)
    return {}


def borrow(size: int) -> None:
    """Take so much memory and give it back: the host of a virtual machine finds it at the first touch, which is not what is measured."""
    memory = allocate(size)
    memory[::PAGE] = bytes(len(memory[::PAGE]))


def touch(tensors: dict[str, Tensor]) -> None:
    """Every page."""
    for tensor in tensors.values():
        if tensor.is_cpu:
            tensor.view(-1).view(torch.uint8)[::PAGE].max()
    if torch.cuda.is_initialized():  # type: ignore[no-untyped-call]
        torch.cuda.synchronize()


if __name__ == "__main__":
    way = {work.__name__: work for work in (checked, device, unchecked, load_file, ranges, pinned)}[sys.argv[1]]
    if way in (device, pinned):
        torch.zeros(1, device="cuda")
    borrow(Path(sys.argv[3]).stat().st_size)
    before = int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
    begun = time.perf_counter()
    found = way(*sys.argv[2:])
    touch(found)
    seconds = time.perf_counter() - begun
    print(json.dumps({"seconds": seconds, "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - before}))
