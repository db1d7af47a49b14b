"""The command line of the capacity planner."""

import argparse
import json
import math
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from planning import measured, report
from planning.loads import PATTERNS, Load, pattern
from planning.readers import read
from planning.settings import ANNOTATIONS, PlanError, seconds
from planning.simulation import simulate
from planning.sweep import GRID, Deployment, Point, cheapest, combinations, frontier, point, sweep, write_csv

WITHOUT_EFFECT = {"class", "initial-scale"}
"""Annotations that change nothing for a service that has been rolled out."""
EXAMPLES = """\
examples:
  a day of 10 requests a second, 7 s alone and 1 s more for each of up to 8 in a batch:
    scripts/plan poisson:rate=10 --for 24h --cold-start 40s --fixed 6 --item 1 --max-batch 8
  which settings serve 200 users on up to 8 GPUs with 30 s at p95, and what that costs:
    scripts/plan users:count=200,think=60s --cold-start 40s --fixed 6 --item 1 --max-batch 8 \\
        --max-scale 8 --sweep --p95 30 --gpu-price 2.5 --png plan.png --csv plan.csv
  what was recorded, with the figures that two scrapes of /metrics tell:
    scripts/plan access.log --metrics quiet.txt busy.txt --max-batch 8 --window 60s,5m --min-scale 0,1

exit codes: 0, 1 when nothing meets --p95, 2 when the question is wrong
"""


def main(argv: Sequence[str] | None = None) -> int:
    """0; 1 when nothing meets the target; 2 when the question is wrong."""
    asked = _parser().parse_args(argv)
    try:
        return _answer(asked)
    except (PlanError, OSError) as error:
        print(f"scripts/plan: {error}", file=sys.stderr)
        return 2


def _answer(asked: argparse.Namespace) -> int:
    load = _load(asked)
    figures = measured.figures(
        asked.metrics,
        asked.model,
        cold_start=asked.cold_start,
        pod_start=asked.pod_start,
        fixed=asked.fixed,
        item=asked.item,
        max_batch=asked.max_batch,
        overhead=asked.overhead,
    )
    concurrency = asked.max_batch if asked.concurrency is None else asked.concurrency
    deployment = Deployment(dict(asked.cluster), concurrency, asked.places or concurrency or 32, asked.timeout, asked.gpus)
    said = {name: text.split(",") for name in ANNOTATIONS if (text := getattr(asked, _name(name), None))}
    grid = {**GRID, **said} if asked.sweep else said
    settings = combinations(grid)
    if len(settings) == 1:
        outcome = simulate(deployment.service(settings[0]), figures, load, asked.seed, ticks=bool(asked.ticks))
        if asked.ticks:
            report.write_ticks(asked.ticks, outcome.ticks)
        points = [point(outcome, settings[0])]
    else:
        points = sweep(deployment, figures, load, settings, _fixed(asked, said), asked.seed, asked.workers, report.progress)
    return _tell(asked, load, points)


def _tell(asked: argparse.Namespace, load: Load, points: Sequence[Point]) -> int:
    failed = asked.failed / 100
    best = cheapest([one for one in points if not one.fixed], asked.p95, failed)
    fixed = cheapest([one for one in points if one.fixed], asked.p95, failed)
    edge = frontier(points, failed)
    if asked.csv:
        write_csv(asked.csv, points)
    if asked.png:
        from planning.picture import draw

        draw(points, edge, best, failed, load.name, asked.p95, asked.gpu_price).save(asked.png)
    if asked.json:
        chosen = {"best": best, "best_fixed": fixed}
        told = {name: _plain(one) for name, one in chosen.items()} | {"points": [_plain(one) for one in points]}
        print(json.dumps(told, indent=2))
    elif len(points) == 1:
        print(report.one(points[0], load, asked.gpu_price))
    else:
        print(report.many(points, edge, best, fixed, load, asked.p95, asked.gpu_price))
    return 0 if best or asked.p95 == math.inf else 1


def _plain(one: Point | None) -> dict[str, object] | None:
    """For JSON, which knows no infinity."""
    return {name: None if value == math.inf else value for name, value in asdict(one).items()} if one else None


def _load(asked: argparse.Namespace) -> Load:
    path = Path(asked.load)
    if not path.is_file():
        return pattern(asked.load, math.ceil(asked.length or 3600.0), asked.seed)
    load = read(path, asked.seed, asked.route)
    length = asked.length or load.seconds
    return replace(load, seconds=length, times=load.times[load.times < length]) if asked.length else load


def _fixed(asked: argparse.Namespace, said: Mapping[str, Sequence[str]]) -> int:
    """The largest constant number of pods to compare with."""
    return asked.gpus or max((int(text) for text in said.get("max-scale", ()) if text.isdecimal()), default=0) or 8


def _parser() -> argparse.ArgumentParser:
    patterns = "\n".join(f"  {_example(name):46} {one.about}" for name, one in PATTERNS.items())
    parser = argparse.ArgumentParser(
        prog="scripts/plan",
        usage="scripts/plan LOAD [options]",
        description="Simulates the function on Knative under a load: latencies with cold starts, failed requests, GPU-hours. Several\n"
        "values for a setting, or --sweep, give the frontier of p95 against GPU-hours beside constant numbers of pods.\n\n"
        f"loads: a file (CSV of timestamps or of second,count; the function's log; a Prometheus range query), or\n{patterns}",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("load", metavar="LOAD", help="a file or a pattern, see above")
    parser.add_argument(
        "--for", dest="length", type=_duration, metavar="TIME", help="length of a pattern (default: 1h), or of a file to use"
    )
    parser.add_argument("--route", default="", help="only requests for this route of a log")
    parser.add_argument("--seed", type=int, default=0, help="decides everything random (default: %(default)s)")
    _add_figures(parser.add_argument_group("measured figures"))
    _add_service(parser.add_argument_group("the service"))
    _add_annotations(parser.add_argument_group("annotations", "Several values, separated by commas, make a sweep."))
    _add_answer(parser.add_argument_group("the answer"))
    return parser


def _add_figures(group: "argparse._ArgumentGroup") -> None:
    group.add_argument(
        "--metrics", type=Path, nargs="+", default=[], metavar="FILE", help="what /metrics said: fills in what is not given here"
    )
    group.add_argument("--model", default="", help="which model of the scrapes, if they know several")
    group.add_argument("--cold-start", type=_duration, metavar="TIME", help="from a pod's creation until it can answer")
    group.add_argument(
        "--pod-start", type=_duration, default=3.0, metavar="TIME", help="part of it before the bring-up that /metrics shows (default: 3s)"
    )
    group.add_argument("--fixed", type=float, metavar="S", help="seconds of a batch, whatever its size")
    group.add_argument("--item", type=float, metavar="S", help="seconds more for each request in it")
    group.add_argument("--max-batch", type=_positive, default=1, metavar="N", help="requests in a batch at most (default: %(default)s)")
    group.add_argument("--overhead", type=float, metavar="S", help="seconds of a request off the device, beside other batches (default: 0)")


def _add_service(group: "argparse._ArgumentGroup") -> None:
    group.add_argument("--concurrency", type=int, metavar="N", help="containerConcurrency, 0 for no limit (default: --max-batch)")
    group.add_argument("--places", type=int, metavar="N", help="FUNCTION_CONCURRENCY (default: the same, or 32)")
    group.add_argument("--timeout", type=_duration, default=300.0, metavar="TIME", help="timeoutSeconds (default: 300s)")
    group.add_argument("--gpus", type=int, default=0, metavar="N", help="GPUs of the cluster, one a pod; 0 for as many as wanted (default)")
    group.add_argument("--cluster", type=_pair, action="append", default=[], metavar="KEY=VALUE", help="an entry of config-autoscaler")


def _add_annotations(group: "argparse._ArgumentGroup") -> None:
    for name in sorted(ANNOTATIONS.keys() - WITHOUT_EFFECT):
        key = ANNOTATIONS[name]
        tried = f"; --sweep tries {','.join(GRID[name])}" if name in GRID else ""
        group.add_argument(
            f"--{name}", dest=_name(name), metavar="V", help=f"default: {key.default or 'by the metric'}{tried}".replace("%", "%%")
        )


def _add_answer(group: "argparse._ArgumentGroup") -> None:
    group.add_argument("--sweep", action="store_true", help="try several values of what is not said")
    group.add_argument(
        "--p95", type=float, default=math.inf, metavar="S", help="choose the cheapest with at most this p95; failed requests count as never"
    )
    group.add_argument(
        "--failed", type=float, default=0.1, metavar="PERCENT", help="requests that may fail, at most (default: %(default)s)"
    )
    group.add_argument("--gpu-price", type=float, default=0.0, metavar="PRICE", help="of a GPU for an hour")
    group.add_argument("--csv", type=Path, metavar="FILE", help="write every configuration with its figures")
    group.add_argument("--png", type=Path, metavar="FILE", help="draw p95 against GPU-hours")
    group.add_argument("--ticks", type=Path, metavar="FILE", help="write every decision of a single configuration as CSV")
    group.add_argument("--json", action="store_true", help="answer as JSON")
    group.add_argument(
        "--workers", type=_positive, default=os.cpu_count() or 1, metavar="N", help="processes of a sweep (default: one a core)"
    )


def _example(name: str) -> str:
    return f"{name}:" + ",".join(f"{parameter}={value}" for parameter, value in PATTERNS[name].parameters.items())


def _name(annotation: str) -> str:
    return "annotation_" + annotation.replace("-", "_")


def _duration(text: str) -> float:
    try:
        return seconds(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not {error}") from None


def _positive(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 on")
    return int(text)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is not KEY=VALUE")
    return name, value


if __name__ == "__main__":
    sys.exit(main())
