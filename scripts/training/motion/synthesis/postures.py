"""Lowering and raising the body: squat, sit, kneel, crouch, bow, stretch, and standing up again."""

import numpy as np

from function.models.motion.text.plan import Action

from .body import SIDES
from .curves import bump, ease
from .poses import arms, fit, sides, tempo
from .stage import Pose, Span, Stage

SEATED: Pose = {"height": 0.485, "pelvis_forward": -0.4, "pelvis_pitch": -4.0, "spine_pitch": 6.0} | arms(34, 7, 22, 48)
CROUCHED: Pose = {
    "height": 0.46, "pelvis_forward": -0.17, "pelvis_pitch": 24.0, "spine_pitch": 40.0, "head_pitch": -28.0, **arms(62, 10, 25, 45),
}  # fmt: skip
STAND_UP_SECONDS = 1.2


def squat(stage: Stage, action: Action, span: Span) -> None:
    """Down with the arms ahead, and up; as often as counted."""
    period = 1.8 * tempo(action)
    count = action.count or 1
    start, scale = fit(stage, span, period * count)
    stage.gather_feet(span.start)
    depth = stage.rng.uniform(0.42, 0.48)
    low = {"height": stage.rest["height"] - depth, "pelvis_forward": -0.17, "pelvis_pitch": 20.0, "spine_pitch": 22.0, "head_pitch": -16.0}
    low |= arms(92, 4, 5, 12)
    step = period * scale
    for number in range(count):
        stage.move(start + number * step, [(0.42 * step, low), (0.52 * step, low), (0.96 * step, {})])


def sit(stage: Stage, action: Action, span: Span) -> None:
    """Back and down onto an unseen chair, and stay."""
    start, scale = fit(stage, span, 1.6 * tempo(action))
    seconds = 1.5 * tempo(action) * scale
    stage.gather_feet(span.start)
    seat = dict(SEATED) | {"height": stage.rng.uniform(0.47, 0.5)}
    middle = {"height": 0.76, "pelvis_forward": -0.25, "pelvis_pitch": 20.0, "spine_pitch": 26.0, "head_pitch": -10.0}
    middle |= arms(35, 12, 10, 25)
    _lower(stage, start, seconds, middle, seat)
    stage.posture = "seated"


def crouch(stage: Stage, action: Action, span: Span) -> None:
    """Down with bent knees and the trunk leaning ahead, and stay."""
    start, scale = fit(stage, span, 1.2 * tempo(action))
    stage.gather_feet(span.start)
    seconds = 1.1 * tempo(action) * scale
    low = dict(CROUCHED) | {"height": stage.rng.uniform(0.43, 0.5)}
    stage.move(start, [(seconds, low)])
    stage.settle(low)
    stage.posture = "crouched"


def kneel(stage: Stage, action: Action, span: Span) -> None:
    """One foot far back, the knee down on the ground, and stay."""
    side = sides(action.side, "left" if stage.rng.random() < 0.5 else "right")[0]
    start, scale = fit(stage, span, 1.7 * tempo(action))
    seconds = 1.6 * tempo(action) * scale
    stage.gather_feet(span.start)
    back = 0.8
    stage.step(side, start + 0.05, start + 0.5 * seconds, stage.stand_at(side, start, ahead=-back), height=0.09, toe_on=40.0)
    middle: Pose = {"height": 0.8, "pelvis_forward": -0.26, "spine_pitch": 10.0, f"{side}_foot_pitch": 45.0} | arms(10, 16, 8, 25)
    down = {"height": 0.52, "pelvis_forward": -0.33, "spine_pitch": 4.0, f"{side}_foot_pitch": 78.0} | arms(22, 8, 20, 35)
    _lower(stage, start, seconds, middle, down)
    stage.posture = "kneeling"


def _lower(stage: Stage, start: float, seconds: float, middle: Pose, end: Pose) -> None:
    stage.move(start, [(0.5 * seconds, middle), (seconds, end)])
    stage.settle(end)


def stand_up(stage: Stage, action: Action, span: Span) -> None:
    """From any low posture to standing."""
    start, scale = fit(stage, span, (STAND_UP_SECONDS + 0.2) * tempo(action))
    rise(stage, start, STAND_UP_SECONDS * tempo(action) * scale)


def rise(stage: Stage, start: float, seconds: float) -> None:
    """Stand up within `seconds`; from standing nothing happens."""
    if stage.posture == "standing":
        return
    _, t = stage.since(start)
    lean = 20.0 if stage.posture == "seated" else 6.0
    stage.rest, stage.posture = stage.standing(), "standing"
    stage.relax(start, fade=seconds)
    lean_curve = lean * bump(t / (0.8 * seconds))
    stage.write(start, {"spine_pitch": stage.rest["spine_pitch"] + lean_curve, "pelvis_pitch": 0.6 * lean_curve})
    stage.gather_feet(start + 0.45 * seconds)


def begin_seated(stage: Stage) -> None:
    """Be seated from the first frame on."""
    stage.settle(SEATED)
    stage.posture = "seated"
    stage.relax(-1.0, fade=0.1)


def bow(stage: Stage, action: Action, span: Span) -> None:
    """The trunk pitches ahead, waits, and comes up."""
    low = action.height == "low"
    count, period = action.count or 1, 1.9 * tempo(action)
    start, scale = fit(stage, span, period * count)
    if stage.posture == "standing":
        stage.gather_feet(span.start)
    reach = (1.0 if low else 0.62) * stage.rng.uniform(0.95, 1.08)
    bent: Pose = {
        "pelvis_pitch": 46.0 * reach, "spine_pitch": 50.0 * reach, "head_pitch": 22.0 * reach,
        "pelvis_forward": stage.rest["pelvis_forward"] - 0.13 * reach,
    }  # fmt: skip
    if stage.posture == "standing":
        bent = dict(bent) | arms(48 * reach, 6, 10, 12)
    step = period * scale
    for number in range(count):
        stage.move(start + number * step, [(0.4 * step, bent), (0.55 * step, bent), (0.96 * step, {})])


def stretch(stage: Stage, _action: Action, span: Span) -> None:
    """Both arms high, the body long, bending slowly to one side and the other."""
    start, scale = fit(stage, span, 3.6)
    stage.gather_feet(span.start)
    total = max(3.4 * scale, min(span.end - start, 6.0) if not span.final else span.end - start)
    _, t = stage.since(start)
    rise_seconds = min(0.9, 0.3 * total)
    fall = total - rise_seconds if total > 2.5 else np.inf
    held = ease(t / rise_seconds) * (1.0 - ease((t - fall) / rise_seconds))
    bend = np.sin(2 * np.pi * np.clip((t - 0.8 * rise_seconds) / max(total - 1.8 * rise_seconds, 0.8), 0, 1))
    bend *= held * (1 if stage.rng.random() < 0.5 else -1)
    curves = {"height": stage.rest["height"] + 0.03 * held, "spine_roll": 24 * bend, "pelvis_left": 0.04 * bend, "head_roll": 6 * bend}
    curves["spine_pitch"] = stage.rest["spine_pitch"] - 5 * held
    for side in SIDES:
        for name, value in zip(("arm_forward", "arm_out", "arm_twist", "elbow"), (112.0, 122.0, 0.0, 10.0), strict=True):
            rest = stage.rest[f"{side}_{name}"]
            curves[f"{side}_{name}"] = rest + (value - rest) * held
        curves[f"{side}_foot_pitch"] = 14 * held
    stage.write(start, curves, until=start + total + 0.2 if np.isfinite(fall) else np.inf)
