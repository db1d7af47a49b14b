"""Load from `wrk`, a client in C that costs a fraction of what a server in Python does."""

import json
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.processes import LOCAL, Server, Serving, answered, cores, pinned, ready
from benchmarks.rows import Rounds

MISSING = "wrk is missing: apt-get install wrk"
BODY = '{"text":"x"}'


@dataclass(frozen=True, slots=True)
class Load:
    """What load gave: answers a second, and the median seconds of one."""

    rate: float
    p50: float


def can_load() -> bool:
    """The client is installed."""
    return shutil.which("wrk") is not None


def compare(servings: Mapping[str, Serving], path: str, clients: Sequence[int], rounds: Rounds) -> list[dict[str, Load]]:
    """Medians by server for each number of clients; the servers take turns."""
    with ExitStack() as stack:
        servers = {name: stack.enter_context(serving) for name, serving in servings.items()}
        for name, server in servers.items():
            server.until("/health", ready if name == "ours" else answered, 0.01)
        return [_in_turn(servers, path, count, rounds) for count in clients]


def _in_turn(servers: Mapping[str, Server], path: str, clients: int, rounds: Rounds) -> dict[str, Load]:
    found: dict[str, list[Load]] = {name: [] for name in servers}
    for server in servers.values():
        _load(server, path, clients, 1)
    for _ in range(rounds.count):
        for name, server in servers.items():
            found[name].append(_load(server, path, clients, rounds.seconds))
    return {name: Load(median(one.rate for one in loads), median(one.p50 for one in loads)) for name, loads in found.items()}


def _load(server: Server, path: str, clients: int, seconds: int) -> Load:
    """Clients on a core of their own that each ask again as soon as they are answered. Raises `RuntimeError` when an answer was not 200."""
    script, url = Path(__file__).with_name("post.lua"), f"http://{LOCAL}:{server.port}{path}"
    command = ["wrk", "-t1", f"-c{clients}", f"-d{seconds}s", "-s", str(script), url, "--", BODY]
    done = subprocess.run([*pinned(cores()[1]), *command], check=True, stdout=subprocess.PIPE, text=True)
    told = json.loads(done.stdout.splitlines()[-1])
    if told["refused"] or told["lost"] or not told["requests"]:
        raise RuntimeError(f"{path} with {clients} clients: {told}")
    return Load(told["requests"] / told["microseconds"] * 1e6, told["p50"] / 1e6)
