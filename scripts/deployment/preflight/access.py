"""Whether the caller may do what the commands need (SelfSubjectAccessReview)."""

from collections.abc import Iterator

from deployment.cluster import Kind
from deployment.preflight.facts import Facts
from deployment.preflight.finding import Finding, surprise

REVIEW = Kind("authorization.k8s.io/v1", "SelfSubjectAccessReview")
NEEDED = {
    "services.serving.knative.dev": ("get", "list", "watch", "create", "patch", "delete"),
    "revisions.serving.knative.dev": ("get", "list", "watch"),
    "pods": ("get", "list", "watch"),
    "leases.coordination.k8s.io": ("get", "create", "update"),
}
OF_USE = {"pods/log": ("get", "scripts/deploy logs"), "pods/proxy": ("get", "cold-start phases and exact readings of pods")}


def rights(facts: Facts) -> Iterator[Finding]:
    """Everything that `up`, `status`, `rollout` and `down` do, and what the manifests' kinds need."""
    needed = {resource: set(verbs) for resource, verbs in NEEDED.items()}
    for manifest in facts.bundle.others:
        if facts.cluster.knows(kind := Kind.of(manifest)):
            needed.setdefault(facts.cluster.plural(kind), set()).update(("create", "patch", "delete"))
    for resource, verbs in sorted(needed.items()):
        if lacking := [verb for verb in sorted(verbs) if not _may(facts, verb, resource)]:
            yield Finding(f"You may not {', '.join(lacking)} {resource} in {facts.namespace}.", _grant(facts, ",".join(lacking), resource))
    for resource, (verb, what) in OF_USE.items():
        if not _may(facts, verb, resource):
            yield surprise(
                f"You may not {verb} {resource} in {facts.namespace}, so there will be no {what}.", _grant(facts, verb, resource)
            )


def _may(facts: Facts, verb: str, resource: str) -> bool:
    plural, _, group = resource.partition(".")
    plural, _, part = plural.partition("/")
    asked = {"namespace": facts.namespace, "verb": verb, "resource": plural, "group": group, "subresource": part}
    review = {"apiVersion": REVIEW.api_version, "kind": REVIEW.kind, "spec": {"resourceAttributes": asked}}
    return bool(facts.cluster.create(review).get("status", {}).get("allowed"))


def _grant(facts: Facts, verbs: str, resource: str) -> str:
    name = f"figurine-{resource.partition('.')[0].replace('/', '-')}"
    who = "$(kubectl auth whoami -o jsonpath={.status.userInfo.username})"
    space = f"-n {facts.namespace}"
    return (
        f"kubectl create role {name} --verb={verbs} --resource={resource} {space} && "
        f"kubectl create rolebinding {name} --role={name} --user={who} {space}   (as an admin, --user as you)"
    )
