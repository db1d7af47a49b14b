"""Scores of many motions: the bars, one row each, and what failed."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from benchmarks.motion_quality.bvh import BvhError, read
from benchmarks.motion_quality.checks import Verdict, check
from benchmarks.motion_quality.contact import ground, skating
from benchmarks.motion_quality.track import Array, track
from function.models.motion.text.plan import Plan

NOTHING: Array = np.zeros(0)


@dataclass(frozen=True)
class Sample:
    """One generated motion and what was measured on it; an unreadable file fails everything."""

    prompt: str
    plan: Plan
    seed: int
    verdict: Verdict | None
    problem: str = ""
    skating: Array = field(default_factory=lambda: NOTHING)
    ground: Array = field(default_factory=lambda: NOTHING)

    @property
    def passed(self) -> bool:
        return self.verdict is not None and self.verdict.passed

    @property
    def side(self) -> bool | None:
        return self.verdict.side if self.verdict else (False if says_side(self.plan) else None)

    @property
    def reasons(self) -> tuple[str, ...]:
        return self.verdict.reasons if self.verdict else (self.problem,)


@dataclass(frozen=True)
class Bar:
    """A figure to reach: at least `bar`, or at most, as `least` says."""

    name: str
    measured: float
    bar: float
    unit: str
    least: bool = False

    @property
    def met(self) -> bool:
        return self.measured >= self.bar if self.least else self.measured <= self.bar


def says_side(plan: Plan) -> bool:
    return any(
        "left" in said or "right" in said for step in plan.steps for action in step for said in (action.side or "", action.direction or "")
    )


def measure(prompt: str, plan: Plan, seed: int, text: str) -> Sample:
    """Judge the BVH file of one prompt and seed."""
    try:
        motion = track(read(text))
    except (BvhError, ValueError) as error:
        return Sample(prompt, plan, seed, None, str(error))
    return Sample(prompt, plan, seed, check(plan, motion), "", skating(motion), ground(motion, plan))


def bars(samples: Sequence[Sample]) -> list[Bar]:
    """The quality bars. A figure with nothing to measure is NaN and does not meet its bar."""
    double = [sample.passed for sample in samples if len(sample.plan.steps) > 1]
    layered = [sample.passed for sample in samples if len(sample.plan.steps) == 1 and len(sample.plan.steps[0]) > 1]
    single = [sample.passed for sample in samples if len(sample.plan.steps) == 1 and len(sample.plan.steps[0]) == 1]
    sides = [sample.side for sample in samples if sample.side is not None]
    skates = [float(sample.skating.mean()) for sample in samples if sample.skating.size]
    heights = np.concatenate([NOTHING, *(abs(sample.ground) for sample in samples)])
    return [
        Bar("single actions", share(single), 90.0, "%", least=True),
        Bar("two-step sentences", share(double), 75.0, "%", least=True),
        Bar("two actions at the same time", share(layered), 75.0, "%", least=True),
        Bar("left / right correct", share(sides), 95.0, "%", least=True),
        Bar("foot skating while planted, p50", percentile(skates, 50), 5.0, "cm/s"),
        Bar("foot skating while planted, p95", percentile(skates, 95), 5.0, "cm/s"),
        Bar("distance from the ground, p95", percentile(heights, 95), 3.0, "cm"),
    ]


def share(passed: Sequence[bool | None]) -> float:
    """Per cent that passed; NaN of nothing."""
    return 100.0 * sum(map(bool, passed)) / len(passed) if passed else float("nan")


def percentile(values: Sequence[float] | Array, rank: float) -> float:
    return float(np.percentile(values, rank)) if len(values) else float("nan")


def by_action(samples: Sequence[Sample]) -> dict[str, tuple[int, int]]:
    """For each action: how often it was asked for, and how often nothing was wrong with it."""
    asked: dict[str, int] = defaultdict(int)
    fine: dict[str, int] = defaultdict(int)
    for sample in samples:
        wrong = {reason.split(" ", 1)[0] for reason in sample.reasons} if not sample.passed else set()
        for name in {action.name for step in sample.plan.steps for action in step}:
            asked[name] += 1
            fine[name] += sample.verdict is not None and name not in wrong
    return {name: (fine[name], asked[name]) for name in sorted(asked)}


def failures(samples: Sequence[Sample]) -> list[tuple[str, int, int, tuple[str, ...]]]:
    """Prompts with failing seeds: prompt, seeds that failed, seeds in all, the reasons without repeats."""
    prompts = dict.fromkeys(sample.prompt for sample in samples)
    found = []
    for prompt in prompts:
        mine = [sample for sample in samples if sample.prompt == prompt]
        bad = [sample for sample in mine if not sample.passed]
        if bad:
            found.append((prompt, len(bad), len(mine), tuple(dict.fromkeys(reason for sample in bad for reason in sample.reasons))))
    return found
