"""What the sentence writer and the plan sampler promise."""

import random
import re
from itertools import pairwise, product

import numpy as np
import pytest

from benchmarks.motion_quality.blind import BLIND
from benchmarks.motion_quality.prompts import HEADLINE, HELD_OUT, SINGLE, TWO_STEPS
from function.models.motion.text.codes import plan_codes, plan_from_codes
from function.models.motion.text.lexicon import Lexicon
from function.models.motion.text.plan import ACTIONS, CARRIERS, UPPER_BODY, Action, Plan
from function.models.motion.text.synonyms import SYNONYMS
from training.motion.plans import LONGEST, SHORTEST, natural_seconds, sample_frames, sample_plan
from training.motion.sentences import build_vocabulary, write
from training.motion.sentences.frames import NOISE

FPS = 30


@pytest.fixture(scope="module")
def written() -> list[tuple[Plan, str]]:
    rng = random.Random(1)
    plans = [sample_plan(rng) for _ in range(20_000)]
    return [(plan, write(plan, rng)) for plan in plans]


@pytest.fixture(scope="module")
def lexicon(written: list[tuple[Plan, str]]) -> Lexicon:
    return Lexicon(build_vocabulary(sentence for _, sentence in written))


def variants(name: str) -> list[Action]:
    traits = ACTIONS[name]
    said = (traits.sides or (None,), traits.directions or (None,), traits.speeds, traits.counts or (None,), traits.heights or (None,))
    return [Action(name, *modifiers) for modifiers in product(*said)]


def pairs(sentence: str) -> set[tuple[str, str]]:
    return set(pairwise(["", *re.findall(r"\w+", sentence.lower()), ""]))


@pytest.mark.parametrize("name", ACTIONS)
def test_every_modifier_of_an_action_has_words(name: str) -> None:
    rng = random.Random(2)
    for action in variants(name):
        assert write(Plan(((Action("stand"),), (action,))), rng)


@pytest.mark.parametrize("name", ACTIONS)
def test_an_action_has_thousands_of_wordings(name: str) -> None:
    rng = random.Random(3)
    choices = variants(name)
    assert len({write(Plan(((choices[turn % len(choices)],),)), rng) for turn in range(3000)}) > 2000


@pytest.mark.parametrize("make", [random.Random, np.random.default_rng])
def test_the_same_chance_writes_the_same(make) -> None:  # type: ignore[no-untyped-def]
    first, again = ([write(sample_plan(rng), rng) for _ in range(50)] for rng in (make(7), make(7)))
    assert first == again


def test_a_sentence_has_at_most_60_words(written: list[tuple[Plan, str]]) -> None:
    assert max(len(sentence.split()) for _, sentence in written) <= 60


def test_no_template_is_left_open(written: list[tuple[Plan, str]]) -> None:
    assert not [sentence for _, sentence in written if re.search(r"[{}<>|~()]|  | ,|^\W", sentence)]


def test_two_plans_are_never_said_with_the_same_words(written: list[tuple[Plan, str]], lexicon: Lexicon) -> None:
    meant: dict[tuple[str, ...], Plan] = {}
    assert all(meant.setdefault(lexicon.encode(sentence).words, plan) == plan for plan, sentence in written)


@pytest.mark.parametrize("modifier", ["left", "right"])
def test_a_side_is_said_exactly_when_it_is_meant(modifier: str, written: list[tuple[Plan, str]]) -> None:
    for plan, sentence in written:
        actions = [action for step in plan.steps for action in step]
        if len(actions) == 1 and actions[0].name != "balance" and modifier in (actions[0].side, actions[0].direction):
            assert re.search(modifier if "clockwise" not in sentence.lower() else "clockwise", sentence.lower())


def test_order_is_told_by_the_words() -> None:
    rng = random.Random(4)
    plan = Plan(((Action("run"),), (Action("clap"),)))
    for _ in range(2000):
        sentence = write(plan, rng).lower()
        reversed_by = re.search(r"^before|(?<!^)(?<!and )\bafter (?!that|which)", sentence)
        runs, claps = re.search(r"\b(run|ran\b|jog)", sentence), re.search(r"clap|appla", sentence)
        assert runs
        assert claps
        assert (runs.start() < claps.start()) != bool(reversed_by)


def test_the_vocabulary_is_small_and_knows_what_is_written(written: list[tuple[Plan, str]], lexicon: Lexicon) -> None:
    assert len(lexicon) < 600
    unknown = {word for _, sentence in written for word in lexicon.encode(sentence).unknown}
    assert unknown <= set(NOISE)


def test_noise_is_unknown(lexicon: Lexicon) -> None:
    assert not set(NOISE) & set(lexicon.tokens)
    assert lexicon.encode(" ".join(NOISE)).unknown == NOISE


def test_order_words_are_tokens(lexicon: Lexicon) -> None:
    assert {"then", "before", "after", "afterward", "while", "as", "and", "next", "first", "finally", ","} <= set(lexicon.tokens)


def test_near_synonyms_mean_known_words(lexicon: Lexicon) -> None:
    assert not {word for meaning in SYNONYMS.values() for word in meaning.split()} - set(lexicon.tokens)


def test_plans_come_in_the_shares_asked_for(written: list[tuple[Plan, str]]) -> None:
    steps = [len(plan.steps) for plan, _ in written]
    paired = [any(len(step) == 2 for step in plan.steps) for plan, _ in written]
    assert np.mean(paired) == pytest.approx(0.12, abs=0.02)
    assert np.mean([count == 1 and not pair for count, pair in zip(steps, paired, strict=True)]) == pytest.approx(0.45, abs=0.02)
    assert np.mean([count == 3 for count in steps]) == pytest.approx(0.06, abs=0.01)
    assert np.mean([count == 4 for count in steps]) == pytest.approx(0.02, abs=0.01)


def test_plans_say_only_what_actions_take(written: list[tuple[Plan, str]]) -> None:
    assert all(plan_from_codes(plan_codes(plan)) == plan for plan, _ in written)


def test_every_variant_is_sampled() -> None:
    rng = random.Random(6)
    sampled = {action for _ in range(60_000) for step in sample_plan(rng).steps for action in step}
    assert not {action for name in ACTIONS for action in variants(name)} - sampled


def test_actions_at_the_same_time_are_of_legs_and_arms(written: list[tuple[Plan, str]]) -> None:
    together = [step for plan, _ in written for step in plan.steps if len(step) == 2]
    assert all(lower.name in CARRIERS and upper.name in UPPER_BODY for lower, upper in together)


def test_who_stands_up_was_down_or_begins_so(written: list[tuple[Plan, str]]) -> None:
    for plan, _ in written:
        names = [step[0].name for step in plan.steps]
        if "stand_up" in names[1:]:
            assert {"sit", "kneel", "crouch"} & set(names[: names.index("stand_up", 1)])


def test_lengths_cover_what_users_ask_for(written: list[tuple[Plan, str]]) -> None:
    rng = random.Random(5)
    seconds = [(len(plan.steps), sample_frames(plan, rng, FPS) / FPS) for plan, _ in written]
    one = [length for steps, length in seconds if steps == 1]
    two = [length for steps, length in seconds if steps == 2]
    assert np.percentile(one, 70) > 4
    assert np.percentile(one, 85) > 5
    assert np.percentile(two, 15) < 4
    assert np.percentile(two, 85) > 7
    assert min(one) >= SHORTEST
    assert max(length for _, length in seconds) <= LONGEST


def test_three_jumps_want_longer_than_one() -> None:
    one, three = (Plan(((Action("jump", count=count),),)) for count in (1, 3))
    assert natural_seconds(three) > natural_seconds(one)


def test_held_out_sentences_are_not_written() -> None:
    rng = random.Random(8)
    for prompt in HELD_OUT + BLIND:
        said = {write(prompt.plan, rng).lower().strip(".!") for _ in range(300)}
        assert prompt.text.lower().strip(".!") not in said


def test_held_out_sentences_join_words_that_the_writer_does_not(written: list[tuple[Plan, str]]) -> None:
    rng = random.Random(9)
    known = set().union(*(pairs(sentence) for _, sentence in written))
    known |= set().union(*(pairs(write(prompt.plan, rng)) for prompt in HELD_OUT for _ in range(100)))
    assert not [prompt.text for prompt in HELD_OUT if pairs(prompt.text) <= known]


def test_most_held_out_sentences_are_new_to_the_model(lexicon: Lexicon) -> None:
    rng = random.Random(10)
    trained = {lexicon.encode(write(prompt.plan, rng)).words for prompt in HELD_OUT for _ in range(300)}
    new = [prompt for prompt in HELD_OUT if lexicon.encode(prompt.text).words not in trained]
    assert len(new) > 0.85 * len(HELD_OUT)


def test_held_out_sentences_cover_the_vocabulary() -> None:
    said = [action for prompt in SINGLE for step in prompt.plan.steps for action in step]
    assert {action.name for action in said} == set(ACTIONS)
    assert len(SINGLE) >= 70
    assert len(TWO_STEPS) >= 30
    assert sum(bool({action.side, action.direction} & {"left", "right"}) for action in said) >= 30


def test_held_out_plans_say_only_what_actions_take() -> None:
    assert [prompt.text for prompt in HELD_OUT if plan_from_codes(plan_codes(prompt.plan)) != prompt.plan] == []


def test_the_headline_is_understood(lexicon: Lexicon) -> None:
    assert lexicon.encode(HEADLINE.text).unknown == ()
