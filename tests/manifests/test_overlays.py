"""Every overlay with every component: what is rendered is accepted with the flags that the component names, and refused without them."""

import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from function.settings import load_settings
from manifests.admission import Review, flags_needed, review
from manifests.admission.schema import known
from manifests.admission.values import go_seconds, iso_seconds
from manifests.rendering import render
from tests.manifests.core import wrong_fields
from tests.manifests.kustomizing import COMPONENTS, KNATIVE, OVERLAYS, TOGETHER, TOLD, Manifests, container, flags_of, only, rendered
from tests.serving import Client

RESTRICTED = {
    "runAsNonRoot": True,
    "readOnlyRootFilesystem": True,
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "seccompProfile": {"type": "RuntimeDefault"},
}


def test_every_component_is_in_the_table_and_nothing_else() -> None:
    assert tuple(sorted(TOLD)) == COMPONENTS


def _judge(manifests: Manifests, flags: dict[str, str]) -> list[Review]:
    return [review(manifest, flags) for manifest in manifests]


@pytest.mark.parametrize("component", COMPONENTS)
@pytest.mark.parametrize("overlay", OVERLAYS)
def test_a_component_is_accepted_without_a_word_under_its_flags(overlay: str, component: str) -> None:
    assert set(_judge(rendered(overlay, component), flags_of(component))) == {Review()}


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_an_overlay_alone_is_accepted_by_a_fresh_installation(overlay: str) -> None:
    assert set(_judge(rendered(overlay), {})) == {Review()}


def test_what_goes_together_is_accepted_together() -> None:
    assert set(_judge(rendered("motion", *TOGETHER), flags_of(*TOGETHER))) == {Review()}


@pytest.mark.parametrize("component", [component for component in COMPONENTS if TOLD[component]])
def test_a_component_is_refused_without_each_of_its_flags(component: str) -> None:
    flags, service = flags_of(component), only(rendered("motion", component), "Service")
    for flag in flags:
        refused = review(service, flags | {flag: "disabled"}).errors
        assert {finding.flag for finding in refused} == {flag}


@pytest.mark.parametrize("component", COMPONENTS)
def test_the_patch_for_the_admin_is_exactly_what_the_component_needs(component: str) -> None:
    needed = {flag for manifest in rendered("motion", component) for flag in flags_needed(manifest)}
    assert needed == flags_of(component).keys() == TOLD[component]


@pytest.mark.parametrize("component", COMPONENTS)
def test_kinds_of_kubernetes_have_only_fields_that_exist(component: str) -> None:
    manifests = rendered("motion", component)
    assert [wrong for one in manifests if not known(one) for wrong in wrong_fields(one)] == []


def test_a_field_that_kubernetes_does_not_have_is_found() -> None:
    policy: dict[str, Any] = {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "spec": {"ingres": [], "egress": [{"ports": [{"port": []}]}]},
    }
    policy["spec"]["podSelector"] = {"matchLabels": {"a": 1}}
    assert wrong_fields(policy) == ["NetworkPolicy.spec.ingres", "NetworkPolicy.spec.podSelector.matchLabels.a"]


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_an_overlay_is_named_after_the_model_it_serves(overlay: str) -> None:
    manifests = rendered(overlay)
    assert only(manifests, "Service")["metadata"]["name"] == overlay
    assert _settings(manifests)["FUNCTION_MODELS"] == overlay


def _settings(manifests: Manifests) -> dict[str, str]:
    return {one["name"]: one["value"] for one in container(manifests)["env"]}


def test_the_setting_follows_container_concurrency(tmp_path: Path) -> None:
    base = tmp_path / "base"
    base.mkdir()
    for file in (KNATIVE / "base").iterdir():
        (base / file.name).write_text(file.read_text().replace("containerConcurrency: 32", "containerConcurrency: 7"))
    assert _settings(render(base))["FUNCTION_CONCURRENCY"] == "7"


def test_a_cold_start_and_the_longest_job_fit_into_the_timeouts() -> None:
    manifests = rendered("motion")
    spec, settings = only(manifests, "Service")["spec"]["template"]["spec"], load_settings(_settings(manifests))
    assert spec["responseStartTimeoutSeconds"] == spec["timeoutSeconds"] == 600
    assert spec["timeoutSeconds"] - settings.max_timeout_s >= 300
    assert settings.timeout_s <= settings.max_timeout_s <= settings.grace_s <= spec["timeoutSeconds"] - 30


@pytest.mark.parametrize("probe", ["startupProbe", "readinessProbe", "livenessProbe"])
def test_a_probe_asks_what_the_function_answers(clip: Client, probe: str) -> None:
    assert clip.get(container(rendered("motion"))[probe]["httpGet"]["path"]).status == 200


def test_the_start_up_probe_ends_before_the_progress_deadline() -> None:
    manifests = rendered("motion")
    annotations = only(manifests, "Service")["spec"]["template"]["metadata"]["annotations"]
    probe = container(manifests)["startupProbe"]
    assert probe["periodSeconds"] * probe["failureThreshold"] < (go_seconds(annotations["serving.knative.dev/progress-deadline"]) or 0)


@pytest.mark.parametrize("component", ["cpu", "gpu", "mig", "prefetch", "weights-pvc"])
def test_what_is_requested_is_the_limit(component: str) -> None:
    resources = container(rendered("motion", component))["resources"]
    assert resources["requests"] == resources["limits"]


@pytest.mark.parametrize("component", ["cpu", "gpu"])
def test_the_function_has_a_thread_for_each_cpu(component: str) -> None:
    manifests = rendered("motion", component)
    assert _settings(manifests)["FUNCTION_THREADS"] == container(manifests)["resources"]["limits"]["cpu"]


@pytest.mark.parametrize(
    ("component", "devices"), [("gpu", {"nvidia.com/gpu": "1"}), ("mig", {"nvidia.com/mig-1g.18gb": "1"}), ("cpu", {})]
)
def test_a_pod_holds_one_device(component: str, devices: dict[str, str]) -> None:
    limits = container(rendered("motion", component))["resources"]["limits"]
    assert {name: amount for name, amount in limits.items() if "/" in name} == devices


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_events_reach_the_function_by_its_name_and_type(overlay: str) -> None:
    manifests = rendered(overlay, "events", "domain")
    trigger, binding, domain = (only(manifests, kind) for kind in ("Trigger", "SinkBinding", "DomainMapping"))
    assert trigger["spec"]["filter"]["attributes"] == {"type": f"figurine.{overlay}.requested"}
    references = [trigger["spec"]["subscriber"]["ref"], binding["spec"]["subject"], domain["spec"]["ref"]]
    assert {ref["name"] for ref in references} == {overlay}
    assert {one["metadata"]["name"] for one in (trigger, binding)} == {overlay}


def test_a_delivery_outlasts_the_service_and_its_retries_a_cold_start() -> None:
    manifests = rendered("motion", "events")
    delivery, spec = only(manifests, "Trigger")["spec"]["delivery"], only(manifests, "Service")["spec"]["template"]["spec"]
    pause = iso_seconds(delivery["backoffDelay"]) or 0
    assert (iso_seconds(delivery["timeout"]) or 0) > spec["timeoutSeconds"]
    assert sum(pause * 2**retry for retry in range(delivery["retry"])) >= 300


def test_a_quota_comes_with_a_namespace_for_everything() -> None:
    manifests = rendered("motion", "events", "quota")
    assert {one["metadata"].get("namespace") for one in manifests if one["kind"] != "Namespace"} == {"figurine"}


@pytest.mark.parametrize("component", COMPONENTS)
def test_nothing_runs_with_more_rights_than_it_needs(component: str) -> None:
    for manifest in rendered("motion", component):
        if "template" in manifest.get("spec", {}):
            pod = manifest["spec"]["template"]["spec"]
            assert pod["automountServiceAccountToken"] is False
            for one in (*pod["containers"], *pod.get("initContainers", ())):
                context = one["securityContext"]
                assert context.items() >= RESTRICTED.items()
                assert context["runAsUser"] > 0


def test_the_walk_of_the_readme_renders(tmp_path: Path) -> None:
    mine, features, patch = re.findall(r"```yaml\n(.*?)```", (KNATIVE / "README.md").read_text(), re.DOTALL)
    shutil.copytree(KNATIVE, tmp_path / "knative", ignore=shutil.ignore_patterns("mine*"))
    for name, content in (("mine", mine + patch), ("mine-features", features)):
        (tmp_path / "knative" / name).mkdir()
        (tmp_path / "knative" / name / "kustomization.yaml").write_text(content)
    (flags,) = render(tmp_path / "knative" / "mine-features")
    manifests = render(tmp_path / "knative" / "mine")
    assert set(_judge(manifests, flags["data"])) == {Review()}
    assert container(manifests)["image"].startswith("registry.example/figurine@sha256:")
    assert _settings(manifests)["FUNCTION_MOTION_VARIANT"] == "1.0"
    assert {one["metadata"]["namespace"] for one in manifests} == {"figurine"}


def test_the_readme_patches_the_addresses_of_weights() -> None:
    (prefetch,), volumes = (_pod(component)[field] for component, field in (("prefetch", "initContainers"), ("weights-image", "volumes")))
    assert (prefetch["env"][0]["name"], volumes[2]["name"]) == ("WEIGHTS_FROM", "weights")


def _pod(component: str) -> dict[str, Any]:
    pod: dict[str, Any] = only(rendered("motion", component), "Service")["spec"]["template"]["spec"]
    return pod
