"""Whether a motion does what a plan says.

Every action has a check: a pure function from the action and the frames that belong to it to findings. Steps that follow one
another are looked for in parts of the motion: of several splits the best one counts, so that order is tested and timing is not.
"""

from dataclasses import dataclass
from itertools import combinations

from benchmarks.motion_quality.checks import arms, gaits, head, legs, poses
from benchmarks.motion_quality.checks.findings import Check, Finding, Kind
from benchmarks.motion_quality.track import MotionTrack
from function.models.motion.text.plan import Action, Plan

__all__ = ["CHECKS", "Finding", "Kind", "Verdict", "check"]

CHECKS: dict[str, Check] = {
    "walk": gaits.walk,
    "run": gaits.run,
    "march": gaits.march,
    "jump": gaits.jump,
    "jumping_jacks": gaits.jumping_jacks,
    "squat": poses.squat,
    "sit": poses.sit,
    "stand_up": poses.stand_up,
    "kneel": poses.kneel,
    "bow": poses.bow,
    "wave": arms.wave,
    "raise_arm": arms.raise_arm,
    "lower_arm": arms.lower_arm,
    "clap": arms.clap,
    "punch": arms.punch,
    "kick": legs.kick,
    "point": arms.point,
    "throw": arms.throw,
    "turn": gaits.turn,
    "spin": gaits.spin,
    "lunge": legs.lunge,
    "stretch": arms.stretch,
    "nod": head.nod,
    "shake_head": head.shake_head,
    "crouch": poses.crouch,
    "balance": legs.balance,
    "dance": poses.dance,
    "stand": poses.stand,
}

SPLITS = tuple(share / 100 for share in range(15, 90, 5))  # where one step may end, as a share of the motion
OVERLAPS = (0.0, 0.25)  # seconds by which two neighbouring parts reach into each other


@dataclass(frozen=True)
class Verdict:
    """`findings` are those of the best split, each with the name of its action."""

    findings: tuple[tuple[str, Finding], ...]

    @property
    def passed(self) -> bool:
        return all(finding.passed for _, finding in self.findings)

    @property
    def side(self) -> bool | None:
        """The left or right that was said is the one that did it; None when no side was said."""
        sides = [finding.passed for _, finding in self.findings if finding.kind == "side"]
        return all(sides) if sides else None

    @property
    def reasons(self) -> tuple[str, ...]:
        """What did not hold."""
        return tuple(f"{name} {finding.kind}: {finding.detail}" for name, finding in self.findings if not finding.passed)


def check(plan: Plan, motion: MotionTrack) -> Verdict:
    """Test everything that the plan says against the motion."""
    count = len(plan.steps)
    if count == 1:
        return Verdict(tuple(_step(plan.steps[0], motion)))
    verdicts = []
    for overlap in OVERLAPS:
        for splits in combinations(SPLITS, count - 1):
            bounds = [0.0, *(split * motion.seconds for split in splits), motion.seconds]
            verdicts.append(_in_order(plan, motion, bounds, overlap))
            if verdicts[-1].passed:
                return verdicts[-1]
    return min(verdicts, key=lambda verdict: len(verdict.reasons))


def _in_order(plan: Plan, motion: MotionTrack, bounds: list[float], overlap: float) -> Verdict:
    """The verdict when step n runs from the nth bound to the next, in seconds."""
    found: list[tuple[str, Finding]] = []
    for step, start, end in zip(plan.steps, bounds, bounds[1:], strict=False):
        found += _step(step, motion.part(max(0.0, start - overlap), min(motion.seconds, end + overlap)))
    return Verdict(tuple(found))


def _step(step: tuple[Action, ...], part: MotionTrack) -> list[tuple[str, Finding]]:
    """Findings of the actions of one step, all on the same frames."""
    found: list[tuple[str, Finding]] = []
    for action in step:
        test = poses.stand_on if action.name == "stand" and len(step) > 1 else CHECKS[action.name]
        found += [(action.name, finding) for finding in test(action, part)]
    return found
