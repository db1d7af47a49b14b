"""Volumes of a pod and where they are mounted."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from manifests.admission.findings import Finding
from manifests.admission.flags import Flags

FREE = ("configMap", "secret", "projected")
FLAGGED = {
    "emptyDir": "kubernetes.podspec-volumes-emptydir",
    "persistentVolumeClaim": "kubernetes.podspec-persistent-volume-claim",
    "hostPath": "kubernetes.podspec-volumes-hostpath",
    "csi": "kubernetes.podspec-volumes-csi",
    "ephemeral": "kubernetes.podspec-volumes-ephemeral",
    "image": "kubernetes.podspec-volumes-image",
}
WRITE = "kubernetes.podspec-persistent-volume-write"
RESERVED = ("/", "/dev", "/dev/log")


def volumes(pod: Mapping[str, Any], path: str, flags: Flags) -> Iterator[Finding]:
    """Each volume of the pod, and whether it is mounted."""
    listed = pod.get("volumes") or []
    containers = [*pod.get("containers", ()), *pod.get("initContainers", ())]
    mounted = {mount.get("name") for container in containers for mount in container.get("volumeMounts", ())}
    counts = Counter(volume.get("name") for volume in listed)
    for place, volume in enumerate(listed):
        here, name = f"{path}.volumes[{place}]", volume.get("name")
        yield from _volume(volume, here, flags)
        if name not in mounted:
            yield Finding(f"{here}.name", f"No container mounts the volume {name}.", "Mount it, or leave it out.")
        if counts[name] > 1:
            yield Finding(f"{here}.name", f"Several volumes are named {name}.", "Give each a name of its own.")


def mounts(container: Mapping[str, Any], path: str, pod: Mapping[str, Any], flags: Flags) -> Iterator[Finding]:
    """Where a container mounts what."""
    by_name = {volume.get("name"): volume for volume in pod.get("volumes") or ()}
    for place, mount in enumerate(container.get("volumeMounts", ())):
        here = f"{path}.volumeMounts[{place}]"
        volume, where = by_name.get(mount.get("name")), str(mount.get("mountPath", ""))
        if volume is None:
            yield Finding(f"{here}.name", f"There is no volume {mount.get('name')}.", "Name one of spec.template.spec.volumes.")
        elif volume.get("persistentVolumeClaim", {}).get("readOnly") and not mount.get("readOnly"):
            yield Finding(f"{here}.readOnly", "The claim is read-only and its mount is not.", "Set readOnly: true on the mount too.")
        if not where.startswith("/"):
            yield Finding(f"{here}.mountPath", f"{where!r} is not an absolute path.", "Begin it with a slash.")
        elif (where.rstrip("/") or "/") in RESERVED:
            yield Finding(f"{here}.mountPath", f"{where} is reserved.", "Mount below another folder.")
        if "mountPropagation" in mount and not flags.on(flag := "kubernetes.podspec-volumes-mount-propagation"):
            yield Finding(f"{here}.mountPropagation", "The cluster does not allow mountPropagation.", "Leave it out.", flag)


def _volume(volume: Mapping[str, Any], path: str, flags: Flags) -> Iterator[Finding]:
    kinds = volume.keys() - {"name"}
    for kind in kinds & FLAGGED.keys():
        if not flags.on(FLAGGED[kind]):
            yield Finding(f"{path}.{kind}", f"The cluster does not allow volumes of kind {kind}.", f"Set {FLAGGED[kind]}.", FLAGGED[kind])
    if "persistentVolumeClaim" in kinds and not volume["persistentVolumeClaim"].get("readOnly") and not flags.on(WRITE):
        mend = "Set readOnly: true on the claim and on its mount."
        yield Finding(f"{path}.persistentVolumeClaim.readOnly", "The cluster does not allow claims that are written to.", mend, WRITE)
    if len(kinds & {*FREE, *FLAGGED}) != 1:
        yield Finding(path, "A volume has exactly one source of those that Knative passes on.", f"One of {', '.join([*FREE, *FLAGGED])}.")
