import os
from pathlib import Path

from function.engine import Engine
from function.settings import Settings
from tests.engine.models import Broken, Echo
from tests.engine.serving import Notes, call, outcomes, serving, until
from tests.engine.tensors import Hungry, Multiplier
from tests.weights.folders import write_version


async def test_phases_are_timed_and_progress_reaches_one() -> None:
    async with serving(Echo) as (engine, _):
        assert [(phase.name, phase.model) for phase in engine.status.phases] == [
            ("import", ""),
            ("read", "echo"),
            ("load", "echo"),
            ("warm up", "echo"),
        ]
        assert min(phase.seconds for phase in engine.status.phases) >= 0
        assert engine.status.progress == 1.0
        assert engine.reason == ""


async def test_before_the_end_it_says_what_it_is_at() -> None:
    engine = Engine(Settings(models="tests.engine.models:Echo"))
    assert engine.status.progress == 0.0
    assert engine.reason == "Bring-up: waiting to start."


async def test_a_model_that_cannot_be_loaded_stays_up_and_says_so() -> None:
    engine = Engine(Settings(models=f"{Broken.__module__}:Broken"))
    engine.start()
    await until(lambda: engine.status.failure)
    assert not engine.ready
    assert engine.live()
    assert engine.reason == "Bring-up failed: load broken (RuntimeError); the log says why."
    assert await outcomes(engine.answer(call(Broken()))) == ["not_ready"]
    engine.close()


async def test_a_device_that_is_too_small_is_named_with_need_and_have() -> None:
    engine = Engine(Settings(models=f"{Hungry.__module__}:Hungry"))
    engine.start()
    await until(lambda: engine.status.failure)
    assert engine.reason == (
        "The device has too little memory to load hungry. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 15.00 GiB of which "
        "1.00 GiB is free. Serve a smaller variant (FUNCTION_<MODEL>_VARIANT), or give the pod a larger device."
    )
    engine.close()


async def test_weights_are_read_and_name_the_version(tmp_path: Path) -> None:
    write_version(tmp_path, "multiplier", version="7")
    async with serving(Multiplier, weights=str(tmp_path)) as (engine, model):
        answer = await engine.answer(call(model, "3"))
        assert (answer.variant, answer.version) == ("tiny", "7")
        assert answer.result.facts.model_dump() == {"text": "66.0"}


async def test_reading_and_hashing_are_phases_of_the_start(tmp_path: Path) -> None:
    write_version(tmp_path, "multiplier", version="7")
    notes = Notes()
    async with serving(Multiplier, notes=notes, weights=str(tmp_path)) as (engine, _):
        phases = {phase.name: phase for phase in engine.status.phases}
        assert phases["read"].began <= phases["hash"].began
        assert phases["hash"].began + phases["hash"].seconds < phases["load"].began
        assert notes.phases == ["import", "read multiplier", "hash multiplier", "load multiplier", "warm up multiplier"]


async def test_the_observer_hears_which_version_is_up(tmp_path: Path) -> None:
    write_version(tmp_path, "multiplier", version="7")
    notes = Notes()
    async with serving(Multiplier, notes=notes, weights=str(tmp_path)):
        assert notes.versions == ["multiplier tiny 7"]


async def test_missing_weights_are_named_with_the_mend(tmp_path: Path) -> None:
    engine = Engine(Settings(models=f"{Multiplier.__module__}:Multiplier", weights=str(tmp_path)))
    engine.start()
    await until(lambda: engine.status.failure)
    assert engine.reason.startswith("There are no weights of multiplier. ")
    assert "unset FUNCTION_WEIGHTS" in engine.reason
    engine.close()


async def test_damaged_weights_are_named(tmp_path: Path) -> None:
    path = write_version(tmp_path, "multiplier") / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-1] + b"\xff")
    engine = Engine(Settings(models=f"{Multiplier.__module__}:Multiplier", weights=str(tmp_path)))
    engine.start()
    await until(lambda: engine.status.failure)
    assert "SHA-256" in engine.reason
    engine.close()


async def test_a_device_that_is_not_there_is_named() -> None:
    engine = Engine(Settings(models="tests.engine.models:Echo", device=f"cuda:{os.cpu_count()}99"))
    engine.start()
    await until(lambda: engine.status.failure)
    assert "FUNCTION_DEVICE is cuda" in engine.reason
    engine.close()


async def test_the_observer_hears_of_each_phase() -> None:
    notes = Notes()
    async with serving(Echo, notes=notes):
        assert notes.phases == ["import", "read echo", "load echo", "warm up echo"]
