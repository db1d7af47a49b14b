"""Annotations of the autoscaler and of the sidecar, on a Service or its template (knative.dev/docs/serving/autoscaling)."""

import re
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches

from manifests.admission.findings import Finding
from manifests.admission.flags import Flags
from manifests.admission.values import go_seconds, number, whole

PREFIX = "autoscaling.knative.dev/"
DEADLINE = "serving.knative.dev/progress-deadline"
ROLLOUT = "serving.knative.dev/rollout-duration"
PERCENTAGE = "queue.sidecar.serving.knative.dev/resource-percentage"
KPA, HPA = "kpa.autoscaling.knative.dev", "hpa.autoscaling.knative.dev"
Complaint = str  # what would be right; empty when it is


def _whole_from(least: int) -> Callable[[str], Complaint]:
    return lambda text: "" if (value := whole(text)) is not None and value >= least else f"A whole number of {least} or more."


def _between(least: float, most: float) -> Callable[[str], Complaint]:
    return lambda text: "" if (value := number(text)) is not None and least <= value <= most else f"A number from {least:g} to {most:g}."


def _duration(least: float) -> Callable[[str], Complaint]:
    def check(text: str) -> Complaint:
        seconds = go_seconds(text)
        right = seconds is not None and least <= seconds <= 3600 and seconds == int(seconds)
        return "" if right else f"A duration in whole seconds from {least:g}s to 1h, with its unit, such as 60s."

    return check


def _burst(text: str) -> Complaint:
    value = number(text)
    return "" if value is not None and (value == -1 or value >= 0) else "-1 (always through the activator), or a number of 0 or more."


def _algorithm(text: str) -> Complaint:
    return "" if text in ("linear", "weighted-exponential") else "linear or weighted-exponential."


CHECKS: dict[str, Callable[[str], Complaint]] = {
    "min-scale": _whole_from(0),
    "max-scale": _whole_from(0),
    "initial-scale": _whole_from(0),
    "activation-scale": _whole_from(2),
    "target": _between(0.01, float("inf")),
    "target-utilization-percentage": _between(1, 100),
    "target-burst-capacity": _burst,
    "window": _duration(6),
    "scale-down-delay": _duration(0),
    "scale-to-zero-pod-retention-period": _duration(0),
    "panic-window-percentage": _between(1, 100),
    "panic-threshold-percentage": _between(110, 1000),
    "metric-aggregation-algorithm": _algorithm,
}
KEYS = (*CHECKS, "class", "metric")


def template_annotations(annotations: Mapping[str, str], path: str, flags: Flags) -> Iterator[Finding]:
    """Of the template: scaling, the progress deadline, the sidecar's resources."""
    keys = {key: _plain(key.removeprefix(PREFIX)) for key in annotations if key.startswith(PREFIX)}
    scaling = {plain: annotations[key] for key, plain in keys.items()}
    for key, plain in keys.items():
        yield from _scaling(plain, annotations[key], f"{path}.{key}", scaling, flags)
    yield from _bounds(scaling, f"{path}.{PREFIX}")
    deadline = annotations.get(DEADLINE)
    if deadline is not None and not (go_seconds(deadline) or 0) >= 1:
        yield Finding(f"{path}.{DEADLINE}", f"{deadline} is not a progress deadline.", "A duration with its unit, such as 20m.")
    if PERCENTAGE in annotations:
        mend = "Give queue.sidecar.serving.knative.dev/cpu-resource-request and its like."
        yield Finding(f"{path}.{PERCENTAGE}", "The percentage for the sidecar is deprecated.", mend, by="nobody")


def service_annotations(annotations: Mapping[str, str], path: str) -> Iterator[Finding]:
    """Of the Service itself: no scaling, and the duration of a rollout."""
    for key in annotations:
        if key.startswith(PREFIX):
            yield Finding(path, f"{key} has no effect on a Service.", "Put it under spec.template.metadata.annotations.")
    rollout = annotations.get(ROLLOUT)
    if rollout is not None and go_seconds(rollout) is None:
        yield Finding(f"{path}.{ROLLOUT}", f"{rollout} is not a duration.", "A duration with its unit, such as 10m.")


def _scaling(plain: str, value: str, path: str, scaling: Mapping[str, str], flags: Flags) -> Iterator[Finding]:
    if plain not in KEYS:
        near = get_close_matches(plain, KEYS, 1, 0.0)[0]
        yield Finding(path, f"{plain} is no annotation of the autoscaler, which ignores it.", f"The nearest is {near}.", by="nobody")
    elif complaint := _complaint(plain, value, scaling):
        yield Finding(path, f"{value!r} is no value for {plain}.", complaint)
    elif plain == "initial-scale" and value == "0" and flags.limit("allow-zero-initial-scale") != "true":
        yield Finding(
            path, "This cluster starts every revision with a pod.", "Give 1, or set allow-zero-initial-scale in config-autoscaler."
        )


def _complaint(plain: str, value: str, scaling: Mapping[str, str]) -> Complaint:
    kind = scaling.get("class", KPA)
    if plain == "class":
        wrong = value.endswith(".autoscaling.knative.dev") and value not in (KPA, HPA)
        return f"{KPA} or {HPA}." if wrong else ""
    if plain == "metric":
        return "concurrency or rps." if kind == KPA and value not in ("concurrency", "rps") else ""
    if plain == "metric-aggregation-algorithm" and "class" not in scaling:
        return ""
    return CHECKS[plain](value)


def _bounds(scaling: Mapping[str, str], path: str) -> Iterator[Finding]:
    """min <= activation <= max, where they are given; a maximum of 0 is none."""
    least, most, awake = (whole(scaling.get(key, "")) for key in ("min-scale", "max-scale", "activation-scale"))
    if least and most and least > most:
        yield Finding(f"{path}min-scale", f"min-scale {least} is more than max-scale {most}.", "Lower min-scale or raise max-scale.")
    if awake and most and awake > most:
        yield Finding(
            f"{path}activation-scale", f"activation-scale {awake} is more than max-scale {most}.", "Lower it, or raise max-scale."
        )
    if awake and least and awake < least:
        yield Finding(
            f"{path}activation-scale", f"activation-scale {awake} is less than min-scale {least}.", "Raise it, or lower min-scale."
        )


def _plain(key: str) -> str:
    """The key in its present spelling; older ones are minScale and so on."""
    return re.sub("[A-Z]", lambda letter: f"-{letter[0].lower()}", key)
