"""How requests of the motion model share the device, and what their files are called."""

from typing import Any

import pytest

from function.models.motion.model import Motion
from function.models.motion.request import MotionInput
from tests.models.motion.published import SmallMotion, opened, write_published


def asked(**fields: Any) -> MotionInput:
    return MotionInput(**{"prompt": "a person walks", "duration": 1, "steps": 2, **fields})


def everyone(step: int, of: int) -> list[int]:
    return [0]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Motion:
    model = SmallMotion()
    model.load(opened(write_published(tmp_path_factory.mktemp("weights"))), "cpu")
    return model


def test_requests_with_equally_many_steps_may_share_a_batch() -> None:
    assert Motion().key(asked(duration=1, seed=1)) == Motion().key(asked(duration=9, guidance=2.0, formats=["npz"]))
    assert Motion().key(asked(steps=2)) != Motion().key(asked(steps=3))


def test_a_request_costs_its_frames_for_each_seed() -> None:
    assert Motion().cost(asked(duration=2)) == 60
    assert Motion().cost(asked(duration=2, seeds=(1, 2, 3))) == 180


def test_a_batch_has_room_for_the_largest_request() -> None:
    largest = asked(duration=12, seeds=tuple(range(8)))
    assert Motion().cost(largest) <= Motion.limits.max_cost


def test_the_warm_up_goes_through_to_the_files(model: Motion) -> None:
    model.warmup()


def test_files_are_made_in_the_formats_that_were_asked_for_and_in_their_order(model: Motion) -> None:
    request = asked(formats=("npz", "bvh"), seed=5)
    (draft,) = model.predict([request], everyone)
    result = model.finish(request, draft)
    assert [(file.name, file.media_type) for file in result.artifacts] == [
        ("motion.npz", "application/x-npz"),
        ("motion.bvh", "model/x-bvh"),
    ]


def test_a_motion_of_each_seed_is_named_after_it(model: Motion) -> None:
    request = asked(formats=("bvh",), seeds=(5, 2))
    (draft,) = model.predict([request], everyone)
    assert [file.name for file in model.finish(request, draft).artifacts] == ["motion-5.bvh", "motion-2.bvh"]


def test_the_facts_say_what_is_needed_to_make_it_again(model: Motion) -> None:
    request = asked(guidance=3.0, seed=5)
    (draft,) = model.predict([request], everyone)
    facts = model.finish(request, draft).facts.model_dump()
    assert facts == {"frames": 30, "fps": 30, "seconds": 1.0, "seeds": (5,), "guidance": 3.0, "steps": 2, "understood": ""}
