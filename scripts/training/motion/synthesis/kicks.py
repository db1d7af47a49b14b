"""What one leg does while the other stands: kicks, balancing, lunges."""

import numpy as np

from function.models.motion.text.plan import Action

from .curves import bump, ease, window
from .poses import arm, arms, fit, other, sides, sign, tempo
from .stage import Span, Stage

KICK_SECONDS = 1.25
# where the ankle goes: metres up, metres ahead, trunk lean in degrees
KICKS = {"low": (0.27, 0.62, 0.0), None: (0.6, 0.78, -9.0), "high": (1.08, 0.74, -20.0)}


def kick(stage: Stage, action: Action, span: Span) -> None:
    """Draw the knee up, swing the foot ahead, set it down again."""
    side = sides(action.side)[0]
    count = action.count or 1
    start, scale = fit(stage, span, KICK_SECONDS * count)
    up, ahead, lean = KICKS[action.height]
    up, ahead = up * stage.rng.uniform(0.95, 1.05), ahead * stage.rng.uniform(0.95, 1.05)
    stage.gather_feet(span.start)
    over = {"pelvis_left": -0.085 * sign(side), "pelvis_roll": 4.0 * sign(side)}
    foot = f"{side}_foot"
    out = over | {f"{foot}_out": -0.05}
    balance = arm(other(side), 45, 30, 0, 35) | arm(side, -25, 28, 0, 25)
    chamber = out | {f"{foot}_up": 0.42 * up + 0.1, f"{foot}_forward": 0.05 * ahead, f"{foot}_pitch": 30, "spine_pitch": 4} | balance
    strike = out | {f"{foot}_up": up, f"{foot}_forward": ahead, f"{foot}_pitch": -10.0 - 40.0 * up, "spine_pitch": lean} | balance
    strike |= {"pelvis_pitch": 0.6 * lean, "spine_yaw": 10 * sign(side)}
    back = out | {f"{foot}_up": 0.3 * up, f"{foot}_forward": 0.04 * ahead} | balance
    for number in range(count):
        keys = [(0.2, over), (0.45, chamber), (0.65, strike), (0.75, strike), (0.97, back), (1.13, over), (KICK_SECONDS, {})]
        begin = start + number * KICK_SECONDS * scale
        stage.move(begin, [(time * scale, pose) for time, pose in keys], until=begin + KICK_SECONDS * scale + 0.05, fade=0.2)


def balance(stage: Stage, action: Action, span: Span) -> None:
    """Stand on one leg, the other foot held off the ground, arms out."""
    standing = sides(action.side)[0]
    free = other(standing)
    stage.gather_feet(span.start)
    start = span.start + min(0.2, 0.06 * span.seconds)
    rise = min(0.7, 0.25 * span.seconds)
    _, t = stage.since(start)
    down = np.inf if span.final else span.end - start
    held = ease(t / rise) if span.final else window(t, 0.0, down, rise)
    lifted = ease((t - 0.35 * rise) / (0.65 * rise)) * (1.0 if span.final else 1.0 - ease((t - down + rise) / (0.65 * rise)))
    wobble = np.sin(2 * np.pi * 0.45 * t + stage.rng.uniform(0, 6)) * held
    up = stage.rng.uniform(0.36, 0.46)
    curves = {
        "pelvis_left": 0.09 * sign(standing) * held,
        "pelvis_roll": 2.0 * sign(standing) * held,
        "spine_roll": 2.5 * wobble,
        "spine_pitch": stage.rest["spine_pitch"] + 1.0 * wobble,
        f"{free}_foot_up": up * lifted,
        f"{free}_foot_forward": 0.2 * lifted,
        f"{free}_foot_pitch": 18 * lifted,
    }
    for side in ("left", "right"):
        pose = arm(side, 12, 68, 0, 12)
        for name, value in pose.items():
            curves[name] = stage.rest[name] + (value - stage.rest[name]) * held
        curves[f"{side}_arm_out"] = curves[f"{side}_arm_out"] + 4 * wobble * sign(side)
    stage.write(start, curves)


def lunge(stage: Stage, action: Action, span: Span) -> None:
    """A long step ahead, down on the front knee, and back."""
    side = sides(action.side)[0]
    count, period = action.count or 1, 1.9
    start, scale = fit(stage, span, period * count * tempo(action))
    stage.gather_feet(span.start)
    ahead = stage.rng.uniform(0.78, 0.9)
    for number in range(count):
        begin = start + number * period * scale
        deep = {"height": stage.rest["height"] - 0.3, "pelvis_forward": 0.5 * ahead, "spine_pitch": 8.0}
        deep |= {f"{other(side)}_foot_pitch": 48.0} | arms(12, 14, 8, 30)
        _, t = stage.since(begin)
        home, far = stage.stand_at(side, begin), stage.stand_at(side, begin, ahead=ahead)
        stage.step(side, begin + 0.08 * scale, begin + 0.6 * scale, far, height=0.12, toe_off=15.0, toe_on=-8.0)
        stage.step(side, begin + 1.25 * scale, begin + 1.75 * scale, home, height=0.1, toe_off=5.0)
        stage.move(begin, [
            (0.6 * scale, {"pelvis_forward": 0.42 * ahead, "height": stage.rest["height"] - 0.13, f"{other(side)}_foot_pitch": 28}),
            (0.9 * scale, deep), (1.1 * scale, deep), (1.8 * scale, {}),
        ])  # fmt: skip
        stage.write(begin, {"pelvis_left": -0.03 * sign(side) * bump(t / (0.6 * scale))})
