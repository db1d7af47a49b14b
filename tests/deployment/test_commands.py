"""The commands as a person runs them, against an API server with Knative in it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from deployment.__main__ import main
from deployment.knative import POD
from tests.deployment.apiserver import Fault
from tests.deployment.knative import SERVICES
from tests.deployment.world import World, service, world
from tests.process import ROOT
from tests.serving import until

OLD, NEW = "motion-00001", "motion-00002"
Run = Callable[..., int]


@pytest.fixture
def run(place: World) -> Run:
    """`run("status")` is `scripts/deploy status motion`; an image makes a manifest of its own."""

    def command(name: str, *more: str, image: str = "") -> int:
        return main([name, "motion", "--kubeconfig", place.kubeconfig, *(("--from", write(place.folder, image)) if image else ()), *more])

    return command


def write(folder: Path, image: str, *others: object) -> str:
    path = folder / "manifests.yaml"
    path.write_text(yaml.safe_dump_all([*others, service(image)]))
    return str(path)


def test_up_puts_a_model_on_an_empty_cluster_and_prints_its_url(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with world(tmp_path, {}) as place:
        account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "figurine"}}
        path = write(tmp_path, "example/good:1", account)
        assert main(["up", "motion", "--kubeconfig", place.kubeconfig, "--from", path, "--unchecked"]) == 0
        out, said = capsys.readouterr()
        assert out == "http://motion.default.example.com\n"
        assert said.splitlines()[:2] == ["ServiceAccount figurine: created", "Service motion: created"]


def test_up_again_changes_nothing(run: Run, place: World, capsys: pytest.CaptureFixture[str]) -> None:
    before = place.service()["metadata"]["generation"]
    assert run("up", "--unchecked", image="example/good:1") == 0
    assert capsys.readouterr().err == "Service motion: unchanged\n"
    assert place.service()["metadata"]["generation"] == before


def test_up_waits_for_the_new_revision_not_for_an_old_status(run: Run, place: World) -> None:
    place.knative.lags = True
    assert run("up", "--unchecked", image="example/good:2") == 0
    assert place.traffic() == {NEW: 100}


def test_up_with_dry_run_changes_nothing(run: Run, place: World, capsys: pytest.CaptureFixture[str]) -> None:
    before = place.service()
    assert run("up", "--unchecked", "--dry-run", image="example/good:2") == 0
    assert capsys.readouterr().err == "Service motion: would be changed\n"
    assert place.service() == before


def test_up_says_why_a_revision_does_not_start(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("up", "--unchecked", image="example/broken:1") == 1
    assert "does not start: Container failed with: no weights. Mend it with: scripts/deploy logs motion" in capsys.readouterr().err


def test_up_is_refused_where_the_preflight_fails(run: Run, place: World, capsys: pytest.CaptureFixture[str]) -> None:
    before = place.service()
    assert run("up", image="figurine") == 1
    said = capsys.readouterr().err
    assert "names no registry" in said
    assert "nothing was changed" in said
    assert place.service() == before


def test_up_does_not_hide_a_new_revision_behind_a_rollback(run: Run, place: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert rollout(run, place, "example/clumsy:1") == 3
    assert run("up", "--unchecked", image="example/good:2") == 1
    assert f"All traffic is pinned to {OLD}" in capsys.readouterr().err


def rollout(run: Run, place: World, image: str, *more: str) -> int:
    prompts = place.folder / "prompts"
    prompts.write_text("\n".join(json.dumps({"prompt": "a person bows", "duration": seconds}) for seconds in (2, 8)))
    options = ("--via", place.gateway.address, "--hold", "0", "--steps", "25,100", "--prompts", str(prompts))
    return run("rollout", *options, *more, image=image)


def test_rollout_promotes(run: Run, place: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert rollout(run, place, "example/good:2") == 0
    assert capsys.readouterr().out == f"{NEW} is promoted and has all traffic.\n"


def test_rollout_that_goes_back_has_an_exit_code_of_its_own(run: Run, place: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert rollout(run, place, "example/failing:1", "--prompts", str(kicks(place.folder))) == 3
    assert "Rolled back: all traffic goes to motion-00001. own requests: /generate answered 500" in capsys.readouterr().out


def kicks(folder: Path) -> Path:
    path = folder / "kicks"
    path.write_text('{"prompt": "a kick"}\n')
    return path


def test_rollout_as_json_is_a_line_for_each_event_and_the_state_at_the_end(
    run: Run, place: World, capsys: pytest.CaptureFixture[str]
) -> None:
    assert rollout(run, place, "example/good:2", "--json") == 0
    *events, state = map(json.loads, capsys.readouterr().out.splitlines())
    assert all(one["event"] for one in events)
    assert (state["phase"], state["new"]) == ("promoted", NEW)


def test_rollout_with_dry_run_tells_its_steps(run: Run, place: World, capsys: pytest.CaptureFixture[str]) -> None:
    before = place.service()
    assert rollout(run, place, "example/good:2", "--dry-run") == 0
    assert f"pinned to {OLD}; a new revision would get 25 %, 100 %" in capsys.readouterr().err
    assert place.service() == before


def test_rollout_to_a_url_that_leads_nowhere_says_via_before_anything_is_changed(
    run: Run, place: World, capsys: pytest.CaptureFixture[str]
) -> None:
    before = place.service()
    assert run("rollout", "--via", "127.0.0.1:1", image="example/good:2") == 1
    assert "cannot be reached from here" in capsys.readouterr().err
    assert place.service()["spec"] == before["spec"]


def test_rollout_without_a_spare_gpu_asks_with_the_price(run: Run, place: World, capsys: pytest.CaptureFixture[str]) -> None:
    data = {"allow-zero-initial-scale": "true"}
    metadata = {"name": "config-autoscaler", "namespace": "knative-serving"}
    place.api.add({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data})
    assert rollout(run, place, "example/good:2", "--scarce") == 1
    said = capsys.readouterr().err
    assert "requests wait, and fail after 600 s" in said
    assert "Mend it with: the same command with --yes" in said
    assert rollout(run, place, "example/good:2", "--scarce", "--yes") == 0


def test_rollout_without_a_spare_gpu_needs_a_cluster_that_allows_it(run: Run, place: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert rollout(run, place, "example/good:2", "--scarce", "--yes") == 1
    assert '{"data":{"allow-zero-initial-scale":"true"}}' in capsys.readouterr().err


@pytest.mark.parametrize("which", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_rollout_says_what_it_leaves_and_frees_its_lease(place: World, which: signal.Signals) -> None:
    options = ["--via", place.gateway.address, "--hold", "600", "--steps", "25,100", "--prompts", str(quiet(place.folder))]
    command = [sys.executable, "-m", "deployment", "rollout", "motion", "--kubeconfig", place.kubeconfig, *options]
    process = subprocess.Popen(
        [*command, "--from", write(place.folder, "example/good:2")],
        env={**os.environ, "PYTHONPATH": "scripts"},
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
    )
    until(lambda: any(one.get("percent") == 25 for one in place.service()["status"].get("traffic", ())) or process.poll() is not None)
    process.send_signal(which)
    said = process.communicate()[1]
    assert process.returncode == 130
    assert f"Left so: 25 % of the traffic goes to {NEW}, the rest to {OLD}. The same command goes on;" in said
    assert place.api.get("leases.coordination.k8s.io", "motion-rollout")["spec"]["holderIdentity"] == ""
    assert place.traffic() == {OLD: 75, NEW: 25}


def quiet(folder: Path) -> Path:
    path = folder / "one"
    path.write_text('{"prompt": "a bow"}\n')
    return path


def test_abort_without_a_rollout_is_said(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("rollout", "--abort") == 1
    assert "No rollout of motion is under way." in capsys.readouterr().err


def test_status_shows_how_long_a_pod_took_to_come_up(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("status") == 0
    shown = capsys.readouterr().out
    lines = shown.splitlines()
    assert lines[:2] == ["motion in default: ready", "http://motion.default.example.com"]
    assert lines[4].split() == [OLD, "100", "%", "ready", "1", "good:1"]
    assert "import" in lines[7]
    assert "warm up pose" in lines[7]


def test_status_wakes_nothing(run: Run, place: World) -> None:
    run("status")
    assert place.gateway.served == []


def test_status_says_what_a_pod_waits_for(tmp_path: Path, functions: dict[str, int], capsys: pytest.CaptureFixture[str]) -> None:
    with world(tmp_path, functions, gpus=0) as place:
        place.cluster.apply(service("example/good:1"))
        until(lambda: place.api.store.find("pods") and "conditions" in place.service().get("status", {}))
        main(["status", "motion", "--kubeconfig", place.kubeconfig])
        assert "Insufficient nvidia.com/gpu" in capsys.readouterr().out


def test_status_as_json_has_the_phases_in_seconds(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    run("status", "--json")
    pod = json.loads(capsys.readouterr().out)["pods"][0]
    assert (pod["revision"], pod["state"]) == (OLD, "ready")
    assert pod["startup"]["import"] >= 0


def test_status_without_the_right_to_reach_pods_shows_the_rest(run: Run, place: World, capsys: pytest.CaptureFixture[str]) -> None:
    place.api.denied.add(("get", "pods/proxy"))
    assert run("status") == 0
    assert "running" in capsys.readouterr().out


def test_status_of_what_is_not_there_says_how_to_get_it(place: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "fusion", "--kubeconfig", place.kubeconfig]) == 1
    assert "There is no Service fusion in namespace default. Mend it with: scripts/deploy up fusion" in capsys.readouterr().err


def test_errors_as_json_have_the_command_apart(place: World, capsys: pytest.CaptureFixture[str]) -> None:
    main(["status", "fusion", "--kubeconfig", place.kubeconfig, "--json"])
    assert json.loads(capsys.readouterr().out)["mend"] == "scripts/deploy up fusion"


def test_url(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("url") == 0
    assert capsys.readouterr().out == "http://motion.default.example.com\n"


def test_logs_are_those_of_the_pods(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("logs") == 0
    assert f'"pod": "{OLD}-deployment-' in capsys.readouterr().out


def test_logs_that_are_followed_are_the_same(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("logs", "--follow") == 0
    assert f'"pod": "{OLD}-deployment-' in capsys.readouterr().out


def test_logs_of_a_service_at_zero_say_how_to_start_a_pod(run: Run, place: World, capsys: pytest.CaptureFixture[str]) -> None:
    place.knative.paused = True
    for pod in place.api.store.find("pods"):
        place.cluster.delete(POD, pod["metadata"]["name"])
    assert run("logs") == 1
    assert "it is at zero. Mend it with: curl http://motion.default.example.com/health" in capsys.readouterr().err


def test_down_asks_first(run: Run, place: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("down", image="example/good:1") == 1
    assert "--yes" in capsys.readouterr().err
    assert place.service()


def test_down_is_done_when_the_gpus_are_free(run: Run, place: World) -> None:
    assert run("down", "--yes", image="example/good:1") == 0
    assert place.api.store.find(SERVICES) == place.api.store.find("pods") == []


def test_down_twice_is_no_error(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    run("down", "--yes", image="example/good:1")
    assert run("down", "--yes", image="example/good:1") == 0
    assert "Service motion: was not there" in capsys.readouterr().err


def test_down_keeps_what_may_hold_data(run: Run, place: World, capsys: pytest.CaptureFixture[str]) -> None:
    claim = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "weights"}, "spec": {}}
    run("down", "--yes", "--from", write(place.folder, "example/good:1", claim))
    assert "PersistentVolumeClaim weights: kept" in capsys.readouterr().err


def test_preflight_lists_what_is_wrong_and_fails(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("preflight", "--json", image="figurine") == 1
    assert any("names no registry" in one["what"] for one in json.loads(capsys.readouterr().out))


def test_a_webhooks_refusal_is_a_sentence(run: Run, place: World, capsys: pytest.CaptureFixture[str]) -> None:
    text = 'admission webhook "validation.webhook.serving.knative.dev" denied the request: validation failed: must not set the field(s): x'
    place.api.faults.append(Fault("patch", SERVICES, status=400, message=text, times=2))
    assert run("up", "--unchecked", image="example/good:2") == 1
    assert "The cluster refuses Service motion in namespace default:" in capsys.readouterr().err


def test_a_namespace_and_a_context_can_be_chosen(place: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "motion", "--kubeconfig", place.kubeconfig, "-n", "tenant"]) == 1
    assert "in namespace tenant" in capsys.readouterr().err
    assert main(["status", "motion", "--kubeconfig", place.kubeconfig, "--context", "test"]) == 0


def test_up_after_a_broken_revision_is_not_blamed_for_it(run: Run, place: World) -> None:
    run("up", "--unchecked", image="example/broken:1")
    place.knative.lags = True
    assert run("up", "--unchecked", image="example/good:2") == 0
    assert place.traffic() == {"motion-00003": 100}


def test_up_of_what_runs_already_needs_no_spare_gpu(tmp_path: Path, functions: dict[str, int], capsys: pytest.CaptureFixture[str]) -> None:
    with world(tmp_path, functions, gpus=1) as place:
        place.start("example/good:1")
        main(["preflight", "motion", "--kubeconfig", place.kubeconfig, "--from", write(tmp_path, "example/good:1")])
        assert "second revision" not in capsys.readouterr().out


def test_a_namespace_that_the_manifests_contradict_is_refused(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("up", "-n", "tenant", image="example/good:1") == 1
    assert "The manifests are for namespace default, not for tenant." in capsys.readouterr().err
