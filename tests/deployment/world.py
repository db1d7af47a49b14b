"""A cluster with a function on it: API server, Knative, gateway, and a running function for every image."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from deployment.bundle import Bundle
from deployment.cluster import Cluster
from deployment.comparison import Comparison
from deployment.console import Console
from deployment.gates import Limits
from deployment.knative import latest_created, observed
from deployment.lease import Lease
from deployment.progress import State
from deployment.rollout import Plan, Rollout
from deployment.sources import Scrape
from deployment.trial import PROMPTS, Trial
from deployment.web import Web
from tests.deployment.apiserver import ApiServer
from tests.deployment.gateway import Gateway
from tests.deployment.knative import GPU, SERVICES, Knative, revision_of
from tests.serving import until

Object = dict[str, Any]
NO_HASTE = Limits(slack_s=60)
"""Seconds are judged where there is no machine to be slow: in the tests of the gates."""
ANNOTATIONS = {"autoscaling.knative.dev/max-scale": "4"}


def service(image: str, gpus: int = 1, **env: str) -> Object:
    """A manifest."""
    one: Object = {"image": image, "ports": [{"containerPort": 8080}], "env": [{"name": k, "value": v} for k, v in env.items()]}
    one["resources"] = {"limits": {GPU: str(gpus)}, "requests": {GPU: str(gpus)}} if gpus else {}
    template = {"metadata": {"annotations": dict(ANNOTATIONS)}, "spec": {"timeoutSeconds": 600, "containers": [one]}}
    metadata = {"name": "motion", "namespace": "default"}
    return {"apiVersion": "serving.knative.dev/v1", "kind": "Service", "metadata": metadata, "spec": {"template": template}}


def node(gpus: int) -> Object:
    quantities = {"cpu": "32", GPU: str(gpus)}
    metadata = {"name": "node-1", "labels": {"nvidia.com/gpu.product": "H200"}}
    return {"apiVersion": "v1", "kind": "Node", "metadata": metadata, "status": {"capacity": quantities, "allocatable": quantities}}


class Heard(Console):
    """Keeps what was said; `then` is called at each sentence."""

    said: list[str]
    then: Callable[[str], object]

    def __init__(self, then: Callable[[str], object] = lambda _: None) -> None:
        super().__init__(yes=True)
        object.__setattr__(self, "said", [])
        object.__setattr__(self, "then", then)

    def say(self, text: str, **facts: Any) -> None:
        self.said.append(text)
        self.then(text)


@dataclass
class World:
    api: ApiServer
    knative: Knative
    gateway: Gateway
    kubeconfig: str
    folder: Path
    cluster: Cluster = field(init=False)

    def __post_init__(self) -> None:
        self.cluster = Cluster(self.kubeconfig)

    def start(self, image: str, gpus: int = 1) -> None:
        """A Service that serves."""
        self.cluster.apply(service(image, gpus))
        self.settle()

    def settle(self) -> None:
        until(lambda: observed(one := self.service()) and latest_created(one) and one["status"].get("traffic"))

    def service(self) -> Object:
        return self.api.get(SERVICES, "motion")

    def traffic(self) -> dict[str, int]:
        """Shares by revision, as they are."""
        self.settle()
        return {one["revisionName"]: one["percent"] for one in self.service()["status"]["traffic"] if one.get("percent")}

    def rollout(self, manifest: Object, console: Heard, **plan: Any) -> State:
        web = Web(self.gateway.address)
        comparison = Comparison(web, Scrape(self.cluster, web), Trial(web, PROMPTS[:3], seconds=30))
        how = Plan(**{"hold_s": 0, "wait_s": 30, "shares": (25, 100), "limits": NO_HASTE, **plan})
        with Lease(self.cluster, "motion") as lease:
            return Rollout(self.cluster, Bundle((manifest,)), how, comparison, console, lease).run()


@contextmanager
def world(folder: Path, functions: dict[str, int], gpus: int = 4) -> Iterator[World]:
    with ExitStack() as stack:
        api = ApiServer()
        stack.callback(api.close)
        knative = Knative(api)
        stack.callback(knative.close)
        gateway = Gateway(api, functions)
        stack.callback(gateway.close)
        api.pods = lambda pod: gateway.port(revision_of(pod))
        api.add(node(gpus))
        path = folder / "kubeconfig"
        path.write_text(yaml.safe_dump(api.kubeconfig()))
        yield World(api, knative, gateway, str(path), folder)
