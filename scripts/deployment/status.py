"""How a Service is: its revisions with their traffic, its pods with what they did while they came up. Wakes nothing that is at zero."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from operator import itemgetter
from typing import Any

from deployment import progress
from deployment.cluster import Cluster, Object
from deployment.failure import Failure
from deployment.knative import OF_REVISION, OF_SERVICE, POD, REVISION, condition, container, gpus, latest_created, observed, port
from deployment.record import describe, read_service
from deployment.table import table


@dataclass(frozen=True, slots=True)
class RevisionStatus:
    name: str
    traffic: int
    tags: tuple[str, ...]
    ready: str
    pods: int
    image: str
    reason: str


@dataclass(frozen=True, slots=True)
class PodStatus:
    """`startup` is what the function says of its start: the seconds that each phase added to it; `state` sums it up."""

    name: str
    revision: str
    state: str
    node: str
    gpus: str
    startup: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class ServiceStatus:
    name: str
    namespace: str
    url: str
    ready: str
    reason: str
    rollout: str
    revisions: tuple[RevisionStatus, ...]
    pods: tuple[PodStatus, ...]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    def __str__(self) -> str:
        lines = [f"{self.name} in {self.namespace}: {self.ready}{f' ({self.reason})' if self.reason else ''}", self.url, self.rollout]
        revisions = [
            (one.name, f"{one.traffic} %", ", ".join(one.tags), one.ready, str(one.pods), one.image, one.reason) for one in self.revisions
        ]
        pods = [(one.name, one.state, one.node, one.gpus, _phases(one.startup)) for one in self.pods]
        parts = [
            "\n".join(filter(None, lines)),
            table(("REVISION", "TRAFFIC", "TAGS", "READY", "PODS", "IMAGE", "WHY NOT"), revisions),
            table(("POD", "STATE", "NODE", "GPUS", "CAME UP IN"), pods) or "No pod: at zero. The next request starts one.",
        ]
        return "\n\n".join(parts)


def status(cluster: Cluster, name: str) -> ServiceStatus:
    """Raises `Failure` when there is no such Service."""
    service = read_service(cluster, name)
    labels = f"{OF_SERVICE}={name}"
    pods = [_pod(cluster, one) for one in cluster.list(POD, labels=labels)[0]]
    revisions = sorted(cluster.list(REVISION, labels=labels)[0], key=lambda one: str(one["metadata"]["name"]), reverse=True)
    shown = [_revision(service, one, sum(pod.revision == one["metadata"]["name"] for pod in pods)) for one in revisions]
    state = progress.read(service)
    found = condition(service)
    return ServiceStatus(
        name,
        service["metadata"]["namespace"],
        service.get("status", {}).get("url", ""),
        _word(service),
        "" if found.status == "True" else found.message or found.reason,
        f"last rollout: {describe(state)}" if state else "",
        tuple(one for one in shown if one.traffic or one.tags or one.pods or one.name == latest_created(service)),
        tuple(sorted(pods, key=lambda one: one.name)),
    )


def _revision(service: Object, revision: Object, pods: int) -> RevisionStatus:
    name = revision["metadata"]["name"]
    targets = [one for one in service.get("status", {}).get("traffic", ()) if one.get("revisionName") == name]
    found = condition(revision)
    return RevisionStatus(
        name,
        sum(one.get("percent") or 0 for one in targets),
        tuple(one["tag"] for one in targets if one.get("tag")),
        _word(revision),
        pods,
        _shorten(container(revision)["image"]),
        "" if found.status == "True" else found.message or found.reason,
    )


def _pod(cluster: Cluster, pod: Object) -> PodStatus:
    metadata, said = pod["metadata"], pod.get("status", {})
    state, phases = _startup(cluster, pod) if said.get("phase") == "Running" else (_waits(said), {})
    if metadata.get("deletionTimestamp"):
        state = "draining, holds its GPU"
    devices = ", ".join(f"{count} {name}" for name, count in gpus(pod).items())
    return PodStatus(metadata["name"], metadata["labels"].get(OF_REVISION, ""), state, pod["spec"].get("nodeName", ""), devices, phases)


def _startup(cluster: Cluster, pod: Object) -> tuple[str, dict[str, float]]:
    """What `/health/startup` of the pod answers, asked through the API server."""
    try:
        _, body = cluster.pod_get(pod["metadata"]["name"], "health/startup", port(pod))
        answer = json.loads(body)
        phases = _added(answer["phases"])
        state = answer["status"]
    except (Failure, ValueError, KeyError, TypeError):
        return "running", {}
    return (state if state == "ready" else f"{state} {answer['progress']:.0%}: {answer['reason']}"), phases


def _added(phases: Iterable[Mapping[str, Any]]) -> dict[str, float]:
    """The seconds by which each phase made the start longer: some overlap."""
    added, reached = {}, 0.0
    for end, one in sorted(((one["began"] + one["seconds"], one) for one in phases), key=itemgetter(0)):
        added[" ".join(filter(None, (one["name"], one["model"])))] = end - reached
        reached = end
    return added


def _waits(said: Mapping[str, Any]) -> str:
    """Why a pod does not run, in a few words."""
    for one in said.get("conditions", ()):
        if one["type"] == "PodScheduled" and one["status"] == "False":
            return f"pending: {one.get('message') or one.get('reason', '')}"
    for one in said.get("containerStatuses", ()):
        if waiting := one.get("state", {}).get("waiting"):
            return f"waiting: {waiting.get('message') or waiting.get('reason', '')}"
    return str(said.get("phase", "unknown")).lower()


def _word(item: Object) -> str:
    if not observed(item) and "observedGeneration" in item.get("status", {}):
        return "changing"
    return {"True": "ready", "False": "not ready"}.get(condition(item).status, "starting")


def _phases(startup: Mapping[str, float]) -> str:
    return f"{sum(startup.values()):.1f} s: " + ", ".join(f"{name} {seconds:.1f}" for name, seconds in startup.items()) if startup else ""


def _shorten(image: str) -> str:
    """Without its registry, and with no more of a digest than tells two apart."""
    name, _, digest = image.rpartition("/")[2].partition("@sha256:")
    return f"{name}@{digest[:8]}" if digest else name
