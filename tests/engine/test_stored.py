import asyncio
import time
from pathlib import Path

import pytest

from function.engine.stored import address
from function.errors import DeadlineExceeded
from function.models.model import Loaded
from function.results.store import ResultStore
from tests.engine.models import Echo, Keeper, Text
from tests.engine.serving import call, outcomes, serving, until


@pytest.fixture
def store(tmp_path: Path) -> ResultStore:
    return ResultStore.open(str(tmp_path / "results"))


async def test_a_result_is_in_the_store_when_its_caller_gets_it(store: ResultStore) -> None:
    async with serving(Keeper, store) as (engine, model):
        model.open.set()
        answer = await engine.answer(call(model, "hello"))
        assert (answer.stored, answer.kept) == (False, True)
        assert await store.load(answer.id) is not None


async def test_a_repeated_input_is_answered_without_the_lane(store: ResultStore) -> None:
    async with serving(Keeper, store) as (engine, model):
        model.open.set()
        first = await engine.answer(call(model, "hello"))
        again = await engine.answer(call(model, "hello"))
        assert (again.stored, again.kept) == (True, True)
        assert (again.id, again.result) == (first.id, first.result)
        assert model.batches == [["hello"]]


async def test_another_input_has_another_address(store: ResultStore) -> None:
    async with serving(Keeper, store) as (engine, model):
        model.open.set()
        assert (await engine.answer(call(model, "a"))).id != (await engine.answer(call(model, "b"))).id


def test_another_version_has_another_address() -> None:
    model = Echo()
    assert len({address(Loaded(model, "tiny", version), Text(text="a")) for version in ("1", "2")}) == 2
    assert len({address(Loaded(model, "tiny", "1", digest), Text(text="a")) for digest in ("0a", "0b")}) == 2


async def test_identical_inputs_under_way_share_one_job(store: ResultStore) -> None:
    async with serving(Keeper, store, concurrency=1) as (engine, model):
        work = [asyncio.ensure_future(engine.answer(call(model, "same"))) for _ in range(5)]
        await until(model.entered.is_set)
        model.open.set()
        assert await outcomes(*work) == ["same"] * 5
        assert model.batches == [["same"]]


async def test_a_shared_job_goes_on_while_anybody_waits(store: ResultStore) -> None:
    async with serving(Keeper, store) as (engine, model):
        gone, stays = (asyncio.ensure_future(engine.answer(call(model, "same"))) for _ in range(2))
        await until(model.entered.is_set)
        gone.cancel()
        steps = model.steps
        await until(lambda: model.steps > steps + 3)
        model.open.set()
        assert await outcomes(stays) == ["same"]


async def test_a_shared_job_stops_when_all_have_left(store: ResultStore) -> None:
    async with serving(Keeper, store) as (engine, model):
        work = [asyncio.ensure_future(engine.answer(call(model, "same"))) for _ in range(2)]
        await until(model.entered.is_set)
        for one in work:
            one.cancel()
        await until(lambda: model.cancelled)


async def test_each_sharer_has_its_own_deadline(store: ResultStore) -> None:
    async with serving(Keeper, store) as (engine, model):
        patient = asyncio.ensure_future(engine.answer(call(model, "same")))
        with pytest.raises(DeadlineExceeded):
            await engine.answer(call(model, "same", deadline=time.monotonic() + 0.05))
        model.open.set()
        assert await outcomes(patient) == ["same"]


async def test_progress_reaches_everyone_who_shares(store: ResultStore) -> None:
    async with serving(Keeper, store) as (engine, model):
        seen: list[list[int]] = [[], []]
        work = [
            asyncio.ensure_future(engine.answer(call(model, "same", on_progress=lambda step, _, notes=notes: notes.append(step))))
            for notes in seen
        ]
        await until(lambda: all(len(notes) > 2 for notes in seen))
        model.open.set()
        await asyncio.gather(*work)


async def test_a_store_that_fails_does_not_lose_the_answer(tmp_path: Path) -> None:
    folder = tmp_path / "results"
    store = ResultStore.open(str(folder))
    folder.rmdir()
    folder.write_text("in the way")
    async with serving(Keeper, store) as (engine, model):
        model.open.set()
        answer = await engine.answer(call(model, "hello"))
        assert answer.result.artifacts[0].data == b"hello"
        assert not answer.kept


async def test_a_damaged_file_in_the_store_is_made_again(store: ResultStore, tmp_path: Path) -> None:
    async with serving(Keeper, store) as (engine, model):
        model.open.set()
        first = await engine.answer(call(model, "hello"))
        next((tmp_path / "results").rglob("*-said.txt")).write_bytes(b"HELLO")
        again = await engine.answer(call(model, "hello"))
        assert not again.stored
        assert again.result == first.result


async def test_draining_waits_for_results_to_be_stored(store: ResultStore) -> None:
    async with serving(Keeper, store) as (engine, model):
        work = asyncio.ensure_future(engine.answer(call(model, "hello")))
        await until(model.entered.is_set)
        drained = asyncio.ensure_future(engine.drain(10))
        model.open.set()
        assert await drained
        assert (await work).kept
