"""What a cluster says of itself, read once and only when asked for. What the caller may not read becomes a note, not an error."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from kubernetes.utils.quantity import parse_quantity

from deployment.bundle import Bundle
from deployment.cluster import Cluster, Kind, Object
from deployment.durations import seconds_of
from deployment.failure import Failure
from deployment.knative import POD, SERVICE, container
from deployment.preflight.finding import Finding, surprise

SERVING, EVENTING = "knative-serving", "knative-eventing"
CONFIG = Kind("v1", "ConfigMap")
NODE = Kind("v1", "Node")


@dataclass
class Facts:
    """A cluster and what is to be put on it. `bring_up_s`: how long a pod takes until ready; 0: as long as its start-up probe allows."""

    cluster: Cluster
    bundle: Bundle
    bring_up_s: float = 0
    unread: list[Finding] = field(default_factory=list)
    _configs: dict[str, Mapping[str, str]] = field(default_factory=dict)
    _lists: dict[Kind, list[Object]] = field(default_factory=dict)

    @property
    def template(self) -> Object:
        found: Object = self.bundle.service["spec"]["template"]
        return found

    @property
    def pod(self) -> Object:
        found: Object = self.template["spec"]
        return found

    @property
    def namespace(self) -> str:
        return self.bundle.namespace or self.cluster.namespace

    def annotation(self, name: str, default: str = "") -> str:
        return str(self.template.get("metadata", {}).get("annotations", {}).get(name, default))

    def scale(self, name: str, default: int = 0) -> int:
        """`min-scale` and its like; 0 for what is no number."""
        text = self.annotation(f"autoscaling.knative.dev/{name}") or self.config("config-autoscaler").get(name, "") or str(default)
        return int(text) if text.isdigit() else default

    def config(self, name: str, namespace: str = SERVING) -> Mapping[str, str]:
        """A ConfigMap of Knative; empty when it is not there or may not be read."""
        key = f"{namespace}/{name}"
        if key not in self._configs:
            self._configs[key] = {}
            try:
                found = self.cluster.get(CONFIG, name, namespace)
                self._configs[key] = (found or {}).get("data") or {}
            except Failure as failure:
                self.unread.append(surprise(f"{name} could not be read, so its defaults are assumed. {failure.what}", failure.mend))
        return self._configs[key]

    def all(self, kind: Kind) -> list[Object]:
        """Every object of a kind in the whole cluster; none when they may not be read."""
        if kind not in self._lists:
            self._lists[kind] = []
            try:
                self._lists[kind] = self.cluster.list(kind, namespace="")[0]
            except Failure as failure:
                self.unread.append(surprise(f"{kind.kind} objects could not be read. {failure.what}", failure.mend))
        return self._lists[kind]

    def exists(self, kind: Kind, name: str, namespace: str | None = None) -> bool:
        """True as well when it may not be read."""
        try:
            return self.cluster.get(kind, name, self.namespace if namespace is None else namespace) is not None
        except Failure as failure:
            self.unread.append(surprise(f"Whether {kind.kind} {name} exists could not be read. {failure.what}", failure.mend))
            return True

    def live(self) -> Object | None:
        """The Service as it is now."""
        return self.cluster.get(SERVICE, self.bundle.name, self.namespace) if self.cluster.knows(SERVICE) else None

    def unchanged(self, live: Object) -> bool:
        """Whether the manifests would make no new revision."""
        manifest = {**self.bundle.service, "metadata": {**self.bundle.service["metadata"], "namespace": self.namespace}}
        try:
            return bool(self.cluster.apply(manifest, dry_run=True)["spec"]["template"] == live["spec"]["template"])
        except Failure:
            return False

    @property
    def start_budget_s(self) -> float:
        """Seconds until a pod is ready: as expected, or as the start-up probe allows; 0 when nothing says."""
        probe = container(self.template).get("startupProbe") or {}
        allowed = probe.get("initialDelaySeconds", 0) + probe.get("failureThreshold", 3) * probe.get("periodSeconds", 10) if probe else 0
        return self.bring_up_s or float(allowed)

    @property
    def deadline_s(self) -> float:
        """The progress deadline."""
        text = self.annotation("serving.knative.dev/progress-deadline") or self.config("config-deployment").get("progress-deadline", "600s")
        return seconds_of(text)

    def free(self, node: Mapping[str, Any]) -> dict[str, Decimal]:
        """What a node has left of each resource."""
        left = {name: Decimal(parse_quantity(value)) for name, value in node.get("status", {}).get("allocatable", {}).items()}
        for pod in self.all(POD):
            if pod["spec"].get("nodeName") == node["metadata"]["name"] and pod.get("status", {}).get("phase") not in (
                "Succeeded",
                "Failed",
            ):
                for name, value in requests_of(pod["spec"]).items():
                    left[name] = left.get(name, Decimal(0)) - value
        return left


def requests_of(pod: Mapping[str, Any]) -> dict[str, Decimal]:
    """What a pod spec asks the scheduler for; a limit without a request counts as one."""
    total: dict[str, Decimal] = {}
    for one in pod["containers"]:
        resources = one.get("resources", {})
        for name, value in {**resources.get("limits", {}), **resources.get("requests", {})}.items():
            total[name] = total.get(name, Decimal(0)) + Decimal(parse_quantity(value))
    return total
