"""Probes of a container: what the webhook refuses, and what Kubernetes does after it (a start-up probe's port is filled in by nobody)."""

from collections.abc import Iterator, Mapping
from typing import Any

from manifests.admission.findings import Finding
from manifests.admission.flags import Flags

PROBES = ("startupProbe", "readinessProbe", "livenessProbe")
HANDLERS = ("httpGet", "tcpSocket", "grpc", "exec")
PROBING = "multi-container-probing"


def probes(container: Mapping[str, Any], path: str, flags: Flags) -> Iterator[Finding]:
    """Of the container that serves."""
    for name in PROBES:
        if name in container:
            yield from _handler(container[name], f"{path}.{name}")
    yield from _readiness(container.get("readinessProbe") or {}, f"{path}.readinessProbe")
    yield from _startup(container.get("startupProbe") or {}, f"{path}.startupProbe")
    yield from _liveness(container, f"{path}.livenessProbe", flags)


def sidecar_probes(container: Mapping[str, Any], path: str, flags: Flags) -> Iterator[Finding]:
    """Of a container beside the one that serves."""
    for name in ("readinessProbe", "livenessProbe"):
        if name in container and not flags.on(PROBING):
            yield Finding(f"{path}.{name}", f"Only the container with the port may have a {name}.", "Leave it out.", PROBING)


def initial_probes(container: Mapping[str, Any], path: str) -> Iterator[Finding]:
    """Of an init container, which has none, and no lifecycle either."""
    for name in (*PROBES, "lifecycle"):
        if name in container:
            yield Finding(f"{path}.{name}", f"An init container has no {name}.", "Leave it out.")


def _handler(probe: Mapping[str, Any], path: str) -> Iterator[Finding]:
    if len(probe.keys() & set(HANDLERS)) != 1:
        yield Finding(path, "A probe has exactly one way to ask.", f"One of {', '.join(HANDLERS)}.")


def _readiness(probe: Mapping[str, Any], path: str) -> Iterator[Finding]:
    if not probe.get("periodSeconds"):
        for name in ("timeoutSeconds", "failureThreshold"):
            if probe.get(name):
                message = f"{name} has no place where the sidecar asks every 50 ms, as it does without periodSeconds."
                yield Finding(f"{path}.{name}", message, f"Leave {name} out, or give periodSeconds.")


def _startup(probe: Mapping[str, Any], path: str) -> Iterator[Finding]:
    for handler in ("httpGet", "tcpSocket", "grpc"):
        if handler in probe and not probe[handler].get("port"):
            message = "Knative accepts a start-up probe without a port; Kubernetes refuses the Deployment then, and no revision comes up."
            yield Finding(f"{path}.{handler}.port", message, "Give the container's port.", by="cluster")


def _liveness(container: Mapping[str, Any], path: str, flags: Flags) -> Iterator[Finding]:
    """Another port than the container's is overwritten."""
    own = (container.get("ports") or [{}])[0].get("containerPort", 8080)
    for handler in ("httpGet", "tcpSocket"):
        port = container.get("livenessProbe", {}).get(handler, {}).get("port", own)
        if isinstance(port, int) and port != own and not flags.on(PROBING):
            yield Finding(f"{path}.{handler}.port", f"Knative asks on port {own} instead of {port}.", f"Give {own}.", PROBING, by="nobody")
