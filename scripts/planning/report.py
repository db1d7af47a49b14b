"""The answer in words: one configuration, or a sweep with its frontier and the annotations of the best."""

import csv
import math
import sys
from collections.abc import Iterable, Sequence, Set
from dataclasses import astuple, fields
from pathlib import Path

from planning.kpa import Decision
from planning.loads import Load
from planning.outcome import Tick
from planning.settings import PREFIX
from planning.sweep import Point

HEAD = ("GPU-hours", "price", "p50", "p95", "p99", "failed", "met cold", "most GPUs", "settings")


def one(found: Point, load: Load, price: float) -> str:
    """A single configuration."""
    share = f"{100 * (1 - found.failed):.2f} %"
    lines = [
        f"{load.name}, {found.hours:.2f} h: {found.requests:,} requests on {found.most_gpus} GPUs at most",
        f"latency      p50 {_seconds(found.p50)}, p95 {_seconds(found.p95)}, p99 {_seconds(found.p99)}",
        f"answered     {found.answered:,} ({share})",
        f"failed       {found.refused_429:,} refused with 429, {found.refused_503:,} with 503, {found.timed_out:,} timed out",
        f"cold starts  {found.wakes:,} from zero, met by {found.cold:,} requests; {found.pods_started:,} pods started",
        f"GPU-hours    {found.gpu_hours:.2f}" + (f", price {found.gpu_hours * price:,.2f}" if price else ""),
    ]
    return "\n".join(lines)


def many(
    points: Sequence[Point], edge: Sequence[Point], best: Point | None, fixed: Point | None, load: Load, p95: float, price: float
) -> str:
    """A sweep: the frontier beside constant numbers of pods, then the best of each."""
    scaling = [one for one in points if not one.fixed]
    same = set.intersection(*(set(one.annotations.split()) for one in scaling))
    lines = [f"{load.name}, {points[0].hours:.2f} h, {points[0].requests:,} requests, {len(scaling)} configurations", *sorted(same), ""]
    lines += _table([*edge, *(one for one in points if one.fixed)], same, price)
    if p95 < math.inf:
        lines += ["", *_choice(best, fixed, p95, price)]
    return "\n".join(lines)


def progress(done: int, of: int) -> None:
    """On a terminal only."""
    if sys.stderr.isatty():
        print(f"\r{done} of {of}", end="\n" if done == of else "", file=sys.stderr, flush=True)


def write_ticks(path: Path, ticks: Iterable[Tick]) -> None:
    """One row a decision."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("second", "load", "ready", "pods", "gpus", "buffering", *(field.name for field in fields(Decision))))
        for tick in ticks:
            load = f"{tick.load:.6g}"
            writer.writerow((tick.second, load, tick.ready, tick.pods, tick.gpus, int(tick.buffering), *astuple(tick.decision)))


def _choice(best: Point | None, fixed: Point | None, p95: float, price: float) -> list[str]:
    lines = []
    if best:
        lines += [f"Cheapest with p95 of at most {p95:g} s: {_cost(best, price)}, p95 {_seconds(best.p95)}", "", "annotations:"]
        lines += [f'  {PREFIX}{name}: "{value}"' for name, _, value in (text.partition("=") for text in best.annotations.split())]
    else:
        lines.append(f"No configuration reaches a p95 of {p95:g} s: allow more pods (--max-scale, --gpus) or more time (--p95).")
    if fixed:
        lines += ["", f"With a constant number of pods it takes {fixed.fixed}: {_cost(fixed, price)}, p95 {_seconds(fixed.p95)}."]
    else:
        lines += ["", "No constant number of pods among these reaches it."]
    return lines


def _table(points: Sequence[Point], same: Set[str], price: float) -> list[str]:
    """The last column leaves out what is the `same` in all."""
    rows = [HEAD, *(_cells(one, same, price) for one in points)]
    shown = [column for column, name in enumerate(HEAD) if price or name != "price"]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD) - 1)] + [0]
    return ["  ".join(row[column].rjust(widths[column]) for column in shown) for row in rows]


def _cells(found: Point, same: Set[str], price: float) -> tuple[str, ...]:
    constant = f"always {found.fixed} pod" + "s" * (found.fixed > 1)
    return (
        f"{found.gpu_hours:.2f}",
        f"{found.gpu_hours * price:,.2f}",
        *(_seconds(value) for value in (found.p50, found.p95, found.p99)),
        f"{100 * found.failed:.2f} %",
        f"{found.cold:,}",
        f"{found.most_gpus}",
        constant if found.fixed else " ".join(text for text in found.annotations.split() if text not in same),
    )


def _cost(found: Point, price: float) -> str:
    return f"{found.gpu_hours:.2f} GPU-hours" + (f", price {found.gpu_hours * price:,.2f}" if price else "")


def _seconds(value: float) -> str:
    return "never" if value == math.inf else f"{value:.3g} s" if value < 100 else f"{value:.0f} s"
