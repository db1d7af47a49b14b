"""Loads from patterns and from files."""

import json
from pathlib import Path

import numpy as np
import pytest

from planning.loads import pattern
from planning.readers import read
from planning.settings import PlanError


def rates(text: str, length: int, *spans: tuple[int, int]) -> list[float]:
    """Requests a second in each span."""
    times = pattern(text, length, seed=3).times
    return [np.count_nonzero((times >= start) & (times < end)) / (end - start) for start, end in spans]


def test_a_steady_load_is_evenly_spaced() -> None:
    assert pattern("steady:rate=4", 3, seed=0).times.tolist() == [i / 4 for i in range(12)]


def test_a_poisson_load_has_its_rate_and_the_spread_of_chance() -> None:
    times = pattern("poisson:rate=10", 10_000, seed=3).times
    assert len(times) == pytest.approx(100_000, rel=0.02)
    gaps = np.diff(times)
    assert gaps.std() == pytest.approx(gaps.mean(), rel=0.02)


def test_a_step_changes_the_rate_at_its_moment() -> None:
    assert rates("step:low=5,high=35,at=1000s", 2000, (0, 1000), (1000, 2000)) == pytest.approx([5, 35], rel=0.05)


def test_a_day_is_quiet_at_midnight_and_busy_at_noon() -> None:
    night, noon = rates("diurnal:low=1,high=9", 86_400, (0, 3600), (41_400, 45_000))
    assert (night, noon) == pytest.approx((1, 9), rel=0.1)


def test_a_burst_comes_on_top_of_the_rate() -> None:
    within, between = rates("burst:rate=1,size=500,every=100s,over=10s", 1000, (0, 10), (10, 100))
    assert (within, between) == pytest.approx((51, 1), rel=0.25)


def test_a_seed_gives_the_same_load_again() -> None:
    one, same, other = (pattern("poisson:rate=5", 60, seed).times.tolist() for seed in (1, 1, 2))
    assert one == same != other


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sine:rate=1", "neither a file nor a pattern"),
        ("poisson:speed=1", "no parameter speed"),
        ("poisson:rate=fast", "must be a number"),
        ("poisson:rate=-1", "not negative"),
        ("users:think=60", "a duration with a unit"),
        ("burst:every=0s", "a period more than 0"),
    ],
)
def test_a_mistake_in_a_pattern_is_named(text: str, message: str) -> None:
    with pytest.raises(PlanError, match=message):
        pattern(text, 60, 0)


def test_a_csv_of_moments_begins_with_its_first(tmp_path: Path) -> None:
    path = tmp_path / "arrivals.csv"
    path.write_text("time\n1000.5\n1003\n1001\n")
    assert read(path, 0).times.tolist() == [0.0, 0.5, 2.5]
    path.write_text("2026-01-02T03:04:05Z\n2026-01-02T03:04:06.500Z\n")
    assert read(path, 0).times.tolist() == [0.0, 1.5]


def test_a_csv_of_counts_gives_each_second_its_requests(tmp_path: Path) -> None:
    path = tmp_path / "counts.csv"
    path.write_text("second,count\n100,3\n101,0\n103,2\n")
    load = read(path, 0)
    assert load.seconds == 4
    assert np.floor(load.times).tolist() == [0, 0, 0, 3, 3]


def test_the_functions_log_tells_when_requests_arrived(tmp_path: Path) -> None:
    """A long request that ended after a short one came before it; probes and other lines are no load."""
    line = {"level": "info", "message": "request", "method": "POST", "status": 200, "code": "ok"}
    path = tmp_path / "access.log"
    lines = [
        json.dumps(line | {"time": "2026-01-02T03:04:07.000000Z", "route": "/reconstruct", "seconds": 1.0}),
        json.dumps({"time": "2026-01-02T03:04:08.000000Z", "level": "info", "logger": "function", "message": "read the weights"}),
        json.dumps(line | {"time": "2026-01-02T03:04:12.000000Z", "route": "/generate", "seconds": 10.0}),
        json.dumps(line | {"time": "2026-01-02T03:04:13.000000Z", "method": "GET", "route": "/metrics", "seconds": 0.1}),
        "killed",
    ]
    path.write_text("\n".join(lines))
    assert read(path, 0).times.tolist() == [0.0, 4.0]
    assert len(read(path, 0, "/generate").times) == 1


def test_a_prometheus_answer_gives_requests_a_second(tmp_path: Path) -> None:
    series = [[[0, "2"], [1000, "8"]], [[0, "1"], [1000, "2"]]]
    answer = {"status": "success", "data": {"resultType": "matrix", "result": [{"metric": {}, "values": values} for values in series]}}
    path = tmp_path / "rates.json"
    path.write_text(json.dumps(answer))
    load = read(path, 0)
    assert load.seconds == 2000
    first = np.count_nonzero(load.times < 1000)
    assert (first / 1000, (len(load.times) - first) / 1000) == pytest.approx((3, 10), rel=0.1)


@pytest.mark.parametrize("text", ["", "time\n", "{}\n", "a,b\nc,d\n", '{"data": {}}'])
def test_a_file_that_is_no_load_says_what_would_be(text: str, tmp_path: Path) -> None:
    path = tmp_path / "load"
    path.write_text(text)
    with pytest.raises(PlanError, match="it must be a CSV"):
        read(path, 0)
