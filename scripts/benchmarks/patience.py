"""256 clients of the stand-in model for 10 s, each with 2 s of patience, and 64 places: nobody is kept waiting in vain.

Clients run in a process on a core of their own. Some wait after a refusal as long as its Retry-After says; others ask again after 50 ms,
which makes some 4,000 requests a second that have to be refused beside the work. Floor: no time at all.
"""

import json
from functools import partial

from benchmarks.processes import Server, cores, function, ready, run_python
from benchmarks.rows import Rounds, Row

PLACES, CLIENTS, SECONDS = 64, 256, 10
MANNERS = {"Retry-After": "retry-after", "50 ms pause": "0.05"}

LOST = partial(Row, unit="lost", bar=0.0)
REFUSED = partial(Row, unit="ms", bar=50.0, floor=0.0)


def measure(rounds: Rounds) -> list[Row]:  # noqa: ARG001 - as long as the bar says
    """Requests without an answer in time, and the 99th percentile of how long a refusal took."""
    rows = []
    with function("benchmarks.models:StandIn", cores()[0], concurrency=str(PLACES)) as server:
        server.until("/health/ready", ready, 0.01)
        for manner, pause in MANNERS.items():
            rows += _rows(server, manner, pause)
    return rows


def _rows(server: Server, manner: str, pause: str) -> list[Row]:
    arguments = (str(server.port), "/standin", str(CLIENTS), str(SECONDS), pause)
    told = json.loads(run_python(["-m", "benchmarks.clients", *arguments], cores()[1]))
    what = f"{CLIENTS} clients, {manner}"
    counts = f"{told['answered']} answered, {told['refused']} refused"
    lost = told["late"] + told["broken"]
    note = f"{counts}, {told['late']} too late, {told['broken']} broken" if lost else counts
    return [
        LOST(what=f"{what}: time-outs and resets", measured=lost, note=note),
        REFUSED(what=f"{what}: refused within, p99", measured=told["refused_p99"] * 1e3, note=f"answered p99 {told['answered_p99']:.2f} s"),
    ]
