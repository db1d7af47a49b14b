"""The echo model under load: what the function itself costs a request.

Server and client each on a core of their own. Floor: uvloop that answers fixed bytes before the same client.
"""

from functools import partial

from benchmarks.load import MISSING, can_load, compare
from benchmarks.processes import cores, function, peer, plain
from benchmarks.rows import Rounds, Row

ALONE = partial(Row, "echo, concurrency 1, p50", "ms", 0.25)
MANY = partial(Row, "echo, concurrency 32, one core", "/s", 5500.0, least=True)


def measure(rounds: Rounds) -> list[Row]:
    """p50 of one client, answers a second of 32."""
    if not can_load():
        return [ALONE(None, note=MISSING), MANY(None, note=MISSING)]
    core = cores()[0]
    servings = {"ours": function("benchmarks.models:Echo", core), "plain": plain("echo", core), "floor": peer("fixed", core=core)}
    alone, many = compare(servings, "/echo", (1, 32), rounds)
    p50, rate = {name: load.p50 * 1e3 for name, load in alone.items()}, {name: load.rate for name, load in many.items()}
    return [
        ALONE(p50["ours"], peer="FastAPI", beside=p50["plain"], floor=p50["floor"]),
        MANY(rate["ours"], peer="FastAPI", beside=rate["plain"], floor=rate["floor"]),
    ]
