"""Whether Knative and what else the manifests need is there, in a version that is known, and whether the rules of admission let them in."""

from collections.abc import Iterator
from itertools import chain

from deployment.cluster import Kind
from deployment.failure import Failure
from deployment.knative import SERVICE
from deployment.preflight.facts import EVENTING, SERVING, Facts
from deployment.preflight.finding import Finding, set_config, surprise
from manifests.admission import review
from manifests.admission.flags import EVENTING as EVENTING_FLAGS

OLDEST = {"kubernetes": (1, 28), "serving": (1, 15)}
"""What this was made for is Serving 1.23; older ones than these lack fields that the manifests use."""
JUDGED_ELSEWHERE = {"max-revision-timeout-seconds": "1000000", "allow-zero-initial-scale": "true"}
"""By times.py, which knows the commands."""
DEPLOYMENT = Kind("apps/v1", "Deployment")
NAMESPACE = Kind("v1", "Namespace")


def kinds(facts: Facts) -> Iterator[Finding]:
    """Every kind in the manifests is served."""
    for kind in sorted({SERVICE, *(Kind.of(one) for one in facts.bundle.manifests)}):
        if not facts.cluster.knows(kind):
            page = "serving" if "serving" in kind.api_version else "eventing" if "knative" in kind.api_version else ""
            mend = f"the installation at https://knative.dev/docs/install/ ({page})" if page else f"kubectl explain {kind.kind.lower()}"
            yield Finding(f"The cluster knows no {kind.kind} of {kind.api_version}.", mend)


def versions(facts: Facts) -> Iterator[Finding]:
    """Kubernetes and Knative Serving are not too old."""
    if _number(facts.cluster.version) < OLDEST["kubernetes"]:
        yield surprise(f"Kubernetes is {facts.cluster.version}; from 1.28 on it is known to work.", "kubectl version")
    controller = next((one for one in facts.all(DEPLOYMENT) if _is_controller(one["metadata"])), None)
    label = (controller or {}).get("metadata", {}).get("labels", {}).get("app.kubernetes.io/version", "")
    if label and _number(label) < OLDEST["serving"]:
        yield surprise(
            f"Knative Serving is {label}; from 1.15 on it is known to work.", "the upgrade at https://knative.dev/docs/install/upgrade/"
        )


def namespace(facts: Facts) -> Iterator[Finding]:
    """The namespace is there, or among the manifests."""
    name = facts.namespace
    if not facts.bundle.has("Namespace", name) and not facts.exists(NAMESPACE, name, ""):
        yield Finding(f"There is no namespace {name}.", f"kubectl create namespace {name}")


def rules(facts: Facts) -> Iterator[Finding]:
    """What Knative's admission would say, under the flags of this cluster."""
    flags = {**facts.config("config-features"), **facts.config("config-features", EVENTING), **JUDGED_ELSEWHERE}
    for manifest in facts.bundle.manifests:
        judged = review(manifest, flags)
        name = f"{manifest['kind']} {manifest['metadata']['name']}"
        for one in judged.errors:
            where = EVENTING if one.flag in EVENTING_FLAGS else SERVING
            mend = set_config("config-features", one.flag, "enabled", where) if one.flag else one.mend
            yield Finding(f"{name}, {one.path}: {one.message}", mend)
        for one in judged.warnings:
            yield surprise(f"{name}, {one.path}: {one.message}", one.mend)


def admission(facts: Facts) -> Iterator[Finding]:
    """What the server itself says to a dry run. Not asked while a kind or the namespace is missing."""
    if next(chain(kinds(facts), namespace(facts)), None):
        return
    for manifest in facts.bundle.manifests:
        if facts.bundle.has("Namespace", manifest["metadata"].get("namespace", facts.namespace)):
            continue
        inside = {"namespace": facts.namespace} if facts.cluster.namespaced(Kind.of(manifest)) else {}
        try:
            facts.cluster.apply({**manifest, "metadata": {**inside, **manifest["metadata"]}}, dry_run=True)
        except Failure as failure:
            yield Finding(failure.what, failure.mend if "preflight" not in failure.mend else "")


def _is_controller(metadata: dict[str, str]) -> bool:
    return metadata.get("namespace") == SERVING and metadata["name"] == "controller"


def _number(version: str) -> tuple[int, ...]:
    parts = version.lstrip("v").split(".")[:2]
    return tuple(int("".join(filter(str.isdigit, part)) or 0) for part in parts)
