"""What would fail or surprise, each with the command that mends it. The base is a cluster where nothing is in the way."""

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deployment.bundle import bundle
from deployment.preflight import Finding, preflight
from tests.deployment.apiserver import Fault
from tests.deployment.knative import GPU
from tests.deployment.world import Object, World, node, world

SECURITY = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "runAsNonRoot": True,
    "seccompProfile": {"type": "RuntimeDefault"},
}


def manifest(**pod: Any) -> Object:
    """A Service that a default cluster takes without a word."""
    one = {
        "image": "example/figurine:1",
        "ports": [{"containerPort": 8080}],
        "resources": {"limits": {GPU: "1"}, "requests": {GPU: "1"}},
        "securityContext": SECURITY,
        "startupProbe": {"httpGet": {"path": "/health/startup", "port": 8080}, "periodSeconds": 5, "failureThreshold": 60},
    }
    annotations = {"autoscaling.knative.dev/max-scale": "2"}
    spec = {"timeoutSeconds": 300, "containers": [one], **pod}
    template = {"metadata": {"annotations": annotations}, "spec": spec}
    return {"apiVersion": "serving.knative.dev/v1", "kind": "Service", "metadata": {"name": "motion"}, "spec": {"template": template}}


def autoscaled(**values: str) -> Object:
    made = manifest()
    notes = made["spec"]["template"]["metadata"]["annotations"]
    notes |= {f"autoscaling.knative.dev/{name.replace('_', '-')}": value for name, value in values.items()}
    return made


def set_deadline(value: str) -> Object:
    made = manifest()
    made["spec"]["template"]["metadata"]["annotations"]["serving.knative.dev/progress-deadline"] = value
    return made


@pytest.fixture
def site(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path, {}, gpus=4) as made:
        made.api.add({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "default"}})
        labels = {"app.kubernetes.io/version": "1.23.0"}
        made.api.add({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": named("controller", labels=labels)})
        configure(made, "domain", **{"figurine.example": ""})
        yield made


def named(name: str, namespace: str = "knative-serving", **more: Any) -> Object:
    return {"name": name, "namespace": namespace, **more}


def configure(site: World, name: str, **data: str) -> None:
    site.api.add({"apiVersion": "v1", "kind": "ConfigMap", "metadata": named(f"config-{name}"), "data": data})


def check(site: World, *manifests: Object, bring_up: float = 0) -> list[Finding]:
    return preflight(site.cluster, bundle(manifests or [manifest()]), bring_up)


def only(found: list[Finding]) -> Finding:
    assert len(found) == 1, "\n".join(map(str, found))
    return found[0]


def test_a_cluster_that_fits_has_nothing_in_the_way(site: World) -> None:
    assert check(site) == []


def test_a_flag_that_is_off_comes_with_its_command(site: World) -> None:
    found = check(site, manifest(priorityClassName="urgent"))
    flag = next(one for one in found if "priorityClassName" in one.what)
    assert flag.fails
    assert 'config-features -n knative-serving --type merge -p \'{"data":{"kubernetes.podspec-priorityclassname":"enabled"}}\'' in flag.mend


def test_a_flag_that_is_on_is_no_matter(site: World) -> None:
    configure(site, "features", **{"kubernetes.podspec-priorityclassname": "enabled"})
    site.api.add({"apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "metadata": {"name": "urgent"}})
    assert check(site, manifest(priorityClassName="urgent")) == []


def test_a_timeout_above_the_clusters_maximum_fails(site: World) -> None:
    found = only(check(site, manifest(timeoutSeconds=900, responseStartTimeoutSeconds=900)))
    assert "timeoutSeconds is 900, and the cluster allows 600" in found.what
    assert 'config-defaults -n knative-serving --type merge -p \'{"data":{"max-revision-timeout-seconds":"900"}}\'' in found.mend


def test_a_raised_maximum_is_read(site: World) -> None:
    configure(site, "defaults", **{"max-revision-timeout-seconds": "1200"})
    assert check(site, manifest(timeoutSeconds=900, responseStartTimeoutSeconds=900)) == []


def test_a_progress_deadline_shorter_than_the_bring_up_fails(site: World) -> None:
    found = next(one for one in check(site, set_deadline("4m"), bring_up=280) if one.fails)
    assert "progress deadline is 240 s, but bringing a pod up may take 280 s" in found.what
    assert 'progress-deadline: "340s"' in found.mend


def test_a_clusters_progress_deadline_shorter_than_the_probe_allows_is_a_surprise(site: World) -> None:
    configure(site, "deployment", **{"progress-deadline": "4m"})
    assert "progress deadline is 240 s, but bringing a pod up may take 300 s" in only(check(site)).what


def test_a_probe_that_allows_more_than_the_deadline_is_a_surprise(site: World) -> None:
    assert not only(check(site, set_deadline("4m"))).fails


def test_a_cold_start_longer_than_a_request_may_wait_is_a_surprise(site: World) -> None:
    found = only(check(site, set_deadline("1h"), bring_up=500))
    assert not found.fails
    assert "given up after 300 s" in found.what


def test_a_cluster_without_gpus_is_said(site: World) -> None:
    site.api.store.replace(site_key("nodes", "node-1"), {**node(0), "status": {"allocatable": {"cpu": "8"}}})
    assert f"No node offers {GPU}" in only(check(site)).what


def site_key(resource: str, name: str) -> Any:
    from tests.deployment.store import Key

    return Key(resource, "", name)


def test_a_taint_that_is_not_tolerated_is_named(site: World) -> None:
    taint = {"key": "nvidia.com/gpu", "effect": "NoSchedule"}
    site.api.store.replace(site_key("nodes", "node-1"), {**node(4), "spec": {"taints": [taint]}})
    assert "taints not tolerated: nvidia.com/gpu" in only(check(site)).what


def test_a_node_selector_that_fits_no_node_is_said(site: World) -> None:
    configure(site, "features", **{"kubernetes.podspec-nodeselector": "enabled"})
    assert "No node fits the node selector" in only(check(site, manifest(nodeSelector={"gpu": "h100"}))).what


def test_no_free_gpu_for_a_second_revision_is_said_with_the_scarce_mode(tmp_path: Path) -> None:
    with world(tmp_path, {}, gpus=1) as site:
        site.api.add({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "default"}})
        site.start("example/good:1")
        found = next(one for one in check(site, manifest()) if "second revision" in one.what)
        assert found.fails
        assert found.mend == "scripts/deploy rollout motion --scarce"


def test_room_for_one_revision_only_is_a_surprise_at_the_first(site: World) -> None:
    site.api.store.replace(site_key("nodes", "node-1"), node(1))
    found = check(site)
    assert not any(one.fails for one in found)
    assert any("a later rollout needs --scarce" in one.what for one in found)
    assert any("max-scale is 2, but the nodes hold 1" in one.what for one in found)


def test_gpus_taken_by_others_do_not_count(site: World) -> None:
    spec = {"nodeName": "node-1", "containers": [{"resources": {"limits": {GPU: "4"}}}]}
    site.api.add(
        {"apiVersion": "v1", "kind": "Pod", "metadata": named("x", "other", labels={}), "spec": spec, "status": {"phase": "Running"}}
    )
    assert "0 of 1 pods find a place now" in only(check(site)).what


@pytest.mark.parametrize(
    ("pod", "kind", "mend"),
    [
        ({"serviceAccountName": "figurine"}, "ServiceAccount figurine", "kubectl create serviceaccount figurine -n default"),
        ({"imagePullSecrets": [{"name": "pull"}]}, "Secret pull", "kubectl create secret generic pull -n default"),
        ({"priorityClassName": "urgent"}, "PriorityClass urgent", "kubectl create priorityclass urgent"),
        ({"runtimeClassName": "nvidia"}, "RuntimeClass nvidia", "a RuntimeClass named nvidia"),
        (
            {"volumes": [{"name": "w", "persistentVolumeClaim": {"claimName": "weights"}}]},
            "PersistentVolumeClaim weights",
            "a claim named weights",
        ),
        ({"volumes": [{"name": "w", "secret": {"secretName": "keys"}}]}, "Secret keys", "kubectl create secret generic keys"),
    ],
)
def test_what_is_named_and_missing_is_said(site: World, pod: Object, kind: str, mend: str) -> None:
    found = next(one for one in check(site, manifest(**pod)) if f"There is no {kind}" in one.what)
    assert found.fails
    assert mend in found.mend


def test_a_secret_in_the_environment_is_looked_for(site: World) -> None:
    made = manifest()
    env = [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "bucket", "key": "id"}}}]
    made["spec"]["template"]["spec"]["containers"][0]["env"] = env
    assert "There is no Secret bucket in namespace default." in only(check(site, made)).what


def test_what_comes_with_the_manifests_is_not_missing(site: World) -> None:
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "figurine"}}
    assert check(site, account, manifest(serviceAccountName="figurine")) == []


def test_a_missing_storage_class_is_said(site: World) -> None:
    claim = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "weights"}, "spec": {"storageClassName": "fast"}}
    assert "There is no StorageClass fast." in only(check(site, claim, manifest())).what


def test_a_claim_without_a_class_needs_a_default_one(site: World) -> None:
    claim = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "weights"}, "spec": {}}
    assert "the cluster has no default one" in only(check(site, claim, manifest())).what


def test_a_missing_namespace_is_said(site: World) -> None:
    made = copy.deepcopy(manifest())
    made["metadata"]["namespace"] = "tenant"
    assert only(check(site, made)).mend == "kubectl create namespace tenant"


def test_a_missing_right_is_said_with_the_command_that_gives_it(site: World) -> None:
    site.api.denied.add(("delete", "services.serving.knative.dev"))
    found = only(check(site))
    assert "You may not delete services.serving.knative.dev in default." in found.what
    assert "kubectl create role figurine-services --verb=delete" in found.mend


def test_a_missing_right_to_reach_pods_is_a_surprise_only(site: World) -> None:
    site.api.denied.add(("get", "pods/proxy"))
    assert not only(check(site)).fails


def test_nodes_that_may_not_be_read_are_a_note(site: World) -> None:
    site.api.denied.add(("list", "nodes"))
    found = only(check(site))
    assert not found.fails
    assert "Node objects could not be read" in found.what


def test_a_cluster_without_knative_says_where_to_get_it(site: World) -> None:
    site.api.unknown.add("serving.knative.dev")
    found = next(one for one in check(site) if "knows no Service" in one.what)
    assert "https://knative.dev/docs/install/ (serving)" in found.mend


def test_an_old_knative_is_a_surprise(site: World) -> None:
    key = site_key("deployments.apps", "controller")._replace(namespace="knative-serving")
    live = site.api.store.get(key)
    live["metadata"]["labels"]["app.kubernetes.io/version"] = "1.8.0"
    site.api.store.replace(key, live)
    assert "Knative Serving is 1.8.0" in only(check(site)).what


def test_a_cluster_that_never_scales_to_zero_is_a_surprise(site: World) -> None:
    configure(site, "autoscaler", **{"enable-scale-to-zero": "false"})
    assert "one GPU stays taken" in only(check(site)).what


def test_more_pods_than_the_cluster_allows_fail(site: World) -> None:
    configure(site, "autoscaler", **{"max-scale-limit": "1"})
    assert "max-scale is 2, and the cluster allows 1" in only(check(site)).what


def test_an_initial_scale_of_zero_needs_the_clusters_leave(site: World) -> None:
    found = only(check(site, autoscaled(initial_scale="0")))
    assert '{"data":{"allow-zero-initial-scale":"true"}}' in found.mend


def test_an_image_without_a_registry_fails(site: World) -> None:
    made = manifest()
    made["spec"]["template"]["spec"]["containers"][0]["image"] = "figurine"
    assert "names no registry" in only(check(site, made)).what


def test_a_quota_that_is_used_up_is_said(site: World) -> None:
    status = {"hard": {f"requests.{GPU}": "2"}, "used": {f"requests.{GPU}": "2"}}
    site.api.add({"apiVersion": "v1", "kind": "ResourceQuota", "metadata": named("tenant", "default"), "status": status})
    assert f"ResourceQuota tenant leaves 0 requests.{GPU}, and a pod needs 1" in only(check(site)).what


def test_a_domain_that_nobody_allows_is_said(site: World) -> None:
    ref = {"apiVersion": "serving.knative.dev/v1", "kind": "Service", "name": "motion"}
    mapping = {
        "apiVersion": "serving.knative.dev/v1beta1",
        "kind": "DomainMapping",
        "metadata": {"name": "a.example"},
        "spec": {"ref": ref},
    }
    assert "Nothing allows the domain a.example" in only(check(site, manifest(), mapping)).what


def test_no_domain_at_all_is_a_surprise(tmp_path: Path) -> None:
    with world(tmp_path, {}, gpus=4) as site:
        site.api.add({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "default"}})
        assert "No domain is configured" in only(check(site)).what


def test_what_the_server_itself_refuses_is_said(site: World) -> None:
    site.api.faults.append(Fault("patch", "services.serving.knative.dev", status=422, message="spec.x: Invalid value"))
    assert "The cluster refuses Service motion in namespace default: spec.x: Invalid value." in only(check(site)).what
