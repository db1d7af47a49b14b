"""What each command does with its options: reads them, calls the part that does it, shows what came of it."""

import json
from argparse import Namespace
from collections.abc import Callable
from dataclasses import asdict

import yaml

from deployment import bundle, forecast, progress
from deployment.bundle import Bundle
from deployment.cluster import Cluster
from deployment.comparison import Comparison
from deployment.console import Console
from deployment.down import down
from deployment.failure import Failure
from deployment.gates import Limits
from deployment.kn import command
from deployment.knative import SERVICE
from deployment.lease import Lease
from deployment.logs import logs
from deployment.preflight import Finding, preflight
from deployment.progress import Phase, State
from deployment.record import abort, describe, read_service
from deployment.rollout import Plan, Rollout
from deployment.sources import Prometheus, Scrape
from deployment.status import status
from deployment.trial import Trial, load_prompts
from deployment.up import up
from deployment.web import Web

ROLLED_BACK, INTERRUPTED = 3, 130


def _cluster(options: Namespace, made: Bundle | None = None) -> Cluster:
    """In the namespace of the manifests, when they name one."""
    wanted = made.namespace if made else ""
    if wanted and options.namespace and wanted != options.namespace:
        raise Failure(f"The manifests are for namespace {wanted}, not for {options.namespace}.", "the same command without --namespace")
    return Cluster(options.kubeconfig, options.context, options.namespace or wanted)


def _bundle(options: Namespace) -> Bundle:
    return bundle.load(options.model, options.source, options.image)


def _name(options: Namespace) -> str:
    """Of the Service. The overlays of knative/ name theirs after the model."""
    return str(options.model)


def _preflight(options: Namespace, console: Console) -> int:
    made = _bundle(options)
    found = preflight(_cluster(options, made), made, options.bring_up)
    console.show("\n".join(map(str, found)) or "Nothing is in the way.", [asdict(one) for one in found])
    return int(any(one.fails for one in found))


def _up(options: Namespace, console: Console) -> None:
    made = _bundle(options)
    cluster = _cluster(options, made)
    found: list[Finding] = [] if options.unchecked else preflight(cluster, made)
    if failing := [one for one in found if one.fails]:
        for one in failing:
            console.say(str(one), **asdict(one))
        raise Failure("This would fail; nothing was changed.", "the commands above, or --unchecked to try all the same")
    url = up(cluster, made, console, force=options.force, dry_run=options.dry_run, wait=not options.no_wait)
    if url:
        console.show(url, {"url": url})


def _status(options: Namespace, console: Console) -> None:
    found = status(_cluster(options), _name(options))
    console.show(str(found), found.to_json())


def _logs(options: Namespace, _console: Console) -> None:
    logs(_cluster(options), _name(options), print, follow=options.follow, lines=options.lines, revision=options.revision)


def _url(options: Namespace, console: Console) -> None:
    url = read_service(_cluster(options), _name(options)).get("status", {}).get("url", "")
    if not url:
        raise Failure(f"{_name(options)} has no address yet.", f"scripts/deploy status {_name(options)}")
    console.show(url, {"url": url})


def _down(options: Namespace, console: Console) -> None:
    made = _bundle(options)
    cluster = _cluster(options, made)
    if not options.dry_run:
        console.confirm(f"Remove Service {made.name} and what belongs to it from namespace {cluster.namespace}?")
    down(cluster, made, console, dry_run=options.dry_run)


def _render(options: Namespace, console: Console) -> None:
    manifests = list(_bundle(options).manifests)
    console.show(yaml.safe_dump_all(manifests, sort_keys=False, width=140).rstrip(), manifests)


def _kn(options: Namespace, console: Console) -> None:
    text = command(_bundle(options).service, options.namespace)
    console.show(text, {"command": text})


def _rollout(options: Namespace, console: Console) -> int:
    if options.abort:
        cluster = _cluster(options)
        with Lease(cluster, _name(options)):
            console.say(describe(abort(cluster, _name(options))))
        return 0
    made = _bundle(options)
    cluster = _cluster(options, made)
    limits = Limits(options.max_errors, options.max_slowdown, memory=options.max_memory, quality=options.max_quality_loss)
    plan = Plan(options.steps, options.hold, options.wait, options.scarce, options.force, limits)
    web = Web(options.via)
    source = Prometheus(options.prometheus, cluster.namespace) if options.prometheus else Scrape(cluster, web)
    seconds = float(made.service["spec"]["template"]["spec"].get("timeoutSeconds", 300))
    comparison = Comparison(web, source, Trial(web, load_prompts(options.prompts), seconds=seconds))
    if options.dry_run:
        console.say(str(forecast.outlook(cluster, made, plan)))
        return 0
    if options.scarce:
        console.confirm(forecast.price(cluster, made))
    try:
        with Lease(cluster, made.name) as lease:
            state = Rollout(cluster, made, plan, comparison, console, lease).run()
    except (Failure, KeyboardInterrupt) as error:
        _leave(cluster, made.name, console)
        if isinstance(error, Failure):
            raise
        return INTERRUPTED
    console.show(describe(state), json.loads(progress.write(state)))
    return ROLLED_BACK if state.phase is Phase.ROLLED_BACK else 0


def _leave(cluster: Cluster, name: str, console: Console) -> None:
    """Say what an unfinished rollout has left, and what can be done about it."""
    try:
        service = cluster.get(SERVICE, name)
        state: State | None = progress.read(service) if service else None
    except Failure:
        console.say(f"Where the traffic is could not be read; it is as the last line says. Look with: scripts/deploy status {name}")
        return
    if state and not state.ended:
        ways = f"The same command goes on; scripts/deploy rollout {name} --abort goes back."
        console.say(f"Left so: {describe(state)} {ways}", state=asdict(state))


ALL: dict[str, Callable[[Namespace, Console], int | None]] = {
    "preflight": _preflight,
    "up": _up,
    "status": _status,
    "logs": _logs,
    "url": _url,
    "down": _down,
    "render": _render,
    "kn": _kn,
    "rollout": _rollout,
}
