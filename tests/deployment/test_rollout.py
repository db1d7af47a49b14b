"""Whole rollouts against an API server with Knative in it; requests and /metrics are those of real functions."""

from pathlib import Path

import pytest

from deployment import progress
from deployment.failure import Failure
from deployment.knative import SERVICE
from deployment.progress import ANNOTATION, Phase
from deployment.record import abort, describe
from tests.deployment.apiserver import Fault
from tests.deployment.knative import SERVICES
from tests.deployment.world import Heard, World, service, world

OLD, NEW = "motion-00001", "motion-00002"


def test_a_good_version_takes_over_step_by_step(place: World) -> None:
    heard = Heard()
    state = place.rollout(service("example/good:2"), heard, shares=(5, 50, 100))
    assert (state.phase, place.traffic()) == (Phase.PROMOTED, {NEW: 100})
    assert [line for line in heard.said if "traffic" in line] == [
        f"All traffic is pinned to {OLD}.",
        f"{NEW} was made; all traffic stays with {OLD}.",
        f"{NEW} exists; all traffic goes to {OLD}.",
        f"{NEW} is ready and has a URL of its own; all traffic goes to {OLD}.",
        f"5 % of the traffic goes to {NEW}, the rest to {OLD}.",
        f"50 % of the traffic goes to {NEW}, the rest to {OLD}.",
        f"All traffic goes to {NEW}.",
    ]


def test_traffic_follows_the_latest_revision_again_and_no_tag_is_left(place: World) -> None:
    place.rollout(service("example/good:2"), Heard())
    assert place.service()["spec"]["traffic"] == [{"latestRevision": True, "percent": 100}]


def test_the_old_revision_gives_its_gpu_back(place: World) -> None:
    place.rollout(service("example/good:2"), Heard())
    assert [pod["metadata"]["name"].partition("-deployment")[0] for pod in place.api.store.find("pods")] == [NEW]


def test_no_user_meets_a_version_that_fails_its_own_requests(place: World) -> None:
    state = place.rollout(service("example/failing:1"), Heard())
    assert state.phase is Phase.ROLLED_BACK
    assert "/generate answered 500: No." in state.reason
    assert "before any traffic" in state.reason
    assert place.traffic() == {OLD: 100}


def test_a_version_that_moves_worse_is_rolled_back(place: World) -> None:
    state = place.rollout(service("example/clumsy:1"), Heard())
    assert (state.phase, place.traffic()) == (Phase.ROLLED_BACK, {OLD: 100})
    assert "quality: 0.400, 0.900 before" in state.reason


def test_a_version_that_does_not_start_says_why(place: World) -> None:
    state = place.rollout(service("example/broken:1"), Heard())
    assert "does not start: Container failed with: no weights" in state.reason
    assert place.traffic() == {OLD: 100}


def test_a_version_that_is_never_ready_is_rolled_back(place: World) -> None:
    assert f"{NEW} was not ready in time" in place.rollout(service("example/stuck:1"), Heard(), wait_s=0.5).reason


def test_the_reason_is_kept_on_the_service(place: World) -> None:
    place.rollout(service("example/clumsy:1"), Heard())
    kept = progress.read(place.service())
    assert kept is not None
    assert "quality" in kept.reason


def test_the_next_version_is_shipped_from_where_a_rollback_has_left_the_traffic(place: World) -> None:
    place.rollout(service("example/clumsy:1"), Heard())
    assert place.rollout(service("example/good:2"), Heard()).phase is Phase.PROMOTED
    assert place.traffic() == {"motion-00003": 100}


def test_a_manifest_that_runs_already_is_not_rolled_out(place: World) -> None:
    with pytest.raises(Failure, match="nothing to roll out"):
        place.rollout(service("example/good:1"), Heard())
    assert ANNOTATION not in place.service()["metadata"]["annotations"]


def interrupt(place: World, at: str) -> None:
    def stop(text: str) -> None:
        if at in text:
            raise KeyboardInterrupt

    heard = Heard(stop)
    with pytest.raises(KeyboardInterrupt):
        place.rollout(service("example/good:2"), heard)


@pytest.mark.parametrize("at", ["pinned", "was made", "exists", "ready", "25 %", "All traffic goes"])
def test_an_interrupted_rollout_goes_on_from_where_it_was(place: World, at: str) -> None:
    interrupt(place, at)
    assert place.rollout(service("example/good:2"), Heard()).phase is Phase.PROMOTED
    assert place.traffic() == {NEW: 100}


def test_an_interrupted_rollout_has_said_where_the_traffic_is(place: World) -> None:
    interrupt(place, "25 %")
    state = progress.read(place.service())
    assert state is not None
    assert describe(state) == f"25 % of the traffic goes to {NEW}, the rest to {OLD}."
    assert place.traffic() == {OLD: 75, NEW: 25}


def test_an_interrupted_rollout_can_be_taken_back(place: World) -> None:
    interrupt(place, "25 %")
    abort(place.cluster, "motion")
    assert place.traffic() == {OLD: 100}


def test_an_interrupted_rollout_of_another_manifest_stands_in_the_way(place: World) -> None:
    interrupt(place, "25 %")
    with pytest.raises(Failure, match=r"ships another manifest.*--abort"):
        place.rollout(service("example/good:3"), Heard())


@pytest.mark.parametrize("renewed", ["2020-01-01T00:00:00.000000Z", None])
def test_a_lease_that_nobody_renews_is_taken_over(place: World, renewed: str | None) -> None:
    hold(place, renewed)
    assert place.rollout(service("example/good:2"), Heard()).phase is Phase.PROMOTED


def test_two_rollouts_at_once_are_refused(place: World) -> None:
    hold(place, "2999-01-01T00:00:00.000000Z")
    with pytest.raises(Failure, match="otto@laptop/1 is rolling out motion now"):
        place.rollout(service("example/good:2"), Heard())
    assert place.traffic() == {OLD: 100}


def hold(place: World, renewed: str | None) -> None:
    """Somebody else has the lease."""
    spec = {"holderIdentity": "otto@laptop/1", "leaseDurationSeconds": 30, **({"renewTime": renewed} if renewed else {})}
    metadata = {"name": "motion-rollout", "namespace": "default"}
    place.api.add({"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": metadata, "spec": spec})


def test_the_lease_is_free_after_a_rollout(place: World) -> None:
    place.rollout(service("example/good:2"), Heard())
    assert place.api.get("leases.coordination.k8s.io", "motion-rollout")["spec"]["holderIdentity"] == ""


def test_traffic_moved_by_somebody_else_stops_the_rollout(place: World) -> None:
    def move(text: str) -> None:
        if "25 %" in text:
            place.cluster.merge(SERVICE, "motion", {"spec": {"traffic": [{"revisionName": OLD, "percent": 100}]}})

    with pytest.raises(Failure, match=r"changed by somebody else \(100 % to motion-00001\).*--abort"):
        place.rollout(service("example/good:2"), Heard(move), wait_s=1)


def test_traffic_moved_by_somebody_else_between_reading_and_writing_is_not_overwritten(place: World) -> None:
    def move() -> None:
        place.cluster.merge(SERVICE, "motion", {"spec": {"traffic": [{"revisionName": OLD, "percent": 100, "tag": "mine"}]}})

    def arm(text: str) -> None:
        if "has a URL of its own" in text:
            place.api.faults.append(Fault("patch", SERVICES, "slow", before=move))

    heard = Heard(arm)
    with pytest.raises(Failure, match=r"changed by somebody else.*--abort"):
        place.rollout(service("example/good:2"), heard)
    assert [one["tag"] for one in place.service()["spec"]["traffic"]] == ["mine"]


def test_the_bad_revision_of_a_rollback_is_not_taken_for_the_new_one(place: World) -> None:
    place.rollout(service("example/clumsy:1"), Heard())
    place.knative.lags = True
    heard = Heard()
    place.rollout(service("example/good:2"), heard)
    assert f"motion-00003 was made; all traffic stays with {OLD}." in heard.said


def test_a_label_set_by_somebody_else_meanwhile_is_kept(place: World) -> None:
    def label() -> None:
        place.cluster.merge(SERVICE, "motion", {"metadata": {"labels": {"team": "a"}}})

    place.api.faults.append(Fault("patch", SERVICES, "slow", before=label))
    assert place.rollout(service("example/good:2"), Heard()).phase is Phase.PROMOTED
    assert place.service()["metadata"]["labels"] == {"team": "a"}


@pytest.mark.parametrize("act", ["lose", "drop", "status"])
def test_writes_whose_answers_are_lost_do_no_harm(place: World, act: str) -> None:
    place.api.faults += [Fault("patch", SERVICES, act, status=503, times=3)]
    assert place.rollout(service("example/good:2"), Heard()).phase is Phase.PROMOTED
    assert place.traffic() == {NEW: 100}


def test_previews_of_others_stay(place: World) -> None:
    preview = {"revisionName": OLD, "tag": "preview", "percent": 0}
    place.cluster.merge(SERVICE, "motion", {"spec": {"traffic": [{"latestRevision": True, "percent": 100}, preview]}})
    place.rollout(service("example/good:2"), Heard())
    assert [one.get("tag") for one in place.service()["spec"]["traffic"]] == [None, "preview"]


def test_traffic_that_is_divided_by_hand_is_not_touched(place: World) -> None:
    place.cluster.apply(service("example/good:2"))
    targets = [{"revisionName": OLD, "percent": 60}, {"latestRevision": True, "percent": 40}]
    place.cluster.merge(SERVICE, "motion", {"spec": {"traffic": targets}})
    place.settle()
    with pytest.raises(Failure, match="divided already"):
        place.rollout(service("example/good:3"), Heard())


def test_with_no_spare_gpu_the_old_revision_goes_first(tmp_path: Path, functions: dict[str, int]) -> None:
    with world(tmp_path, functions, gpus=1) as place:
        place.start("example/good:1")
        heard = Heard()
        assert place.rollout(service("example/good:2"), heard, scarce=True).phase is Phase.PROMOTED
        assert place.traffic() == {NEW: 100}


def test_with_no_spare_gpu_a_bad_version_is_compared_with_what_was_measured_before(tmp_path: Path, functions: dict[str, int]) -> None:
    with world(tmp_path, functions, gpus=1) as place:
        place.start("example/good:1")
        state = place.rollout(service("example/clumsy:1"), Heard(), scarce=True)
        assert "quality: 0.400, 0.900 before" in state.reason
        assert place.traffic() == {OLD: 100}


def test_a_missing_gpu_is_said_with_the_way_out(tmp_path: Path, functions: dict[str, int]) -> None:
    with world(tmp_path, functions, gpus=1) as place:
        place.start("example/good:1")
        heard = Heard()
        state = place.rollout(service("example/good:2"), heard, wait_s=1)
        assert any("Insufficient nvidia.com/gpu. (without a spare GPU: --scarce)" in line for line in heard.said)
        assert "Insufficient" in state.reason
        assert place.traffic() == {OLD: 100}
