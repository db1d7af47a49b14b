"""What is to be put on a cluster: the rendered manifests of one model. Knows files and kustomize, no cluster."""

import copy
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deployment.failure import Failure
from deployment.knative import SERVICE, container
from manifests.rendering import RenderingError, render

Object = dict[str, Any]
FOLDER = Path(__file__).parents[2] / "knative"


@dataclass(frozen=True, slots=True)
class Bundle:
    """Rendered manifests in the order in which they are applied: what others need first, the Service last but for what points at it."""

    manifests: tuple[Object, ...]

    @property
    def service(self) -> Object:
        """The one Knative Service among them. Raises `Failure`."""
        found = [one for one in self.manifests if (one["apiVersion"], one["kind"]) == SERVICE]
        if len(found) != 1:
            raise Failure(f"The folder renders {len(found)} Knative Services, and one is needed.", "--folder knative/motion")
        return found[0]

    @property
    def name(self) -> str:
        return str(self.service["metadata"]["name"])

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


FIRST = (
    "Namespace",
    "PriorityClass",
    "ServiceAccount",
    "ConfigMap",
    "Secret",
    "PersistentVolumeClaim",
    "LimitRange",
    "ResourceQuota",
    "Broker",
)


def load(model: str, folder: Path | None = None, image: str = "") -> Bundle:
    """Render a model's folder, or one given. Raises `Failure`."""
    path = folder or FOLDER / model
    if not (path / "kustomization.yaml").is_file():
        known = ", ".join(
            sorted(one.parent.name for one in FOLDER.glob("*/kustomization.yaml") if one.parent.name not in ("base", "features"))
        )
        raise Failure(
            f"{path} has no kustomization.yaml (there are: {known}).", f"scripts/deploy up MODEL, or --folder with {SERVICE.kind}"
        )
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
