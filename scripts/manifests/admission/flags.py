"""What a cluster allows: values of its ConfigMaps, with Knative's defaults for those that are not given."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

LIST = Path(__file__).parents[1] / "schemas" / "serving-feature-flags.json"
VALUES = ("enabled", "allowed", "disabled")
STRICT = ("multi-container", "kubernetes.podspec-init-containers", "kubernetes.podspec-volumes-", "kubernetes.podspec-persistent-volume-")
"""Where `allowed` is not enough."""
EVENTING = {"delivery-timeout": "enabled", "delivery-retryafter": "disabled"}
LIMITS = {
    "max-revision-timeout-seconds": "600",  # config-defaults
    "container-concurrency-max-limit": "1000",  # config-defaults
    "allow-zero-initial-scale": "false",  # config-autoscaler
}


class Flags:
    """Values by their keys: those of both config-features (of Serving and of Eventing), and the keys of `LIMITS`."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values

    def on(self, name: str) -> bool:
        """Whether a feature may be used. A misspelt value counts as not given, as it does in the cluster."""
        given = self._values.get(name, "").strip().lower()
        value = given if given in VALUES else defaults()[name]
        return value == "enabled" or (value == "allowed" and not name.startswith(STRICT))

    def limit(self, name: str) -> str:
        """The value of a key of `LIMITS`."""
        return self._values.get(name, LIMITS[name])


@cache
def defaults() -> dict[str, str]:
    """Every feature flag with its default."""
    return {name: flag["default"] for name, flag in json.loads(LIST.read_text())["flags"].items()} | EVENTING
