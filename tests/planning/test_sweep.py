"""Sweeps: combinations, the frontier, the cheapest that is good enough, and the picture of them."""

import csv
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from planning.outcome import Outcome
from planning.picture import BEST, EDGE, FIXED, SIZE, TARGET, draw
from planning.sweep import Point, cheapest, combinations, frontier, point, write_csv
from tests.planning.worlds import at, run

SOME = point(run(at(5.0)), {"window": "60s"})


def made(gpu_hours: float, p95: float, *, fixed: int = 0, failed: int = 0) -> Point:
    return replace(SOME, gpu_hours=gpu_hours, p95=p95, fixed=fixed, requests=100, answered=100 - failed)


def test_every_combination_is_tried_once() -> None:
    grid = {"window": ["30s", "60s"], "min-scale": ["0", "1"], "scale-to-zero-pod-retention-period": ["0s", "5m"]}
    tried = combinations(grid)
    assert len(tried) == 6, "retention says nothing where a pod always stays"
    assert len({tuple(one.items()) for one in tried}) == 6
    assert combinations({"min-scale": ["2"]}) == [{"min-scale": "2"}]


def test_nothing_cheaper_beats_a_point_of_the_frontier() -> None:
    points = [
        made(1, 50),
        made(2, 20),
        made(3, 30),
        made(4, 10),
        made(5, 10),
        made(0.5, math.inf),
        made(0.7, 5, failed=9),
        made(0.1, 1, fixed=1),
    ]
    assert [(one.gpu_hours, one.p95) for one in frontier(points, 0.01)] == [(1, 50), (2, 20), (4, 10)]


def test_the_cheapest_is_good_enough_in_latency_and_failures() -> None:
    points = [made(1, 50), made(2, 20, failed=5), made(3, 25), made(4, 10)]
    best = cheapest(points, 30, 0.01)
    assert best
    assert best.gpu_hours == 3
    assert cheapest(points, 5, 0.01) is None


def test_a_point_has_the_figures_of_its_outcome() -> None:
    found: Outcome = run(at(5.0, 5.0), timeout=11.5)
    told = point(found, {"window": "60s", "min-scale": "0"})
    assert told.annotations == "window=60s min-scale=0"
    assert (told.requests, told.answered, told.timed_out, told.cold) == (2, 1, 1, 2)
    assert (told.p50, told.p95, told.failed) == (11.0, math.inf, 0.5)
    assert told.gpu_hours == found.gpu_seconds / 3600


def test_the_csv_has_a_row_a_point(tmp_path: Path) -> None:
    path = tmp_path / "points.csv"
    write_csv(path, [made(1.5, 50), made(2, math.inf, fixed=2)])
    rows = list(csv.DictReader(path.read_text().splitlines()))
    assert [(row["gpu_hours"], row["p95"], row["fixed"]) for row in rows] == [("1.5", "50", "0"), ("2", "inf", "2")]
    assert rows[0]["annotations"] == "window=60s"


def test_the_picture_shows_frontier_best_target_and_constant_pods() -> None:
    points = [made(1, 50), made(2, 20), made(3, 30), made(0.5, math.inf, failed=50), made(4, 10, fixed=2)]
    edge = frontier(points, 0.01)
    shown = draw(points, edge, edge[1], 0.01, "a load", 25, 2.5)
    assert shown.size == SIZE
    for colour in (EDGE, BEST, TARGET, FIXED):
        assert _pixels(shown, colour) > 20
    bare = draw(points[2:3], [], None, 0.01, "a load", math.inf, 0)
    for colour in (EDGE, BEST, TARGET, FIXED):
        assert not _pixels(bare, colour)


def _pixels(image: Image.Image, colour: tuple[int, int, int]) -> int:
    """How many below the legend have about the colour."""
    away = np.abs(np.asarray(image, dtype=int)[150:] - colour).max(axis=2)
    return int((away < 20).sum())
