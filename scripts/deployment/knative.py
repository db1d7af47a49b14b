"""Reading Knative's objects: conditions, generations, revisions. Pure: dicts in, facts out. Knative Serving API, v1."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from deployment.cluster import Kind, Object

SERVICE = Kind("serving.knative.dev/v1", "Service")
REVISION = Kind("serving.knative.dev/v1", "Revision")
POD = Kind("v1", "Pod")
OF_SERVICE = "serving.knative.dev/service"
OF_REVISION = "serving.knative.dev/revision"
CONTAINER = "user-container"
PASSING = frozenset({"", "Unschedulable", "Deploying", "ContainerCreating", "NotReady", "Reserve"})
"""Reasons of a revision that is not ready which a node, or a little time, may still cure."""


@dataclass(frozen=True, slots=True)
class Condition:
    """`status` is True, False or Unknown."""

    status: str = "Unknown"
    reason: str = ""
    message: str = ""

    def __str__(self) -> str:
        return self.message or self.reason or "nothing is known yet"


def condition(item: Mapping[str, Any], type: str = "Ready") -> Condition:
    """One condition of an object's status."""
    for one in item.get("status", {}).get("conditions", ()):
        if one["type"] == type:
            return Condition(one["status"], one.get("reason", ""), one.get("message", ""))
    return Condition()


def observed(item: Mapping[str, Any]) -> bool:
    """Whether the status speaks of the present spec, not of one before it."""
    return bool(item.get("status", {}).get("observedGeneration") == item["metadata"].get("generation"))


def ready(item: Mapping[str, Any] | None) -> bool:
    return item is not None and observed(item) and condition(item).status == "True"


def settled(service: Mapping[str, Any]) -> bool:
    """Whether requests go where the spec's traffic says: the routes are made, and the ingress knows them."""
    return observed(service) and condition(service, "RoutesReady").status == "True"


def failed(item: Mapping[str, Any]) -> Condition | None:
    """Why a revision or service will not become ready by waiting; None while it may."""
    if not observed(item):
        return None
    for type in ("Ready", "ResourcesAvailable", "ContainerHealthy"):
        found = condition(item, type)
        if found.status == "False" and found.reason in PASSING:
            return None
    found = condition(item)
    return found if found.status == "False" else None


def waiting(item: Mapping[str, Any]) -> str:
    """What a revision that is not ready waits for, in the cluster's words."""
    for type in ("ResourcesAvailable", "ContainerHealthy", "Ready"):
        found = condition(item, type)
        if found.status != "True" and (found.message or found.reason):
            return str(found)
    return ""


def latest_created(service: Mapping[str, Any]) -> str:
    return str(service.get("status", {}).get("latestCreatedRevisionName", ""))


def latest_ready(service: Mapping[str, Any]) -> str:
    return str(service.get("status", {}).get("latestReadyRevisionName", ""))


def container(template: Mapping[str, Any]) -> Object:
    """The container that serves: the one with a port, or the only one. `template` has a pod spec under `spec`."""
    containers: list[Object] = template["spec"]["containers"]
    return next((one for one in containers if one.get("ports")), containers[0])


def port(template: Mapping[str, Any]) -> int:
    ports = container(template).get("ports") or [{}]
    return int(ports[0].get("containerPort", 8080))


def gpus(template: Mapping[str, Any]) -> dict[str, int]:
    """Devices of one pod: resource name -> count (`nvidia.com/gpu`, or a MIG slice)."""
    found: dict[str, int] = {}
    for one in template["spec"]["containers"]:
        for name, count in one.get("resources", {}).get("limits", {}).items():
            if name.startswith(("nvidia.com/", "amd.com/", "gpu.intel.com/")):
                found[name] = found.get(name, 0) + int(count)
    return found
