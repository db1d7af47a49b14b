"""The `kn service create` command that makes the same Service, and a comment for each field without a flag. Pure. kn 1.15 to 1.23."""

import shlex
from collections.abc import Iterator, Mapping
from typing import Any

AUTOSCALING = "autoscaling.knative.dev/"
SCALE_FLAGS = {
    "target": "--scale-target",
    "target-utilization-percentage": "--scale-utilization",
    "metric": "--scale-metric",
    "window": "--scale-window",
    "initial-scale": "--scale-init",
    "activation-scale": "--scale-activation",
    "min-scale": "--scale-min",
    "max-scale": "--scale-max",
}
POD_FIELDS = frozenset(
    {
        "containers",
        "containerConcurrency",
        "timeoutSeconds",
        "serviceAccountName",
        "imagePullSecrets",
        "nodeSelector",
        "tolerations",
        "volumes",
    }
)
CONTAINER_FIELDS = frozenset(
    {"name", "image", "command", "args", "env", "envFrom", "ports", "resources", "readinessProbe", "livenessProbe", "volumeMounts"}
    | {"imagePullPolicy", "securityContext"}
)
STRICT: Mapping[str, Any] = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "runAsNonRoot": True,
    "seccompProfile": {"type": "RuntimeDefault"},
}
"""What `--security-context strict` sets."""
Flag = tuple[str, str]


def command(service: Mapping[str, Any], namespace: str = "") -> str:
    """One flag a line."""
    template = service["spec"]["template"]
    pod, container = template["spec"], template["spec"]["containers"][0]
    metadata = service["metadata"]
    flags = [*_container(container), *_volumes(pod, container), *_pod(pod), *_labels(service), *_annotations(template)]
    if where := metadata.get("namespace") or namespace:
        flags.insert(0, ("--namespace", where))
    lines = [
        f"kn service create {metadata['name']}",
        *(f"  {flag} {shlex.quote(value)}" if value else f"  {flag}" for flag, value in flags),
    ]
    comments = [f"# no flag in kn: {text}" for text in _beyond(pod, container)]
    return "\n".join([*comments, " \\\n".join(lines)])


def _container(container: Mapping[str, Any]) -> Iterator[Flag]:
    yield "--image", container["image"]
    yield from (("--cmd", part) for part in container.get("command", ()))
    yield from (("--arg", part) for part in container.get("args", ()))
    for one in container.get("env", ()):
        source = one.get("valueFrom", {})
        for field, short in (("secretKeyRef", "secret"), ("configMapKeyRef", "cm")):
            if ref := source.get(field):
                yield "--env-value-from", f"{one['name']}={short}:{ref['name']}:{ref['key']}"
        if not source:
            yield "--env", f"{one['name']}={one.get('value', '')}"
    for one in container.get("envFrom", ()):
        yield "--env-from", f"secret:{one['secretRef']['name']}" if "secretRef" in one else f"cm:{one['configMapRef']['name']}"
    for one in container.get("ports", ())[:1]:
        yield "--port", ":".join(filter(None, (one.get("name", ""), str(one["containerPort"]))))
    for flag, kind in (("--request", "requests"), ("--limit", "limits")):
        if quantities := container.get("resources", {}).get(kind):
            yield flag, ",".join(f"{name}={value}" for name, value in quantities.items())
    yield from _probe("readiness", container.get("readinessProbe", {}))
    yield from _probe("liveness", container.get("livenessProbe", {}))
    if policy := container.get("imagePullPolicy"):
        yield "--pull-policy", policy
    security = container.get("securityContext", {})
    if all(security.get(name) == value for name, value in STRICT.items()):
        yield "--security-context", "strict"
    if "runAsUser" in security:
        yield "--user", str(security["runAsUser"])


def _probe(name: str, probe: Mapping[str, Any]) -> Iterator[Flag]:
    if get := probe.get("httpGet"):
        yield f"--probe-{name}", f"http:{get.get('host', '')}:{get.get('port', '')}:{get.get('path', '/')}"
    elif "tcpSocket" in probe:
        yield f"--probe-{name}", f"tcp:{probe['tcpSocket'].get('host', '')}:{probe['tcpSocket'].get('port', '')}"
    options = ",".join(f"{key[0].upper()}{key[1:]}={value}" for key, value in probe.items() if isinstance(value, int))
    if options:
        yield f"--probe-{name}-opts", options


def _volumes(pod: Mapping[str, Any], container: Mapping[str, Any]) -> Iterator[Flag]:
    mounts = {one["name"]: one for one in container.get("volumeMounts", ())}
    for volume in pod.get("volumes", ()):
        path = mounts.get(volume["name"], {}).get("mountPath", "")
        if (memory := volume.get("emptyDir")) is not None:
            options = [f"type={memory['medium']}"] if memory.get("medium") else []
            options += [f"size={memory['sizeLimit']}"] if memory.get("sizeLimit") else []
            yield "--volume", f"{volume['name']}=emptyDir:{volume['name']}" + (f":{','.join(options)}" if options else "")
            yield "--mount", f"{path}={volume['name']}"
        elif claim := volume.get("persistentVolumeClaim"):
            yield "--mount", f"{path}=pvc:{claim['claimName']}" + (":readOnly=true" if claim.get("readOnly") else "")
        elif "secret" in volume:
            yield "--mount", f"{path}=secret:{volume['secret']['secretName']}"
        elif "configMap" in volume:
            yield "--mount", f"{path}=cm:{volume['configMap']['name']}"


def _pod(pod: Mapping[str, Any]) -> Iterator[Flag]:
    for field, flag in (("containerConcurrency", "--concurrency-limit"), ("timeoutSeconds", "--timeout")):
        if field in pod:
            yield flag, str(pod[field])
    if account := pod.get("serviceAccountName"):
        yield "--service-account", account
    yield from (("--pull-secret", one["name"]) for one in pod.get("imagePullSecrets", ()))
    yield from (("--node-selector", f"{name}={value}") for name, value in pod.get("nodeSelector", {}).items())
    for one in pod.get("tolerations", ()):
        yield "--toleration", ",".join(f"{key[0].upper()}{key[1:]}={value}" for key, value in one.items())


def _labels(service: Mapping[str, Any]) -> Iterator[Flag]:
    for name, value in service["metadata"].get("labels", {}).items():
        if (name, value) == ("networking.knative.dev/visibility", "cluster-local"):
            yield "--cluster-local", ""
        else:
            yield "--label-service", f"{name}={value}"
    yield from (("--annotation-service", f"{name}={value}") for name, value in service["metadata"].get("annotations", {}).items())


def _annotations(template: Mapping[str, Any]) -> Iterator[Flag]:
    metadata = template.get("metadata", {})
    yield from (("--label-revision", f"{name}={value}") for name, value in metadata.get("labels", {}).items())
    for name, value in metadata.get("annotations", {}).items():
        if flag := SCALE_FLAGS.get(name.removeprefix(AUTOSCALING)) if name.startswith(AUTOSCALING) else None:
            yield flag, value
        else:
            yield "--annotation-revision", f"{name}={value}"


def _beyond(pod: Mapping[str, Any], container: Mapping[str, Any]) -> Iterator[str]:
    """Fields without a flag."""
    for name in sorted(pod.keys() - POD_FIELDS):
        yield f"{name}: {pod[name]}"
    for name in sorted(container.keys() - CONTAINER_FIELDS):
        yield f"containers[].{name}: {container[name]}"
    for name, value in container.get("securityContext", {}).items():
        if name != "runAsUser" and STRICT.get(name) != value:
            yield f"containers[].securityContext.{name}: {value}"
    if len(pod["containers"]) > 1:
        yield f"{len(pod['containers']) - 1} more containers; write them to a file for --containers FILE"
    for volume in pod.get("volumes", ()):
        if not volume.keys() & {"emptyDir", "persistentVolumeClaim", "secret", "configMap"}:
            yield f"volume {volume['name']}: {volume}"
        elif volume.get("persistentVolumeClaim", {}).get("readOnly"):
            yield f"volume {volume['name']}: readOnly of the claim; kn sets it on the mount only, which needs the flag for writable claims"
    for mount in container.get("volumeMounts", ()):
        if mount.get("subPath"):
            yield f"subPath of {mount['mountPath']}: {mount['subPath']}"
    for one in container.get("env", ()):
        if one.get("valueFrom", {}).keys() & {"fieldRef", "resourceFieldRef"}:
            yield f"env {one['name']}: {one['valueFrom']}"
