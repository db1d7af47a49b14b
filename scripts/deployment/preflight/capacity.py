"""Whether pods of the Service find a place: GPUs and other resources of nodes that they may run on, and quotas."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from kubernetes.utils.quantity import parse_quantity

from deployment.cluster import Kind
from deployment.knative import gpus
from deployment.preflight.facts import NODE, Facts, requests_of
from deployment.preflight.finding import Finding, surprise

QUOTA = Kind("v1", "ResourceQuota")
SHOW = "kubectl get nodes -o custom-columns=NAME:.metadata.name,GPUS:.status.allocatable.nvidia\\\\.com/gpu,TAINTS:.spec.taints[*].key"


def room(facts: Facts) -> Iterator[Finding]:
    """There is a free place for the first pods, one for those of a second revision, and as many as max-scale in all."""
    nodes, live = facts.all(NODE), facts.live()
    if not nodes or (live and facts.unchanged(live)):
        return
    if missing := [name for name in gpus(facts.template) if not any(_allocatable(node, name) for node in nodes)]:
        mend = "the device plugin of the GPU's maker (for NVIDIA: https://github.com/NVIDIA/k8s-device-plugin), or --component cpu"
        yield Finding(f"No node offers {missing[0]}.", mend)
        return
    open_nodes = [node for node in nodes if _may_run(facts.pod, node)]
    if not open_nodes:
        yield Finding(f"No node fits the node selector and the tolerations of the pods{_why(facts, nodes)}.", SHOW)
        return
    need, first = requests_of(facts.pod), max(1, facts.scale("initial-scale", 1), facts.scale("min-scale"))
    free, total = (sum(_fits(need, left) for left in kind) for kind in ([*map(facts.free, open_nodes)], [*map(_size, open_nodes)]))
    wanted = ", ".join(f"{count} {name}" for name, count in gpus(facts.template).items()) or "the CPU and memory asked for"
    if free < first:
        yield _no_room(facts.bundle.name, live is None, f"{wanted} a pod: {free} of {first} pods find a place now")
    elif live is None and free < 2 * first:
        yield surprise(f"There is room for one revision ({wanted} a pod), not for a second: a later rollout needs --scarce.", SHOW)
    if (most := facts.scale("max-scale")) > total:
        yield surprise(f"max-scale is {most}, but the nodes hold {total} such pods: the others will wait.", SHOW)


def quotas(facts: Facts) -> Iterator[Finding]:
    """The quotas of the namespace leave enough."""
    need = requests_of(facts.pod)
    for quota in facts.all(QUOTA):
        if quota["metadata"].get("namespace") != facts.namespace:
            continue
        status = quota.get("status", {})
        for name, hard in status.get("hard", {}).items():
            left = Decimal(parse_quantity(hard)) - Decimal(parse_quantity(status.get("used", {}).get(name, "0")))
            if (wanted := need.get(name.removeprefix("requests."), Decimal(0))) > left:
                mend = f"kubectl edit resourcequota {quota['metadata']['name']} -n {facts.namespace}"
                yield Finding(f"ResourceQuota {quota['metadata']['name']} leaves {left} {name}, and a pod needs {wanted}.", mend)


def _no_room(name: str, new: bool, text: str) -> Finding:
    if new:
        return Finding(f"{text}; the Service would wait, and fail at its progress deadline.", SHOW)
    return Finding(f"{text}, so a second revision cannot start beside the first.", f"scripts/deploy rollout {name} --scarce")


def _why(facts: Facts, nodes: list[dict[str, Any]]) -> str:
    """The taints that keep pods off nodes which have what they need."""
    taints = {one["key"] for node in nodes for one in node.get("spec", {}).get("taints", ()) if not _tolerated(one, facts.pod)}
    return f" (taints not tolerated: {', '.join(sorted(taints))})" if taints else ""


def _may_run(pod: Mapping[str, Any], node: Mapping[str, Any]) -> bool:
    labels, spec = node["metadata"].get("labels", {}), node.get("spec", {})
    chosen = all(labels.get(name) == value for name, value in pod.get("nodeSelector", {}).items())
    barred = [one for one in spec.get("taints", ()) if one["effect"] != "PreferNoSchedule" and not _tolerated(one, pod)]
    return chosen and not barred and not spec.get("unschedulable")


def _tolerated(taint: Mapping[str, Any], pod: Mapping[str, Any]) -> bool:
    return any(
        one.get("key") in (None, taint["key"])
        and one.get("effect") in (None, "", taint["effect"])
        and (one.get("operator") == "Exists" or one.get("value", "") == taint.get("value", ""))
        for one in pod.get("tolerations", ())
    )


def _allocatable(node: Mapping[str, Any], name: str) -> Decimal:
    return Decimal(parse_quantity(node.get("status", {}).get("allocatable", {}).get(name, "0")))


def _size(node: Mapping[str, Any]) -> dict[str, Decimal]:
    return {name: _allocatable(node, name) for name in node.get("status", {}).get("allocatable", {})}


def _fits(need: Mapping[str, Decimal], left: Mapping[str, Decimal]) -> int:
    """How many such pods; a resource that the node does not list counts only when it is no plain one."""
    counts = [left.get(name, Decimal(0)) // count for name, count in need.items() if count and (name in left or "/" in name)]
    return max(0, int(min(counts, default=Decimal(1))))
