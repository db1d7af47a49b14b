"""The autoscaler against recorded decisions of Knative's own code: the files of the folder that KPA_TRACES names, or the copies here."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from planning.kpa import TICK_S, Autoscaler
from planning.settings import Settings, resolve

TRACES = sorted(Path(os.environ.get("KPA_TRACES", Path(__file__).with_name("kpa"))).glob("*.json"))
FIELDS = {
    "metric": "metric",
    "target_value": "target",
    "total_value": "total",
    "target_utilization_percentage": "utilization",
    "stable_window_seconds": "stable_window",
    "panic_window_seconds": "panic_window",
    "panic_window_percentage": "panic_window_percentage",
    "panic_threshold_percentage": "panic_threshold",
    "max_scale_up_rate": "max_scale_up_rate",
    "max_scale_down_rate": "max_scale_down_rate",
    "activation_scale": "activation_scale",
    "scale_down_delay_seconds": "scale_down_delay",
    "min_scale": "min_scale",
    "max_scale": "max_scale",
    "initial_scale": "initial_scale",
    "target_burst_capacity": "burst_capacity",
    "reachable": "reachable",
    "aggregation": "aggregation",
}


def test_there_are_traces() -> None:
    assert TRACES


@pytest.fixture(params=TRACES, ids=lambda path: path.stem)
def trace(request: pytest.FixtureRequest) -> Any:
    return json.loads(request.param.read_text())


def settings_of(trace: Any) -> Settings:
    config = trace["config"]
    overrides = trace["config_autoscaler_overrides"]
    return resolve(trace["annotations"], overrides, config["container_concurrency"], reachable=config["reachable"])


def test_settings_are_resolved_as_recorded(trace: Any) -> None:
    settings = settings_of(trace)
    for name, field in FIELDS.items():
        recorded = trace["config"][name]
        assert getattr(settings, field) == (recorded if isinstance(recorded, str) else pytest.approx(recorded, abs=1e-9, rel=0)), name


def test_every_decision_is_as_recorded(trace: Any) -> None:
    autoscaler = Autoscaler(settings_of(trace), trace["start"]["ready_pods"])
    ticks = {tick["t"]: tick for tick in trace["ticks"]}
    assert ticks
    for second in range(max(ticks) + 1):
        load = trace["load_per_second"][second] if second < len(trace["load_per_second"]) else None
        if load is not None:
            autoscaler.record(second, load)
        if second % TICK_S == 0:
            expected = ticks[second]
            found = autoscaler.decide(second, expected["ready"])
            assert (found is not None) == expected["valid"], second
            if found:
                assert found.stable == pytest.approx(expected["stable"], abs=1e-6, rel=0), second
                assert found.panic == pytest.approx(expected["panic"], abs=1e-6, rel=0), second
                decided = (found.desired, found.bounded, found.burst, found.panicking, found.most)
                recorded = tuple(expected[name] for name in ("desired", "bounded", "ebc", "panic_mode", "max_panic_pods"))
                assert decided == recorded, second
