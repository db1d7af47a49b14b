"""The log lines of a Service's pods."""

import threading
from collections.abc import Callable

from deployment.cluster import Cluster, Object
from deployment.failure import Failure
from deployment.knative import OF_REVISION, OF_SERVICE, POD, container
from deployment.record import read_service


def logs(cluster: Cluster, name: str, show: Callable[[str], object], *, follow: bool = False, lines: int = 100, revision: str = "") -> None:
    """Lines of all pods, each with its pod's name when there are several. Raises `Failure` when there is no pod."""
    service = read_service(cluster, name)
    labels = f"{OF_REVISION}={revision}" if revision else f"{OF_SERVICE}={name}"
    pods = cluster.list(POD, labels=labels)[0]
    if not pods:
        raise Failure(
            f"No pod of {revision or name} runs: it is at zero.", f"curl {service['status'].get('url', '')}/health, which starts one"
        )
    several = len(pods) > 1
    readers = [threading.Thread(target=_read, args=(cluster, pod, show, follow, lines, several), daemon=True) for pod in pods]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()


def _read(cluster: Cluster, pod: Object, show: Callable[[str], object], follow: bool, lines: int, several: bool) -> None:
    name = pod["metadata"]["name"]
    prefix = f"{name.rpartition('-')[2]}  " if several else ""
    try:
        for line in cluster.pod_log(name, container(pod)["name"], follow=follow, lines=lines):
            show(prefix + line)
    except Failure as failure:
        show(f"{prefix}{failure}")
