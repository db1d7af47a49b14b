"""The capacity planner: a day of 10 requests a second, and an hour of a million, simulated in this process."""

import time
from functools import partial
from statistics import median

from benchmarks.rows import Rounds, Row
from planning.loads import pattern
from planning.service import Figures, Service
from planning.settings import resolve
from planning.simulation import simulate

DAY = partial(Row, "plan, a day of 10 requests a second", "s", 20.0)
MILLION = partial(Row, "plan, an hour of a million requests", "s", 60.0)


def measure(rounds: Rounds) -> list[Row]:
    """Median seconds of each, the making of the load included."""
    day = Figures(cold_start=25.0, fixed=0.3, item=0.1, max_batch=4)
    million = Figures(cold_start=25.0, fixed=6.0, item=1.0, max_batch=8)
    return [
        DAY(_time("poisson:rate=10", 86_400, day, rounds.count)),
        MILLION(_time("poisson:rate=278", 3_600, million, rounds.count)),
    ]


def _time(load: str, length: int, figures: Figures, rounds: int) -> float:
    """Seconds until what becomes of the load is known."""
    taken = []
    for _ in range(rounds):
        started = time.perf_counter()
        service = Service(resolve({}, {}, figures.max_batch), figures.max_batch, figures.max_batch, timeout=300.0)
        simulate(service, figures, pattern(load, length, seed=0)).percentile(95)
        taken.append(time.perf_counter() - started)
    return median(taken)
