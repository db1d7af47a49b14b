"""Requests to an API server that misbehaves: what is tried again, and what is said."""

import pytest

from deployment import cluster as module
from deployment.cluster import Cluster, Kind
from deployment.failure import Conflict, Exists, Failure, Forbidden, Unreachable
from deployment.knative import SERVICE
from tests.deployment.apiserver import ApiServer, Fault

CONFIG = Kind("v1", "ConfigMap")
LEASE = Kind("coordination.k8s.io/v1", "Lease")
SERVICES = "services.serving.knative.dev"


def config(name: str = "c", **data: str) -> dict[str, object]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": "default"}, "data": data}


def test_what_is_not_there_is_none(cluster: Cluster) -> None:
    assert cluster.get(CONFIG, "c") is None


def test_applying_what_is_there_already_changes_nothing(cluster: Cluster) -> None:
    first = cluster.apply(config(a="1"))
    assert cluster.apply(config(a="1"))["metadata"]["resourceVersion"] == first["metadata"]["resourceVersion"]


def test_applying_removes_what_a_manifest_no_longer_says(cluster: Cluster) -> None:
    cluster.apply(config(a="1", b="2"))
    assert cluster.apply(config(a="1"))["data"] == {"a": "1"}


def test_applying_leaves_alone_what_others_set(cluster: Cluster) -> None:
    cluster.apply(config(a="1"))
    cluster.merge(CONFIG, "c", {"data": {"theirs": "2"}})
    assert cluster.apply(config(a="3"))["data"] == {"a": "3", "theirs": "2"}


def test_a_contested_field_is_named_with_its_owner_and_the_way_out(cluster: Cluster) -> None:
    cluster.apply(config(a="1"), manager="kubectl")
    with pytest.raises(Failure, match=r"kubectl owns \.data\.a.*--force"):
        cluster.apply(config(a="2"))


def test_force_takes_a_contested_field(cluster: Cluster) -> None:
    cluster.apply(config(a="1"), manager="kubectl")
    assert cluster.apply(config(a="2"), force=True)["data"] == {"a": "2"}


def test_a_dry_run_changes_nothing(cluster: Cluster) -> None:
    cluster.apply(config(a="1"), dry_run=True)
    assert cluster.get(CONFIG, "c") is None


def test_a_write_after_somebody_elses_is_a_conflict(cluster: Cluster) -> None:
    stale = cluster.apply(config(a="1"))["metadata"]["resourceVersion"]
    cluster.apply(config(a="2"))
    with pytest.raises(Conflict, match="changed by somebody else"):
        cluster.merge(CONFIG, "c", {"metadata": {"resourceVersion": stale}, "data": {"a": "3"}})


def test_creating_twice_says_that_there_is_one(cluster: Cluster) -> None:
    cluster.create(config())
    with pytest.raises(Exists, match="ConfigMap c in namespace default already"):
        cluster.create(config())


@pytest.mark.parametrize("act", ["status", "drop", "lose"])
def test_a_passing_fault_is_tried_again(cluster: Cluster, api: ApiServer, act: str) -> None:
    api.faults.append(Fault("patch", "configmaps", act, status=503))
    assert cluster.apply(config(a="1"))["data"] == {"a": "1"}


def test_a_slow_answer_is_waited_for(cluster: Cluster, api: ApiServer) -> None:
    api.add(config(a="1"))
    api.faults.append(Fault("get", "configmaps", "slow"))
    assert cluster.get(CONFIG, "c")


def test_an_answer_that_is_too_slow_is_asked_for_again(cluster: Cluster, api: ApiServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ANSWER_S", 0.1)
    api.add(config(a="1"))
    api.faults.append(Fault("get", "configmaps", "slow"))
    assert cluster.get(CONFIG, "c")
    assert api.requests.count(("get", "configmaps")) == 2


def test_overload_that_stays_is_a_sentence(cluster: Cluster, api: ApiServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAUSES_S", (0.0,))
    api.faults.append(Fault("get", "configmaps", status=429, times=9))
    with pytest.raises(Unreachable, match=r"could not get ConfigMap c in namespace default.*Mend it with: kubectl"):
        cluster.get(CONFIG, "c")


def test_a_missing_right_comes_with_the_commands_that_give_it(cluster: Cluster, api: ApiServer) -> None:
    api.denied.add(("get", SERVICES))
    with pytest.raises(Forbidden, match=r"may not get Service motion.*create role .* --verb=get --resource=services\.serving.*--user=anna"):
        cluster.get(SERVICE, "motion")


def test_an_unknown_kind_says_what_is_not_installed(cluster: Cluster, api: ApiServer) -> None:
    api.unknown.add("serving.knative.dev")
    with pytest.raises(Failure, match=r"knows no Service of serving\.knative\.dev/v1.*knative\.dev/docs/install"):
        cluster.get(SERVICE, "motion")


def test_wrong_credentials_are_said(cluster: Cluster, api: ApiServer) -> None:
    api.faults.append(Fault("get", "configmaps", status=401))
    with pytest.raises(Failure, match="does not accept your credentials"):
        cluster.get(CONFIG, "c")


def test_an_unknown_context_is_said(kubeconfig: str) -> None:
    with pytest.raises(Failure, match=r"no context 'other'.*get-contexts"):
        Cluster(kubeconfig, context="other")


def test_a_missing_kubeconfig_is_said() -> None:
    with pytest.raises(Failure, match=r"no kubeconfig at /nowhere.*KUBECONFIG"):
        Cluster("/nowhere")


def test_a_server_that_is_not_there_is_a_sentence(kubeconfig: str, api: ApiServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAUSES_S", ())
    api.http.socket.close()
    with pytest.raises(Unreachable, match=r"API server at http://127\.0\.0\.1:\d+ does not answer"):
        Cluster(kubeconfig)
