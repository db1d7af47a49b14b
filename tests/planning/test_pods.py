"""Pods and their GPUs: to zero and back, draining, and a cluster with too few."""

from dataclasses import replace

import pytest

from planning.outcome import ANSWERED, Outcome
from tests.planning.worlds import SECOND, at, fixed, run

WINDOW = 60
LAST = 16.0
"""The end of the one request that comes at second 5 and waits ten for its pod."""


def gone(found: Outcome) -> int:
    """The second of the decision after which the last pod was no longer wanted."""
    assert found.ticks[-1].pods == 0
    return max(tick.second for tick in found.ticks if tick.pods) + 2


def test_with_the_activator_in_the_path_zero_comes_after_the_window_and_the_retention() -> None:
    for retention in (0, 20, 120):
        found = run(at(5.0), target_burst_capacity="-1", scale_to_zero_pod_retention_period=f"{retention}s")
        assert gone(found) - LAST == pytest.approx(WINDOW + retention, abs=2), retention


def test_without_it_zero_comes_no_earlier_than_the_grace_period_after_the_window() -> None:
    for retention in (0, 20, 120):
        found = run(at(5.0), target_burst_capacity="0", scale_to_zero_pod_retention_period=f"{retention}s")
        assert gone(found) - LAST == pytest.approx(WINDOW + max(30, retention), abs=2), retention


def test_a_scale_down_delay_adds_to_the_way_to_zero() -> None:
    found = run(at(5.0), target_burst_capacity="-1", scale_down_delay="90s")
    assert gone(found) - LAST == pytest.approx(WINDOW + 90, abs=4)


def test_a_request_on_the_way_to_zero_meets_the_pod_that_is_still_there() -> None:
    found = run(at(5.0, 100.0), scale_to_zero_pod_retention_period="60s")
    assert list(found.latencies) == [11.0, 1.0]
    assert found.started == 1
    assert gone(found) - 101 == pytest.approx(WINDOW + 60, abs=2)


def test_a_service_with_a_minimum_never_goes_to_zero() -> None:
    found = run(at(5.0), min_scale="1")
    assert {tick.pods for tick in found.ticks} == {1}


def test_a_cluster_can_switch_zero_off() -> None:
    found = run(at(5.0), cluster=[("enable-scale-to-zero", "false")])
    assert found.ticks[-1].pods == 1


def test_a_start_is_not_broken_off_when_its_request_has_given_up() -> None:
    found = run(at(5.0), timeout=2.0, window="6s")
    assert found.started == 1
    assert any(tick.ready for tick in found.ticks)


def test_a_pod_that_got_ready_in_vain_stays_for_a_window() -> None:
    found = run(at(5.0), replace(SECOND, cold_start=40.0), timeout=2.0, target_burst_capacity="-1")
    assert gone(found) - 45 == pytest.approx(WINDOW, abs=2)


def test_the_activation_scale_is_the_least_from_zero() -> None:
    found = run(at(5.0), activation_scale="3")
    assert found.started == 3


def test_a_removed_pod_holds_its_gpu_while_it_drains() -> None:
    found = run(at(5.0), target_burst_capacity="-1")
    assert found.gpu_seconds == pytest.approx(gone(found) + 30 - 5.0)


def test_a_removed_pod_finishes_what_it_has() -> None:
    """The second of two pods is not wanted any more while it has more than the 30 s of a drain to do."""
    found = run(at(*[5.0] * 15), replace(SECOND, fixed=20.0), concurrency=10, window="6s")
    assert found.count(ANSWERED) == 15
    draining = [tick.second for tick in found.ticks if tick.gpus > tick.pods > 0]
    fifth = 16 + 5 * 20
    assert draining[0] < fifth - 30
    assert draining[-1] == fifth - 2


def test_a_pod_is_killed_when_its_grace_is_over() -> None:
    found = run(at(5.0), timeout=20.0, target_burst_capacity="-1")
    assert found.gpu_seconds == pytest.approx(gone(found) + 20 - 5.0)


def test_constant_pods_cost_their_number_all_the_time() -> None:
    found = run(at(5.0), **fixed(3))
    assert found.gpu_hours == pytest.approx(3 * found.seconds / 3600)


def test_no_more_gpus_are_held_than_there_are() -> None:
    found = run(at(*[5.0] * 30), gpus=2)
    assert found.most_gpus == 2
    assert max(tick.pods for tick in found.ticks) > 2


def test_a_pod_starts_when_a_draining_one_has_left_its_gpu() -> None:
    """The only GPU is held until the drain after zero ends; the next request waits for that and for the start."""
    quiet = gone(run(at(5.0), target_burst_capacity="-1"))
    found = run(at(5.0, quiet + 10.0), gpus=1, target_burst_capacity="-1")
    assert found.latencies[1] == pytest.approx(20 + 10 + 1)
