"""The kn command of a manifest."""

import copy
from typing import Any

import pytest

from deployment.kn import command
from tests.deployment.world import service

Object = dict[str, Any]


def of(pod: Object | None = None, **container: Any) -> str:
    made = copy.deepcopy(service("example/good:1"))
    made["spec"]["template"]["spec"] |= pod or {}
    made["spec"]["template"]["spec"]["containers"][0] |= container
    return command(made)


@pytest.mark.parametrize(
    ("pod", "container", "flag"),
    [
        ({}, {"env": [{"name": "A", "value": "x y"}]}, "--env 'A=x y'"),
        ({}, {"env": [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}]}, "--env-value-from A=secret:s:k"),
        ({}, {"envFrom": [{"configMapRef": {"name": "c"}}]}, "--env-from cm:c"),
        ({}, {"ports": [{"name": "h2c", "containerPort": 9000}]}, "--port h2c:9000"),
        ({}, {}, "--limit nvidia.com/gpu=1"),
        ({"containerConcurrency": 4}, {}, "--concurrency-limit 4"),
        ({"timeoutSeconds": 300}, {}, "--timeout 300"),
        ({"nodeSelector": {"a": "b"}}, {}, "--node-selector a=b"),
        ({"tolerations": [{"key": "gpu", "operator": "Exists"}]}, {}, "--toleration Key=gpu,Operator=Exists"),
        (
            {},
            {"readinessProbe": {"httpGet": {"path": "/health", "port": 8080}, "periodSeconds": 5}},
            "--probe-readiness http::8080:/health",
        ),
        (
            {},
            {"readinessProbe": {"httpGet": {"path": "/health", "port": 8080}, "periodSeconds": 5}},
            "--probe-readiness-opts PeriodSeconds=5",
        ),
        ({}, {"command": ["a"], "args": ["b"]}, "--cmd a \\\n  --arg b"),
        ({"imagePullSecrets": [{"name": "p"}]}, {}, "--pull-secret p"),
        ({}, {"securityContext": {"runAsUser": 7}}, "--user 7"),
    ],
)
def test_a_field_becomes_its_flag(pod: Object, container: Object, flag: str) -> None:
    assert f"  {flag}" in of(pod, **container)


def test_scaling_has_flags_where_kn_knows_them_and_annotations_where_not() -> None:
    made = service("example/good:1")
    notes = {"autoscaling.knative.dev/max-scale": "3", "autoscaling.knative.dev/target-burst-capacity": "-1"}
    made["spec"]["template"]["metadata"]["annotations"] = notes
    text = command(made)
    assert "  --scale-max 3 \\" in text
    assert "  --annotation-revision autoscaling.knative.dev/target-burst-capacity=-1" in text


@pytest.mark.parametrize(
    ("volume", "flags"),
    [
        ({"emptyDir": {"medium": "Memory", "sizeLimit": "2Gi"}}, "--volume v=emptyDir:v:type=Memory,size=2Gi \\\n  --mount /m=v"),
        ({"persistentVolumeClaim": {"claimName": "c", "readOnly": True}}, "--mount /m=pvc:c:readOnly=true"),
        ({"secret": {"secretName": "s"}}, "--mount /m=secret:s"),
        ({"configMap": {"name": "c"}}, "--mount /m=cm:c"),
    ],
)
def test_volumes_are_mounted(volume: Object, flags: str) -> None:
    assert f"  {flags}" in of({"volumes": [{"name": "v", **volume}]}, volumeMounts=[{"name": "v", "mountPath": "/m"}])


@pytest.mark.parametrize(
    ("pod", "container", "comment"),
    [
        ({"responseStartTimeoutSeconds": 600}, {}, "responseStartTimeoutSeconds: 600"),
        ({"priorityClassName": "urgent"}, {}, "priorityClassName: urgent"),
        ({"runtimeClassName": "nvidia"}, {}, "runtimeClassName: nvidia"),
        ({"initContainers": [{"name": "i"}]}, {}, "initContainers"),
        ({}, {"startupProbe": {"failureThreshold": 9}}, "containers[].startupProbe"),
        ({}, {"securityContext": {"readOnlyRootFilesystem": True}}, "containers[].securityContext.readOnlyRootFilesystem: True"),
        ({"volumes": [{"name": "v", "image": {"reference": "r"}}]}, {}, "volume v"),
    ],
)
def test_what_has_no_flag_is_said(pod: Object, container: Object, comment: str) -> None:
    assert f"# no flag in kn: {comment}" in of(pod, **container)


def test_a_local_service_stays_local() -> None:
    made = service("example/good:1")
    made["metadata"]["labels"] = {"networking.knative.dev/visibility": "cluster-local"}
    assert "  --cluster-local \\\n" in command(made)
