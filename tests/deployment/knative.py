"""What Knative does with a Service, as far as the deploy command can see it: defaults, refusals, revisions, pods on GPUs, traffic.

A revision behaves as its image says: `broken` crashes, `stuck` never gets ready; all others get ready once their pods have GPUs.
"""

import copy
import re
import threading
from typing import Any

from tests.deployment.apiserver import ApiServer
from tests.deployment.store import Key, Object, Refused

SERVICES, REVISIONS = "services.serving.knative.dev", "revisions.serving.knative.dev"
GPU = "nvidia.com/gpu"


class Knative:
    """The webhook and the controller of one API server; the controller runs in a thread until `close`."""

    def __init__(self, api: ApiServer, url: str = "http://{host}") -> None:
        self.api, self.store = api, api.store
        self.url = url
        self.paused = False
        self.lags = False
        """Configuration and Route follow a new spec only when somebody watches."""
        api.admit = self.admit
        self._ended = False
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def close(self) -> None:
        self._ended = True
        with self.store.changed:
            self.store.changed.notify_all()
        self._thread.join()

    def admit(self, resource: str, new: Object, live: Object) -> Object:
        """The webhook of Services: defaults, and what it refuses."""
        if resource != SERVICES:
            return new
        spec = copy.deepcopy(new["spec"])
        pod = spec["template"]["spec"]
        for name, value in {"containerConcurrency": 0, "timeoutSeconds": 300, "enableServiceLinks": False}.items():
            pod.setdefault(name, value)
        for one in pod["containers"]:
            one.setdefault("name", "user-container")
            one.setdefault("resources", {})
            one.setdefault("readinessProbe", {"successThreshold": 1, "tcpSocket": {"port": 0}})
        spec.setdefault("traffic", [{"latestRevision": True, "percent": 100}])
        for target in spec["traffic"]:
            target.setdefault("latestRevision", "revisionName" not in target)
        tags = [target["tag"] for target in spec["traffic"] if target.get("tag")]
        problem = ""
        if sum(target.get("percent") or 0 for target in spec["traffic"]) != 100:
            problem = "Traffic targets do not sum to 100: spec.traffic"
        elif len(set(tags)) < len(tags):
            problem = "Multiple definitions for tag: spec.traffic"
        elif any(target["latestRevision"] and target.get("revisionName") for target in spec["traffic"]):
            problem = "may not set latestRevision true: spec.traffic.latestRevision"
        elif "lifecycle" in pod["containers"][0]:
            problem = "must not set the field(s): spec.template.spec.containers[0].lifecycle"
        if problem:
            text = f'admission webhook "validation.webhook.serving.knative.dev" denied the request: validation failed: {problem}'
            raise Refused(400, "BadRequest", text)
        creator = {"serving.knative.dev/creator": "anna", "serving.knative.dev/lastModifier": "anna"}
        metadata = {**new["metadata"], "annotations": {**new["metadata"].get("annotations", {}), **creator}}
        return {**new, "metadata": metadata, "spec": spec, **({"status": live["status"]} if "status" in live else {})}

    def _run(self) -> None:
        seen = -1
        while not self._ended:
            with self.store.changed:
                if self.paused or self.store.version == seen:
                    self.store.changed.wait(0.2)
                    continue
                seen = self.store.version
                services = self.store.find(SERVICES)
                for service in services:
                    self.reconcile(service)
                self._collect({one["metadata"]["name"] for one in services})

    def _collect(self, services: set[str]) -> None:
        """Remove what removed Services owned."""
        for resource in (REVISIONS, "pods"):
            for one in self.store.find(resource):
                owner = one["metadata"].get("labels", {}).get("serving.knative.dev/service")
                if owner and owner not in services:
                    self.store.delete(_key(resource, one))

    def reconcile(self, service: Object) -> None:
        """One pass over one Service and all that it owns. A new spec is observed before Configuration and Route have followed it."""
        name, key = service["metadata"]["name"], _key(SERVICES, service)
        template, status = service["spec"]["template"], service.get("status", {})
        if status and status.get("observedGeneration") != service["metadata"]["generation"]:
            late = [{"type": type, "status": "Unknown", "reason": "OutOfDate"} for type in ("Ready", "ConfigurationsReady", "RoutesReady")]
            self.store.status(key, {**status, "observedGeneration": service["metadata"]["generation"], "conditions": late})
            while self.lags and not self.api.watched[SERVICES] and not self._ended:
                self.store.changed.wait(0.2)
        revisions = [one for one in self.store.find(REVISIONS) if one["metadata"]["labels"]["serving.knative.dev/service"] == name]
        if not revisions or revisions[-1]["spec"] != template["spec"] or _notes(revisions[-1]) != _notes(template):
            revisions.append(self._revision(service, len(revisions) + 1))
        routed = {target.get("revisionName") for target in status.get("traffic", [])}
        for revision in revisions:
            self._scale(revision, routed)
        revisions = [self.store.get(_key(REVISIONS, one)) for one in revisions]
        self.store.status(key, self._status(service, revisions))

    def _revision(self, service: Object, number: int) -> Object:
        template = service["spec"]["template"]
        name = f"{service['metadata']['name']}-{number:05d}"
        labels = {"serving.knative.dev/service": service["metadata"]["name"], "serving.knative.dev/configurationGeneration": str(number)}
        metadata = {"name": name, "namespace": service["metadata"]["namespace"], "labels": labels, "annotations": _notes(template)}
        return self.api.add({"apiVersion": "serving.knative.dev/v1", "kind": "Revision", "metadata": metadata, "spec": template["spec"]})

    def _scale(self, revision: Object, routed: set[str | None]) -> None:
        """One pod for a revision with traffic or a tag, and for one that has yet to prove itself; none else."""
        name = revision["metadata"]["name"]
        proven = _condition(revision, "Ready")["status"] == "True"
        initial = int(_notes(revision).get("autoscaling.knative.dev/initial-scale", 1))
        wanted = name in routed or (not proven and initial > 0)
        pods = [one for one in self.store.find("pods") if one["metadata"]["labels"].get("serving.knative.dev/revision") == name]
        if not wanted:
            for pod in pods:
                self.store.delete(_key("pods", pod))
            pods = []
        elif not pods:
            pods = [self._pod(revision)]
        running = bool(pods) and self._schedule(pods[0])
        image = revision["spec"]["containers"][0]["image"]
        ready = {"type": "Ready", "status": "Unknown", "reason": "Deploying"}
        conditions: list[Object] = []
        if "broken" in image:
            ready = {"type": "Ready", "status": "False", "reason": "ExitCode1", "message": "Container failed with: no weights"}
        elif "stuck" in image:
            pass
        elif pods and not running and not proven:
            ready = {
                "type": "Ready",
                "status": "False",
                "reason": "Unschedulable",
                "message": "0/1 nodes are available: 1 Insufficient nvidia.com/gpu.",
            }
            conditions = [{**ready, "type": "ResourcesAvailable"}]
        elif running or proven or initial == 0:
            ready = {"type": "Ready", "status": "True"}
        active = {"type": "Active", "status": "True" if pods else "False", "severity": "Info"}
        self.store.status(_key(REVISIONS, revision), {"observedGeneration": 1, "conditions": [*conditions, ready, active]})

    def _pod(self, revision: Object) -> Object:
        metadata = revision["metadata"]
        labels = {**metadata["labels"], "serving.knative.dev/revision": metadata["name"]}
        name = f"{metadata['name']}-deployment-7d9f-x1"
        spec = {"containers": [*copy.deepcopy(revision["spec"]["containers"]), {"name": "queue-proxy", "image": "queue"}]}
        manifest = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": metadata["namespace"], "labels": labels}}
        return self.api.add({**manifest, "spec": spec, "status": {"phase": "Pending"}})

    def _schedule(self, pod: Object) -> bool:
        """Put the pod on the node when its GPUs are free; whether it runs."""
        if pod["status"]["phase"] == "Running":
            return True
        free = sum(int(node["status"]["allocatable"].get(GPU, 0)) for node in self.store.find("nodes"))
        free -= sum(_gpus(one) for one in self.store.find("pods") if one["status"]["phase"] == "Running")
        if _gpus(pod) > free:
            return False
        live = self.store.get(_key("pods", pod))
        self.store.replace(_key("pods", pod), {**live, "spec": {**live["spec"], "nodeName": "node-1"}})
        conditions = [{"type": "Ready", "status": "True"}]
        self.store.status(_key("pods", pod), {"phase": "Running", "conditions": conditions, "startTime": "2030-01-01T00:00:00Z"})
        return True

    def _status(self, service: Object, revisions: list[Object]) -> Object:
        namespace, name = service["metadata"]["namespace"], service["metadata"]["name"]
        is_ready = {one["metadata"]["name"]: _condition(one, "Ready") for one in revisions}
        created = revisions[-1]["metadata"]["name"]
        good = next((one for one in reversed(is_ready) if is_ready[one]["status"] == "True"), "")
        status = copy.deepcopy(service.get("status", {}))
        host = f"{name}.{namespace}.example.com"
        traffic = [{**target, "revisionName": target.get("revisionName") or good} for target in service["spec"]["traffic"]]
        for target in traffic:
            if target.get("tag"):
                target["url"] = self.url.format(host=f"{target['tag']}-{host}")
        assigned = all(is_ready.get(target["revisionName"], {}).get("status") == "True" for target in traffic)
        if assigned:
            status["traffic"] = traffic
        latest = is_ready[created]
        if latest["status"] == "False":
            ready: dict[str, Any] = {
                "status": "False",
                "reason": "RevisionFailed",
                "message": f'Revision "{created}" failed: {latest.get("message", "")}',
            }
        else:
            ready = {"status": "True" if assigned and latest["status"] == "True" else "Unknown"}
        status |= {"observedGeneration": service["metadata"]["generation"], "conditions": [{"type": "Ready", **ready}]}
        status |= {"latestCreatedRevisionName": created, "latestReadyRevisionName": good, "url": self.url.format(host=host)}
        status["conditions"].append({"type": "RoutesReady", "status": "True" if assigned else "Unknown"})
        status["conditions"].append({**latest, "type": "ConfigurationsReady"})
        return status


def _key(resource: str, item: Object) -> Key:
    return Key(resource, item["metadata"]["namespace"], item["metadata"]["name"])


def _notes(item: Object) -> dict[str, str]:
    return dict(item.get("metadata", {}).get("annotations") or {})


def _condition(item: Object, type: str) -> Object:
    return next((one for one in item.get("status", {}).get("conditions", []) if one["type"] == type), {"status": "Unknown"})


def _gpus(pod: Object) -> int:
    return sum(int(one.get("resources", {}).get("limits", {}).get(GPU, 0)) for one in pod["spec"]["containers"])


def revision_of(pod: str) -> str:
    """The revision that a pod's name belongs to."""
    found = re.match(r"(.*)-deployment-", pod)
    assert found
    return found[1]
