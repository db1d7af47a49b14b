"""Kustomizations of the tests: one of the overlays with components, or the flags alone that components need."""

import os
from pathlib import Path
from typing import Any

from manifests.rendering import render, render_text

KNATIVE = Path(__file__).parents[2] / "knative"
OVERLAYS = ("motion", "face3d", "fusion")
COMPONENTS = tuple(sorted(path.name for path in (KNATIVE / "components").iterdir()))
TOGETHER = ("spot", "priority", "weights-pvc", "results-bucket", "events", "domain", "network-policy", "quota")
Manifests = list[dict[str, Any]]


def kustomization(folder: Path, resource: str, *components: str) -> Path:
    """A folder that refers to a resource and components of `knative/`."""
    base = os.path.relpath(KNATIVE, folder.resolve())
    lines = ["resources:", f"- {base}/{resource}", *(["components:"] if components else [])]
    lines += [f"- {base}/components/{component}" for component in components]
    (folder / "kustomization.yaml").write_text("\n".join(lines) + "\n")
    return folder


def rendered(folder: Path, resource: str, *components: str) -> Manifests:
    return render(kustomization(folder, resource, *components))


def text(folder: Path, resource: str, *components: str) -> str:
    return render_text(kustomization(folder, resource, *components))


def flags_of(folder: Path, *components: str) -> dict[str, str]:
    """What the admin's patch for these components sets."""
    return {
        key: value for one in rendered(folder, "features", *components) if one["kind"] == "ConfigMap" for key, value in one["data"].items()
    }


def only(manifests: Manifests, kind: str, group: str = "") -> dict[str, Any]:
    """The one manifest of a kind; of the function rather than of the dead letters."""
    (one,) = [one for one in manifests if one["kind"] == kind and group in one["apiVersion"] and one["metadata"]["name"] != "dead-letters"]
    return one


def container(manifests: Manifests) -> dict[str, Any]:
    """The function's container."""
    (one,) = only(manifests, "Service", "serving")["spec"]["template"]["spec"]["containers"]
    assert isinstance(one, dict)
    return one
