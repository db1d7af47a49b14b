"""What a sentence says, as data: actions with their modifiers, one after the other or at the same time.

The synthesiser turns a plan into motion, the sentence writer turns it into words, the quality checker tests a motion against
it. This file knows none of them.
"""

from dataclasses import dataclass
from typing import Literal

Side = Literal["left", "right", "both"]
Direction = Literal["forward", "backward", "left", "right", "circle", "around", "place"]
Speed = Literal["slow", "normal", "quick"]
Height = Literal["high", "low"]


@dataclass(frozen=True)
class Traits:
    """Which modifiers an action takes. An empty tuple: the modifier does not apply. `None` in a tuple: may be left unsaid."""

    directions: tuple[Direction | None, ...] = ()
    sides: tuple[Side | None, ...] = ()
    heights: tuple[Height | None, ...] = ()
    counts: tuple[int | None, ...] = ()
    speeds: tuple[Speed, ...] = ("normal",)


ALL_SPEEDS: tuple[Speed, ...] = ("normal", "slow", "quick")
FEW: tuple[int | None, ...] = (None, 1, 2, 3)

ACTIONS: dict[str, Traits] = {
    # `direction` of a gait: where the body travels, seen from itself; left / right is a side step; None reads as forward
    "walk": Traits(directions=(None, "forward", "backward", "left", "right", "circle"), speeds=ALL_SPEEDS),
    "run": Traits(directions=(None, "forward", "circle", "place"), speeds=("normal", "quick")),
    "march": Traits(directions=(None, "forward", "place"), speeds=("normal",)),  # knees high; None reads as in place
    "jump": Traits(directions=(None, "forward", "place"), counts=FEW, heights=(None, "high")),  # None reads as in place
    "jumping_jacks": Traits(counts=(None, 2, 3), speeds=("normal", "quick")),
    "squat": Traits(counts=FEW, speeds=ALL_SPEEDS),
    "sit": Traits(speeds=("normal", "slow")),  # onto an unseen chair; ends seated
    "stand_up": Traits(speeds=("normal", "slow", "quick")),  # from a seat, a kneel or a crouch; begins seated when it comes first
    "kneel": Traits(sides=(None, "left", "right"), speeds=("normal", "slow")),  # the side is the knee on the ground; ends kneeling
    "bow": Traits(counts=(None, 1, 2), heights=(None, "low"), speeds=("normal", "slow")),
    "wave": Traits(sides=(None, "left", "right", "both"), heights=(None, "high"), speeds=ALL_SPEEDS),  # None reads as right
    "raise_arm": Traits(sides=("left", "right", "both"), heights=(None, "high"), speeds=ALL_SPEEDS),  # ends raised above the head
    "lower_arm": Traits(sides=("left", "right", "both"), speeds=("normal", "slow")),  # begins raised when it comes first
    "clap": Traits(counts=(None, 2, 3), heights=(None, "high"), speeds=("normal", "quick")),  # high: above the head
    "punch": Traits(sides=(None, "left", "right"), counts=FEW, speeds=("normal", "quick")),
    "kick": Traits(sides=(None, "left", "right"), counts=FEW, heights=(None, "high", "low")),
    "point": Traits(sides=(None, "left", "right"), directions=(None, "forward")),  # a straight arm at shoulder height
    "throw": Traits(sides=(None, "left", "right")),
    "turn": Traits(directions=("left", "right", "around"), speeds=ALL_SPEEDS),  # 90 degrees; around: 180 degrees
    "spin": Traits(directions=(None, "left", "right"), counts=(None, 1, 2)),  # full turns on the spot; None reads as left
    "lunge": Traits(sides=(None, "left", "right"), counts=FEW),  # the side is the leg that steps forward
    "stretch": Traits(),  # both arms high, the body long, some side bend
    "nod": Traits(counts=(None, 2, 3)),
    "shake_head": Traits(counts=(None, 2, 3)),
    "crouch": Traits(speeds=("normal", "slow")),  # ends low, knees bent, trunk forward
    "balance": Traits(sides=(None, "left", "right")),  # the side is the leg that is stood on; the other foot is off the ground
    "dance": Traits(speeds=("normal", "quick")),
    "stand": Traits(),  # stand still
}


@dataclass(frozen=True)
class Action:
    """One thing a body does. Modifiers that were not said are None; `speed` is then normal."""

    name: str
    side: Side | None = None
    direction: Direction | None = None
    speed: Speed = "normal"
    count: int | None = None
    height: Height | None = None


@dataclass(frozen=True)
class Plan:
    """Steps in order ("then"); the actions of one step happen at the same time ("while"): at most a lower- and an upper-body one."""

    steps: tuple[tuple[Action, ...], ...]


# Actions that use arms or head only, so that they can go on during a gait or another lower-body action.
UPPER_BODY = frozenset({"wave", "raise_arm", "lower_arm", "clap", "punch", "point", "throw", "nod", "shake_head"})
# Lower-body actions under which an upper-body one may run.
CARRIERS = frozenset({"walk", "run", "march", "squat", "stand", "turn", "balance"})
