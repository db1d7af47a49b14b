"""Where the readings of a revision come from: Prometheus, or the function's own /metrics. Knows no gate and no traffic."""

import json
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any, Protocol
from urllib.parse import quote

from deployment.cluster import Cluster
from deployment.failure import Failure, Forbidden
from deployment.knative import OF_REVISION, POD
from deployment.readings import Readings, Totals, latencies, readings, since
from deployment.web import Web

ASIDE = ("/health", "/metrics", "/openapi.json")
"""Routes that are no work."""


@dataclass(frozen=True, slots=True)
class Arm:
    """One revision under comparison, with the URL of its tag and its container's port."""

    revision: str
    url: str
    port: int = 8080


class Source(Protocol):
    """Readings of arms since `begin`."""

    def begin(self, *arms: Arm) -> None: ...

    def read(self, arm: Arm) -> Readings: ...


class Scrape:
    """The function's own /metrics: of each pod through the API server, or through the tag's URL where that is not allowed.

    Behind a URL every scrape meets one pod of several; with more than one pod that says little, and Prometheus is needed.
    """

    def __init__(self, cluster: Cluster, web: Web) -> None:
        self._cluster, self._web = cluster, web
        self._before: dict[str, dict[str, Totals]] = {}
        self._peaks: dict[str, float] = {}

    def begin(self, *arms: Arm) -> None:
        for arm in arms:
            self._before[arm.revision] = dict(self._processes(arm))
            self._peaks.pop(arm.revision, None)

    def read(self, arm: Arm) -> Readings:
        before, now = self._before.get(arm.revision, {}), dict(self._processes(arm))
        seen = [one.memory for one in now.values() if one.memory is not None]
        if seen:
            self._peaks[arm.revision] = max(*seen, self._peaks.get(arm.revision, 0.0))
        increases = [since(before.get(name, Totals()), totals) for name, totals in now.items()]
        return readings(increases, self._peaks.get(arm.revision))

    def _processes(self, arm: Arm) -> Iterator[tuple[str, Totals]]:
        found = False
        try:
            for pod in self._cluster.list(POD, labels=f"{OF_REVISION}={arm.revision}")[0]:
                name = pod["metadata"]["name"]
                status, text = self._cluster.pod_get(name, "metrics", arm.port)
                if status == 200:
                    found = True
                    yield name, parse(text)
        except Forbidden:
            pass
        except Failure:
            if found:
                return
        if not found:
            try:
                reply = self._web.send(f"{arm.url}/metrics")
            except (OSError, HTTPException):
                return
            if reply.status == 200:
                yield "url", parse(reply.body.decode())


def parse(text: str) -> Totals:
    """The totals in a Prometheus text."""
    from prometheus_client.parser import text_string_to_metric_families

    requests: dict[tuple[str, ...], float] = defaultdict(float)
    buckets: dict[tuple[str, ...], float] = defaultdict(float)
    levels: dict[str, float] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = dict(sample.labels)
            if labels.get("route", "").startswith(ASIDE):
                continue
            if sample.name == "figurine_requests_total":
                requests[labels["status"],] += sample.value
            elif sample.name == "figurine_request_seconds_bucket":
                buckets[name_class(labels), labels["le"]] += sample.value
            elif sample.name.startswith("figurine_gpu_memory_"):
                levels[sample.name] = max(levels.get(sample.name, 0.0), sample.value)
    return Totals(requests, buckets, levels.get("figurine_gpu_memory_used_bytes"), levels.get("figurine_gpu_memory_total_bytes"))


def name_class(labels: Mapping[str, str]) -> str:
    """`/generate`, with whatever else a series is divided by."""
    more = [value for name, value in sorted(labels.items()) if value and name not in ("route", "le")]
    return " ".join([labels.get("route", ""), *more])


@dataclass
class Prometheus:
    """A Prometheus that scrapes the pods; series are found by the pod's name, which begins with its revision's."""

    url: str
    namespace: str
    web: Web = field(default_factory=Web)
    _begun: float = 0.0

    def begin(self, *_arms: Arm) -> None:
        self._begun = time.monotonic()

    def read(self, arm: Arm) -> Readings:
        """Raises `Failure` when Prometheus does not answer."""
        window = max(1, round(time.monotonic() - self._begun))
        pods = f'namespace="{self.namespace}",pod=~"{arm.revision}-deployment-.*"'
        work = f'{pods},route!~"({"|".join(ASIDE)}).*"'
        statuses = self._ask(f"sum by (status) (increase(figurine_requests_total{{{work}}}[{window}s]))")
        times = self._ask(f"sum by (route, duration, le) (increase(figurine_request_seconds_bucket{{{work}}}[{window}s]))")
        buckets: dict[tuple[str, ...], float] = defaultdict(float)
        for labels, value in times:
            buckets[name_class(labels), labels["le"]] += value
        total = sum(value for _, value in statuses)
        errors = sum(value for labels, value in statuses if labels["status"].startswith("5"))
        peak = self._ask(f"max(max_over_time(figurine_gpu_memory_used_bytes{{{pods}}}[{window}s]))")
        size = self._ask(f"max(figurine_gpu_memory_total_bytes{{{pods}}})")
        memory, capacity = (one[0][1] if one else None for one in (peak, size))
        return Readings(round(total), round(errors), latencies(buckets), memory, capacity)

    def _ask(self, query: str) -> list[tuple[dict[str, str], float]]:
        try:
            reply = self.web.send(f"{self.url.rstrip('/')}/api/v1/query?query={quote(query)}")
            answer: Any = json.loads(reply.body)
            return [(one["metric"], float(one["value"][1])) for one in answer["data"]["result"]]
        except (OSError, HTTPException, ValueError, KeyError, TypeError) as error:
            mend = "--prometheus URL, or leave it out to read the function's own /metrics"
            raise Failure(f"Prometheus at {self.url} gives no answer that can be read ({error or type(error).__name__}).", mend) from None
