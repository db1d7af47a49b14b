"""What no recorded verdict shows: what the cluster refuses later, what surprises, and what a flag's value means."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from manifests.admission import flags_needed, review
from manifests.admission.scaling import KPA
from manifests.rendering import render
from tests.manifests.kustomizing import KNATIVE, only

Edit = Callable[[dict[str, Any]], object]
SPEC = "spec.template.spec"
FUNCTION = f"{SPEC}.containers[0]"
GPU = "nvidia.com/gpu"
SCALING = "spec.template.metadata.annotations.autoscaling.knative.dev"


@pytest.fixture(scope="module")
def motion() -> dict[str, Any]:
    return only(render(KNATIVE / "motion"), "Service")


def _annotate(**values: str | None) -> Edit:
    """Set annotations of the autoscaler, or leave out those that are None."""

    def edit(service: dict[str, Any]) -> None:
        annotations = service["spec"]["template"]["metadata"]["annotations"]
        for name, value in values.items():
            annotations[f"autoscaling.knative.dev/{name.replace('_', '-')}"] = value
        for name in [name for name, value in annotations.items() if value is None]:
            del annotations[name]

    return edit


def _spec(**values: Any) -> Edit:
    return lambda service: service["spec"]["template"]["spec"].update(values)


def _container(**values: Any) -> Edit:
    return lambda service: service["spec"]["template"]["spec"]["containers"][0].update(values)


def _setting(name: str, value: str) -> Edit:
    return lambda service: service["spec"]["template"]["spec"]["containers"][0]["env"].append({"name": name, "value": value})


def _label(service: dict[str, Any]) -> None:
    service["metadata"]["labels"]["networking.knative.dev/visibility"] = "local"


WARNED = [
    (_spec(responseStartTimeoutSeconds=601), f"{SPEC}.responseStartTimeoutSeconds"),
    (lambda service: service["spec"]["template"]["spec"].pop("responseStartTimeoutSeconds"), f"{SPEC}.responseStartTimeoutSeconds"),
    (_spec(timeoutSeconds=30), f"{SPEC}.timeoutSeconds"),
    (_spec(containerConcurrency=8), f"{FUNCTION}.env"),
    (_spec(containerConcurrency=8), f"{SCALING}/target"),
    (_setting("FUNCTION_MAX_TIMEOUT_S", "600"), f"{FUNCTION}.env"),
    (_setting("FUNCTION_TIMEOUT_S", "301"), f"{FUNCTION}.env"),
    (_setting("FUNCTION_GRACE_S", "571"), f"{FUNCTION}.env"),
    (_annotate(scale_down_delay="0", no_such="1"), f"{SCALING}/no-such"),
    (_setting("HOME", "/"), f"{FUNCTION}.env[7].name"),
    (_annotate(target="1", target_utilization_percentage="70"), f"{SCALING}/target-utilization-percentage"),
    (_annotate(scale_to_zero="5m"), f"{SCALING}/scale-to-zero"),
    (
        _container(startupProbe={"failureThreshold": 121, "periodSeconds": 10, "grpc": {"port": 1}}),
        f"{FUNCTION}.startupProbe",
    ),
    (_label, "metadata.labels.networking.knative.dev/visibility"),
]


@pytest.mark.parametrize(("edit", "path"), WARNED)
def test_what_is_accepted_and_surprises_is_a_warning(motion: dict[str, Any], edit: Edit, path: str) -> None:
    service = deepcopy(motion)
    edit(service)
    judged = review(service, {})
    assert path in [finding.path for finding in judged.warnings]
    assert not judged.errors


REFUSED_LATER = [
    (_setting("FUNCTION_CONCURENCY", "8"), f"{FUNCTION}.env"),
    (_setting("FUNCTION_CONCURRENCY", "many"), f"{FUNCTION}.env"),
    (_container(startupProbe={"tcpSocket": {}}), f"{FUNCTION}.startupProbe.tcpSocket.port"),
    (_container(resources={"requests": {GPU: "2"}, "limits": {GPU: "1"}}), f"{FUNCTION}.resources.requests.{GPU}"),
]


@pytest.mark.parametrize(("edit", "path"), REFUSED_LATER)
def test_what_the_webhook_accepts_and_the_cluster_refuses_is_an_error(motion: dict[str, Any], edit: Edit, path: str) -> None:
    service = deepcopy(motion)
    edit(service)
    assert [(finding.path, finding.by) for finding in review(service, {}).errors] == [(path, "cluster")]


MOUNTS = [{"name": "tmp", "mountPath": "/tmp"}, {"name": "shm", "mountPath": "/dev/shm"}, {"name": "no", "mountPath": "/no"}]
SHARES = [{"latestRevision": True, "percent": 101}, {"revisionName": "motion-1", "percent": -1}]
ROLLOUT = "serving.knative.dev/rollout-duration"
REFUSED = [
    (_container(image="registry.example/m:1"), f"{FUNCTION}.image"),
    (_container(name=7), f"{FUNCTION}.name"),
    (_container(livenessProbe={"periodSeconds": 1}), f"{FUNCTION}.livenessProbe"),
    (_container(ports=[{"containerPort": 65536}]), f"{FUNCTION}.ports.containerPort"),
    (_container(volumeMounts=MOUNTS), f"{FUNCTION}.volumeMounts[2].name"),
    (_spec(volumes=[{"name": "tmp", "emptyDir": {}}, {"name": "tmp", "emptyDir": {}}]), f"{SPEC}.volumes[1].name"),
    (_spec(initContainers=[{"name": "function", "image": "figurine"}]), f"{SPEC}.containers"),
    (_spec(initContainers=[{"name": "first", "image": "figurine", "lifecycle": {}}]), f"{SPEC}.initContainers[0].lifecycle"),
    (_annotate(panic_window_percentage="most"), f"{SCALING}/panic-window-percentage"),
    (_annotate(metric_aggregation_algorithm="mean", **{"class": KPA}), f"{SCALING}/metric-aggregation-algorithm"),
    (lambda service: service["metadata"].update(annotations={ROLLOUT: "10"}), f"metadata.annotations.{ROLLOUT}"),
    (lambda service: service["spec"].update(traffic=SHARES), "spec.traffic[0].percent"),
]


@pytest.mark.parametrize(("edit", "path"), REFUSED)
def test_what_the_webhook_refuses_is_an_error(motion: dict[str, Any], edit: Edit, path: str) -> None:
    service = deepcopy(motion)
    edit(service)
    assert path in [finding.path for finding in review(service, {}).errors if finding.by == "webhook"]


def test_an_aggregation_is_checked_where_a_class_is_given(motion: dict[str, Any]) -> None:
    service = deepcopy(motion)
    _annotate(metric_aggregation_algorithm="mean")(service)
    assert not review(service, {}).errors


def test_a_mend_names_the_nearest_field() -> None:
    (finding,) = review(
        {"apiVersion": "eventing.knative.dev/v1", "kind": "Broker", "metadata": {"name": "b"}, "spec": {"delivry": {}}}, {}
    ).errors
    assert "delivery" in finding.mend


def test_kinds_of_others_pass() -> None:
    assert review({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "Not_For_Us"}}, {}).errors == ()


@pytest.mark.parametrize(("value", "refused"), [("enabled", False), ("Allowed", False), ("disabled", True), ("on", True), ("", True)])
def test_a_flag_counts_when_its_value_is_known(motion: dict[str, Any], value: str, refused: bool) -> None:
    service = deepcopy(motion)
    _spec(nodeSelector={"a": "b"})(service)
    errors = review(service, {"kubernetes.podspec-nodeselector": value}).errors
    assert [error.flag for error in errors] == ["kubernetes.podspec-nodeselector"] * refused


def test_a_volume_is_not_for_an_allowed_flag(motion: dict[str, Any]) -> None:
    assert review(motion, {"kubernetes.podspec-volumes-emptydir": "allowed"}).errors


def test_a_feature_that_was_switched_off_is_missed(motion: dict[str, Any]) -> None:
    errors = review(motion, {"kubernetes.podspec-volumes-emptydir": "disabled"}).errors
    assert {error.flag for error in errors} == {"kubernetes.podspec-volumes-emptydir"}


@pytest.mark.parametrize(
    ("edit", "key", "value"),
    [
        (_spec(timeoutSeconds=900, responseStartTimeoutSeconds=900), "max-revision-timeout-seconds", "900"),
        (_annotate(initial_scale="0"), "allow-zero-initial-scale", "true"),
    ],
)
def test_what_a_cluster_allows_counts(motion: dict[str, Any], edit: Edit, key: str, value: str) -> None:
    service = deepcopy(motion)
    edit(service)
    assert review(service, {}).errors
    assert not review(service, {key: value}).errors


SIDECAR = {"name": "beside", "image": "figurine", "readinessProbe": {"tcpSocket": {"port": 1}}}


@pytest.mark.parametrize(
    ("flag", "off", "edit"),
    [
        ("multi-container", {"multi-container": "disabled"}, lambda pod: pod["containers"].append({"name": "beside", "image": "figurine"})),
        ("multi-container-probing", {}, lambda pod: pod["containers"].append(SIDECAR)),
        (
            "kubernetes.podspec-volumes-mount-propagation",
            {},
            lambda pod: pod["containers"][0]["volumeMounts"][0].update(mountPropagation="None"),
        ),
    ],
)
def test_an_error_names_the_flag_that_lifts_it(motion: dict[str, Any], flag: str, off: dict[str, str], edit: Edit) -> None:
    service = deepcopy(motion)
    edit(service["spec"]["template"]["spec"])
    assert {error.flag for error in review(service, off).errors} == {flag}
    assert not review(service, {flag: "enabled"}).errors


def test_flags_that_are_on_by_default_are_not_needed(motion: dict[str, Any]) -> None:
    assert flags_needed(motion) == frozenset()


EXPRESSIONS = [
    "type = 'a.b'",
    "EXISTS team AND NOT (source LIKE '%x')",
    "n IN (1, -2) OR LENGTH(subject) > 3",
    "a NOT IN ('x')",
    "NOW() > 1",
]
BROKEN = ["type = = 'a'", "", "type =", "(type = 'a'", "type 'a'", "a IN 1", "'open", "a LIKE", "x #"]


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_a_well_formed_expression_of_cesql_is_accepted(expression: str) -> None:
    assert not review(_trigger(expression), {}).errors


@pytest.mark.parametrize("expression", BROKEN)
def test_a_broken_expression_of_cesql_is_refused(expression: str) -> None:
    assert [error.path for error in review(_trigger(expression), {}).errors] == ["spec.filters[0].cesql"]


def test_a_filter_looks_at_attributes() -> None:
    trigger = _trigger("TRUE")
    trigger["spec"]["filters"] = [{"not": {"prefix": {"Data": "a"}}}]
    assert [error.path for error in review(trigger, {}).errors] == ["spec.filters[0].not.prefix[Data]"]


def _trigger(expression: str) -> dict[str, Any]:
    subscriber = {"uri": "http://function.example"}
    spec = {"broker": "b", "subscriber": subscriber, "filters": [{"cesql": expression}]}
    return {"apiVersion": "eventing.knative.dev/v1", "kind": "Trigger", "metadata": {"name": "t"}, "spec": spec}
