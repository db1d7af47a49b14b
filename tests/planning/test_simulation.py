"""Requests under the simulated service: none is lost, and each takes as long as its path says."""

from dataclasses import replace

import pytest

from planning.loads import Load, pattern
from planning.outcome import ANSWERED, FULL, QUEUE_FULL, TIMED_OUT
from tests.planning.worlds import SECOND, at, fixed, run

CODES = (ANSWERED, FULL, QUEUE_FULL, TIMED_OUT)


@pytest.mark.parametrize("burst", ["0", "211", "-1"])
@pytest.mark.parametrize("concurrency", [0, 2])
def test_every_request_is_answered_refused_or_timed_out(concurrency: int, burst: str) -> None:
    load = pattern("step:low=2,high=20,at=5m", 600, seed=1)
    found = run(load, concurrency=concurrency, timeout=20.0, max_scale="4", target_burst_capacity=burst)
    assert sum(found.count(code) for code in CODES) == found.requests == len(load.times)
    assert 0 < found.count(ANSWERED) < found.requests


def test_requests_inside_are_rate_times_latency() -> None:
    load = pattern("poisson:rate=3", 3600, seed=2)
    found = run(load, metric="concurrency", **fixed(5))
    scraped = sum(tick.load for tick in found.ticks) / len(found.ticks)
    rate = found.requests / found.seconds
    assert scraped == pytest.approx(rate * sum(found.latencies) / found.requests, rel=0.02)


def test_the_same_seed_gives_the_same_outcome() -> None:
    load = pattern("users:count=20,think=5s", 300, seed=0)
    one, same, other = (run(load, seed=seed, target_burst_capacity="0", **fixed(3)) for seed in (1, 1, 2))
    assert one.latencies == same.latencies
    assert one.latencies != other.latencies


def test_the_first_request_waits_for_the_pod_to_start() -> None:
    found = run(at(5.0))
    assert list(found.latencies) == [11.0]
    assert (found.cold, found.wakes) == (1, 1)


def test_a_request_at_a_ready_pod_takes_its_batch_alone() -> None:
    found = run(at(5.0), **fixed(1))
    assert list(found.latencies) == [1.0]
    assert found.cold == 0


def test_what_waits_shares_the_next_batch() -> None:
    figures = replace(SECOND, fixed=2.0, item=0.5, max_batch=4)
    found = run(at(5.0, 5.1, 5.2, 5.3), figures, concurrency=4, **fixed(1))
    assert list(found.latencies) == pytest.approx([2.5, 2.4 + 3.5, 2.3 + 3.5, 2.2 + 3.5])


def test_a_batch_takes_no_more_than_its_limit() -> None:
    figures = replace(SECOND, fixed=1.0, max_batch=2)
    found = run(at(5.0, 5.1, 5.2, 5.3), figures, concurrency=4, **fixed(1))
    assert list(found.latencies) == pytest.approx([1.0, 1.9, 1.8, 2.7])


def test_overhead_is_spent_beside_the_next_batch() -> None:
    found = run(at(5.0, 5.0), replace(SECOND, overhead=0.5), concurrency=2, **fixed(1))
    assert list(found.latencies) == pytest.approx([1.5, 2.5])


def test_the_activator_gives_requests_to_a_free_pod() -> None:
    found = run(at(5.0, 5.0, 5.0), target_burst_capacity="-1", **fixed(3))
    assert list(found.latencies) == [1.0, 1.0, 1.0]


def test_without_the_activator_requests_may_wait_beside_a_free_pod() -> None:
    found = run(at(*[5.0] * 12), target_burst_capacity="0", **fixed(12))
    assert max(found.latencies) > 1.0


def test_the_sidecar_refuses_what_its_queue_cannot_hold() -> None:
    found = run(at(*[5.0] * 20), target_burst_capacity="0", **fixed(1))
    assert (found.count(ANSWERED), found.count(QUEUE_FULL)) == (11, 9)


def test_the_activator_holds_what_the_sidecar_would_refuse() -> None:
    found = run(at(*[5.0] * 20), target_burst_capacity="-1", **fixed(1))
    assert found.count(ANSWERED) == 20


def test_the_activator_refuses_beyond_ten_thousand() -> None:
    found = run(at(*[5.0] * 10_010), max_scale="10")
    assert found.count(QUEUE_FULL) == 10


@pytest.mark.parametrize("concurrency", [0, 8])
def test_the_function_refuses_beyond_its_own_places(concurrency: int) -> None:
    found = run(at(*[5.0] * 6), concurrency=concurrency, places=4, **fixed(1))
    assert (found.count(ANSWERED), found.count(FULL)) == (4, 2)


def test_the_timeout_counts_from_arrival_with_the_cold_start() -> None:
    found = run(at(5.0, 5.0), timeout=11.5)
    assert (found.count(ANSWERED), found.count(TIMED_OUT)) == (1, 1)
    assert sorted(found.latencies) == [11.0, 11.5]


def test_requests_that_timed_out_leave_their_places() -> None:
    """The third is cut off on the lane, the fourth in the queue: the fifth finds the pod free, for a whole second."""
    found = run(at(5.0, 5.0, 5.0, 5.0, 7.75, 7.75), timeout=2.5, target_burst_capacity="0", **fixed(1))
    assert list(found.latencies) == [1.0, 2.0, 2.5, 2.5, 1.0, 2.0]
    assert (found.count(ANSWERED), found.count(TIMED_OUT)) == (4, 2)


def test_requests_that_gave_up_during_the_start_are_not_run() -> None:
    found = run(at(5.0, 5.0, 5.0, 14.0), timeout=8.0, max_scale="1")
    assert list(found.latencies) == [8.0, 8.0, 8.0, 2.0]


def test_a_batch_goes_on_for_those_who_still_wait() -> None:
    figures = replace(SECOND, fixed=3.0, max_batch=2)
    found = run(at(5.0, 5.5, 7.5), figures, concurrency=2, timeout=5.25, **fixed(1))
    assert list(found.latencies) == [3.0, 5.25, 3.5]


def test_failed_requests_count_as_infinitely_slow() -> None:
    found = run(at(*[5.0] * 20), target_burst_capacity="0", **fixed(1))
    assert found.percentile(50) == 10.0
    assert found.percentile(95) == float("inf")
    assert found.failed == pytest.approx(9 / 20)


def test_users_wait_for_their_answer_before_they_ask_again() -> None:
    """Two users without a pause keep one pod busy: each waits for the other's second and its own."""
    found = run(Load("users", 100.0, users=2, think=0.0), **fixed(1))
    assert set(found.latencies[1:]) == {2.0}
    assert found.requests == 101


def test_users_who_think_ask_once_in_thinking_and_waiting_time() -> None:
    found = run(Load("users", 7200.0, users=10, think=19.0), **fixed(10), target_burst_capacity="-1")
    assert found.requests == pytest.approx(10 * 7200 / 20, rel=0.05)


def test_a_refused_user_does_not_come_back_at_once() -> None:
    found = run(Load("users", 10.0, users=12, think=0.0), target_burst_capacity="0", **fixed(1))
    assert 0 < found.count(QUEUE_FULL) <= 11


def test_a_load_without_requests_costs_nothing() -> None:
    found = run(at(seconds=100.0))
    assert (found.requests, found.gpu_seconds, found.percentile(95), found.failed) == (0, 0.0, 0.0, 0.0)
