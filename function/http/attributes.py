"""Names of CloudEvents attributes, and the extensions that Knative wants on every event sent. Knows no event."""

import json
import re

from function.settings import SettingsError

REQUIRED = ("id", "source", "type", "specversion")
CORE = frozenset((*REQUIRED, "datacontenttype", "dataschema", "subject", "time", "data", "data_base64"))
NAME = re.compile(r"[a-z0-9]+")


def read_overrides(text: str) -> dict[str, str]:
    """The extensions in the JSON of `K_CE_OVERRIDES`; empty text has none. Raises `SettingsError`."""
    try:
        given = (json.loads(text or "{}").get("extensions") or {}).items()
    except (ValueError, AttributeError):
        raise SettingsError('K_CE_OVERRIDES should be JSON like {"extensions": {"name": "value"}}.') from None
    wrong = [name for name, _ in given if name in CORE or not NAME.fullmatch(name)]
    if wrong:
        raise SettingsError(f"K_CE_OVERRIDES: {', '.join(wrong)} cannot be an extension; names are lower-case letters and digits.")
    return {name: str(value) for name, value in given}
