"""Go durations (`20m`, `1h30m`, `90s`), as Knative's annotations are written. Pure."""

import re

UNITS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
PART = re.compile(r"(\d+(?:\.\d*)?)(ms|h|m|s)")


def seconds_of(text: str) -> float:
    """Raises `ValueError` for what is no duration."""
    if not re.fullmatch(rf"(?:{PART.pattern})+", text):
        raise ValueError(f"{text!r} is no duration such as 20m or 90s")
    return sum(float(number) * UNITS[unit] for number, unit in PART.findall(text))
