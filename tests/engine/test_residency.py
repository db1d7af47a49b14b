"""Models that do not fit the device together: who is where, who leaves first, and that nobody gets a wrong answer."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import torch

from function.engine import Call, Engine
from function.engine.residency import Residency
from function.models.model import Model
from function.models.parts import HOST, Part
from function.settings import Settings
from tests.conftest import Serve
from tests.engine.layers import BYTES, Halves, Layer, One, Two
from tests.engine.models import Echo, Text
from tests.engine.serving import until

HERE = "tests.engine.layers"


@pytest.fixture(autouse=True)
def _nothing_noted() -> None:
    for notes in (Layer.here, Layer.most, Layer.order, Layer.threads):
        notes.clear()


@asynccontextmanager
async def serving(names: str, budget: int) -> AsyncIterator[Engine]:
    models = ",".join(f"{HERE}:{name}" for name in names.split())
    engine = Engine(Settings(models=models, device_memory=budget, threads=1, concurrency=256))  # type: ignore[arg-type]
    engine.start()
    await until(lambda: engine.ready or engine.status.failure)
    try:
        yield engine
    finally:
        engine.close()


async def ask(engine: Engine, model: str, text: str) -> Any:
    answer = await engine.answer(Call(model, Text(text=text), "request-1"))
    return answer.result.facts.text  # type: ignore[attr-defined]


def loaded(*kinds: type[Model]) -> list[Model]:
    models = [kind() for kind in kinds]
    for model in models:
        model.load(None, "cpu")
    return models


def where(residency: Residency, *models: Model) -> list[str]:
    return [place.where for model in models for place in residency.places(model.name)]


async def test_two_models_under_load_share_a_device_that_holds_one() -> None:
    async with serving("One Two", BYTES) as engine:
        asked = [("one" if number % 2 else "two", number) for number in range(200)]
        said = await asyncio.gather(*(ask(engine, model, str(number)) for model, number in asked))
    assert said == [str(number + (1 if model == "one" else 2)) for model, number in asked]
    assert {*Layer.most} == {1}
    assert {"one", "two"} <= {*Layer.order}
    assert Layer.threads == {"lane"}


async def test_without_a_bound_nothing_moves() -> None:
    async with serving("One Two Three", 0) as engine:
        assert await asyncio.gather(*(ask(engine, name, "4") for name in ("one", "two", "three"))) == ["5", "6", "7"]
    assert {*Layer.most} == {3}
    assert Layer.order == []


async def test_what_was_not_called_for_longest_leaves_first() -> None:
    async with serving("One Two Three", 2 * BYTES) as engine:
        assert Layer.order == ["one"]  # to make room for the third at the start
        for name in ("one", "three", "two", "three", "one"):
            await ask(engine, name, "0")
    assert Layer.order == ["one", "two", "one", "two"]


async def test_a_model_that_is_too_large_is_refused_with_both_numbers() -> None:
    async with serving("One", BYTES - 1) as engine:
        assert engine.status.failure
        assert "one needs 0.0 MiB of device memory, but FUNCTION_DEVICE_MEMORY allows 0.0 MiB" in engine.status.failure


def test_only_the_parts_that_a_batch_needs_come_back() -> None:
    (halves, one) = loaded(Halves, One)
    residency = Residency(2 * BYTES)
    residency.admit(halves, "cpu")
    residency.admit(one, "cpu")
    assert where(residency, halves, one).count(HOST) == 1
    residency.use(halves, [Text(text="right")])
    residency.use(one, [Text(text="0")])
    assert where(residency, halves, one) == [HOST, "cpu", "cpu"]
    residency.use(halves, [Text(text="left"), Text(text="right")])
    assert where(residency, halves, one) == ["cpu", "cpu", HOST]


def test_what_a_batch_needs_itself_does_not_leave_for_its_other_part() -> None:
    (halves,) = loaded(Halves)
    residency = Residency(2 * BYTES)
    residency.admit(halves, "cpu")
    residency.make_room(BYTES)
    residency.use(halves, [Text(text="right"), Text(text="left")])
    assert where(residency, halves) == ["cpu", "cpu"]


def test_a_move_that_fails_leaves_the_books_right() -> None:
    one, two = loaded(One, Two)
    residency = Residency(BYTES)
    residency.admit(one, "cpu")
    residency.admit(two, "cpu")
    part = residency._parts["one"][0].part
    part._host, kept = None, part._host
    with pytest.raises(AssertionError):
        residency.use(one, [])
    assert where(residency, one, two) == [HOST, HOST]
    part._host = kept
    residency.use(one, [])
    assert where(residency, one, two) == ["cpu", HOST]


def test_tensors_come_back_as_they_were_and_their_names_with_them() -> None:
    module = torch.nn.Sequential(torch.nn.Linear(3, 5), torch.nn.BatchNorm1d(5), torch.nn.Linear(5, 2).bfloat16())
    before = {name: tensor.clone() for name, tensor in module.state_dict().items()}
    held, part = module[0].weight, Part("all", [*module.parameters(), *module.buffers()])
    for to in (HOST, "cpu", HOST, "cpu"):
        part.move(to)
        assert module[0].weight is held
        assert all(torch.equal(tensor, before[name]) for name, tensor in module.state_dict().items())


def test_tensors_that_were_made_in_inference_mode_move_too() -> None:
    with torch.inference_mode():
        module = torch.nn.Linear(3, 5)
    before, part = module.weight.clone(), Part("all", module.parameters())
    for to in (HOST, "cpu", HOST, "cpu"):
        part.move(to)
        assert torch.equal(module.weight, before)


def test_what_was_changed_on_the_device_is_not_lost() -> None:
    module = torch.nn.Linear(3, 5).requires_grad_(False)
    part = Part("all", module.parameters())
    for value in (1.0, 2.0):
        module.weight.fill_(value)
        part.move(HOST)
        part.move("cpu")
        assert (module.weight == value).all()


def test_a_model_without_tensors_takes_nothing_and_never_moves() -> None:
    residency, echo = Residency(1), Echo()
    residency.admit(echo, "cpu")
    residency.use(echo, [])
    assert residency.places("echo") == []


def test_a_model_that_is_not_up_is_listed_without_a_version(serve: Serve) -> None:
    (listed,) = serve("tests.engine.models:Broken", ready=False).get("/models").json()["models"]
    assert listed == {"name": "broken", "route": "/broken", "variant": None, "version": None, "bytes": 0, "parts": []}


def test_the_models_are_listed_with_where_they_are(serve: Serve) -> None:
    client = serve(f"{HERE}:One,{HERE}:Two", device_memory=BYTES)
    client.post("/one", {"text": "1"})
    listed = client.get("/models").json()
    assert listed["device_memory"] == BYTES
    assert [(model["name"], model["route"], model["variant"], model["version"], model["bytes"]) for model in listed["models"]] == [
        ("one", "/one", "default", "0", BYTES),
        ("two", "/two", "default", "0", BYTES),
    ]
    assert [model["parts"] for model in listed["models"]] == [
        [{"name": "weights", "where": "cpu", "bytes": BYTES}],
        [{"name": "weights", "where": HOST, "bytes": BYTES}],
    ]
