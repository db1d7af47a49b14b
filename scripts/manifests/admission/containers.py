"""The containers of a pod: names, images, environment, ports, resources, security."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from manifests.admission.findings import Finding
from manifests.admission.flags import Flags
from manifests.admission.probes import initial_probes, probes, sidecar_probes
from manifests.admission.volumes import mounts

RESERVED_PORTS = (8008, 8012, 8013, 8022, 9090, 9091)
RESERVED_VARIABLES = ("PORT", "K_SERVICE", "K_CONFIGURATION", "K_REVISION")
PORT_NAMES = ("", "http1", "h2c")
FIELD_REF = "kubernetes.podspec-fieldref"
ADD_CAPABILITIES = "kubernetes.containerspec-addcapabilities"
SECURED = ("allowPrivilegeEscalation", "capabilities", "runAsNonRoot", "seccompProfile")


def containers(pod: Mapping[str, Any], path: str, flags: Flags) -> Iterator[Finding]:
    """Every container and init container of the pod."""
    serving, initial = pod.get("containers") or [], pod.get("initContainers") or []
    yield from _together(serving, path, flags)
    for place, container in enumerate(serving):
        here = f"{path}.containers[{place}]"
        yield from _container(container, here, pod, flags)
        yield from _ports(container, here)
        yield from (probes if len(serving) == 1 or container.get("ports") else sidecar_probes)(container, here, flags)
    for place, container in enumerate(initial):
        here = f"{path}.initContainers[{place}]"
        yield from _container(container, here, pod, flags)
        yield from initial_probes(container, here)
    names = Counter(container.get("name") for container in [*serving, *initial])
    for name, count in names.items():
        if name and count > 1:
            yield Finding(f"{path}.containers", f"{count} containers are named {name}.", "Give each a name of its own.")


def _together(serving: list[Mapping[str, Any]], path: str, flags: Flags) -> Iterator[Finding]:
    ports = sum(len(container.get("ports") or ()) for container in serving)
    if len(serving) > 1 and not flags.on("multi-container"):
        yield Finding(f"{path}.containers", "The cluster allows one container.", "Leave the others out.", "multi-container")
    if ports > 1:
        yield Finding(f"{path}.containers[*].ports", "Several ports are open.", "Give one port, on the container that serves.")
    if len(serving) > 1 and not ports:
        yield Finding(f"{path}.containers[*].ports", "None of the containers has a port.", "Give the port of the one that serves.")


def _container(container: Mapping[str, Any], path: str, pod: Mapping[str, Any], flags: Flags) -> Iterator[Finding]:
    if container.get("name") == "queue-proxy":
        yield Finding(f"{path}.name", "queue-proxy is the name of Knative's sidecar.", "Give another name.")
    if not container.get("image"):
        yield Finding(f"{path}.image", "A container needs an image.", "Give one, best by its digest.")
    elif len(_repository(container["image"])) < 2:
        yield Finding(f"{path}.image", "A repository's name has two letters at least.", "Give the image another name.")
    yield from _environment(container.get("env") or [], path, flags)
    yield from _resources(container.get("resources") or {}, f"{path}.resources")
    yield from _security(container.get("securityContext") or {}, f"{path}.securityContext", flags)
    yield from mounts(container, path, pod, flags)


def _environment(variables: list[Mapping[str, Any]], path: str, flags: Flags) -> Iterator[Finding]:
    counts = Counter(variable.get("name") for variable in variables)
    for place, variable in enumerate(variables):
        here, name = f"{path}.env[{place}]", variable.get("name")
        if name in RESERVED_VARIABLES:
            yield Finding(f"{here}.name", f"Knative itself sets {name}.", "Leave it out.")
        if counts[name] > 1:
            yield Finding(f"{here}.name", f"{name} is set {counts[name]} times, and the last one counts.", "Set it once.", by="nobody")
        for field in ("fieldRef", "resourceFieldRef"):
            if field in (variable.get("valueFrom") or {}) and not flags.on(FIELD_REF):
                yield Finding(f"{here}.valueFrom.{field}", f"The cluster does not allow {field}.", f"Set {FIELD_REF}.", FIELD_REF)


def _ports(container: Mapping[str, Any], path: str) -> Iterator[Finding]:
    """Knative looks at the first; its paths have no index."""
    for port in (container.get("ports") or [])[:1]:
        if port.get("name", "") not in PORT_NAMES:
            yield Finding(f"{path}.ports", f"{port['name']} is no name for a port here.", "http1, h2c, or none.")
        if port.get("protocol", "TCP") != "TCP":
            yield Finding(f"{path}.ports.protocol", f"{port['protocol']} is not served.", "TCP.")
        number = port.get("containerPort", 0)
        if number in RESERVED_PORTS:
            yield Finding(f"{path}.ports.containerPort", f"{number} belongs to Knative's sidecar.", "Give another, such as 8080.")
        elif not 0 <= number <= 65535:
            yield Finding(f"{path}.ports.containerPort", f"{number} is no port.", "A number up to 65535.")


def _resources(resources: Mapping[str, Any], path: str) -> Iterator[Finding]:
    """Devices (names with a slash) are requested by their limit; a request alone is accepted, and no pod comes of it."""
    limits = resources.get("limits") or {}
    for name, amount in (resources.get("requests") or {}).items():
        if "/" in name and str(limits.get(name)) != str(amount):
            message = f"Knative accepts {name} under requests alone; Kubernetes then refuses every pod."
            yield Finding(f"{path}.requests.{name}", message, f"Give the same {name} under limits.", by="cluster")


def _security(context: Mapping[str, Any], path: str, flags: Flags) -> Iterator[Finding]:
    if context.get("privileged"):
        yield Finding(f"{path}.privileged", "Knative runs no privileged containers.", "Leave it out.")
    if (context.get("capabilities") or {}).get("add") and not flags.on(ADD_CAPABILITIES):
        yield Finding(
            f"{path}.capabilities.add", "The cluster allows no further capabilities.", f"Set {ADD_CAPABILITIES}.", ADD_CAPABILITIES
        )
    for field in SECURED:
        if field not in context:
            yield Finding(f"{path}.{field}", f"{field} is left to an insecure default.", "Set it, as knative/base does.", by="nobody")


def _repository(image: str) -> str:
    """The repository of an image's name, without registry, tag and digest."""
    name = image.partition("@")[0]
    registry, slash, rest = name.partition("/")
    inside = rest if slash and (set(".:") & set(registry) or registry == "localhost") else name
    return inside.partition(":")[0]
