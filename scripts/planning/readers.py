"""Recorded loads: a CSV of moments or of counts a second, the function's own log, or the answer to a Prometheus range query."""

import csv
import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from planning.loads import Load, chance, spread
from planning.settings import PlanError


def read(path: Path, seed: int, route: str = "") -> Load:
    """The load in a file, beginning with its first request or sample. Only a log knows of `route`s. Raises `PlanError`."""
    text = path.read_text()
    rng = np.random.default_rng(seed)
    try:
        if not text.lstrip().startswith("{"):
            return _csv(path.name, text.splitlines(), rng)
        answer = _json(text)
        if isinstance(answer, dict) and "data" in answer:
            return _prometheus(path.name, answer["data"]["result"], rng)
        return _moments(path.name, _logged(text.splitlines(), route))
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise PlanError(
            f"{path} cannot be read ({error}): it must be a CSV of timestamps or of second,count, a log of the function, or the JSON of a "
            "Prometheus range query for requests a second."
        ) from None


def _json(text: str) -> Any:
    """The whole as one value; None for lines of JSON."""
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return None


def _moments(name: str, moments: Iterable[float]) -> Load:
    times = np.sort(np.array([*moments], dtype=np.float64))
    if not len(times):
        raise ValueError("it has no requests")
    times -= times[0]
    return Load(name, float(np.ceil(times[-1])), times)


def _csv(name: str, lines: list[str], rng: np.random.Generator) -> Load:
    rows = [row for row in csv.reader(lines) if row]
    if rows and not _is_moment(rows[0][0]):
        del rows[0]
    if rows and len(rows[0]) == 2:
        start = int(_moment(rows[0][0]))
        counts = np.zeros(int(_moment(rows[-1][0])) - start + 1, dtype=np.int64)
        for second, count in rows:
            counts[int(_moment(second)) - start] += int(count)
        return spread(name, counts, rng)
    return _moments(name, (_moment(row[0]) for row in rows))


def _logged(lines: Iterable[str], route: str) -> Iterable[float]:
    """Moments of arrival; a line is written when the request has ended. Lines that are no request's are skipped."""
    for line in lines:
        if not line.startswith("{"):
            continue
        entry = json.loads(line)
        if entry.get("message") == "request" and entry["method"] == "POST" and route in ("", entry["route"]):
            yield _moment(entry["time"]) - entry["seconds"]


def _prometheus(name: str, series: list[Any], rng: np.random.Generator) -> Load:
    """The values of all series summed are requests a second, each until the next moment."""
    rates: dict[int, float] = defaultdict(float)
    for one in series:
        for moment, value in one["values"]:
            rates[round(float(moment))] += float(value)
    moments = sorted(rates)
    steps = np.diff(moments)
    values = np.array([rates[moment] for moment in moments])
    return chance(name, np.repeat(values, np.append(steps, steps[-1])), rng)


def _is_moment(text: str) -> bool:
    try:
        _moment(text)
    except ValueError:
        return False
    return True


def _moment(text: str) -> float:
    """Seconds since 1970, from such a number or from ISO 8601 (UTC when it names no zone)."""
    try:
        return float(text)
    except ValueError:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
