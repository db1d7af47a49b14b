"""Judges the checks: the synthesiser's own motions must pass theirs, and fail those of other actions.

python -m benchmarks.motion_quality.truth [motions an action]
"""

import sys
from itertools import product

import numpy as np
from numpy.typing import NDArray

from benchmarks.motion_quality.checks import check
from benchmarks.motion_quality.contact import ground, skating
from benchmarks.motion_quality.track import JOINTS, MotionTrack
from function.models.motion.skeleton import mannequin_skeleton
from function.models.motion.text.plan import ACTIONS, CARRIERS, UPPER_BODY, Action, Plan
from function.models.motion.text.timing import natural_seconds
from training.motion.synthesis import synthesise

FPS = 30
Rotations = NDArray[np.floating]


def world_track(rotations: Rotations, translation: Rotations, fps: float = FPS) -> MotionTrack:
    """The track of local rotations (F, 22, 3, 3) and pelvis positions (F, 3) on the mannequin."""
    skeleton = mannequin_skeleton()
    offsets = skeleton.offsets.astype(np.float64)
    joints, world = np.zeros((len(rotations), len(JOINTS), 3)), rotations.astype(np.float64)
    joints[:, 0] = translation
    for joint, parent in enumerate(skeleton.parents):
        if parent >= 0:
            joints[:, joint] = joints[:, parent] + world[:, parent] @ offsets[joint]
            world[:, joint] = world[:, parent] @ world[:, joint]
    return MotionTrack(joints, world, fps)


def perform(plan: Plan, seconds: float, seed: int) -> MotionTrack:
    """The synthesiser's motion for a plan."""
    motion = synthesise(plan, round(seconds * FPS), np.random.default_rng(seed))
    return world_track(motion.rotations, motion.translation)


def variants(name: str) -> list[Action]:
    """Every combination of what may be said about an action."""
    traits = ACTIONS[name]
    said = product(
        traits.sides or (None,), traits.directions or (None,), traits.speeds, traits.counts or (None,), traits.heights or (None,)
    )
    return [Action(name, side, direction, speed, count, height) for side, direction, speed, count, height in said]


def natural(plan: Plan, rng: np.random.Generator) -> float:
    """Seconds that leave each step enough time."""
    return min(12.0, natural_seconds(plan) * float(rng.uniform(1.05, 1.4)))


def any_variant(name: str, rng: np.random.Generator) -> Action:
    choices = variants(name)
    return choices[int(rng.integers(len(choices)))]


def pairs(count: int) -> list[tuple[Plan, MotionTrack, int]]:
    """Two steps, one after the other."""
    rng = np.random.default_rng(5)
    found = []
    for seed in range(count):
        names = rng.choice([name for name in ACTIONS if name != "stand_up"], 2, replace=False)
        plan = Plan(tuple((any_variant(str(name), rng),) for name in names))
        found.append((plan, perform(plan, natural(plan, rng), seed), seed))
    return found


def layers(count: int) -> list[tuple[Plan, MotionTrack, int]]:
    """Two actions at the same time."""
    rng = np.random.default_rng(6)
    found = []
    for seed in range(count):
        lower, upper = (any_variant(str(rng.choice(sorted(names))), rng) for names in (CARRIERS, UPPER_BODY))
        plan = Plan(((lower, upper),))
        found.append((plan, perform(plan, natural(plan, rng), seed), seed))
    return found


def singles(count: int) -> list[tuple[Plan, MotionTrack, int]]:
    """Every action in different variants."""
    found = []
    for name in ACTIONS:
        rng = np.random.default_rng(sorted(ACTIONS).index(name))
        for seed in range(count):
            plan = Plan(((any_variant(name, rng),),))
            found.append((plan, perform(plan, natural(plan, rng), seed), seed))
    return found


def judge(title: str, performed: list[tuple[Plan, MotionTrack, int]]) -> None:
    """Print how many pass their own check, why the others do not, and how feet meet the floor."""
    fine = 0
    for plan, motion, seed in performed:
        verdict = check(plan, motion)
        fine += verdict.passed
        if not verdict.passed:
            print(f"    {say(plan)}; seed {seed}, {motion.seconds:.1f} s: {'; '.join(verdict.reasons)}")
    slips = [float(skating(motion).mean()) for _, motion, _ in performed]
    heights = np.concatenate([abs(ground(motion, plan)) for plan, motion, _ in performed])
    print(
        f"{title}: {fine} of {len(performed)} pass; skating p50 {np.percentile(slips, 50):.1f} p95 {np.percentile(slips, 95):.1f} cm/s; "
        f"ground p95 {np.percentile(heights, 95):.1f} worst {heights.max():.1f} cm"
    )


def say(plan: Plan) -> str:
    """The plan in a few words."""
    words = [
        [[action.name, action.side, action.direction, action.speed, action.count, action.height] for action in step] for step in plan.steps
    ]
    return " then ".join(
        " while ".join(" ".join(str(word) for word in said if word not in (None, "normal")) for said in step) for step in words
    )


def confuse(performed: list[tuple[Plan, MotionTrack, int]]) -> None:
    """Print, for each action performed, the other actions' plain checks that its motions pass."""
    for name in ACTIONS:
        motions = [motion for plan, motion, _ in performed if plan.steps[0][0].name == name]
        rates = {asked: np.mean([check(Plan(((variants(asked)[0],),)), motion).passed for motion in motions]) for asked in ACTIONS}
        mistaken = [f"{asked} {rate:.0%}" for asked, rate in rates.items() if asked != name and rate > 0.02]
        print(f"{name:14} also passes: {', '.join(mistaken) or 'nothing'}")


def main(count: int) -> None:
    performed = singles(count)
    judge("single actions", performed)
    judge("at the same time", layers(10 * count))
    sequences = pairs(10 * count)
    judge("one after the other", sequences)
    swapped = [say(plan) for plan, motion, _ in sequences if check(Plan(plan.steps[::-1]), motion).passed]
    print(f"one after the other, asked in the wrong order: {len(swapped)} of {len(sequences)} pass: {'; '.join(swapped)}")
    confuse(performed)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
