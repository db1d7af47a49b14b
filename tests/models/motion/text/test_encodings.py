"""Encodings that are kept: within their bound, beyond the process, and so that nobody is answered from another prompt's."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from function.engine.residency import Residency
from function.engine.stored import StoredMemo
from function.models.model import ALONE, Surroundings
from function.models.motion.generate import Generator
from function.models.motion.request import MotionInput
from function.models.motion.text.encodings import Encoding, Encodings, join_encodings
from function.models.parts import HOST
from function.results.store import ResultStore
from tests.conftest import Serve
from tests.models.motion.published import CHAT, SmallMotion, opened, write_published

WALK, WAVE = "a person walks", "someone waves"
SIZE = 4 * (3 * 5 + 4)


def encoding(value: float, tokens: int = 3) -> Encoding:
    return Encoding(torch.full((tokens, 5), float(value)), torch.full((1, 4), float(value)))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_published(tmp_path_factory.mktemp("weights"))


@pytest.fixture
def memo(tmp_path: Path) -> StoredMemo:
    return StoredMemo(ResultStore.open(str(tmp_path / "results")))


def generator(folder: Path, surroundings: Surroundings = ALONE) -> Generator:
    return Generator(opened(folder), "cpu", CHAT, surroundings)


def counted(made: Generator) -> list[int]:
    """The rows of each pass of the language model from now on."""
    rows: list[int] = []
    made.text.modules[0].register_forward_hook(lambda _model, inputs, _output: rows.append(len(inputs[0])))
    return rows


def asked(*prompts: str, **more: Any) -> list[MotionInput]:
    return [MotionInput(prompt=prompt, duration=1, seed=1, steps=2, **more) for prompt in prompts]


def features(made: Generator, *prompts: str) -> list[torch.Tensor]:
    return [draft.features for draft in made.draft(asked(*prompts), lambda step, of: range(len(prompts)))]


def test_the_bound_holds_and_what_was_not_used_for_longest_is_dropped() -> None:
    encodings = Encodings("", 2 * SIZE, None)
    encodings.add("one", encoding(1))
    encodings.add("two", encoding(2))
    encodings.find("one")
    encodings.add("three", encoding(3))
    assert [encodings.find(prompt) is not None for prompt in ("one", "two", "three")] == [True, False, True]
    assert encodings.size == 2 * SIZE


def test_what_is_larger_than_the_bound_is_not_kept() -> None:
    encodings = Encodings("", SIZE, None)
    encodings.add("one", encoding(1))
    encodings.add("long", encoding(2, tokens=4))
    assert encodings.find("long") is None
    assert encodings.find("one") is not None


def test_an_encoding_outlives_the_process(memo: StoredMemo) -> None:
    first, second = (Encodings("encoder", 1 << 20, memo) for _ in range(2))
    first.add(WALK, encoding(1))
    second.recall(WALK)
    assert second.find(WALK) is None
    first.persist(WALK)
    second.recall(f" {WALK}\n")
    found = second.find(WALK)
    assert found
    assert all(torch.equal(mine, theirs) for mine, theirs in zip(found, encoding(1), strict=True))


def test_another_encoder_finds_nothing(memo: StoredMemo) -> None:
    first, other = Encodings("encoder", 1 << 20, memo), Encodings("another", 1 << 20, memo)
    first.add(WALK, encoding(1))
    first.persist(WALK)
    other.recall(WALK)
    assert other.find(WALK) is None


@pytest.mark.parametrize("keep", [0, 10, -1])
def test_a_damaged_memo_is_none(memo: StoredMemo, tmp_path: Path, keep: int) -> None:
    first, second = (Encodings("encoder", 1 << 20, memo) for _ in range(2))
    first.add(WALK, encoding(1))
    first.persist(WALK)
    (kept,) = (tmp_path / "results" / "memos").iterdir()
    kept.write_bytes(kept.read_bytes()[:keep])
    second.recall(WALK)
    assert second.find(WALK) is None


def test_a_store_that_fails_costs_nothing_else(memo: StoredMemo, tmp_path: Path) -> None:
    (tmp_path / "results" / "memos").write_text("not a folder")
    encodings = Encodings("encoder", 1 << 20, memo)
    encodings.add(WALK, encoding(1))
    encodings.persist(WALK)
    encodings.recall(WAVE)
    assert encodings.find(WALK) is not None


def test_prompts_of_different_lengths_are_padded() -> None:
    joined = join_encodings([encoding(1, tokens=2), encoding(2, tokens=4)], "cpu")
    assert joined.ctxt_length == [2, 4]
    assert joined.ctxt[:, :, 0].tolist() == [[1, 1, 0, 0], [2, 2, 2, 2]]
    assert joined.vtxt.shape == (2, 1, 4)


def test_only_prompts_that_are_new_are_encoded_and_each_once(folder: Path) -> None:
    made = generator(folder)
    features(made, WALK)
    rows = counted(made)
    features(made, WALK, WAVE, "a turn", WAVE)
    assert rows == [2]
    features(made, WAVE, WALK)
    assert rows == [2]


def test_a_motion_is_the_same_from_a_kept_encoding(folder: Path) -> None:
    made = generator(folder)
    (fresh,), (kept,) = features(made, WALK), features(made, WALK)
    assert torch.equal(fresh, kept)


def test_the_text_encoder_is_needed_for_new_prompts_only(folder: Path) -> None:
    made = generator(folder)
    assert made.needs(asked(WALK)) == {"network", "text"}
    features(made, WALK)
    assert made.needs(asked(WALK)) == {"network"}
    assert made.needs(asked(WALK, WAVE)) == {"network", "text"}


def test_an_encoding_that_a_batch_relies_on_stays_for_it(folder: Path) -> None:
    made = generator(folder, Surroundings(encoding_cache=3000))
    features(made, WALK)
    assert made.needs(asked(WALK)) == {"network"}
    made.encodings.add(WAVE, Encoding(torch.zeros(20, 48, dtype=torch.bfloat16), torch.zeros(1, 32)))
    assert made.encodings.find(WALK) is None
    rows = counted(made)
    features(made, WALK)
    assert rows == []


def test_a_text_encoder_on_the_host_is_no_part(folder: Path) -> None:
    assert [part.name for part in generator(folder, Surroundings(text_encoder="host")).parts()] == ["network"]
    assert [part.name for part in generator(folder).parts()] == ["network", "text"]


def test_the_text_encoder_waits_on_the_host_until_a_prompt_is_new(folder: Path) -> None:
    model, resting = SmallMotion(), generator(folder)
    model.load(opened(folder), "cpu")
    size = sum(part.size for part in model.parts())
    residency = Residency(size)
    residency.admit(model, "cpu")
    features(model._generator, WALK)
    residency.make_room(size)
    assert [place.where for place in residency.places("motion")] == [HOST, HOST]
    for prompt, where in ((WALK, ["cpu", HOST]), (WAVE, ["cpu", "cpu"])):
        residency.use(model, asked(prompt))
        assert [place.where for place in residency.places("motion")] == where
        np.testing.assert_allclose(features(model._generator, prompt)[0], features(resting, prompt)[0], atol=1e-4)


def test_a_new_process_on_the_same_store_encodes_no_known_prompt(serve: Serve, folder: Path) -> None:
    settings = {"weights": str(folder.parents[2]), "variants": {"motion": "1.0"}, "threads": 1}
    request = {"prompt": WALK, "duration": 1, "steps": 2}
    first, second = (serve("tests.models.motion.published:SmallMotion", **settings) for _ in range(2))
    rows = counted(second.model("motion")._generator)
    assert first.post("/generate", {**request, "seed": 1}).status == 200
    assert second.post("/generate", {**request, "seed": 2}).json()["stored"] is False
    assert rows == [], "the prompt was encoded again"
    second.post("/generate", {**request, "prompt": "a new one"})
    assert rows == [1]
