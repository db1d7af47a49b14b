"""Small simulations for the tests."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from planning.loads import Load
from planning.outcome import Outcome
from planning.service import Figures, Service
from planning.settings import resolve
from planning.simulation import simulate

SECOND = Figures(cold_start=10.0, fixed=1.0, item=0.0, max_batch=1)
"""One request at a time, a second each; a pod starts in ten."""


def at(*moments: float, seconds: float = 600.0) -> Load:
    """Requests at these moments."""
    return Load("given", seconds, np.array(moments))


def run(
    load: Load,
    figures: Figures = SECOND,
    *,
    concurrency: int = 1,
    places: int = 0,
    timeout: float = 300.0,
    gpus: int = 0,
    cluster: Sequence[tuple[str, str]] = (),
    seed: int = 0,
    **annotations: str,
) -> Outcome:
    """What becomes of the load, with a record of the decisions; names of annotations have underscores, the utilisation is 100 %."""
    named = {"target-utilization-percentage": "100"} | {name.replace("_", "-"): value for name, value in annotations.items()}
    settings = resolve(named, dict(cluster), concurrency)
    return simulate(Service(settings, concurrency, places or concurrency or 32, timeout, gpus), figures, load, seed, ticks=True)


def fixed(pods: int) -> dict[str, Any]:
    """Always so many."""
    return {"min_scale": str(pods), "max_scale": str(pods)}
