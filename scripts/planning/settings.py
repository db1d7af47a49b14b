"""The autoscaler's settings, resolved as Knative Serving 1.23 does from a revision's annotations and the cluster's config-autoscaler."""

import difflib
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

PREFIX = "autoscaling.knative.dev/"


class PlanError(ValueError):
    """The plan cannot be made as asked; says what would be right."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Seconds, percentages and counts. `total` is what a pod can take, `target` what it should; `max_scale` and `activation_scale` of 0
    are not set.
    """

    metric: str
    aggregation: str
    total: float
    target: float
    utilization: float
    stable_window: int
    panic_window: int
    panic_window_percentage: float
    panic_threshold: float
    max_scale_up_rate: float
    max_scale_down_rate: float
    activation_scale: int
    scale_down_delay: int
    min_scale: int
    max_scale: int
    initial_scale: int
    burst_capacity: float
    retention: float
    grace: float
    to_zero: bool = True
    reachable: bool = True

    def bound(self, pods: int) -> int:
        """The count within min and max scale; a revision that no route reaches has no minimum."""
        wanted = max(pods, self.min_scale if self.reachable else 0)
        return min(wanted, self.max_scale) if self.max_scale else wanted


def seconds(text: str) -> float:
    """A Go duration such as `90s`, `1h30m` or `0.5s` in seconds. Raises `ValueError`."""
    parts = re.findall(r"(\d+(?:\.\d+)?)(ms|h|m|s)", text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise ValueError("a duration with a unit, such as 90s or 5m")
    return sum(float(number) * {"h": 3600, "m": 60, "s": 1, "ms": 0.001}[unit] for number, unit in parts)


def _whole_seconds(text: str) -> int:
    if (found := seconds(text)) % 1:
        raise ValueError("whole seconds")
    return int(found)


@dataclass(frozen=True, slots=True)
class Key:
    """How the text of a setting is read, what it is when nobody says, the cluster's key for that, and its bounds."""

    read: Callable[[str], Any]
    default: str
    cluster: str = ""
    low: float = 0
    high: float = math.inf


def _choice(*names: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in names:
            raise ValueError(f"one of {', '.join(names)}")
        return text

    return read


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError("a number") from None


def _count(text: str) -> int:
    if not text.isdecimal():
        raise ValueError("a whole number")
    return int(text)


ANNOTATIONS: Mapping[str, Key] = {
    "class": Key(_choice("kpa.autoscaling.knative.dev"), "kpa.autoscaling.knative.dev"),
    "metric": Key(_choice("concurrency", "rps"), "concurrency"),
    "metric-aggregation-algorithm": Key(_choice("linear", "weighted-exponential"), "linear"),
    "target": Key(_number, "", low=0.01),
    "target-utilization-percentage": Key(_number, "70", "container-concurrency-target-percentage", 1, 100),
    "target-burst-capacity": Key(_number, "211", "target-burst-capacity", -1),
    "window": Key(_whole_seconds, "60s", "stable-window", 6, 3600),
    "panic-window-percentage": Key(_number, "10", "panic-window-percentage", 1, 100),
    "panic-threshold-percentage": Key(_number, "200", "panic-threshold-percentage", 110, 1000),
    "min-scale": Key(_count, "0", "min-scale"),
    "max-scale": Key(_count, "0", "max-scale"),
    "initial-scale": Key(_count, "1", "initial-scale"),
    "activation-scale": Key(_count, "0"),
    "scale-down-delay": Key(_whole_seconds, "0s", "scale-down-delay", 0, 3600),
    "scale-to-zero-pod-retention-period": Key(seconds, "0s", "scale-to-zero-pod-retention-period", 0, 3600),
}
CLUSTER: Mapping[str, Key] = {
    **{key.cluster: key for key in ANNOTATIONS.values() if key.cluster},
    "container-concurrency-target-default": Key(_number, "100", low=0.01),
    "requests-per-second-target-default": Key(_number, "200", low=0.01),
    "max-scale-up-rate": Key(_number, "1000", low=1),
    "max-scale-down-rate": Key(_number, "2", low=1),
    "scale-to-zero-grace-period": Key(seconds, "30s", low=6),
    "enable-scale-to-zero": Key(_choice("true", "false"), "true"),
}
UNUSED = ("activator-capacity", "allow-zero-initial-scale", "max-scale-limit", "pod-autoscaler-class")
"""Keys of config-autoscaler that change nothing here."""


def resolve(annotations: Mapping[str, str], cluster: Mapping[str, str], concurrency: int = 0, *, reachable: bool = True) -> Settings:
    """The settings of a revision with that `containerConcurrency`.

    Names of annotations may leave out the prefix. Raises `PlanError` naming the setting and what it can be.
    """
    named = {_kebab(name.removeprefix(PREFIX)): text for name, text in annotations.items()}
    for name, known in (*((name, [*ANNOTATIONS]) for name in named), *((name, [*CLUSTER, *UNUSED]) for name in cluster)):
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            raise PlanError(f"Knative knows no setting {name}" + (f": is {near[0]} meant?" if near else "."))

    def value(name: str) -> Any:
        if name in ANNOTATIONS:
            key = ANNOTATIONS[name]
            return _read(name, key, named.get(name) or cluster.get(key.cluster) or key.default)
        return _read(name, CLUSTER[name], cluster.get(name) or CLUSTER[name].default)

    total = _total(value, "target" in named, concurrency)
    settings = Settings(
        metric=value("metric"),
        aggregation=value("metric-aggregation-algorithm"),
        total=total,
        target=max(0.01, total * value("target-utilization-percentage") / 100),
        utilization=value("target-utilization-percentage"),
        stable_window=value("window"),
        panic_window=max(1, math.floor(value("window") * value("panic-window-percentage") / 100 + 0.5)),
        panic_window_percentage=value("panic-window-percentage"),
        panic_threshold=value("panic-threshold-percentage"),
        max_scale_up_rate=value("max-scale-up-rate"),
        max_scale_down_rate=value("max-scale-down-rate"),
        activation_scale=value("activation-scale"),
        scale_down_delay=value("scale-down-delay"),
        min_scale=value("min-scale"),
        max_scale=value("max-scale"),
        initial_scale=value("initial-scale"),
        burst_capacity=value("target-burst-capacity"),
        retention=value("scale-to-zero-pod-retention-period"),
        grace=value("scale-to-zero-grace-period"),
        to_zero=value("enable-scale-to-zero") == "true",
        reachable=reachable,
    )
    if 0 < settings.max_scale < settings.min_scale:
        raise PlanError(f"max-scale {settings.max_scale} must be at least min-scale {settings.min_scale}.")
    return settings


def _total(value: Callable[[str], Any], targeted: bool, concurrency: int) -> float:
    """What a pod can take: its hard limit of requests at once, or the softer target."""
    if value("metric") == "rps":
        return float(value("target") if targeted else value("requests-per-second-target-default"))
    if targeted:
        return float(min(value("target"), concurrency or math.inf))
    return float(concurrency or value("container-concurrency-target-default"))


def _read(name: str, key: Key, text: str) -> Any:
    try:
        value = key.read(text)
        if not isinstance(value, str) and not key.low <= value <= key.high:
            raise ValueError(f"from {key.low:g} to {key.high:g}" if key.high < math.inf else f"at least {key.low:g}")
    except ValueError as error:
        raise PlanError(f"{name} cannot be {text!r}: it must be {error}.") from None
    return value


def _kebab(name: str) -> str:
    """The older camelCase spellings still work."""
    return re.sub(r"([A-Z])", lambda letter: "-" + letter[1].lower(), name)
