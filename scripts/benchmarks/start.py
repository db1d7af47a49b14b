"""From exec to the first probe answered, and to the first right answer of a model.

Floors: an interpreter that opens a port; a bare process that imports torch, loads the same files and runs once. Nothing is pinned:
a start may use all cores. The caller asks every millisecond for the first probe, and for readiness every 10 ms, like an eager platform.
"""

import json
import math
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.processes import Serving, answered, environment, function, peer, plain, ready
from benchmarks.rows import Rounds, Row, interleave
from benchmarks.weights import write_weights
from function.weights.location import EMBEDDED

PROBE_S, PROMISED, DESIGNED = 0.35, 1.25, 1.15
NUMBER = 0.5


def measure(rounds: Rounds) -> list[Row]:
    """Rows in seconds, and in times a bare process."""
    with tempfile.TemporaryDirectory() as folder:
        file = write_weights(Path(folder))
        return [*_probe_rows(rounds, folder), *_answer_rows(rounds, folder, file), *_tiny_rows(rounds)]


def _probe_rows(rounds: Rounds, weights: str) -> list[Row]:
    taken = interleave(
        rounds.count,
        {
            "echo": lambda: _first_probe(function("benchmarks.models:Echo")),
            "mlp": lambda: _first_probe(function("benchmarks.models:Mlp", weights=weights)),
            "plain": lambda: _first_probe(plain("echo")),
            "door": lambda: _first_probe(peer("door")),
        },
    )
    beside, floor = taken["plain"], taken["door"]
    what = "exec -> first probe answered"
    return [
        Row(what, "s", PROBE_S, taken["echo"], peer="FastAPI, no torch", beside=beside, floor=floor),
        Row(f"{what}, torch coming up", "s", PROBE_S, taken["mlp"], peer="FastAPI, no torch", beside=beside, floor=floor),
    ]


def _answer_rows(rounds: Rounds, weights: str, file: Path) -> list[Row]:
    right = float(_bare("bare_mlp", str(file), str(NUMBER))[1])
    taken = interleave(
        rounds.count,
        {
            "ours": lambda: _first_answer(function("benchmarks.models:Mlp", weights=weights), right),
            "plain": lambda: _first_answer(plain("mlp", MLP_FILE=str(file)), right),
            "bare": lambda: _bare("bare_mlp", str(file), str(NUMBER))[0],
        },
    )
    times, beside = taken["ours"] / taken["bare"], taken["plain"] / taken["bare"]
    note = f"{taken['ours']:.2f} s, bare {taken['bare']:.2f} s"
    what = "exec -> first right answer, 6 M in torch"
    return [
        Row(what, "x bare", PROMISED, times, peer="FastAPI", beside=beside, floor=1, note=note),
        Row(f"{what} (design)", "x bare", DESIGNED, times, peer="FastAPI", beside=beside, floor=1),
    ]


def _tiny_rows(rounds: Rounds) -> list[Row]:
    what = "exec -> ready, embedded tiny motion"
    if not (EMBEDDED / "motion" / "tiny").is_dir():
        return [Row(what, "x bare", DESIGNED, None, note="there are no embedded weights")]
    taken = interleave(rounds.count, {"ours": lambda: _ready(function("motion")), "bare": lambda: _bare("bare_motion")[0]})
    note = f"{taken['ours']:.2f} s, bare {taken['bare']:.2f} s"
    return [Row(what, "x bare", DESIGNED, taken["ours"] / taken["bare"], floor=1, note=note)]


def _first_probe(serving: Serving) -> float:
    with serving as server:
        return server.until("/health/live", answered, 0.001)


def _ready(serving: Serving) -> float:
    with serving as server:
        return server.until("/health/ready", ready, 0.01)


def _first_answer(serving: Serving, right: float) -> float:
    with serving as server:
        server.until("/health/ready", ready, 0.01)
        status, body = server.ask("POST", "/mlp", json.dumps({"number": NUMBER}).encode())
        seconds = time.perf_counter() - server.begun
    said = json.loads(body)
    number = said.get("facts", said)["number"]
    if status != 200 or not math.isclose(number, right, rel_tol=1e-3):
        raise RuntimeError(f"answered {body!r} instead of {right}")
    return seconds


def _bare(module: str, *arguments: str) -> tuple[float, str]:
    """Seconds from exec to the first line that a module of `benchmarks.peers` prints, and the line."""
    command = [sys.executable, "-m", f"benchmarks.peers.{module}", *arguments]
    begun = time.perf_counter()
    with subprocess.Popen(command, env=environment("memory://"), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        seconds = time.perf_counter() - begun
    if process.returncode:
        raise RuntimeError(f"{module} ended with code {process.returncode}")
    return seconds, line
