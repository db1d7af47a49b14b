"""What a check found, and the small judgements that many checks share."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from benchmarks.motion_quality.checks import limits
from benchmarks.motion_quality.track import LIMBS, Limb, MotionTrack, other
from function.models.motion.text.plan import Action

Kind = Literal["action", "side", "direction", "count", "speed", "height"]


@dataclass(frozen=True)
class Finding:
    """One thing that the sentence says, whether the motion does it, and what was measured."""

    kind: Kind
    passed: bool
    detail: str


Check = Callable[[Action, MotionTrack], list[Finding]]


def expect(passed: bool, detail: str, kind: Kind = "action") -> Finding:
    return Finding(kind, bool(passed), detail)


def sided(action: Action, done: Callable[[Limb], bool]) -> list[Finding]:
    """The limb that was said did it and the other one did not; with no side said, either will do."""
    did = {side: done(side) for side in LIMBS}
    seen = " and ".join(side for side in LIMBS if did[side]) or "neither side"
    if action.side is None:
        return [expect(any(did.values()), f"done by {seen}")]
    if action.side == "both":
        return [expect(all(did.values()), f"both sides said, done by {seen}")]
    right_one = did[action.side] and not did[other(action.side)]
    return [expect(any(did.values()), f"done by {seen}"), expect(right_one, f"{action.side} said, done by {seen}", "side")]


def counted(action: Action, count: int, least: int = 1) -> list[Finding]:
    """As often as was said; with no count said, at least `least` times."""
    found = [expect(count >= min(least, action.count or least), f"done {count} times")]
    if action.count is not None:
        found.append(expect(count == action.count, f"{action.count} said, done {count} times", "count"))
    return found


def paced(action: Action, pace: float) -> list[Finding]:
    """Slow or quick, where that was said."""
    slow, quick = limits.PACES[action.name]
    if action.speed == "slow" and slow is not None:
        return [expect(pace <= slow, f"slow said, pace {pace:.2f}, at most {slow}", "speed")]
    if action.speed == "quick" and quick is not None:
        return [expect(pace >= quick, f"quick said, pace {pace:.2f}, at least {quick}", "speed")]
    return []
