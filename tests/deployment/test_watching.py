"""Watches that break, end and expire."""

import threading

import pytest

from deployment import watching
from deployment.cluster import Cluster, Kind
from deployment.watching import Late, wait
from tests.deployment.apiserver import ApiServer, Fault

CONFIG = Kind("v1", "ConfigMap")


def config(value: str) -> dict[str, object]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c", "namespace": "default"}, "data": {"a": value}}


def says(value: str):  # type: ignore[no-untyped-def]
    return lambda item: item is not None and item["data"]["a"] == value


def test_a_change_is_seen_without_asking_again(cluster: Cluster, api: ApiServer) -> None:
    api.add(config("1"))
    api.faults.append(Fault("watch", "configmaps", "slow", before=lambda: threading.Timer(0.1, cluster.apply, [config("2")]).start()))
    assert wait(cluster, CONFIG, "c", says("2"), seconds=60, what="the change")
    assert api.requests.count(("list", "configmaps")) == 1


@pytest.mark.parametrize(("act", "lists"), [("drop", 1), ("cut", 1), ("gone", 2)])
def test_a_watch_that_fails_goes_on(cluster: Cluster, api: ApiServer, monkeypatch: pytest.MonkeyPatch, act: str, lists: int) -> None:
    monkeypatch.setattr(watching, "PAUSE_S", 0.0)
    api.add(config("1"))
    api.faults.append(Fault("watch", "configmaps", act, before=lambda: cluster.apply(config("2")) and None))
    assert wait(cluster, CONFIG, "c", says("2"), seconds=60, what="the change")
    assert api.requests.count(("list", "configmaps")) == lists


def test_a_removal_that_fell_into_a_gap_is_noticed(cluster: Cluster, api: ApiServer) -> None:
    api.add(config("1"))

    def remove() -> None:
        cluster.delete(CONFIG, "c")
        api.store.forget()

    api.faults.append(Fault("watch", "configmaps", "slow", before=remove))
    assert wait(cluster, CONFIG, "c", lambda item: item is None, seconds=60, what="its end") is None


def test_waiting_ends_with_what_has_not_happened(cluster: Cluster) -> None:
    with pytest.raises(Late, match="the change has not happened within 1 s"):
        wait(cluster, CONFIG, "c", says("2"), seconds=0.6, what="the change")
