"""The states of a rollout, without a server."""

import pytest

from deployment.failure import Failure
from deployment.progress import ANNOTATION, Phase, State, begin, created, failed, passed, read, targets, write
from deployment.traffic import same

OLD, NEW = "motion-00001", "motion-00002"


def shares(state: State, latest: str = NEW) -> dict[str, int]:
    return {one.get("revisionName", "latest"): one["percent"] for one in targets(state, latest)}


def path(state: State) -> list[dict[str, int]]:
    """The traffic of each phase when all goes well."""
    states = [created(state, NEW)]
    while not states[-1].ended:
        states.append(passed(states[-1]))
    return [shares(one) for one in states]


def test_traffic_moves_share_by_share() -> None:
    assert path(begin(OLD, OLD, "m", (5, 50, 100))) == [
        {OLD: 100},
        {OLD: 100, NEW: 0},
        {OLD: 95, NEW: 5},
        {OLD: 50, NEW: 50},
        {OLD: 0, NEW: 100},
        {"latest": 100},
    ]


def test_without_a_spare_gpu_all_moves_at_once_and_nothing_holds_the_old_revision() -> None:
    assert path(begin(OLD, OLD, "m", (5, 100), scarce=True)) == [{OLD: 100}, {NEW: 100}, {"latest": 100}]


def test_both_revisions_have_a_url_while_they_share() -> None:
    state = passed(created(begin(OLD, OLD, "m", (100,)), NEW))
    assert [one["tag"] for one in targets(state, NEW)] == ["current", "candidate"]


@pytest.mark.parametrize("steps", [0, 1, 2])
def test_going_back_names_the_old_revision_while_a_newer_one_exists(steps: int) -> None:
    state = created(begin(OLD, OLD, "m", (5, 100)), NEW)
    for _ in range(steps):
        state = passed(state)
    back = failed(state, "slow")
    assert (back.phase, back.reason, shares(back)) == (Phase.ROLLED_BACK, "slow", {OLD: 100})


def test_going_back_before_there_is_a_new_revision_follows_the_latest_again() -> None:
    assert shares(failed(begin(OLD, OLD, "m", (100,)), "refused"), latest=OLD) == {"latest": 100}


def test_a_revision_that_came_in_between_gets_no_traffic_at_the_end() -> None:
    state = created(begin(OLD, OLD, "m", (100,)), NEW)
    while not state.ended:
        state = passed(state)
    assert shares(state, latest="motion-00003") == {NEW: 100}


@pytest.mark.parametrize("steps", [(), (5, 25), (50, 5, 100), (0, 100), (5, 5, 100), (100, 120)])
def test_steps_that_do_not_rise_to_100_are_refused(steps: tuple[int, ...]) -> None:
    with pytest.raises(Failure, match="--steps"):
        begin(OLD, OLD, "m", steps)


def test_a_state_survives_its_annotation() -> None:
    state = passed(created(begin(OLD, OLD, "m", (5, 100)), NEW))
    assert read({"metadata": {"name": "motion", "annotations": {ANNOTATION: write(state)}}}) == state


def test_an_annotation_of_another_version_is_refused_with_the_way_out() -> None:
    with pytest.raises(Failure, match=r"kubectl annotate .* figurine/rollout-"):
        read({"metadata": {"name": "motion", "annotations": {ANNOTATION: '{"colour": 1}'}}})


def test_what_the_server_fills_in_does_not_change_the_traffic() -> None:
    assert same([{"latestRevision": True, "percent": 100}], [{"percent": 100, "latestRevision": True, "tag": ""}])
    assert not same([{"revisionName": OLD, "percent": 100}], [{"revisionName": NEW, "percent": 100}])
