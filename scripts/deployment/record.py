"""A rollout's state as the cluster keeps it: in an annotation of the Service, written together with the traffic that it means."""

from collections.abc import Callable

from deployment import progress, traffic
from deployment.cluster import Cluster, Object
from deployment.failure import Conflict, Failure
from deployment.knative import SERVICE, latest_created
from deployment.progress import ANNOTATION, TAGS, Phase, State

ATTEMPTS = 8


def read_service(cluster: Cluster, name: str) -> Object:
    """Raises `Failure` when there is none."""
    service = cluster.get(SERVICE, name)
    if service is None:
        raise Failure(f"There is no Service {name} in namespace {cluster.namespace}.", f"scripts/deploy up {name}")
    return service


def put(cluster: Cluster, name: str, decide: Callable[[Object], State]) -> State:
    """Write the state that `decide` makes of the Service, and its traffic; decided anew when the Service has changed meanwhile."""
    for _ in range(ATTEMPTS):
        service = read_service(cluster, name)
        state = decide(service)
        wanted = [*progress.targets(state, latest_created(service)), *traffic.kept(service, TAGS)]
        metadata = {"resourceVersion": service["metadata"]["resourceVersion"], "annotations": {ANNOTATION: progress.write(state)}}
        try:
            cluster.merge(SERVICE, name, {"metadata": metadata, "spec": {"traffic": wanted}})
        except Conflict:
            continue
        return state
    raise Failure(f"Service {name} changes all the time.", "the same command once more, which goes on from here")


def abort(cluster: Cluster, name: str) -> State:
    """Give all traffic back to the old revision of a rollout under way. Raises `Failure` when there is none."""

    def decide(service: Object) -> State:
        state = progress.read(service)
        if state is None or state.ended:
            raise Failure(f"No rollout of {name} is under way.", f"scripts/deploy status {name}")
        return progress.failed(state, "aborted by hand")

    return put(cluster, name, decide)


def describe(state: State) -> str:
    """Where the traffic is, in a sentence."""
    match state.phase:
        case Phase.PINNED:
            return f"All traffic is pinned to {state.old}."
        case Phase.CREATED:
            return f"{state.new} exists; all traffic goes to {state.old}."
        case Phase.TAGGED:
            return f"{state.new} is ready and has a URL of its own; all traffic goes to {state.old}."
        case Phase.SHIFTED if state.share == 100:
            return f"All traffic goes to {state.new}."
        case Phase.SHIFTED:
            return f"{state.share} % of the traffic goes to {state.new}, the rest to {state.old}."
        case Phase.PROMOTED:
            return f"{state.new} is promoted and has all traffic."
    return f"Rolled back: all traffic goes to {state.old}. {state.reason}."
