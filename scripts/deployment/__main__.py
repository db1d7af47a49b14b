"""Puts a model on a Knative cluster, looks at it, and ships its next version as a canary that goes back by itself."""

import argparse
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from deployment.console import Console
from deployment.failure import Failure

EXAMPLES = """examples:
  scripts/deploy preflight motion                what would fail on this cluster, and the command that mends each
  scripts/deploy up motion --image ghcr.io/you/figurine:1
  scripts/deploy status motion                   revisions, traffic, pods, how long they took to come up
  scripts/deploy rollout motion --image ghcr.io/you/figurine:2
  scripts/deploy rollout motion --abort          after an interruption: back to the old version (without --abort it goes on)
  scripts/deploy kn motion                       the kn service create command for the same Service

exit codes: 0 done; 1 it failed, or would; 2 wrong arguments; 3 rolled back; 130 interrupted, with what was left said"""
COMMANDS = {
    "preflight": "say what would fail or surprise on this cluster, and how to mend it",
    "up": "put a model on the cluster, or bring it up to date, and wait until it is ready",
    "status": "show revisions, traffic, pods and their cold starts; wakes nothing that is at zero",
    "logs": "print the log lines of the pods",
    "url": "print the address",
    "down": "take a model off the cluster and wait until its GPUs are free",
    "render": "print the manifests",
    "kn": "print the kn service create command for the same Service",
    "rollout": "ship a new version as a canary, step by step, each behind gates; goes back by itself",
}


def main(argv: Sequence[str]) -> int:
    """The exit code."""
    options = parser().parse_args(argv)
    console = Console(options.json, options.yes)
    try:
        return int(_command(options.command)(options, console) or 0)
    except Failure as failure:
        return _fail(console, failure)
    except KeyboardInterrupt:
        print("Interrupted. What was done stays, and the same command goes on from here.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nobody reads: say nothing more, not at the exit either
        return 1


def parser() -> argparse.ArgumentParser:
    """All commands and options."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("-n", "--namespace", default="", help="namespace (default: the context's)")
    common.add_argument("--context", help="context of the kubeconfig (default: the current one)")
    common.add_argument("--kubeconfig", metavar="FILE", help="kubeconfig (default: $KUBECONFIG, or ~/.kube/config)")
    common.add_argument("--json", action="store_true", help="results, and events on the way, as JSON on stdout")
    common.add_argument("--yes", action="store_true", help="answer every question with yes")
    common.add_argument("--dry-run", action="store_true", help="let the server judge what would be done, and do nothing")
    top = argparse.ArgumentParser(
        prog="scripts/deploy", description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, told in COMMANDS.items():
        one = commands.add_parser(name, parents=[common], help=told, description=told.capitalize() + ".")
        one.add_argument("model", metavar="MODEL", nargs="?", default="motion", help="a folder of knative/ (default: %(default)s)")
        if name in ("preflight", "up", "rollout", "render", "kn", "down"):
            one.add_argument("--from", dest="source", type=Path, metavar="PATH", help="a kustomization of your own, or a file of manifests")
            one.add_argument("--image", default="", help="image of the function, with its registry")
        if name in ("up", "rollout"):
            one.add_argument("--force", action="store_true", help="take over fields that another tool has set")
        if name in EXTRAS:
            EXTRAS[name](one)
    return top


def _preflight_options(one: argparse.ArgumentParser) -> None:
    one.add_argument("--bring-up", type=float, default=0, metavar="SECONDS", help="how long a pod takes until ready, as measured")


def _up_options(one: argparse.ArgumentParser) -> None:
    one.add_argument("--no-wait", action="store_true", help="do not wait until it is ready")
    one.add_argument("--unchecked", action="store_true", help="without the preflight")


def _logs_options(one: argparse.ArgumentParser) -> None:
    one.add_argument("-f", "--follow", action="store_true", help="go on until interrupted")
    one.add_argument("--lines", type=int, default=100, help="lines of each pod (default: %(default)s)")
    one.add_argument("--revision", default="", help="only this revision")


def _rollout_options(one: argparse.ArgumentParser) -> None:
    one.add_argument("--steps", type=_steps, default=(5, 25, 50, 100), metavar="LIST", help="shares in percent (default: 5,25,50,100)")
    one.add_argument("--hold", type=float, default=60, metavar="SECONDS", help="how long traffic is watched at each step (default: 60)")
    one.add_argument("--wait", type=float, default=0, metavar="SECONDS", help="for a revision to be ready (default: its progress deadline)")
    one.add_argument("--via", default="", metavar="HOST:PORT", help="where to send requests when the URL's name resolves nowhere")
    one.add_argument("--prometheus", default="", metavar="URL", help="where to read figures (default: the function's own /metrics)")
    one.add_argument("--prompts", type=Path, metavar="FILE", help="sentences to compare with, one JSON object a line")
    one.add_argument("--scarce", action="store_true", help="no spare GPU: the old revision goes first, at the price of a downtime")
    one.add_argument("--abort", action="store_true", help="give all traffic back to the old revision of a rollout under way")
    gates = one.add_argument_group("gates, against the old revision")
    gates.add_argument("--max-errors", type=float, default=0.01, help="share of 5xx answers above the old one's (default: %(default)s)")
    gates.add_argument("--max-slowdown", type=float, default=1.25, help="times the old p95, by class (default: %(default)s)")
    gates.add_argument("--max-memory", type=float, default=1.15, help="times the old peak of GPU memory (default: %(default)s)")
    gates.add_argument("--max-quality-loss", type=float, default=0.05, help="points of the mean score of /validate (default: %(default)s)")


EXTRAS: dict[str, Callable[[argparse.ArgumentParser], None]] = {
    "preflight": _preflight_options,
    "up": _up_options,
    "logs": _logs_options,
    "rollout": _rollout_options,
}


def _steps(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(","))


def _command(name: str) -> Callable[[argparse.Namespace, Console], int | None]:
    from deployment import commands  # the client takes a quarter of a second to import

    return commands.ALL[name]


def _fail(console: Console, failure: Failure) -> int:
    if console.json:
        console.say("failed", what=failure.what, mend=failure.mend)
    else:
        print(failure, file=sys.stderr)
    return 1


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    for stop in (signal.SIGINT, signal.SIGTERM):  # a shell makes background jobs deaf to the first
        signal.signal(stop, _interrupt)
    sys.exit(main(sys.argv[1:]))
