"""Objects of Knative Eventing: Broker, Trigger, Subscription, SinkBinding, PingSource."""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from manifests.admission.cesql import is_expression
from manifests.admission.findings import Finding
from manifests.admission.flags import Flags
from manifests.admission.values import iso_seconds

ATTRIBUTE = re.compile(r"[a-z][a-z0-9]*")
EXTENSION = re.compile(r"[a-z0-9]+")
DIALECTS = ("exact", "prefix", "suffix", "all", "any", "not", "cesql")
RETRY_AFTER = "delivery-retryafter"
TIMEOUT = "delivery-timeout"


def check_broker(broker: Mapping[str, Any], flags: Flags) -> Iterator[Finding]:
    """Its delivery."""
    yield from _delivery(_spec(broker).get("delivery"), "spec.delivery", flags)


def check_trigger(trigger: Mapping[str, Any], flags: Flags) -> Iterator[Finding]:
    """Its broker, subscriber, filters, delivery."""
    spec = _spec(trigger)
    if not spec.get("broker") and not spec.get("brokerRef"):
        yield Finding("spec.broker", "A Trigger belongs to a Broker.", "Name it.")
    yield from _destination(spec.get("subscriber"), "spec.subscriber")
    yield from _delivery(spec.get("delivery"), "spec.delivery", flags)
    for name in (spec.get("filter") or {}).get("attributes") or {}:
        if not ATTRIBUTE.fullmatch(name):
            yield Finding(f"spec.filter.attributes[{name}]", f"{name} is no attribute.", "Lower-case letters and digits, a letter first.")
    yield from _filters(spec.get("filters") or [], "spec.filters")


def check_subscription(subscription: Mapping[str, Any], flags: Flags) -> Iterator[Finding]:
    """Its subscriber and delivery."""
    spec = _spec(subscription)
    for field in ("subscriber", "reply"):
        if field in spec:
            yield from _destination(spec[field], f"spec.{field}")
    yield from _delivery(spec.get("delivery"), "spec.delivery", flags)


def check_sink_binding(binding: Mapping[str, Any], flags: Flags) -> Iterator[Finding]:  # noqa: ARG001
    """Its sink and the extensions it adds."""
    spec = _spec(binding)
    yield from _destination(spec.get("sink"), "spec.sink")
    yield from _extensions(spec, "spec.ceOverrides.extensions")


def check_ping_source(source: Mapping[str, Any], flags: Flags) -> Iterator[Finding]:  # noqa: ARG001
    """Its schedule and sink."""
    spec = _spec(source)
    schedule = spec.get("schedule", "")
    if not schedule.startswith("@") and len(schedule.split()) not in (5, 6):
        yield Finding("spec.schedule", f"{schedule!r} is no schedule.", 'Five or six fields of cron, such as "*/5 * * * *".')
    yield from _destination(spec.get("sink"), "spec.sink")
    yield from _extensions(spec, "spec.ceOverrides.extensions")


def _spec(manifest: Mapping[str, Any]) -> Mapping[str, Any]:
    return manifest.get("spec") or {}


def _destination(value: Mapping[str, Any] | None, path: str) -> Iterator[Finding]:
    """A `ref`, a `uri`, or a ref with a path."""
    ref, uri = (value or {}).get("ref"), (value or {}).get("uri")
    if not ref and not uri:
        yield Finding(path, "There is nowhere to send to.", "Give a ref, or an absolute uri.")
    elif uri and ref and urlsplit(uri).scheme:
        yield Finding(f"{path}.uri", "Beside a ref, the uri is a path.", "Give the path alone, such as /events.")
    elif uri and not ref and not urlsplit(uri).scheme:
        yield Finding(f"{path}.uri", "A path alone leads nowhere.", "Give a ref too, or an absolute uri.")


def _delivery(delivery: Mapping[str, Any] | None, path: str, flags: Flags) -> Iterator[Finding]:
    if delivery is None:
        return
    if delivery.get("retry", 0) < 0:
        yield Finding(f"{path}.retry", "Retries are counted from 0.", "0 or more.")
    for field, known in (("backoffPolicy", ("linear", "exponential")), ("format", ("json", "binary"))):
        if delivery.get(field, known[0]) not in known:
            yield Finding(f"{path}.{field}", f"{delivery[field]!r} is no {field}.", f"{' or '.join(known)}.")
    for field in ("backoffDelay", "timeout", "retryAfterMax"):
        seconds = iso_seconds(str(delivery[field])) if field in delivery else 1
        if seconds is None or (field == "timeout" and not seconds):
            yield Finding(f"{path}.{field}", f"{delivery[field]!r} is no duration above zero.", "An ISO 8601 duration, such as PT1.5S.")
    for field, flag in (("retryAfterMax", RETRY_AFTER), ("timeout", TIMEOUT)):
        if field in delivery and not flags.on(flag):
            yield Finding(f"{path}.{field}", f"The cluster does not allow {field}.", f"Set {flag} in Eventing's config-features.", flag)
    if "deadLetterSink" in delivery:
        yield from _destination(delivery["deadLetterSink"], f"{path}.deadLetterSink")
    if delivery.get("retry") and not (delivery.get("backoffPolicy") and delivery.get("backoffDelay")):
        yield Finding(f"{path}.retry", "All retries follow at once.", "Give backoffPolicy and backoffDelay.", by="nobody")


def _filters(filters: list[Mapping[str, Any]], path: str) -> Iterator[Finding]:
    for place, one in enumerate(filters):
        yield from _filter(one, f"{path}[{place}]")


def _filter(one: Mapping[str, Any], path: str) -> Iterator[Finding]:
    dialects = [dialect for dialect in DIALECTS if dialect in one]
    if len(dialects) != 1:
        yield Finding(path, "A filter speaks exactly one dialect.", f"One of {', '.join(DIALECTS)}.")
    for dialect in dialects:
        yield from _dialect(dialect, one[dialect], f"{path}.{dialect}")


def _dialect(dialect: str, value: Any, path: str) -> Iterator[Finding]:
    if dialect == "cesql":
        if not is_expression(value):
            yield Finding(path, f"{value!r} is no expression of CESQL.", "Such as: type = 'a.b' AND EXISTS team.")
    elif dialect in ("all", "any"):
        yield from _filters(value, path)
    elif dialect == "not":
        yield from _filter(value, path)
    else:
        for name in value:
            if not ATTRIBUTE.fullmatch(name):
                yield Finding(f"{path}[{name}]", f"{name} is no attribute.", "Lower-case letters and digits, a letter first.")


def _extensions(spec: Mapping[str, Any], path: str) -> Iterator[Finding]:
    for name in (spec.get("ceOverrides") or {}).get("extensions") or {}:
        if not EXTENSION.fullmatch(name):
            yield Finding(path, f"{name} is no extension.", "Lower-case letters and digits.")
