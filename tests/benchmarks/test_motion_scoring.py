"""The scores of many motions: what counts as passed, and what the bench prints of it."""

import math

import numpy as np
import pytest
from PIL import Image

from benchmarks.motion_quality.contact_sheet import sheet
from benchmarks.motion_quality.prompts import HELD_OUT, Prompt
from benchmarks.motion_quality.run import complaints, evaluate, scores, table
from benchmarks.motion_quality.scoring import Bar, Sample, bars, by_action
from function.models.motion.export.bvh import write
from function.models.motion.export.clip import clip_of
from function.models.motion.skeleton import mannequin_skeleton
from function.models.motion.text.plan import Action, Plan
from training.motion.synthesis import synthesise

WAVE = Prompt("a wave of the left hand", Plan(((Action("wave", side="left"),),)), 3.0)
WALK_WAVE = Prompt("walk ahead, then wave", Plan(((Action("walk"),), (Action("wave"),))), 5.0)


def performed(plan: Plan, seconds: float, seed: int) -> str:
    motion = synthesise(plan, round(seconds * 30), np.random.default_rng(seed))
    return write(clip_of(motion.rotations, motion.translation, 30.0, mannequin_skeleton())).decode()


def right_motions(prompt: str, seconds: float, seeds: tuple[int, ...]) -> list[str]:
    plans = {known.text: known.plan for known in (WAVE, WALK_WAVE)}
    return [performed(plans[prompt], seconds, seed) for seed in seeds]


def measured(samples: list[Sample], name: str) -> Bar:
    return next(bar for bar in bars(samples) if bar.name == name)


def test_right_motions_meet_the_bars_they_are_measured_by() -> None:
    samples = evaluate(right_motions, [WAVE, WALK_WAVE], (1, 2))
    assert [bar.name for bar in bars(samples) if not bar.met] == ["two actions at the same time"]
    assert measured(samples, "single actions").measured == 100
    assert complaints(samples) == ""


def test_a_missing_file_is_a_failure() -> None:
    samples = evaluate(lambda prompt, seconds, seeds: right_motions(prompt, seconds, seeds)[:1], [WAVE], (1, 2))
    assert [sample.passed for sample in samples] == [True, False]
    assert measured(samples, "left / right correct").measured == 50
    assert by_action(samples) == {"wave": (1, 2)}


def test_the_wrong_motion_is_a_failure_with_its_reason() -> None:
    bow = performed(Plan(((Action("bow"),),)), 3.0, 1)
    samples = evaluate(lambda _prompt, _seconds, seeds: [bow] * len(seeds), [WAVE], (1,))
    assert measured(samples, "single actions").measured == 0
    assert "wave side: left said, done by neither side" in complaints(samples)


def test_nothing_measured_meets_no_bar() -> None:
    assert all(math.isnan(bar.measured) and not bar.met for bar in bars([]))


def test_the_table_names_bar_measure_and_verdict() -> None:
    row = table([Bar("single actions", 88.0, 90.0, "%", least=True)]).splitlines()[1]
    assert row.split() == ["single", "actions", ">=", "90", "%", "88.0", "%", "MISSED"]


def test_scores_hold_every_bar_and_action() -> None:
    found = scores(evaluate(right_motions, [WAVE], (1,)))
    assert set(found) == {"bars", "actions", "motions", "failures"}
    assert found["actions"] == {"wave": {"fine": 1, "asked": 1}}


@pytest.mark.parametrize("prompt", HELD_OUT, ids=lambda prompt: prompt.text)
def test_what_a_held_out_sentence_means_can_be_done_in_its_time(prompt: Prompt) -> None:
    text = performed(prompt.plan, prompt.seconds, 17)
    (sample,) = evaluate(lambda _prompt, _seconds, _seeds: [text], [prompt], (17,))
    assert sample.reasons == ()


def test_a_contact_sheet_has_a_row_for_each_motion() -> None:
    text = performed(WAVE.plan, WAVE.seconds, 1)
    one, two = (sheet([(WAVE.text, text)] * rows, moments=3) for rows in (1, 2))
    assert isinstance(one, Image.Image)
    assert two.width == one.width
    assert two.height > one.height + 200
