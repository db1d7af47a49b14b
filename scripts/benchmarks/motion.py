"""Four seconds of motion from the embedded model on two cores, asked for over HTTP, a new seed each time.

The peer makes the same motions in a process without a server, in turn. Floor: the multiplications alone, at the speed of a large one.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count

from benchmarks.processes import Server, environment, function, ready
from benchmarks.rows import Rounds, Row, interleave
from function.weights.location import EMBEDDED

PROMPT = "a person walks forward, then waves with the right hand"
FOUR = partial(Row, "motion, 4 s of it on two cores", "s", 1.5)


def measure(rounds: Rounds) -> list[Row]:
    """Seconds of one request."""
    if not (EMBEDDED / "motion" / "tiny").is_dir():
        return [FOUR(None, note="there are no embedded weights")]
    seeds = count(1)
    with function("motion") as server, _alone() as alone:
        server.until("/health/ready", ready, 0.01)
        taken = interleave(rounds.count, {"ours": lambda: _ask(server, next(seeds)), "bare": lambda: alone(f"again {next(seeds)}")})
        floor = alone("floor")
    return [FOUR(taken["ours"], peer="no server", beside=taken["bare"], floor=floor)]


def _ask(server: Server, seed: int) -> float:
    begun = time.perf_counter()
    status, body = server.ask("POST", "/generate", json.dumps({"prompt": PROMPT, "duration": 4, "seed": seed}).encode())
    if status != 200 or json.loads(body)["stored"]:
        raise RuntimeError(f"answered {body[:200]!r}")
    return time.perf_counter() - begun


@contextmanager
def _alone() -> Iterator[Callable[[str], float]]:
    """Says a line to the bare process and gives the number it answers."""
    command = [sys.executable, "-m", "benchmarks.peers.bare_motion"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=environment("memory://"), stdin=pipe, stdout=pipe, text=True, bufsize=1) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        said, heard = process.stdin, process.stdout
        heard.readline()

        def tell(line: str) -> float:
            said.write(line + "\n")
            return float(heard.readline())

        yield tell
        said.close()
