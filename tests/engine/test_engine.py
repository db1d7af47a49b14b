import asyncio
import time

import pytest

from function.engine import Engine
from function.errors import Cancelled, DeadlineExceeded, Draining, NotFound, NotReady, Overloaded
from function.settings import Settings, SettingsError
from tests.engine.models import Echo, Gate, Hungry, Lost, Mute, Picky, Sleeper, Workshop
from tests.engine.serving import Notes, call, outcomes, serving, until


async def test_answers_with_what_the_model_said() -> None:
    async with serving(Echo) as (engine, model):
        answer = await engine.answer(call(model, "hello"))
        assert (answer.id, answer.model, answer.variant, answer.version) == ("request-1", "echo", "default", "0")
        assert answer.result.facts.model_dump() == {"text": "hello"}
        assert not answer.stored


async def test_says_where_the_time_went() -> None:
    async with serving(Sleeper) as (engine, model):
        timings = (await engine.answer(call(model))).timings
        assert timings.model >= 0.02
        assert timings.device == timings.model
        assert timings.batch_size == 1
        assert min(timings.queue, timings.batch, timings.encode) >= 0


async def test_jobs_that_come_together_share_a_batch() -> None:
    async with serving(Sleeper) as (engine, model):
        await outcomes(*(engine.answer(call(model, "a")) for _ in range(16)))
        assert [len(batch) for batch in model.batches] == [16]


async def test_jobs_of_different_keys_do_not_share_a_batch() -> None:
    async with serving(Sleeper) as (engine, model):
        await outcomes(*(engine.answer(call(model, text)) for text in ("a 1", "b 1", "a 2", "b 2")))
        assert sorted(model.batches) == [["a 1", "a 2"], ["b 1", "b 2"]]


async def test_device_seconds_are_shared_by_cost() -> None:
    async with serving(Sleeper) as (engine, model):
        small, large = await asyncio.gather(engine.answer(call(model, "a")), engine.answer(call(model, "a 3")))
        assert large.timings.device == pytest.approx(3 * small.timings.device)
        assert small.timings.device + large.timings.device == pytest.approx(small.timings.model)


async def test_the_setting_bounds_the_batch() -> None:
    async with serving(Sleeper, max_batch=2) as (engine, model):
        await outcomes(*(engine.answer(call(model, "a")) for _ in range(4)))
        assert [len(batch) for batch in model.batches] == [2, 2]


async def test_refuses_what_is_more_than_it_admits() -> None:
    async with serving(Gate, concurrency=2) as (engine, model):
        work = [asyncio.ensure_future(engine.answer(call(model, "in"))) for _ in range(2)]
        await until(model.entered.is_set)
        with pytest.raises(Overloaded) as refusal:
            await engine.answer(call(model, "out"))
        assert isinstance(refusal.value.retry_after, int)
        model.open.set()
        assert await outcomes(*work) == ["in", "in"]
        assert engine.admitted == 0


async def test_a_bad_item_fails_alone() -> None:
    async with serving(Picky) as (engine, model):
        got = await outcomes(*(engine.answer(call(model, text)) for text in ("good", "bad", "broken", "fine")))
        assert got == ["good", "invalid_input", "model_failed", "fine"]


async def test_an_item_that_makes_predict_raise_fails_alone() -> None:
    async with serving(Picky) as (engine, model):
        got = await outcomes(*(engine.answer(call(model, text)) for text in ("good", "raise", "fine")))
        assert got == ["good", "model_failed", "fine"]


async def test_a_failure_names_its_kind_and_nothing_else() -> None:
    async with serving(Picky) as (engine, model):
        with pytest.raises(Exception) as failure:
            await engine.answer(call(model, "raise"))
        assert str(failure.value) == "The model failed on this input (RuntimeError)."


async def test_too_few_outcomes_fail_the_batch() -> None:
    async with serving(Picky) as (engine, model):
        assert await outcomes(engine.answer(call(model, "short"))) == ["model_failed"]


async def test_out_of_memory_splits_the_batch() -> None:
    async with serving(Hungry) as (engine, model):
        assert await outcomes(*(engine.answer(call(model, text)) for text in "abcd")) == list("abcd")
        assert model.sizes == [4, 2, 2]


async def test_out_of_memory_twice_fails_only_the_half_it_is_in() -> None:
    async with serving(Hungry) as (engine, model):
        got = await outcomes(*(engine.answer(call(model, text)) for text in ("a", "b", "c", "huge")))
        assert got == ["a", "b", "gpu_out_of_memory", "gpu_out_of_memory"]
        assert await outcomes(engine.answer(call(model, "a"))) == ["a"]
        assert engine.live()


async def test_the_caller_hears_of_its_deadline_while_the_lane_is_busy() -> None:
    async with serving(Mute) as (engine, model):
        with pytest.raises(DeadlineExceeded):
            await engine.answer(call(model, deadline=time.monotonic() + 0.05))
        assert not model.open.is_set()
        model.open.set()


async def test_a_job_past_its_deadline_stops_at_the_next_step() -> None:
    async with serving(Gate) as (engine, model):
        with pytest.raises(DeadlineExceeded):
            await engine.answer(call(model, deadline=time.monotonic() + 0.05))
        await until(lambda: model.cancelled)


async def test_a_waiting_job_past_its_deadline_never_runs() -> None:
    async with serving(Mute, max_batch=1) as (engine, model):
        first = asyncio.ensure_future(engine.answer(call(model, "first")))
        await until(model.entered.is_set)
        with pytest.raises(DeadlineExceeded):
            await engine.answer(call(model, "late", deadline=time.monotonic() + 0.05))
        model.entered.clear()
        model.open.set()
        assert await outcomes(first) == ["first"]
        await outcomes(engine.answer(call(model, "next")))
        assert model.entered.is_set()


async def test_a_deadline_that_has_passed_is_refused() -> None:
    async with serving(Echo) as (engine, model):
        with pytest.raises(DeadlineExceeded):
            await engine.answer(call(model, deadline=time.monotonic() - 1))


async def test_the_default_deadline_comes_from_the_settings() -> None:
    async with serving(Gate, timeout_s=0.05) as (engine, model):
        with pytest.raises(DeadlineExceeded):
            await engine.answer(call(model))


async def test_cancelling_the_caller_stops_the_job() -> None:
    notes = Notes()
    async with serving(Gate, notes=notes) as (engine, model):
        work = asyncio.ensure_future(engine.answer(call(model)))
        await until(model.entered.is_set)
        work.cancel()
        await until(lambda: model.cancelled)
        assert notes.outcomes == [Cancelled.code]
        assert engine.admitted == 0


async def test_a_batch_goes_on_for_those_who_stay() -> None:
    async with serving(Gate) as (engine, model):
        gone, stays = (asyncio.ensure_future(engine.answer(call(model, text))) for text in ("gone", "stays"))
        await until(model.entered.is_set)
        gone.cancel()
        steps = model.steps
        await until(lambda: model.steps > steps + 3)
        model.open.set()
        assert await outcomes(stays) == ["stays"]


async def test_progress_reaches_the_caller() -> None:
    async with serving(Gate) as (engine, model):
        seen: list[tuple[int, int]] = []
        work = asyncio.ensure_future(engine.answer(call(model, on_progress=lambda step, of: seen.append((step, of)))))
        await until(lambda: len(seen) > 2)
        model.open.set()
        await work
        assert seen[:3] == [(1, 1000), (2, 1000), (3, 1000)]


async def test_is_alive_while_a_batch_makes_progress() -> None:
    async with serving(Gate, stuck_s=0.1) as (engine, model):
        work = asyncio.ensure_future(engine.answer(call(model)))
        await until(lambda: model.steps > 100)
        assert engine.live()
        model.open.set()
        await work


async def test_is_not_alive_while_a_batch_is_stuck() -> None:
    async with serving(Mute, stuck_s=0.1) as (engine, model):
        work = asyncio.ensure_future(engine.answer(call(model)))
        await until(lambda: not engine.live())
        model.open.set()
        await work
        assert engine.live()


async def test_a_lost_device_ends_readiness_and_life() -> None:
    async with serving(Lost) as (engine, model):
        assert await outcomes(engine.answer(call(model))) == ["not_ready"]
        assert not engine.ready
        assert not engine.live()
        assert "restart" in engine.reason


async def test_preparing_and_finishing_run_beside_the_lane() -> None:
    async with serving(Workshop) as (engine, model):
        assert await outcomes(engine.answer(call(model, "hello"))) == ["HELLO!"]
        prepare, predict, finish = model.threads
        assert predict == "lane"
        assert prepare.startswith("hop")
        assert finish.startswith("hop")


async def test_what_cannot_be_prepared_fails_before_the_lane() -> None:
    async with serving(Workshop) as (engine, model):
        assert await outcomes(engine.answer(call(model, "bad"))) == ["invalid_input"]
        assert "lane" not in model.threads


async def test_a_deadline_holds_while_preparing() -> None:
    async with serving(Workshop) as (engine, model):
        with pytest.raises(DeadlineExceeded):
            await engine.answer(call(model, "slow", deadline=time.monotonic() + 0.05))


async def test_draining_refuses_new_work_and_finishes_the_old() -> None:
    async with serving(Gate) as (engine, model):
        work = asyncio.ensure_future(engine.answer(call(model, "old")))
        await until(model.entered.is_set)
        drained = asyncio.ensure_future(engine.drain(10))
        await asyncio.sleep(0)
        assert not engine.ready
        assert engine.reason == "The server is shutting down."
        with pytest.raises(Draining):
            await engine.answer(call(model, "new"))
        assert not drained.done()
        model.open.set()
        assert await drained
        assert await outcomes(work) == ["old"]


async def test_draining_ends_with_the_grace_period() -> None:
    async with serving(Gate) as (engine, model):
        work = asyncio.ensure_future(engine.answer(call(model)))
        await until(model.entered.is_set)
        assert not await engine.drain(0.05)
        model.open.set()
        await work


async def test_an_unknown_model_is_not_found() -> None:
    async with serving(Echo) as (engine, _):
        with pytest.raises(NotFound):
            await engine.answer(call(Gate()))


async def test_before_the_bring_up_nothing_is_ready() -> None:
    engine = Engine(Settings(models="tests.engine.models:Echo"))
    assert not engine.ready
    with pytest.raises(NotReady):
        await engine.answer(call(Echo()))


async def test_the_observer_hears_of_phases_batches_and_jobs() -> None:
    notes = Notes()
    async with serving(Picky, notes=notes) as (engine, model):
        await outcomes(engine.answer(call(model, "good")), engine.answer(call(model, "bad")))
        assert notes.phases == ["import", "read picky", "load picky", "warm up picky"]
        assert notes.batches == [2]
        assert notes.outcomes == ["ok", "invalid_input"]


def test_the_variant_of_a_model_that_is_not_served_is_no_setting() -> None:
    with pytest.raises(SettingsError, match="FUNCTION_GATE_VARIANT"):
        Engine(Settings(models="tests.engine.models:Echo", variants={"gate": "tiny"}))


def test_an_unknown_variant_is_refused() -> None:
    with pytest.raises(SettingsError, match="echo has default"):
        Engine(Settings(models="tests.engine.models:Echo", variants={"echo": "tiny"}))
