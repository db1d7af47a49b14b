"""Takes a model off the cluster: what `up` has put there, but for what may hold data or serve others."""

from deployment.bundle import Bundle
from deployment.cluster import Cluster, Kind
from deployment.console import Console
from deployment.knative import OF_SERVICE, POD, SERVICE
from deployment.up import place
from deployment.watching import states, wait

KEPT = frozenset(
    {"Namespace", "PersistentVolumeClaim", "PriorityClass", "Secret", "Broker", "ServiceAccount", "ResourceQuota", "LimitRange"}
)
LEAVE_S = 900.0
"""A pod may take its whole request timeout to leave."""


def down(cluster: Cluster, bundle: Bundle, console: Console, *, dry_run: bool = False) -> None:
    """The Service last of all, and only done when its pods are gone and their GPUs free. Raises `Late`."""
    doomed = [one for one in reversed(bundle.manifests) if one["kind"] not in KEPT and one is not bundle.service]
    for manifest in [*doomed, bundle.service]:
        placed = place(cluster, manifest)
        name, kind = placed["metadata"]["name"], Kind.of(placed)
        if dry_run:
            there = cluster.get(kind, name, placed["metadata"].get("namespace"))
            console.say(f"{kind.kind} {name}: {'would be removed' if there else 'is not there'}")
        else:
            console.say(
                f"{kind.kind} {name}: {'removed' if cluster.delete(kind, name, placed['metadata'].get('namespace')) else 'was not there'}"
            )
    for manifest in bundle.manifests:
        if manifest["kind"] in KEPT:
            mend = f"kubectl delete {manifest['kind'].lower()} {manifest['metadata']['name']}"
            console.say(f"{manifest['kind']} {manifest['metadata']['name']}: kept, others may need it (to remove it: {mend})")
    if not dry_run:
        what = f"The removal of {bundle.name}"
        wait(cluster, SERVICE, bundle.name, lambda one: one is None, seconds=LEAVE_S, what=what)
        _wait_for_pods(cluster, bundle.name, console)


def _wait_for_pods(cluster: Cluster, name: str, console: Console) -> None:
    told = 0
    for pods in states(cluster, POD, labels=f"{OF_SERVICE}={name}", seconds=LEAVE_S):
        if not pods:
            return
        if len(pods) != told:
            console.say(f"{len(pods)} pods finish their requests and hold their GPUs until then")
            told = len(pods)
