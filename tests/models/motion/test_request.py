"""What may be asked of the motion model, as JSON, and the words that a wrong request is refused with."""

import json
from typing import Any

import pytest

from function.errors import InvalidRequest
from function.http.inputs import parse_input
from function.models.motion.request import LONGEST, SHORTEST, MotionInput, features_for


def asked(**fields: Any) -> MotionInput:
    return parse_input(MotionInput, json.dumps({"prompt": "a person walks", **fields}).encode())


def refused(**fields: Any) -> str:
    with pytest.raises(InvalidRequest) as raised:
        asked(**fields)
    return raised.value.detail


@pytest.mark.parametrize(("prompt", "count"), [("", 0), ("  \n ", 0), ("walk " * 61, 61), ("walk " * 300, 300)])
def test_a_sentence_of_too_few_or_many_words_is_refused_with_their_count(prompt: str, count: int) -> None:
    assert refused(prompt=prompt) == f'"prompt": has {count} words; 1 to 60 are right.'


@pytest.mark.parametrize("prompt", ["walk", "walk " * 60, "\u3000歩く", "a-b-c"])
def test_a_sentence_of_1_to_60_words_is_taken_as_it_is(prompt: str) -> None:
    assert asked(prompt=prompt).prompt == prompt


def test_a_sentence_of_endless_words_is_refused() -> None:
    assert "2000 characters" in refused(prompt="a" * 2001)


@pytest.mark.parametrize("duration", [0, 0.66, 12.01, 13, -1, float("nan"), float("inf"), float("-inf"), 1e308])
def test_a_duration_outside_of_the_bounds_is_refused_with_the_bound(duration: float) -> None:
    detail = refused(duration=duration)
    assert detail.startswith('"duration": input should be ')
    assert "0.67" in detail or "12" in detail


@pytest.mark.parametrize("duration", ["5", None, True, [5], {}])
def test_a_duration_that_is_no_number_is_refused(duration: Any) -> None:
    assert refused(duration=duration) == '"duration": input should be a valid number.'


@pytest.mark.parametrize(("duration", "frames"), [(0.67, SHORTEST), (0.7, 21), (1, 30), (5, 150), (0.75, 22), (0.85, 26), (12, LONGEST)])
def test_a_duration_is_a_number_of_frames_at_30_a_second(duration: float, frames: int) -> None:
    assert asked(duration=duration).frames == frames


def test_5_seconds_are_made_when_no_duration_is_given() -> None:
    assert asked().frames == 150


@pytest.mark.parametrize(("frames", "fps", "features"), [(150, 30, 150), (150, 15, 75), (21, 15, 11), (20, 15, 10), (360, 15, 180)])
def test_features_of_another_rate_cover_all_frames(frames: int, fps: int, features: int) -> None:
    assert features_for(frames, fps) == features


def test_a_seed_gives_one_motion_and_seeds_one_each() -> None:
    assert asked(seed=7).all_seeds == (7,)
    assert asked(seeds=[3, 1, 2]).all_seeds == (3, 1, 2)


def test_a_seed_is_random_when_left_out() -> None:
    assert len({asked().seed for _ in range(5)}) > 1


def test_the_seed_is_not_random_beside_seeds() -> None:
    assert asked(seeds=[1, 2]) == asked(seeds=[1, 2])


def test_a_seed_and_seeds_together_are_refused() -> None:
    assert refused(seed=1, seeds=[2]) == "give seed or seeds, not both."


@pytest.mark.parametrize("seed", [-1, 1 << 63, 1.5, "7", True, None])
def test_a_seed_is_a_whole_number_from_0(seed: Any) -> None:
    assert refused(seed=seed).startswith('"seed": ')


@pytest.mark.parametrize("seeds", [[1, 1], [-1], [1 << 63]])
def test_seeds_are_different_whole_numbers_from_0(seeds: list[int]) -> None:
    assert refused(seeds=seeds) == '"seeds": must be different whole numbers from 0 to 2^63 - 1.'


@pytest.mark.parametrize("seeds", [[1.5], ["1"], 7, list(range(9))])
def test_seeds_are_a_list_of_8_at_most(seeds: Any) -> None:
    assert refused(seeds=seeds).startswith('"seeds')


def test_the_largest_seed_is_taken() -> None:
    assert asked(seed=(1 << 63) - 1).all_seeds == ((1 << 63) - 1,)


@pytest.mark.parametrize("formats", [[], ["fbx"], ["bvh", "bvh", "bvh", "bvh"], "bvh"])
def test_other_formats_are_refused(formats: Any) -> None:
    assert refused(formats=formats).startswith('"formats')


def test_a_format_named_twice_is_made_once() -> None:
    assert asked(formats=["npz", "bvh", "npz"]).formats == ("npz", "bvh")


@pytest.mark.parametrize(
    ("field", "value"), [("guidance", 0.9), ("guidance", 10.1), ("guidance", float("nan")), ("steps", 0), ("steps", 101)]
)
def test_guidance_and_steps_have_bounds(field: str, value: float) -> None:
    assert refused(**{field: value}).startswith(f'"{field}": ')


@pytest.mark.parametrize(("wrong", "right"), [("promt", "prompt"), ("durations", "duration"), ("format", "formats"), ("step", "steps")])
def test_an_unknown_field_is_refused_with_the_nearest_known_one(wrong: str, right: str) -> None:
    assert refused(**{wrong: 1}) == f'"{wrong}" is not a known field; did you mean "{right}"?'


def test_the_example_is_a_request() -> None:
    examples = MotionInput.model_json_schema()["examples"]
    assert all(parse_input(MotionInput, json.dumps(example).encode()) for example in examples)
