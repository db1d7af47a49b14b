"""Batching of a stand-in model that takes 20 ms and 0.5 ms an item, 16 in a batch at most.

Server and client each on a core of their own. Floors: 20.5 ms for one alone; 16 in 28 ms, which is 571 a second. The peer is plain FastAPI
with the simplest loop that takes what waits.
"""

from functools import partial

from benchmarks.load import MISSING, can_load, compare
from benchmarks.models import FIXED_S, ITEM_S
from benchmarks.processes import cores, function, plain
from benchmarks.rows import Rounds, Row

MOST = 64
IDEAL = 16 / (FIXED_S + 16 * ITEM_S)

ALONE = partial(Row, "batching, concurrency 1, p50", "ms", 21.5, floor=(FIXED_S + ITEM_S) * 1e3)
SOME = partial(Row, "batching, concurrency 16", "/s", 540.0, least=True, floor=IDEAL)
MANY = partial(Row, f"batching, concurrency {MOST}", "/s", 560.0, least=True, floor=IDEAL)


def measure(rounds: Rounds) -> list[Row]:
    """p50 of one client, answers a second of 16 and 64."""
    if not can_load():
        return [bar(None, note=MISSING) for bar in (ALONE, SOME, MANY)]
    core = cores()[0]
    servings = {"ours": function("benchmarks.models:StandIn", core, concurrency=str(MOST)), "plain": plain("standin", core)}
    alone, some, many = compare(servings, "/standin", (1, 16, MOST), rounds)
    rows = [ALONE(alone["ours"].p50 * 1e3, peer="FastAPI", beside=alone["plain"].p50 * 1e3)]
    for bar, found in ((SOME, some), (MANY, many)):
        rows.append(bar(found["ours"].rate, peer="FastAPI", beside=found["plain"].rate))
    return rows
