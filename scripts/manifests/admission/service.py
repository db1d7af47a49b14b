"""A Service of Knative Serving: its name, its template with timeouts and concurrency, its traffic."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from manifests.admission.findings import Finding
from manifests.admission.flags import Flags
from manifests.admission.pod import check_pod
from manifests.admission.scaling import DEADLINE, PREFIX, service_annotations, template_annotations
from manifests.admission.settings import check_settings
from manifests.admission.values import LABEL_RULE, go_seconds, is_label, number

DRAIN_S = 30
"""For so long after the last request a pod that is stopped keeps serving, before the function is told."""
VISIBILITY = "networking.knative.dev/visibility"


def check_service(service: Mapping[str, Any], flags: Flags) -> Iterator[Finding]:
    """The whole Service."""
    metadata = service["metadata"]
    name, labels = metadata.get("name", ""), metadata.get("labels") or {}
    if not is_label(name):
        yield Finding("metadata.name", f"{name!r} cannot be part of a host name.", LABEL_RULE)
    if labels.get(VISIBILITY, "cluster-local") != "cluster-local":
        yield Finding(f"metadata.labels.{VISIBILITY}", "It makes nothing cluster-local.", "cluster-local, or leave it out.", by="nobody")
    yield from service_annotations(metadata.get("annotations") or {}, "metadata.annotations")
    spec = service.get("spec") or {}
    yield from _template(spec.get("template") or {}, "spec.template", name, flags)
    yield from _traffic(spec.get("traffic") or [], "spec.traffic")


def _template(template: Mapping[str, Any], path: str, service: str, flags: Flags) -> Iterator[Finding]:
    metadata, spec = template.get("metadata") or {}, template.get("spec") or {}
    annotations = metadata.get("annotations") or {}
    name = metadata.get("name", "")
    if name and not name.startswith(f"{service}-"):
        yield Finding(f"{path}.metadata.name", f"A revision's name begins with {service}-.", f"{service}-{name}, or leave it out.")
    yield from template_annotations(annotations, f"{path}.metadata.annotations", flags)
    yield from check_pod(spec, f"{path}.spec", flags)
    yield from _limits(spec, f"{path}.spec", flags)
    yield from _timeouts(spec, f"{path}.spec")
    yield from _startup(spec, annotations, f"{path}.spec")
    yield from _targets(spec, annotations, f"{path}.metadata.annotations")
    yield from check_settings(spec, f"{path}.spec", DRAIN_S)


def _limits(spec: Mapping[str, Any], path: str, flags: Flags) -> Iterator[Finding]:
    """What a cluster bounds."""
    for field, key in (("containerConcurrency", "container-concurrency-max-limit"), ("timeoutSeconds", "max-revision-timeout-seconds")):
        most = int(flags.limit(key))
        if not 0 <= spec.get(field, 0) <= most:
            yield Finding(f"{path}.{field}", f"{spec[field]} is outside 0 to {most}.", f"Lower it, or raise {key} in config-defaults.")


def _timeouts(spec: Mapping[str, Any], path: str) -> Iterator[Finding]:
    """Accepted, and not what was meant."""
    limit, start = spec.get("timeoutSeconds", 300), spec.get("responseStartTimeoutSeconds")
    if start is None and limit > 300:
        message = f"The first byte has to come within 300 s, whatever timeoutSeconds ({limit}) says."
        yield Finding(f"{path}.responseStartTimeoutSeconds", message, f"Give {limit}.", by="nobody")
    for field in ("responseStartTimeoutSeconds", "idleTimeoutSeconds"):
        if limit and spec.get(field, 0) > limit:
            message = f"timeoutSeconds ({limit}) comes first."
            yield Finding(f"{path}.{field}", message, f"At most {limit}.", by="nobody")
    if 0 < limit <= DRAIN_S:
        message = f"A pod that is stopped drains for {DRAIN_S} s and is killed after {limit} s: it cannot finish what it has."
        yield Finding(f"{path}.timeoutSeconds", message, f"{DRAIN_S} and the longest job.", by="nobody")


def _startup(spec: Mapping[str, Any], annotations: Mapping[str, str], path: str) -> Iterator[Finding]:
    """A start-up probe that allows more than the progress deadline."""
    deadline = go_seconds(annotations.get(DEADLINE, "10m")) or 0
    for place, container in enumerate(spec.get("containers") or ()):
        probe = container.get("startupProbe") or {}
        allowed = probe.get("failureThreshold", 3) * probe.get("periodSeconds", 10) if probe else 0
        if allowed > deadline:
            message = f"It allows {allowed} s, and the revision is given up after its progress deadline of {deadline:g} s."
            yield Finding(f"{path}.containers[{place}].startupProbe", message, f"Raise the annotation {DEADLINE}.", by="nobody")


def _targets(spec: Mapping[str, Any], annotations: Mapping[str, str], path: str) -> Iterator[Finding]:
    """Targets that a pod can never reach, or that ask for a second pod at once."""
    places = spec.get("containerConcurrency", 0)
    target = number(annotations.get(f"{PREFIX}target", str(places))) or 0
    if annotations.get(f"{PREFIX}metric", "concurrency") != "concurrency" or not places:
        return
    if target > places:
        yield Finding(
            f"{path}.{PREFIX}target", f"No pod holds more than {places} (containerConcurrency).", f"At most {places}.", by="nobody"
        )
    share = number(annotations.get(f"{PREFIX}target-utilization-percentage", "70")) or 0
    if min(target, places) * share / 100 < 1:
        message = f"One steady request asks for two pods: the target of a pod is {min(target, places) * share / 100:g}."
        yield Finding(f"{path}.{PREFIX}target-utilization-percentage", message, '"100".', by="nobody")


def _traffic(targets: list[Mapping[str, Any]], path: str) -> Iterator[Finding]:
    total = sum(target.get("percent") or 0 for target in targets)
    if targets and total != 100:
        yield Finding(path, f"The shares of traffic are {total} in sum.", "Make them 100.")
    tags = Counter(target["tag"] for target in targets if target.get("tag"))
    for place, target in enumerate(targets):
        here, tag = f"{path}[{place}]", target.get("tag", "")
        if not 0 <= (target.get("percent") or 0) <= 100:
            yield Finding(f"{here}.percent", f"{target['percent']} is no share.", "0 to 100.")
        if target.get("latestRevision") and target.get("revisionName"):
            yield Finding(f"{here}.latestRevision", "The latest revision has no name here.", "Leave out latestRevision or revisionName.")
        if tag and not is_label(tag):
            yield Finding(f"{here}.tag", f"{tag!r} cannot be part of a host name.", LABEL_RULE)
        if tags[tag] > 1:
            yield Finding(f"{here}.tag", f"The tag {tag} is given {tags[tag]} times.", "Give each target a tag of its own.")
        if target.get("url"):
            yield Finding(f"{here}.url", "The URL is for Knative to say.", "Leave it out.")
