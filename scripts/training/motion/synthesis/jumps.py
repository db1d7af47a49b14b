"""Jumps and jumping jacks: the only actions that leave the ground besides running."""

import numpy as np

from function.models.motion.text.plan import Action

from .body import SIDES
from .curves import Array, ease, hermite
from .poses import arms, fit
from .stage import Pose, Span, Stage

GRAVITY = 9.81
CROUCH, PUSH, ABSORB, RISE = 0.42, 0.2, 0.18, 0.42  # seconds before, until take-off, after landing, until upright
TIPTOE = 0.05


def jump(stage: Stage, action: Action, span: Span) -> None:
    """Crouch, leap, land softly; as often as counted."""
    height = (0.34 if action.height == "high" else 0.17) * stage.style.vigour
    forward = stage.rng.uniform(0.6, 0.85) if action.direction == "forward" else 0.0
    flight = 2 * np.sqrt(2 * height / GRAVITY)
    period = CROUCH + PUSH + flight + ABSORB + RISE
    count = action.count or 1
    start, scale = fit(stage, span, period * count)
    height, flight = height * min(scale, 1.0), flight * np.sqrt(min(scale, 1.0))
    stage.gather_feet(span.start)
    for number in range(count):
        _leap(stage, start + number * period * scale, min(scale, 1.0), height, flight, forward)


def _leap(stage: Stage, start: float, scale: float, height: float, flight: float, forward: float) -> None:
    crouch, push, absorb, rise = (scale * part for part in (CROUCH, PUSH, ABSORB, RISE))
    off = crouch + push
    land = off + flight
    speed = 0.5 * GRAVITY * flight
    depth = 0.24 if height > 0.22 else 0.19
    _, t = stage.since(start)
    stand = stage.rest["height"]
    top = stand + TIPTOE
    legs = hermite(t, [
        (0, stand, 0), (crouch, stand - depth, 0), (off, top, speed), (off, top, 0),
        (land, top, 0), (land, top, -speed), (land + absorb, stand - 0.8 * depth, 0), (land + absorb + rise, stand, 0),
    ])  # fmt: skip
    air = np.clip((t - off) / flight, 0.0, 1.0)
    curves = {"height": legs, "flight": 4 * height * air * (1 - air)}
    toes = 42 * (ease((t - crouch) / push) - ease((t - off) / flight)) + 22 * (ease((t - off) / flight) - ease((t - land) / 0.1))
    curves |= {f"{side}_foot_pitch": toes for side in SIDES}
    stage.write(start, curves)
    bent = {"spine_pitch": 26.0, "pelvis_pitch": 14.0, "pelvis_forward": -0.05, "head_pitch": -10.0}
    soft = {"spine_pitch": 20.0, "pelvis_pitch": 10.0, "pelvis_forward": -0.04}
    up: Pose = arms(96, 30, 0, 25)
    stage.move(start, [
        (crouch, bent | arms(-34, 14, 8, 18)), (off + 0.05, up), (land, arms(60, 35, 0, 25)),
        (land + absorb, soft | arms(15, 20, 0, 25)), (land + absorb + rise, {}),
    ], until=start + land + absorb + rise + 0.1, fade=0.15)  # fmt: skip
    if forward:
        _carry(stage, start, t, off, land, forward, flight)


def _carry(stage: Stage, start: float, t: Array, off: float, land: float, forward: float, flight: float) -> None:
    """Root and feet go ahead through the air."""
    pace = 0.8 * forward / flight
    stage.shift(start, forward=hermite(t, [
        (0.5 * off, 0.0, 0.0), (off, 0.13 * forward, pace), (land, 0.87 * forward, pace), (land + 0.35, forward, 0.0)
    ]))  # fmt: skip
    for side in SIDES:
        stage.step(side, start + off - 0.03, start + land, stage.stand_at(side, start + land + 1.0), height=0.05, toe_off=0.0)


def jumping_jacks(stage: Stage, action: Action, span: Span) -> None:
    """Feet apart and arms overhead, feet together and arms down, hopping; counted or all the time."""
    period = (0.74 if action.speed == "quick" else 1.0) * stage.rng.uniform(0.95, 1.05)
    count = action.count or max(1, int((span.seconds - 0.2) / period))
    start, scale = fit(stage, span, period * count)
    beat = 0.5 * period * min(scale, 1.0)
    stage.gather_feet(span.start)
    _, t = stage.since(start)
    beats = t / beat
    active = (beats < 2 * count) & (beats >= 0)
    hop = np.clip((beats % 1.0 - 0.25) / 0.6, 0.0, 1.0)
    flight = 0.09 * stage.style.vigour * 4 * hop * (1 - hop) * active
    dip = 0.07 * (1 - ease(np.abs((beats + 0.1) % 1.0 - 0.1) / 0.25)) * (beats < 2 * count + 0.25) * ease(beats / 0.1)
    toes = 25 * ease((beats % 1.0 - 0.1) / 0.2) * (1 - ease((beats % 1.0 - 0.75) / 0.2)) * active
    cycle = 0.5 - 0.5 * np.cos(np.pi * np.clip(beats - 0.15, 0, 2 * count))
    curves = {"flight": flight, "height": stage.rest["height"] - dip}
    for side in SIDES:
        curves[f"{side}_foot_pitch"] = toes
        curves[f"{side}_arm_out"] = stage.rest[f"{side}_arm_out"] * (1 - cycle) + 160 * cycle
        curves[f"{side}_arm_forward"] = np.full_like(t, 10.0)
        curves[f"{side}_arm_twist"] = np.zeros_like(t)
        curves[f"{side}_elbow"] = 12 + 12 * cycle
    stage.write(start, curves, until=start + 2 * count * beat + 0.3, fade=0.2)
    for number in range(2 * count):
        width = 0.36 if number % 2 == 0 else 0.08 if number < 2 * count - 1 else None
        begin = start + number * beat
        for side in SIDES:
            place = stage.stand_at(side, begin, width)
            stage.step(side, begin + 0.25 * beat, begin + 0.85 * beat, place, height=0.01, toe_off=0.0)
