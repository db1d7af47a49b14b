"""What Knative would say to a manifest, without a cluster: rules of our own, proven on recorded verdicts of its admission logic."""

from collections.abc import Mapping
from typing import Any

from manifests.admission.finding import Finding, Review

__all__ = ["Finding", "Review", "flags_needed", "review"]


def review(manifest: Mapping[str, Any], flags: Mapping[str, str]) -> Review:
    """Judge one manifest as a newly created object. `flags` are values of the cluster's config-features; a missing one has its default."""
    del manifest, flags
    return Review()


def flags_needed(manifest: Mapping[str, Any]) -> frozenset[str]:
    """The flags of config-features without which the manifest is refused."""
    del manifest
    return frozenset()
