"""Whether everything that the manifests name exists, in the cluster or among them."""

from collections.abc import Iterator, Mapping
from typing import Any

from deployment.cluster import Kind, Object
from deployment.preflight.facts import Facts
from deployment.preflight.finding import Finding, set_config, surprise

SECRET, CONFIG, CLAIM, ACCOUNT = (Kind("v1", kind) for kind in ("Secret", "ConfigMap", "PersistentVolumeClaim", "ServiceAccount"))
PRIORITY = Kind("scheduling.k8s.io/v1", "PriorityClass")
RUNTIME = Kind("node.k8s.io/v1", "RuntimeClass")
STORAGE = Kind("storage.k8s.io/v1", "StorageClass")
BROKER = Kind("eventing.knative.dev/v1", "Broker")
DOMAIN_CLAIM = Kind("networking.internal.knative.dev/v1alpha1", "ClusterDomainClaim")
MAKE = {
    "Secret": "kubectl create secret generic {name} -n {namespace} --from-literal=KEY=VALUE",
    "ConfigMap": "kubectl create configmap {name} -n {namespace} --from-literal=KEY=VALUE",
    "PersistentVolumeClaim": "kubectl apply -n {namespace} -f CLAIM.yaml, a claim named {name}",
    "ServiceAccount": "kubectl create serviceaccount {name} -n {namespace}",
    "PriorityClass": "kubectl create priorityclass {name} --value=1000",
    "RuntimeClass": "kubectl apply -f RUNTIMECLASS.yaml, a RuntimeClass named {name} (the GPU operator makes `nvidia`)",
    "StorageClass": "kubectl get storageclass, and one of those names in the claim",
    "Broker": "kn broker create {name} -n {namespace}",
}


def named(facts: Facts) -> Iterator[Finding]:
    """Every object named by the pods, the claims and the triggers."""
    for kind, name in sorted({*_of_pod(facts.pod), *_of_others(facts)}):
        inside = kind not in (PRIORITY, RUNTIME, STORAGE)
        if facts.bundle.has(kind.kind, name) or facts.exists(kind, name, None if inside else ""):
            continue
        where = f" in namespace {facts.namespace}" if inside else ""
        yield Finding(f"There is no {kind.kind} {name}{where}.", MAKE[kind.kind].format(name=name, namespace=facts.namespace))


def claims(facts: Facts) -> Iterator[Finding]:
    """A claim without a class finds a default one."""
    if any("storageClassName" not in one["spec"] for one in facts.bundle.of("PersistentVolumeClaim")):
        classes = facts.all(STORAGE)
        if not any(one["metadata"].get("annotations", {}).get("storageclass.kubernetes.io/is-default-class") == "true" for one in classes):
            yield Finding("A claim names no storage class, and the cluster has no default one.", "kubectl get storageclass")


def domains(facts: Facts) -> Iterator[Finding]:
    """A DomainMapping gets its claim."""
    automatic = facts.config("config-network").get("autocreate-cluster-domain-claims", "false") == "true"
    for mapping in facts.bundle.of("DomainMapping"):
        name = mapping["metadata"]["name"]
        if not automatic and not facts.exists(DOMAIN_CLAIM, name, ""):
            mend = set_config("config-network", "autocreate-cluster-domain-claims", "true")
            yield Finding(f"Nothing allows the domain {name} in this namespace (no ClusterDomainClaim).", mend)


def image(facts: Facts) -> Iterator[Finding]:
    """The image can be found by the cluster."""
    for one in facts.pod["containers"]:
        if "/" not in (name := str(one.get("image", ""))):
            yield Finding(
                f"The image {name!r} names no registry, so the cluster looks for it on Docker Hub.", "--image REGISTRY/figurine:TAG"
            )
        elif "@sha256:" not in name and name.rpartition(":")[2] in ("latest", name):
            yield surprise(
                f"The image {name} is whatever was pushed last when a revision is made.", "--image with a tag of its own, or a digest"
            )


def _of_pod(pod: Mapping[str, Any]) -> Iterator[tuple[Kind, str]]:
    if pod.get("serviceAccountName"):
        yield ACCOUNT, pod["serviceAccountName"]
    if pod.get("priorityClassName"):
        yield PRIORITY, pod["priorityClassName"]
    if pod.get("runtimeClassName"):
        yield RUNTIME, pod["runtimeClassName"]
    yield from ((SECRET, one["name"]) for one in pod.get("imagePullSecrets", ()))
    for volume in pod.get("volumes", ()):
        yield from _of_volume(volume)
    for one in (*pod["containers"], *pod.get("initContainers", ())):
        yield from _of_environment(one)


def _of_volume(volume: Mapping[str, Any]) -> Iterator[tuple[Kind, str]]:
    sources = [volume, *volume.get("projected", {}).get("sources", ())]
    for source in sources:
        if (one := source.get("secret")) and not one.get("optional"):
            yield SECRET, one.get("secretName") or one["name"]
        if (one := source.get("configMap")) and not one.get("optional"):
            yield CONFIG, one["name"]
    if one := volume.get("persistentVolumeClaim"):
        yield CLAIM, one["claimName"]


def _of_environment(container: Object) -> Iterator[tuple[Kind, str]]:
    sources = [one.get("valueFrom", {}) for one in container.get("env", ())] + list(container.get("envFrom", ()))
    for source in sources:
        for field, kind in (("secretKeyRef", SECRET), ("secretRef", SECRET), ("configMapKeyRef", CONFIG), ("configMapRef", CONFIG)):
            if (one := source.get(field)) and not one.get("optional"):
                yield kind, one["name"]


def _of_others(facts: Facts) -> Iterator[tuple[Kind, str]]:
    for claim in facts.bundle.of("PersistentVolumeClaim"):
        if name := claim["spec"].get("storageClassName"):
            yield STORAGE, name
    for trigger in facts.bundle.of("Trigger"):
        yield BROKER, trigger["spec"].get("broker") or trigger["spec"]["brokerRef"]["name"]
