"""Texts that manifests carry: durations, numbers, names. Each reader gives None for what it cannot read."""

import re

LABEL = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?")
LABEL_RULE = "Lower-case letters, digits and dashes, a letter first, no dash last, at most 63 characters."
GO_UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
GO_PART = re.compile(r"(\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h)")
ISO = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?")


def is_label(name: str) -> bool:
    """Whether a name is a DNS-1035 label."""
    return len(name) <= 63 and LABEL.fullmatch(name) is not None


def whole(text: str) -> int | None:
    """A whole number."""
    return int(text) if re.fullmatch(r"-?\d+", text) else None


def number(text: str) -> float | None:
    """A number."""
    try:
        return float(text)
    except ValueError:
        return None


def go_seconds(text: str) -> float | None:
    """Seconds of a Go duration such as `1m30s`. A number without a unit is none."""
    if text == "0":
        return 0.0
    parts = GO_PART.findall(text)
    if not parts or "".join(amount + unit for amount, unit in parts) != text:
        return None
    return sum(float(amount) * GO_UNITS[unit] for amount, unit in parts)


def iso_seconds(text: str) -> float | None:
    """Seconds of an ISO 8601 duration such as `PT1.5S`, without months and years."""
    match = ISO.fullmatch(text)
    if match is None or not any(match.groups()):
        return None
    return sum(float(amount or 0) * unit for amount, unit in zip(match.groups(), (86400, 3600, 60, 1), strict=True))
