"""Kustomizations of the tests: one of the overlays with components, or the flags alone that components need."""

import os
import re
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from manifests.rendering import render_text

KNATIVE = Path(__file__).parents[2] / "knative"
OVERLAYS = ("motion", "face3d", "fusion")
COMPONENTS = tuple(sorted(path.name for path in (KNATIVE / "components").iterdir()))
TOGETHER = ("spot", "priority", "weights-pvc", "results-bucket", "events", "domain", "network-policy", "quota")
ROWS = re.findall(r"^\| `([a-z-]+)` \|.*?\|(.*?)\|.*\|$", (KNATIVE / "README.md").read_text(), re.MULTILINE)
TOLD = {component: set(re.findall(r"`(.+?)`", flags)) for component, flags in ROWS}
"""The flags of each component, as the README tells them."""
Manifests = list[dict[str, Any]]


@cache
def text(resource: str, *components: str) -> str:
    """What is rendered from a resource and components of `knative/`, by a kustomization of its own."""
    with TemporaryDirectory() as folder:
        base = os.path.relpath(KNATIVE, Path(folder).resolve())
        lines = ["resources:", f"- {base}/{resource}", *(["components:"] if components else [])]
        lines += [f"- {base}/components/{component}" for component in components]
        Path(folder, "kustomization.yaml").write_text("\n".join(lines) + "\n")
        return render_text(Path(folder))


def rendered(resource: str, *components: str) -> Manifests:
    return list(yaml.safe_load_all(text(resource, *components)))


def flags_of(*components: str) -> dict[str, str]:
    """What the admin's patch sets for those of the components that need flags."""
    data: dict[str, str] = only(rendered("features", *filter(TOLD.get, components)), "ConfigMap")["data"]
    return data


def only(manifests: Manifests, kind: str) -> dict[str, Any]:
    """The one manifest of a kind; a Service is Knative's."""
    (one,) = [one for one in manifests if one["kind"] == kind and (kind, one["apiVersion"]) != ("Service", "v1")]
    return one


def container(manifests: Manifests) -> dict[str, Any]:
    """The function's container."""
    (one,) = only(manifests, "Service")["spec"]["template"]["spec"]["containers"]
    assert isinstance(one, dict)
    return one
