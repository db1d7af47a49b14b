"""Many settings under one load: what each costs and gives, which are on the frontier, and which is the cheapest that is good enough."""

import csv
import itertools
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path

from planning.loads import Load
from planning.outcome import ANSWERED, FULL, QUEUE_FULL, TIMED_OUT, Outcome
from planning.service import Figures, Service
from planning.settings import PlanError, resolve
from planning.simulation import simulate

Annotations = Mapping[str, str]
GRID: Mapping[str, Sequence[str]] = {
    "target-utilization-percentage": ("50", "70", "85", "100"),
    "window": ("30s", "60s", "3m"),
    "min-scale": ("0", "1"),
    "scale-down-delay": ("0s", "2m", "10m"),
    "scale-to-zero-pod-retention-period": ("0s", "5m"),
}
"""What a sweep tries where nothing is said."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """What stays the same in a sweep; as in `Service`, but for the annotations."""

    cluster: Mapping[str, str]
    concurrency: int
    places: int
    timeout: float
    gpus: int

    def service(self, annotations: Annotations) -> Service:
        settings = resolve(annotations, self.cluster, self.concurrency)
        if 0 < self.gpus < settings.min_scale:
            raise PlanError(f"min-scale {settings.min_scale} needs more GPUs than the {self.gpus} of --gpus.")
        return Service(settings, self.concurrency, self.places, self.timeout, self.gpus)


@dataclass(frozen=True, slots=True)
class Point:
    """One configuration and what became of the load: seconds, counts, GPU-hours. `fixed` is its constant number of pods, 0 if it scales."""

    annotations: str
    fixed: int
    p50: float
    p95: float
    p99: float
    requests: int
    answered: int
    refused_429: int
    refused_503: int
    timed_out: int
    cold: int
    wakes: int
    pods_started: int
    most_gpus: int
    gpu_hours: float
    hours: float

    @property
    def failed(self) -> float:
        """Share of requests that were not answered."""
        return 1 - self.answered / self.requests if self.requests else 0.0


def point(outcome: Outcome, annotations: Annotations, fixed: int = 0) -> Point:
    """The outcome in figures."""
    p50, p95, p99 = (outcome.percentile(percent) for percent in (50, 95, 99))
    answered, full, queue_full, timed_out = (outcome.count(code) for code in (ANSWERED, FULL, QUEUE_FULL, TIMED_OUT))
    return Point(
        annotations=" ".join(f"{name}={value}" for name, value in annotations.items()),
        fixed=fixed,
        p50=p50,
        p95=p95,
        p99=p99,
        requests=outcome.requests,
        answered=answered,
        refused_429=full,
        refused_503=queue_full,
        timed_out=timed_out,
        cold=outcome.cold,
        wakes=outcome.wakes,
        pods_started=outcome.started,
        most_gpus=outcome.most_gpus,
        gpu_hours=outcome.gpu_hours,
        hours=outcome.seconds / 3600,
    )


def combinations(grid: Mapping[str, Sequence[str]]) -> list[dict[str, str]]:
    """Every choice of one value for each setting. Retention is left alone where pods always remain."""
    choices = [dict(zip(grid, values, strict=True)) for values in itertools.product(*grid.values())]
    retention = "scale-to-zero-pod-retention-period"
    return [one for one in choices if one.get("min-scale", "0") == "0" or one.get(retention) == grid.get(retention, (None,))[0]]


def sweep(
    deployment: Deployment,
    figures: Figures,
    load: Load,
    settings: Sequence[Annotations],
    fixed: int,
    seed: int,
    workers: int,
    tell: Callable[[int, int], None],
) -> list[Point]:
    """A point for each of the settings, then for 1 to `fixed` pods that never change, with what the settings have in common.

    `tell` hears how many of how many are done.
    """
    shared = dict(set.intersection(*(set(one.items()) for one in settings)))
    runs: list[tuple[Annotations, int]] = [(one, 0) for one in settings]
    runs += [({**shared, "min-scale": str(count), "max-scale": str(count)}, count) for count in range(1, fixed + 1)]
    for annotations, _ in runs:
        deployment.service(annotations)  # so that a mistake is named before the work begins
    points: list[Point] = []
    evaluate = partial(_evaluate, deployment, figures, load, seed)
    with ProcessPoolExecutor(workers) as pool:
        for found in pool.map(evaluate, runs) if workers > 1 else map(evaluate, runs):
            points.append(found)
            tell(len(points), len(runs))
    return points


def _evaluate(deployment: Deployment, figures: Figures, load: Load, seed: int, run: tuple[Annotations, int]) -> Point:
    annotations, fixed = run
    return point(simulate(deployment.service(annotations), figures, load, seed), annotations, fixed)


def frontier(points: Iterable[Point], most_failed: float) -> list[Point]:
    """Those that no cheaper one beats in p95, the cheapest first; constant numbers of pods are not among them."""
    best: list[Point] = []
    able = (one for one in points if not one.fixed and one.failed <= most_failed and one.p95 < math.inf)
    for one in sorted(able, key=lambda one: (one.gpu_hours, one.p95)):
        if not best or one.p95 < best[-1].p95:
            best.append(one)
    return best


def cheapest(points: Iterable[Point], p95: float, most_failed: float) -> Point | None:
    """The one with the fewest GPU-hours that is good enough."""
    able = (one for one in points if one.p95 <= p95 and one.failed <= most_failed)
    return min(able, key=lambda one: (one.gpu_hours, one.p95), default=None)


def write_csv(path: Path, points: Iterable[Point]) -> None:
    """One row a point."""
    names = [field.name for field in fields(Point)]
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(names)
        for one in points:
            writer.writerow([f"{value:.6g}" if isinstance(value, float) else value for value in (getattr(one, name) for name in names)])
