"""Fields of a pod that Knative passes on only where a flag allows it."""

from collections.abc import Iterator, Mapping
from typing import Any

from manifests.admission.containers import containers
from manifests.admission.findings import Finding
from manifests.admission.flags import Flags
from manifests.admission.volumes import volumes

FLAGGED = {
    "affinity": "kubernetes.podspec-affinity",
    "dnsConfig": "kubernetes.podspec-dnsconfig",
    "dnsPolicy": "kubernetes.podspec-dnspolicy",
    "hostAliases": "kubernetes.podspec-hostaliases",
    "hostIPC": "kubernetes.podspec-hostipc",
    "hostNetwork": "kubernetes.podspec-hostnetwork",
    "hostPID": "kubernetes.podspec-hostpid",
    "initContainers": "kubernetes.podspec-init-containers",
    "nodeSelector": "kubernetes.podspec-nodeselector",
    "priorityClassName": "kubernetes.podspec-priorityclassname",
    "runtimeClassName": "kubernetes.podspec-runtimeclassname",
    "schedulerName": "kubernetes.podspec-schedulername",
    "securityContext": "kubernetes.podspec-securitycontext",
    "shareProcessNamespace": "kubernetes.podspec-shareprocessnamespace",
    "tolerations": "kubernetes.podspec-tolerations",
    "topologySpreadConstraints": "kubernetes.podspec-topologyspreadconstraints",
}


def check_pod(pod: Mapping[str, Any], path: str, flags: Flags) -> Iterator[Finding]:
    """A revision's spec, as far as it is a pod's."""
    for field, flag in FLAGGED.items():
        if pod.get(field) and not flags.on(flag):
            yield Finding(f"{path}.{field}", f"The cluster does not allow {field}.", f"Set {flag}.", flag)
    if pod.get("automountServiceAccountToken"):
        yield Finding(f"{path}.automountServiceAccountToken", "Knative mounts no token on demand.", "Set it to false.")
    yield from volumes(pod, path, flags)
    yield from containers(pod, path, flags)
