"""What a small network only nearly says about feet and floor is made exact, and nothing else is changed."""

from functools import cache

import numpy as np
import pytest
import torch
from torch import Tensor

from benchmarks.motion_quality.checks import check
from benchmarks.motion_quality.contact import ground, skating
from benchmarks.motion_quality.track import MotionTrack
from benchmarks.motion_quality.truth import world_track
from function.models.motion.decode import split_features
from function.models.motion.legs import legs_of, reach, with_legs
from function.models.motion.planting import clean, plant
from function.models.motion.skeleton import mannequin_skeleton
from function.models.motion.text.plan import Action, Plan
from training.motion.features import CONTACT, features
from training.motion.synthesis import synthesise

SKELETON = mannequin_skeleton()
FRAMES = 110
LEGS = (1, 2, 4, 5, 7, 8, 10, 11)
ACTIONS = (
    *(Action("walk"), Action("walk", direction="circle"), Action("walk", direction="left"), Action("walk", direction="backward")),
    *(Action("run"), Action("march"), Action("jump", count=2), Action("jumping_jacks"), Action("kick", side="left")),
    *(Action("lunge", side="right"), Action("kneel", side="left"), Action("sit"), Action("stand_up"), Action("squat")),
    *(Action("turn", direction="left"), Action("spin", direction="right"), Action("balance", side="right")),
    *(Action("dance"), Action("dance", speed="quick"), Action("stand")),
)


def rough(values: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Features (L, 201) as a small network would say them: drifting, trembling, unsure of the feet."""
    made = values.copy()
    time = np.arange(len(made))[:, None]
    waves = rng.uniform(0.05, 0.08, (1, 3)) * 2 * np.pi * time + rng.uniform(0, 2 * np.pi, (1, 3))
    made[:, :3] += 0.03 * np.sin(waves) + rng.normal(0, 0.003, (len(made), 3))
    made[:, 3:135] += rng.normal(0, 0.02, (len(made), 132))
    made[:, CONTACT] += rng.normal(0, 0.15, (len(made), 2))
    return made.astype(np.float32)


@cache
def inputs(action: Action) -> tuple[Tensor, Tensor, Tensor]:
    rng = np.random.default_rng(3)
    values = rough(features(synthesise(Plan(((action,),)), FRAMES, rng)), rng)
    translation, rotation = split_features(torch.from_numpy(values)[None])
    return rotation, translation, torch.from_numpy(values)[None, :, CONTACT]


@cache
def cleaned(action: Action) -> MotionTrack:
    rotation, translation = clean(*inputs(action), FRAMES, SKELETON)
    return world_track(rotation[0].numpy(), translation[0].numpy())


@pytest.mark.parametrize("action", ACTIONS, ids=str)
def test_planted_feet_stay_where_they_are(action: Action) -> None:
    assert skating(cleaned(action)).mean() < 4.0


@pytest.mark.parametrize("action", ACTIONS, ids=str)
def test_bodies_stand_on_the_ground(action: Action) -> None:
    heights = ground(cleaned(action), Plan(((action,),)))
    assert np.percentile(abs(heights), 95) < 2.0
    assert heights.min() > -1.0


@pytest.mark.parametrize("action", ACTIONS, ids=str)
def test_an_action_is_still_what_it_is_called(action: Action) -> None:
    verdict = check(Plan(((action,),)), cleaned(action))
    assert verdict.passed, verdict.reasons


@pytest.mark.parametrize("action", [Action("stand"), Action("walk"), Action("squat"), Action("kick", side="left")], ids=str)
def test_knees_do_not_pop(action: Action) -> None:
    """Degrees by which the speed of bending changes from frame to frame; the synthesised walk and kick reach 15 and 19."""
    bends = np.stack([cleaned(action).bend("Knee", side) for side in ("left", "right")])
    limit = 2.5 if action.name == "stand" else 15.0
    assert np.percentile(abs(np.diff(bends, 2, axis=1)), 99) < limit


def test_only_legs_and_the_path_change() -> None:
    rotation = torch.eye(3).repeat(1, 30, 22, 1, 1)
    made, _ = plant(rotation, torch.rand(1, 30, 3), torch.ones(1, 30, 2), SKELETON)
    others = [joint for joint in range(22) if joint not in LEGS]
    assert torch.equal(made[:, :, others], rotation[:, :, others])


def test_a_body_that_floats_comes_down() -> None:
    rotation = torch.eye(3).repeat(1, 30, 22, 1, 1)
    _, path = plant(rotation, torch.full((1, 30, 3), 1.03), torch.ones(1, 30, 2), SKELETON)
    assert (path[..., 1] - 0.955).abs().max() < 0.02


def test_a_flight_keeps_its_path() -> None:
    rotation, time = torch.eye(3).repeat(1, 60, 22, 1, 1), torch.arange(60) / 30
    hop = (4.9 * (time - 0.8) * (1.2 - time)).clamp(min=0)
    path = torch.stack((torch.zeros(60), 0.95 + 2 * hop, torch.zeros(60)), dim=-1)[None]
    contact = (hop == 0).float()[None, :, None].expand(1, 60, 2)
    made = plant(rotation, path, contact, SKELETON)[1]
    rise = made[0, :, 1] - made[0, 0, 1]
    assert rise.max() == pytest.approx(float(2 * hop.max()), abs=0.05)


def test_samples_do_not_touch_each_other() -> None:
    one, two = inputs(Action("walk")), inputs(Action("kneel", side="left"))
    both = clean(*(torch.cat(pair) for pair in zip(one, two, strict=True)), FRAMES, SKELETON)
    for index, alone in enumerate((clean(*one, FRAMES, SKELETON), clean(*two, FRAMES, SKELETON))):
        assert torch.allclose(both[0][index], alone[0][0], atol=1e-4)
        assert torch.allclose(both[1][index], alone[1][0], atol=1e-4)


def test_a_motion_without_a_planted_foot_stays_finite() -> None:
    rotation, translation, contact = inputs(Action("run"))
    turns, path = clean(rotation, translation, torch.zeros_like(contact), FRAMES, SKELETON)
    assert torch.isfinite(turns).all()
    assert torch.isfinite(path).all()


def test_a_leg_reaches_where_it_can_and_keeps_its_length() -> None:
    rotation = torch.eye(3).repeat(5, 22, 1, 1)
    legs = legs_of(rotation, SKELETON)
    target = legs.position[..., 2, :] + torch.tensor((0.05, 0.12, 0.2))
    moved = legs_of(with_legs(rotation, reach(legs, target), SKELETON), SKELETON)
    assert torch.allclose(moved.position[..., 2, :], target, atol=1e-4)
    assert torch.allclose(moved.rotation[..., 2, :, :], legs.rotation[..., 2, :, :], atol=1e-5)


def test_a_leg_that_is_too_short_stretches_towards_its_aim() -> None:
    legs = legs_of(torch.eye(3).repeat(1, 22, 1, 1), SKELETON)
    aim = legs.position[..., 2, :] - torch.tensor((0.0, 0.5, 0.0))
    span = (reach(legs, aim).position[..., 2, :] - legs.position[..., 0, :]).norm(dim=-1)
    assert ((span > 0.82) & (span < 0.831)).all()
