"""Batching of a stand-in model that takes 20 ms and 0.5 ms an item, 16 in a batch at most.

Server and client each on a core of their own. On paper one alone takes 20.5 ms, and 16 take 28 ms, which is 571 a second; the floor is
what a loop and a thread reach here that do nothing else and read no HTTP. The peer is plain FastAPI with the
simplest loop that takes what waits.
"""

from functools import partial

from benchmarks.load import MISSING, can_load, compare
from benchmarks.processes import cores, function, peer, plain
from benchmarks.rows import Rounds, Row

MOST = 64

ALONE = partial(Row, "batching, concurrency 1, p50", "ms", 21.5)
SOME = partial(Row, "batching, concurrency 16", "/s", 540.0, least=True)
MANY = partial(Row, f"batching, concurrency {MOST}", "/s", 560.0, least=True)


def measure(rounds: Rounds) -> list[Row]:
    """p50 of one client, answers a second of 16 and 64."""
    if not can_load():
        return [bar(None, note=MISSING) for bar in (ALONE, SOME, MANY)]
    core = cores()[0]
    ours = function("benchmarks.models:StandIn", core, concurrency=str(MOST))
    servings = {"ours": ours, "plain": plain("standin", core), "floor": peer("lane", core=core)}
    alone, some, many = compare(servings, "/standin", (1, 16, MOST), rounds)
    p50 = {name: load.p50 * 1e3 for name, load in alone.items()}
    rows = [ALONE(p50["ours"], peer="FastAPI", beside=p50["plain"], floor=p50["floor"])]
    for bar, found in ((SOME, some), (MANY, many)):
        rate = {name: load.rate for name, load in found.items()}
        rows.append(bar(rate["ours"], peer="FastAPI", beside=rate["plain"], floor=rate["floor"]))
    return rows
