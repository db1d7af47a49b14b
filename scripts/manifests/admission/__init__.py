"""What Knative would say to a manifest, without a cluster: rules of our own, proven on recorded verdicts of its admission logic.

Valid for Knative Serving 1.23 and Eventing 1.22. Kinds that are not Knative's pass without a word.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from manifests.admission.domain import check_domain
from manifests.admission.eventing import check_broker, check_ping_source, check_sink_binding, check_subscription, check_trigger
from manifests.admission.findings import Finding, Review
from manifests.admission.flags import Flags
from manifests.admission.schema import known, unknown_fields, wrong_shapes
from manifests.admission.service import check_service

__all__ = ["Finding", "Review", "flags_needed", "review"]

CHECKS: dict[str, Callable[[Mapping[str, Any], Flags], Iterator[Finding]]] = {
    "Broker": check_broker,
    "DomainMapping": check_domain,
    "PingSource": check_ping_source,
    "Service": check_service,
    "SinkBinding": check_sink_binding,
    "Subscription": check_subscription,
    "Trigger": check_trigger,
}


def review(manifest: Mapping[str, Any], flags: Mapping[str, str]) -> Review:
    """Judge one manifest as a newly created object.

    `flags` are the cluster's values of both config-features (Serving's and Eventing's) and of the keys in `flags.LIMITS`, which stand in
    config-defaults and config-autoscaler. A missing one has Knative's default.
    """
    if not known(manifest):
        return Review()
    if wrong := list(wrong_shapes(manifest)):
        return Review.of(wrong)
    return Review.of([*CHECKS[manifest["kind"]](manifest, Flags(flags)), *unknown_fields(manifest)])


def flags_needed(manifest: Mapping[str, Any]) -> frozenset[str]:
    """The flags, off in a fresh installation, without which the manifest is refused."""
    return frozenset(finding.flag for finding in review(manifest, {}).errors if finding.flag)
