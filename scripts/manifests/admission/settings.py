"""The settings of the function against the Service that runs it: what contradicts, and what the function would not start with."""

from collections.abc import Iterator, Mapping
from typing import Any

from function.settings import Settings, SettingsError, load_settings
from manifests.admission.findings import Finding


def check_settings(spec: Mapping[str, Any], path: str, drain_s: int) -> Iterator[Finding]:
    """Of each container with a FUNCTION_ variable. `drain_s` passes at the end of a pod before the function gets its signal."""
    for place, container in enumerate(spec.get("containers") or ()):
        variables = container.get("env") or []
        environ = {variable["name"]: variable["value"] for variable in variables if variable.get("value")}
        if not any(name.startswith("FUNCTION_") for name in environ):
            continue
        here = f"{path}.containers[{place}].env"
        try:
            settings = load_settings(environ)
        except SettingsError as error:
            yield Finding(here, f"The function would not start: {error}", "Mend the variable.", by="cluster")
            continue
        yield from _contradictions(settings, spec, here, drain_s)


def _contradictions(settings: Settings, spec: Mapping[str, Any], path: str, drain_s: int) -> Iterator[Finding]:
    places, limit = spec.get("containerConcurrency", 0), spec.get("timeoutSeconds", 300)
    start = min(spec.get("responseStartTimeoutSeconds") or limit, limit)
    if places != settings.concurrency:
        message = f"FUNCTION_CONCURRENCY is {settings.concurrency} and containerConcurrency {places or 'not bounded'}."
        yield Finding(path, message, "Make them equal: else requests are refused, or wait where they cannot share a batch.", by="nobody")
    if settings.max_timeout_s >= start:
        message = (
            f"A job may take {settings.max_timeout_s:g} s (FUNCTION_MAX_TIMEOUT_S); Knative gives up after {start} s, cold start included."
        )
        yield Finding(path, message, "Lower it, or raise timeoutSeconds and responseStartTimeoutSeconds.", by="nobody")
    if settings.timeout_s > settings.max_timeout_s:
        yield Finding(path, "FUNCTION_TIMEOUT_S is more than FUNCTION_MAX_TIMEOUT_S.", "Lower it.", by="nobody")
    if settings.grace_s + drain_s > limit:
        message = (
            f"FUNCTION_GRACE_S ({settings.grace_s:g} s) ends after the pod is killed: {limit} s, of which {drain_s} s go before the signal."
        )
        yield Finding(path, message, f"At most {max(0, limit - drain_s)}.", by="nobody")
