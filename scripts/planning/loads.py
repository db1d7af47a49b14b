"""Loads: the moments at which requests arrive, or users who ask again; made from a pattern or counts, always the same for a seed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planning.settings import PlanError, seconds

DAY_S = 86_400.0
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Load:
    """Sorted `times` in seconds from the start; or `users`, who ask, wait for the answer, and think for `think` seconds on average."""

    name: str
    seconds: float
    times: Array = field(default_factory=lambda: np.empty(0))
    users: int = 0
    think: float = 0.0


def spread(name: str, counts: NDArray[np.int64], rng: np.random.Generator) -> Load:
    """So many requests in each second, at random moments of it."""
    starts = np.repeat(np.arange(len(counts), dtype=np.float64), counts)
    return Load(name, float(len(counts)), np.sort(starts + rng.random(len(starts))))


def chance(name: str, rates: NDArray[np.floating[Any]], rng: np.random.Generator) -> Load:
    """A Poisson process with these requests a second in each second."""
    return spread(name, rng.poisson(rates), rng)


@dataclass(frozen=True)
class Pattern:
    """What a pattern does, its parameters with their defaults, and how requests a second follow from them over the seconds."""

    about: str
    parameters: Mapping[str, str]
    rates: Callable[[Array, Mapping[str, float]], NDArray[np.floating[Any]]] | None = None


PATTERNS: Mapping[str, Pattern] = {
    "steady": Pattern("RATE requests a second, evenly spaced", {"rate": "1"}),
    "poisson": Pattern("RATE requests a second on average, at random", {"rate": "1"}, lambda t, p: t * 0 + p["rate"]),
    "diurnal": Pattern(
        "at random, between LOW at midnight and HIGH at noon",
        {"low": "0", "high": "2"},
        lambda t, p: p["low"] + (p["high"] - p["low"]) * (1 - np.cos(2 * np.pi * t / DAY_S)) / 2,
    ),
    "burst": Pattern(
        "at random, RATE, and SIZE more within OVER of each EVERY",
        {"rate": "0", "size": "50", "every": "10m", "over": "10s"},
        lambda t, p: p["rate"] + p["size"] / p["over"] * (t % p["every"] < p["over"]),
    ),
    "step": Pattern(
        "at random, LOW requests a second, HIGH from AT on",
        {"low": "5", "high": "35", "at": "10m"},
        lambda t, p: np.where(t < p["at"], p["low"], p["high"]),
    ),
    "users": Pattern("COUNT users who ask, wait, think for THINK on average, ask again", {"count": "50", "think": "60s"}),
}
DURATIONS = ("every", "over", "at", "think")


def pattern(text: str, length: float, seed: int) -> Load:
    """The load that a text such as `poisson:rate=10` names, for `length` seconds. Raises `PlanError`."""
    name, _, said = text.partition(":")
    if name not in PATTERNS:
        raise PlanError(f"{name} is neither a file nor a pattern: {', '.join(PATTERNS)}.")
    values = _parameters(name, said)
    if name == "users":
        return Load(text, length, users=int(values["count"]), think=values["think"])
    if name == "steady":
        return Load(text, length, np.arange(int(length * values["rate"])) / (values["rate"] or 1))
    rates = PATTERNS[name].rates
    assert rates
    return chance(text, rates(np.arange(length, dtype=np.float64), values), np.random.default_rng(seed))


def _parameters(name: str, said: str) -> dict[str, float]:
    texts = dict(PATTERNS[name].parameters)
    for part in filter(None, said.split(",")):
        parameter, _, value = part.partition("=")
        if parameter not in texts:
            raise PlanError(f"{name} has no parameter {parameter}: {', '.join(texts)}.")
        texts[parameter] = value
    values = {}
    for parameter, value in texts.items():
        try:
            values[parameter] = seconds(value) if parameter in DURATIONS else float(value)
        except ValueError:
            wanted = "a duration with a unit, such as 90s or 5m" if parameter in DURATIONS else "a number"
            raise PlanError(f"{parameter} of {name} cannot be {value!r}: it must be {wanted}.") from None
        if not 0 <= values[parameter] < np.inf or (parameter in ("every", "over") and not values[parameter]):
            raise PlanError(f"{parameter} of {name} cannot be {value}: it must be finite and not negative, a period more than 0.")
    return values
