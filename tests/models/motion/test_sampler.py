"""Batches of different items, and items that leave before the end."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
import torch

from function.models.motion import stepping
from function.models.motion.network import MotionTransformer
from function.models.motion.sampler import Items, sample
from function.models.motion.stepping import Eager
from tests.models.motion.small import CONFIG, small_items, small_network

STEPS = 4


def alone(items: Items, item: int) -> Items:
    kept = items.keep(items.noise, [item])
    prompt = items.prompt[item]
    tokens = items.ctxt_length[prompt]
    return replace(
        kept, prompt=[0], ctxt=items.ctxt[prompt : prompt + 1, :tokens], ctxt_length=[tokens], vtxt=items.vtxt[prompt : prompt + 1]
    )


@pytest.mark.parametrize("null_context", [True, False])
def test_an_item_in_a_mixed_batch_gets_what_it_gets_alone(null_context: bool) -> None:
    network, items = small_network(), small_items([40, 25, 33, 40], [5.0, 1.0, 2.5, 0.0])
    together = sample(network, items, STEPS, null_context)
    for item, length in enumerate(items.length):
        single = sample(network, alone(items, item), STEPS, null_context)
        torch.testing.assert_close(together[item, :length], single[0], atol=1e-4, rtol=0)


def test_items_that_are_let_go_leave_the_others_as_they_are() -> None:
    network, items = small_network(), small_items([40, 25, 33], [5.0, 1.0, 2.5])

    def leave(done: int, _: int) -> Sequence[int] | None:
        return {1: [1, 2], 2: [2]}.get(done)

    kept = sample(network, items, STEPS, True, progress=leave)
    torch.testing.assert_close(kept[2, :33], sample(network, items, STEPS, True)[2, :33], atol=1e-4, rtol=0)


def test_no_step_is_taken_when_everybody_has_left() -> None:
    seen: list[int] = []

    def leave(done: int, _: int) -> Sequence[int]:
        seen.append(done)
        return []

    sample(small_network(), small_items([20, 20], [5.0, 5.0]), STEPS, True, progress=leave)
    assert seen == [1]


def test_an_error_of_the_callback_stops_the_run() -> None:
    def stop(done: int, _: int) -> None:
        if done == 2:
            raise TimeoutError

    with pytest.raises(TimeoutError):
        sample(small_network(), small_items([20], [5.0]), STEPS, True, progress=stop)


def test_progress_is_told_after_each_step_but_the_last() -> None:
    told: list[tuple[int, int]] = []
    sample(small_network(), small_items([20], [5.0]), STEPS, True, progress=lambda done, of: told.append((done, of)))
    assert told == [(1, 4), (2, 4), (3, 4)]


def test_conditioning_in_small_portions_changes_nothing() -> None:
    network, items = small_network(), small_items([30, 30], [5.0, 5.0])
    torch.testing.assert_close(sample(network, items, STEPS, True, budget=1), sample(network, items, STEPS, True), atol=1e-5, rtol=0)


def test_a_long_motion_is_the_same_through_pieces_of_the_band(monkeypatch: pytest.MonkeyPatch) -> None:
    network, items = small_network(), small_items([260, 203], [5.0, 5.0])
    in_pieces = sample(network, items, 2, True)
    monkeypatch.setattr(stepping, "BAND_FRAMES", 1000)
    whole = sample(network, items, 2, True)
    for item, length in enumerate(items.length):
        torch.testing.assert_close(in_pieces[item, :length], whole[item, :length], atol=1e-4, rtol=0)


def test_the_null_prompt_is_computed_once_for_a_number_of_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    network, items = small_network(), small_items([30], [5.0])
    runner, computed = Eager(network.motion_transformer), []
    monkeypatch.setattr(
        network.motion_transformer,
        "condition",
        lambda times, ctxt, *rest: (
            computed.append(len(ctxt)) or MotionTransformer.condition(network.motion_transformer, times, ctxt, *rest)
        ),
    )
    made = [sample(network, items, steps, True, runner=runner) for steps in (4, 4, 3)]
    null, prompts = 1, len(items.ctxt)
    assert computed == [prompts, null, prompts, prompts, null]
    assert torch.equal(made[0], made[1])
    runner.clear()
    sample(network, items, 4, True, runner=runner)
    assert computed[5:] == [prompts, null]


@pytest.mark.parametrize("mode", ["none", "causal"])
def test_other_masks_run_too(mode: str) -> None:
    network = small_network(replace(CONFIG, mask_mode=mode, rope_over_text=False))  # type: ignore[arg-type]
    assert torch.isfinite(sample(network, small_items([210], [5.0]), 2, True)).all()


@pytest.mark.parametrize(
    ("broken", "steps", "says"),
    [({}, 0, "steps"), ({"ctxt_length": [6, 0]}, 2, "token"), ({"length": [99]}, 2, "frames")],
)
def test_impossible_requests_are_refused(broken: dict[str, object], steps: int, says: str) -> None:
    items = replace(small_items([20], [5.0]), **broken)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=says):
        sample(small_network(), items, steps, True)
