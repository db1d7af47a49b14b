"""A DomainMapping: a host name for a Service."""

from collections.abc import Iterator, Mapping
from typing import Any

from manifests.admission.findings import Finding
from manifests.admission.flags import Flags


def check_domain(mapping: Mapping[str, Any], flags: Flags) -> Iterator[Finding]:  # noqa: ARG001
    """What it maps to."""
    ref = (mapping.get("spec") or {}).get("ref") or {}
    namespace = mapping["metadata"].get("namespace", "")
    if namespace and ref.get("namespace", namespace) != namespace:
        yield Finding("spec.ref.namespace", f"A host name of {namespace} leads to a Service of {namespace}.", "Leave the namespace out.")
