"""When a new revision may go on, by readings alone."""

import pytest

from deployment.gates import Limits, fault, judge
from deployment.readings import Latency, Readings, Totals, latencies, latency, readings, since

GIB = 1 << 30


def verdict(old: Readings, new: Readings) -> str:
    return fault(judge(old, new, Limits()))


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (Readings(), Readings(faults=("/generate answered 500",)), "own requests: /generate answered 500"),
        (Readings(requests=1000), Readings(requests=100, errors=3), "error rate: 3.0% of 100 requests, 0.0% of 1000 before"),
        (Readings(latency={"/a": Latency(1, 1, 50)}), Readings(latency={"/a": Latency(1.5, 1.5, 50)}), "p95 /a: 1.5 s, 1 s before"),
        (Readings(latency={"/a": Latency(1, 1, 100)}), Readings(latency={"/a": Latency(9, 1, 100)}), "p95 /a: 9 s, 1 s before"),
        (Readings(latency={"short": Latency(1, 1, 3)}), Readings(latency={"short": Latency(2, 2, 3)}), "p95 short: 2 s, 1 s before"),
        (Readings(memory=20 * GIB), Readings(memory=30 * GIB), "GPU memory: 30.0 GiB at most, 20.0 GiB before"),
        (Readings(), Readings(memory=79 * GIB, capacity=80 * GIB), "GPU memory: 79.0 GiB at most of 80.0 GiB"),
        (Readings(quality=0.9), Readings(quality=0.8), "quality: 0.800, 0.900 before"),
    ],
)
def test_worse_is_refused_with_both_figures(old: Readings, new: Readings, reason: str) -> None:
    assert verdict(old, new) == reason


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (Readings(faults=("/a answered 500",)), Readings(faults=("/a answered 500",))),
        (Readings(requests=100, errors=5), Readings(requests=100, errors=5)),
        (Readings(requests=1000), Readings(requests=7, errors=1)),
        (Readings(latency={"/a": Latency(1, 1, 50)}), Readings(latency={"/a": Latency(1.3, 1.3, 50)})),
        (Readings(latency={"/a": Latency(0.001, 0.001, 50)}), Readings(latency={"/a": Latency(0.05, 0.05, 50)})),
        (Readings(latency={"/a": Latency(1, 1, 50)}), Readings(latency={"/a": Latency(9, 9, 2)})),
        (Readings(latency={"/a": Latency(1, 1, 50)}), Readings(latency={"/b": Latency(9, 9, 50)})),
        (Readings(memory=20 * GIB), Readings(memory=22 * GIB, capacity=80 * GIB)),
        (Readings(latency={"/a": Latency(1, 1, 99)}), Readings(latency={"/a": Latency(9, 1, 99)})),
        (Readings(quality=0.9), Readings(quality=0.86)),
        (Readings(quality=0.9), Readings()),
    ],
)
def test_as_good_as_before_goes_on_and_too_little_is_no_evidence(old: Readings, new: Readings) -> None:
    assert verdict(old, new) == ""


def test_what_could_not_be_judged_is_said() -> None:
    verdicts = judge(Readings(), Readings(requests=7), Limits())
    assert "skip  error rate: 7 requests are too few to judge by (20)" in map(str, verdicts)


def test_a_total_that_fell_began_anew() -> None:
    before, after = Totals({("200",): 50.0, ("500",): 2.0}), Totals({("200",): 20.0, ("500",): 3.0})
    assert since(before, after).requests == {("200",): 20.0, ("500",): 1.0}


def test_the_requests_of_all_pods_are_added_and_5xx_are_errors() -> None:
    pods = [Totals({("200",): 10.0, ("503",): 1.0}, capacity=80.0), Totals({("200",): 5.0, ("422",): 1.0}, capacity=80.0)]
    found = readings(pods, peak=60.0)
    assert (found.requests, found.errors, found.memory, found.capacity) == (17, 1, 60.0, 80.0)


def test_p95_is_interpolated_in_its_bucket_as_prometheus_does() -> None:
    buckets = {("/a", "1.0"): 90.0, ("/a", "2.0"): 100.0, ("/a", "+Inf"): 100.0}
    assert latencies(buckets) == {"/a": Latency(1.5, 0.5 / 0.9, 100)}


def test_p95_beyond_the_last_bucket_is_its_lower_bound() -> None:
    assert latencies({("/a", "1.0"): 0.0, ("/a", "+Inf"): 10.0}) == {"/a": Latency(1.0, 1.0, 10)}


def test_p95_of_few_is_the_slowest() -> None:
    assert latency([0.1, 0.3, 0.2]) == Latency(0.3, 0.2, 3)


def test_readings_survive_an_annotation() -> None:
    before = Readings(10, 1, {"/a": Latency(0.5, 0.5, 10)}, 20.0, 80.0, 0.9)
    assert Readings.from_json(before.to_json()) == before
