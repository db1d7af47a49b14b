"""What is to be put on a cluster: the rendered manifests of one model. Knows files and kustomize, no cluster."""

import copy
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from deployment.failure import Failure
from deployment.knative import SERVICE, container
from manifests.rendering import RenderingError, render

Object = dict[str, Any]
FOLDER = Path(__file__).parents[2] / "knative"
FIRST = ("Namespace", "PriorityClass", "ServiceAccount", "ConfigMap", "Secret", "PersistentVolumeClaim", "LimitRange", "ResourceQuota")
"""Kinds that others need."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """Rendered manifests in the order in which they are applied."""

    manifests: tuple[Object, ...]

    @property
    def service(self) -> Object:
        """The one Knative Service among them. Raises `Failure`."""
        found = [one for one in self.manifests if (one["apiVersion"], one["kind"]) == SERVICE]
        if len(found) != 1:
            raise Failure(
                f"The folder renders {len(found)} Knative Services, and one is needed.", "--from PATH, a folder or a file with one"
            )
        return found[0]

    @property
    def name(self) -> str:
        return str(self.service["metadata"]["name"])

    @property
    def namespace(self) -> str:
        """That the manifests name; empty when they leave it open."""
        return str(self.service["metadata"].get("namespace", ""))

    @property
    def digest(self) -> str:
        """Of the Service: equal for equal manifests."""
        return hashlib.sha256(json.dumps(self.service, sort_keys=True).encode()).hexdigest()[:12]

    @property
    def others(self) -> list[Object]:
        return [one for one in self.manifests if one is not self.service]

    def has(self, kind: str, name: str) -> bool:
        return any(one["kind"] == kind and one["metadata"]["name"] == name for one in self.manifests)

    def of(self, kind: str) -> list[Object]:
        return [one for one in self.manifests if one["kind"] == kind]


def load(model: str, source: Path | None = None, image: str = "") -> Bundle:
    """Render a model's folder, or one given; or read a file of manifests. Raises `Failure`."""
    path = source or FOLDER / model
    if path.is_file():
        return bundle(filter(None, yaml.safe_load_all(path.read_text())), image)
    if not (path / "kustomization.yaml").is_file():
        models = sorted({one.parent.name for one in FOLDER.glob("*/kustomization.yaml")} - {"base", "features"})
        raise Failure(f"{path} has no kustomization.yaml (there are: {', '.join(models)}).", "one of those names, or --from PATH")
    try:
        return bundle(render(path), image)
    except RenderingError as error:
        raise Failure(str(error)) from None


def bundle(manifests: Iterable[Object], image: str = "") -> Bundle:
    """Manifests in order, the Service's container with this image."""
    ordered = sorted(copy.deepcopy([*manifests]), key=lambda one: FIRST.index(one["kind"]) if one["kind"] in FIRST else len(FIRST))
    made = Bundle(tuple(ordered))
    if image:
        container(made.service["spec"]["template"])["image"] = image
    return made
