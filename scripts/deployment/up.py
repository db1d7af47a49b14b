"""Puts a model on the cluster, or makes what is there be as the manifests say, and waits until it is."""

from deployment import progress, traffic
from deployment.bundle import Bundle
from deployment.cluster import Cluster, Kind, Object
from deployment.console import Console
from deployment.durations import seconds_of
from deployment.failure import Failure
from deployment.knative import REVISION, SERVICE, condition, failed, latest_created, observed, ready, waiting
from deployment.watching import Late, states


def up(cluster: Cluster, bundle: Bundle, console: Console, *, force: bool = False, dry_run: bool = False, wait: bool = True) -> str:
    """The URL. Server-side apply of every manifest: what it says is set, what it no longer says is removed, and what others have set stays.

    Raises `Failure` when a rollout is under way, or has left the traffic with a revision that the new one would not replace.
    """
    live = cluster.get(SERVICE, bundle.name)
    if live:
        _refuse_behind_a_rollout(cluster, bundle, live, force)
    for manifest in bundle.manifests:
        console.say(_apply(cluster, manifest, force=force, dry_run=dry_run))
    if dry_run or not wait:
        return ""
    return _wait(cluster, bundle, console)


def place(cluster: Cluster, manifest: Object) -> Object:
    """The manifest with its namespace."""
    inside = {"namespace": cluster.namespace} if cluster.namespaced(Kind.of(manifest)) else {}
    return {**manifest, "metadata": {**inside, **manifest["metadata"]}}


def _apply(cluster: Cluster, manifest: Object, *, force: bool, dry_run: bool) -> str:
    placed = place(cluster, manifest)
    kind, metadata = Kind.of(placed), placed["metadata"]
    before = cluster.get(kind, metadata["name"], metadata.get("namespace"))
    after = cluster.apply(placed, force=force, dry_run=dry_run)
    changed = before is None or _content(before) != _content(after)
    word = ("unchanged", "changed", "created")[2 if before is None else int(changed)]
    would = "would be " if dry_run and changed else ""
    return f"{kind.kind} {metadata['name']}: {would}{word}"


def _refuse_behind_a_rollout(cluster: Cluster, bundle: Bundle, live: Object, force: bool) -> None:
    state = progress.read(live)
    if state and not state.ended:
        mend = f"scripts/deploy rollout {bundle.name}, which goes on, or the same with --abort"
        raise Failure(f"A rollout of {bundle.name} is under way ({state.phase}).", mend)
    if (holder := traffic.pinned(live)) and _template(
        cluster.apply(place(cluster, bundle.service), force=force, dry_run=True)
    ) != _template(live):
        text = f"All traffic is pinned to {holder}, so a new revision would get none."
        raise Failure(text, f"scripts/deploy rollout {bundle.name}")


def _wait(cluster: Cluster, bundle: Bundle, console: Console) -> str:
    annotations = bundle.service["spec"]["template"].get("metadata", {}).get("annotations", {})
    seconds = seconds_of(annotations.get("serving.knative.dev/progress-deadline", "600s")) + 60
    told = ""
    for objects in states(cluster, SERVICE, name=bundle.name, seconds=seconds):
        service = objects.get(bundle.name)
        if service is None:
            raise Failure(f"Service {bundle.name} was removed meanwhile.", f"scripts/deploy up {bundle.name}")
        if ready(service):
            return str(service["status"]["url"])
        newest = condition(service, "ConfigurationsReady")  # until it has an opinion, the revision named may be the one before
        revision = cluster.get(REVISION, latest_created(service)) if observed(service) and newest.reason != "OutOfDate" else None
        if revision and (found := failed(revision)):
            raise Failure(f"{latest_created(service)} does not start: {found}.", f"scripts/deploy logs {bundle.name}")
        text = (waiting(revision) if revision else "") or str(condition(service))
        if text != told:
            console.say(f"Waiting: {text}")
            told = text
    raise Late(f"Service {bundle.name} was not ready within {seconds:.0f} s ({told}).", f"scripts/deploy status {bundle.name}")


def _content(item: Object) -> Object:
    return {name: value for name, value in item.items() if name not in ("metadata", "status")} | {"labels": item["metadata"].get("labels")}


def _template(service: Object) -> Object:
    template: Object = service["spec"]["template"]
    return template
