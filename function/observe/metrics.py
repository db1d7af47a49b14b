"""The function's numbers: kept in plain Python while serving, translated for Prometheus at a scrape (its client is imported only then).

The engine reports through `phase`, `loaded`, `batch` and `job`; HTTP through `begin` and `end`. Safe to call from any thread.
"""

import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from function.observe.gpu import read_gpus
from function.observe.histogram import Histogram
from function.observe.record import Record, Timings

if TYPE_CHECKING:
    from prometheus_client.core import Metric

SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)
SIZES = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0)
MOST_TENANTS = 100
STAGES = ("queue", "batch", "model", "encode")


class Metrics:
    """All numbers of one app. `gauges` are read at a scrape: name without prefix -> (description, reading)."""

    def __init__(self) -> None:
        self.gauges: dict[str, tuple[str, Callable[[], float]]] = {}
        self._lock = threading.Lock()
        self._in_flight = 0
        self._requests: dict[tuple[str, int, str], int] = defaultdict(int)
        self._request_seconds: dict[tuple[str, str], Histogram] = defaultdict(lambda: Histogram(SECONDS))
        self._stages: dict[tuple[str, str], Histogram] = defaultdict(lambda: Histogram(SECONDS))
        self._batch_sizes: dict[tuple[str], Histogram] = defaultdict(lambda: Histogram(SIZES))
        self._batch_seconds: dict[tuple[str], Histogram] = defaultdict(lambda: Histogram(SECONDS))
        self._ended: deque[tuple[str, Timings, str]] = deque()
        self._jobs: dict[tuple[str, str], int] = defaultdict(int)
        self._phases: dict[str, float] = {}
        self._models: dict[tuple[str, str, str], int] = {}
        self._tenants: dict[str, float] = defaultdict(float)

    def phase(self, name: str, seconds: float) -> None:
        """One phase of the bring-up is over."""
        self._phases[name] = seconds

    def loaded(self, model: str, variant: str, version: str) -> None:
        """A model is up, with these weights."""
        self._models[model, variant, version] = 1

    def batch(self, model: str, size: int, seconds: float) -> None:
        """The lane has run a batch."""
        with self._lock:
            self._batch_sizes[model,].observe(size)
            self._batch_seconds[model,].observe(seconds)

    def job(self, model: str, timings: Timings, outcome: str) -> None:
        """A job has ended; `outcome` is `ok` or the code of its error."""
        self._ended.append((model, timings, outcome))

    def begin(self) -> None:
        """A request has come in."""
        with self._lock:
            self._in_flight += 1

    def end(self, record: Record) -> None:
        """A request has been answered, or its caller has left."""
        with self._lock:
            self._enter_jobs()
            self._in_flight -= 1
            self._requests[record.route, record.status, record.code] += 1
            self._request_seconds[record.route, record.duration].observe(record.seconds)
            if record.timings and record.timings.device:
                known = record.tenant in self._tenants or len(self._tenants) < MOST_TENANTS
                self._tenants[record.tenant if known else "other"] += record.timings.device

    def render(self) -> tuple[bytes, str]:
        """The Prometheus text and its content type. Imports the client on first use (50 ms): call it in a worker thread."""
        from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

        registry = CollectorRegistry(auto_describe=False)
        registry.register(self)
        return generate_latest(registry), CONTENT_TYPE_LATEST

    def describe(self) -> Iterator["Metric"]:
        """Nothing is promised beforehand, so that registering does not collect."""
        return iter(())

    def collect(self) -> Iterator["Metric"]:
        """Every family, for the client's registry."""
        with self._lock:
            self._enter_jobs()
            return iter([*self._counts(), *self._distributions(), *self._readings()])

    def _enter_jobs(self) -> None:
        """Count the jobs that have ended: later than they end, because an answer waits then."""
        while self._ended:
            model, timings, outcome = self._ended.popleft()
            self._jobs[model, outcome] += 1
            for stage in STAGES:
                self._stages[model, stage].observe(getattr(timings, stage))

    def _counts(self) -> Iterator["Metric"]:
        yield _counter("requests", "HTTP requests by route, status and error code", ("route", "status", "code"), self._requests)
        yield _counter("jobs", "Jobs by model and outcome", ("model", "outcome"), self._jobs)
        yield _counter("gpu_seconds", "Device seconds by tenant", ("tenant",), {(name,): value for name, value in self._tenants.items()})

    def _distributions(self) -> Iterator["Metric"]:
        yield _histogram("request_seconds", "Seconds from request to answer", ("route", "duration"), self._request_seconds)
        for stage in STAGES:
            series = {(model,): values for (model, name), values in self._stages.items() if name == stage}
            yield _histogram(f"{stage}_seconds", f"Seconds of a job in the stage {stage}", ("model",), series)
        yield _histogram("batch_size", "Jobs that shared a forward pass", ("model",), self._batch_sizes)
        yield _histogram("lane_seconds", "Seconds of the lane for a batch", ("model",), self._batch_seconds)

    def _readings(self) -> Iterator["Metric"]:
        yield _gauge("requests_in_flight", "HTTP requests being answered", (), {(): float(self._in_flight)})
        yield _gauge("startup_seconds", "Seconds of a bring-up phase", ("phase",), {(name,): value for name, value in self._phases.items()})
        yield _gauge(
            "model_info", "1 for each model that is up, with the version of its weights", ("model", "variant", "version"), self._models
        )
        for name, (description, reading) in self.gauges.items():
            yield _gauge(name, description, (), {(): float(reading())})
        gpus = read_gpus()
        if gpus:
            yield _gauge("gpu_memory_used_bytes", "Memory in use on the device", ("device",), {(g.name,): g.memory_used for g in gpus})
            yield _gauge("gpu_memory_total_bytes", "Memory of the device", ("device",), {(g.name,): g.memory_total for g in gpus})
            yield _gauge("gpu_utilisation_ratio", "Part of the time in which a kernel ran", ("device",), {(g.name,): g.busy for g in gpus})


def _counter(name: str, description: str, labels: tuple[str, ...], values: Any) -> "Metric":
    from prometheus_client.core import CounterMetricFamily

    family = CounterMetricFamily(f"figurine_{name}", description, labels=labels)
    for key, value in values.items():
        family.add_metric([str(part) for part in key], value)
    return family


def _gauge(name: str, description: str, labels: tuple[str, ...], values: Any) -> "Metric":
    from prometheus_client.core import GaugeMetricFamily

    family = GaugeMetricFamily(f"figurine_{name}", description, labels=labels)
    for key, value in values.items():
        family.add_metric(list(key), value)
    return family


def _histogram(name: str, description: str, labels: tuple[str, ...], series: Any) -> "Metric":
    from prometheus_client.core import HistogramMetricFamily

    family = HistogramMetricFamily(f"figurine_{name}", description, labels=labels)
    for key, values in series.items():
        family.add_metric(list(key), buckets=values.cumulative(), sum_value=values.total)
    return family
