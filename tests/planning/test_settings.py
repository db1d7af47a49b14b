"""Settings from annotations and config-autoscaler."""

import pytest

from planning.settings import PlanError, resolve, seconds


def test_a_target_is_never_above_the_hard_limit() -> None:
    assert resolve({"target": "10"}, {}, 4).total == 4
    assert resolve({"target": "10"}, {}, 0).total == 10


def test_the_older_spellings_still_work() -> None:
    older = {"minScale": "1", "scaleToZeroPodRetentionPeriod": "90s", "targetBurstCapacity": "-1"}
    settings = resolve({f"autoscaling.knative.dev/{name}": value for name, value in older.items()}, {})
    assert (settings.min_scale, settings.retention, settings.burst_capacity) == (1, 90, -1)


def test_an_annotation_wins_over_the_cluster() -> None:
    assert resolve({}, {"stable-window": "120s"}).stable_window == 120
    assert resolve({"window": "30s"}, {"stable-window": "120s"}).stable_window == 30


def test_a_revision_that_no_route_reaches_has_no_minimum() -> None:
    assert resolve({"min-scale": "2"}, {}).bound(0) == 2
    assert resolve({"min-scale": "2"}, {}, reachable=False).bound(0) == 0


@pytest.mark.parametrize(("text", "expected"), [("90s", 90), ("1h30m", 5400), ("0.5s", 0.5), ("250ms", 0.25)])
def test_durations_are_those_of_go(text: str, expected: float) -> None:
    assert seconds(text) == expected


@pytest.mark.parametrize(
    ("annotations", "message"),
    [
        ({"window": "60"}, "window cannot be '60': it must be a duration with a unit"),
        ({"window": "3s"}, "from 6 to 3600"),
        ({"window": "6500ms"}, "whole seconds"),
        ({"min-scale": "some"}, "a whole number"),
        ({"target-utilization-percentage": "0"}, "from 1 to 100"),
        ({"metric": "cpu"}, "one of concurrency, rps"),
        ({"min-scale": "3", "max-scale": "2"}, "max-scale 2 must be at least min-scale 3"),
        ({"windw": "60s"}, "is window meant?"),
    ],
)
def test_a_mistake_is_named(annotations: dict[str, str], message: str) -> None:
    with pytest.raises(PlanError, match=message.replace("?", r"\?")):
        resolve(annotations, {})
