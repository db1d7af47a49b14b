"""Every recorded verdict of Knative's admission logic: the same one, for the same fields."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from manifests.admission import Review, review
from manifests.admission.flags import defaults

SCALING = "spec.template.metadata.annotations.autoscaling.knative.dev"
ODD_PATHS = {  # recorded with a slip
    "spec.traffic.tag[0]": "spec.traffic[0].tag",
    "spec.template.spec.containers[0].readinessProbe": "spec.template.spec.initContainers[0].readinessProbe",
    f"{SCALING}/initial-scale=0 not allowed by cluster": f"{SCALING}/initial-scale",
}
ODD_CASES = ("traffic-bad-tag", "init-container-with-probe", "ann-initial-0")
LATER = {"gpu-request-only", "startup-long", "startup-and-liveness"}  # accepted by the webhook, refused by Kubernetes
WARNING = "Kubernetes default value is insecure"


def _read() -> Iterator[Any]:
    for file in sorted((Path(__file__).parent / "webhook").glob("*.json")):
        recorded = json.loads(file.read_text())
        sets = recorded["flag_sets"] | {"default": {}, "all": dict.fromkeys(defaults(), "enabled")}
        for case in recorded["cases"]:
            for name, verdict in case["result"].items():
                yield pytest.param(case["name"], case["manifest"], sets[name], verdict, id=f"{case['name']}-{name}")


CASES = list(_read())


def _paths(name: str, error: str) -> list[str]:
    """The field paths at the end of an error's first line; none for an error about the whole."""
    if unknown := re.fullmatch(r'decode: json: unknown field "(\w+)"', error):
        return [unknown[1]]
    paths = error.splitlines()[0].rpartition(": ")[2].split(", ") if not error.endswith(":") else []
    return [ODD_PATHS.get(path, path) if name in ODD_CASES else path for path in paths]


def _same(found: str, recorded: str) -> bool:
    """Equal, or the recorded one directly below (`spec.sink.ref` for `spec.sink`), or a field known by its name alone."""
    return recorded in (found, found.rpartition(".")[2]) or re.fullmatch(re.escape(found) + r"(\.\w+|\[.*\])", recorded) is not None


def _refused(verdict: Review) -> list[str]:
    return [finding.path for finding in verdict.errors if finding.by == "webhook"]


@pytest.mark.parametrize(("name", "manifest", "flags", "verdict"), CASES)
def test_a_manifest_is_judged_as_recorded(name: str, manifest: dict[str, Any], flags: dict[str, str], verdict: dict[str, Any]) -> None:
    judged = review(manifest, flags)
    found = _refused(judged)
    assert (not found) == verdict["ok"]
    recorded = [_paths(name, error) for error in verdict["errors"]]
    for paths in filter(None, recorded):
        assert any(_same(path, known) for path in found for known in paths)
    beyond = [path for path in found if not any(_same(path, known) for paths in recorded for known in paths)]
    assert len(beyond) <= recorded.count([])
    assert ("cluster" in {finding.by for finding in judged.errors}) == (name in LATER)


@pytest.mark.parametrize(("name", "manifest", "flags", "verdict"), [case for case in CASES if case.values[3]["warnings"]])
def test_a_recorded_warning_is_given(name: str, manifest: dict[str, Any], flags: dict[str, str], verdict: dict[str, Any]) -> None:
    warned = {finding.path for finding in review(manifest, flags).warnings}
    for warning in verdict["warnings"]:
        assert set(_paths(name, warning)) <= warned if warning.startswith(WARNING) else warned


def test_no_recorded_case_is_left_out() -> None:
    assert len({case.values[0] for case in CASES}) == 174
