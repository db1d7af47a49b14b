"""The states of objects as they change, by watches: resumed when a connection ends, listed anew when the server has forgotten (410)."""

import time
from collections.abc import Callable, Iterator, Mapping

from deployment.cluster import Cluster, Kind, Object
from deployment.failure import Expired, Failure, Unreachable

PAUSE_S = 0.5
"""Between two attempts at a server that does not answer."""
Objects = Mapping[str, Object]


class Late(Failure):
    """What was waited for has not come in time."""


def states(
    cluster: Cluster, kind: Kind, *, seconds: float, name: str = "", labels: str = "", namespace: str | None = None
) -> Iterator[Objects]:
    """The objects by name, as they are now and after each change, for at most so many seconds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            items, version = cluster.list(kind, namespace, labels, name)
        except Unreachable:
            time.sleep(min(PAUSE_S, max(0.0, end - time.monotonic())))
            continue
        objects = {item["metadata"]["name"]: item for item in items}
        yield dict(objects)
        try:
            while (left := end - time.monotonic()) > 0:
                try:
                    for event in cluster.watch(kind, version, left, namespace, labels, name):
                        version = event["object"]["metadata"]["resourceVersion"]
                        if _note(objects, event):
                            yield dict(objects)
                except Unreachable:
                    time.sleep(min(PAUSE_S, max(0.0, end - time.monotonic())))
        except Expired:
            continue


def wait(
    cluster: Cluster,
    kind: Kind,
    name: str,
    until: Callable[[Object | None], bool],
    *,
    seconds: float,
    what: str,
    namespace: str | None = None,
) -> Object | None:
    """The object once `until` holds; None stands for its absence. Raises `Late`, saying that `what` has not happened."""
    for objects in states(cluster, kind, name=name, seconds=seconds, namespace=namespace):
        if until(objects.get(name)):
            return objects.get(name)
    raise Late(f"{what} has not happened within {seconds:.0f} s.", f"scripts/deploy status -n {namespace or cluster.namespace}")


def _note(objects: dict[str, Object], event: Object) -> bool:
    """Take an event in; whether anything has changed."""
    kind, item = event["type"], event["object"]
    if kind == "DELETED":
        return objects.pop(item["metadata"]["name"], None) is not None
    if kind in ("ADDED", "MODIFIED"):
        objects[item["metadata"]["name"]] = item
        return True
    return False
