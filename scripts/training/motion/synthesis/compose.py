"""A plan becomes a motion: its steps one after the other on one stage."""

from collections.abc import Callable, Sequence

import numpy as np

from function.models.motion.text.plan import UPPER_BODY, Action, Plan
from function.models.motion.text.timing import IN_PLACE, RISE_SECONDS, share

from . import arms, dance, gaits, jumps, kicks, postures, turns
from .body import Motion
from .stage import Span, Stage

Act = Callable[[Stage, Action, Span], None]
_TWO_ARMED = frozenset({"jumping_jacks", "dance", "stretch", "jump", "run"})  # these take raised arms down


def stand(stage: Stage, _action: Action, span: Span) -> None:
    """Keep still in the resting pose."""
    if stage.posture == "standing":
        stage.gather_feet(span.start)


ACTS: dict[str, Act] = {
    "walk": gaits.walk, "run": gaits.run, "march": gaits.march, "jump": jumps.jump, "jumping_jacks": jumps.jumping_jacks,
    "squat": postures.squat, "sit": postures.sit, "stand_up": postures.stand_up, "kneel": postures.kneel, "bow": postures.bow,
    "wave": arms.wave, "raise_arm": arms.raise_arm, "lower_arm": arms.lower_arm, "clap": arms.clap, "punch": arms.punch,
    "kick": kicks.kick, "point": arms.point, "throw": arms.throw, "turn": turns.turn, "spin": turns.spin, "lunge": kicks.lunge,
    "stretch": postures.stretch, "nod": arms.nod, "shake_head": arms.shake_head, "crouch": postures.crouch, "balance": kicks.balance,
    "dance": dance.dance, "stand": stand,
}  # fmt: skip


def synthesise(plan: Plan, frames: int, rng: np.random.Generator, fps: int = 30, ends: Sequence[float] | None = None) -> Motion:
    """A motion of `frames` frames that does what the plan says, varied by `rng`; begins at x = z = 0, facing +Z.

    `ends` are the seconds at which each step is over, the last one the end of the clip; by default `share` chooses them.
    Raises ValueError for a plan without steps or with an empty step, KeyError for an unknown action.
    """
    if not plan.steps or not all(plan.steps):
        raise ValueError("a plan needs at least one step, and each step an action")
    stage = Stage(frames, fps, rng)
    _set_out(stage, plan)
    start = 0.0
    if ends is None:
        ends = share(plan, frames / fps, rng.uniform(0.93, 1.07, len(plan.steps)).tolist())
    for number, (step, end) in enumerate(zip(plan.steps, ends, strict=True)):
        _perform(stage, step, Span(start, end, number == len(ends) - 1))
        start = end
    _breathe(stage)
    return stage.motion()


def _set_out(stage: Stage, plan: Plan) -> None:
    """Begin seated for a stand_up that comes first, and with an arm up for a lower_arm that nothing raised it for."""
    if plan.steps[0][0].name == "stand_up":
        postures.begin_seated(stage)
    raised: set[str] = set()
    for action in (action for step in plan.steps for action in step):
        involved = ("left", "right") if action.side == "both" else (action.side or "right",)
        if action.name == "raise_arm":
            raised |= set(involved)
        elif action.name == "lower_arm":
            for side in set(involved) - raised:
                arms.begin_raised(stage, side)
            raised |= set(involved)


def _perform(stage: Stage, step: tuple[Action, ...], span: Span) -> None:
    """The lower-body action first, the upper-body ones over it."""
    ordered = sorted(step, key=lambda action: action.name in UPPER_BODY)
    if span.start > 0:
        stage.relax(span.start)
    if stage.posture != "standing" and ordered[0].name not in IN_PLACE:
        seconds = min(RISE_SECONDS, 0.5 * span.seconds)
        postures.rise(stage, span.start, seconds)
        span = Span(span.start + seconds, span.end, span.final)
    if ordered[0].name in UPPER_BODY:
        stand(stage, ordered[0], span)
    for action in ordered:
        if action.name in _TWO_ARMED:
            stage.held.clear()
        ACTS[action.name](stage, action, span)


def _breathe(stage: Stage) -> None:
    """Slow, slight sway, so that no one is ever quite still."""
    rng = stage.rng
    for name, size in (("spine_pitch", 0.5), ("spine_roll", 0.35), ("head_yaw", 1.2), ("pelvis_left", 0.003)):
        wave = np.sin(2 * np.pi * rng.uniform(0.2, 0.4) * stage.times + rng.uniform(0, 2 * np.pi))
        stage.write(0.0, {name: stage.rest[name] + size * wave}, fade=0.01)
