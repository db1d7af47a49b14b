"""Arms and head: gestures that also go on top of another action."""

from collections.abc import Callable

import numpy as np

from function.models.motion.text.plan import Action

from .curves import ease, window
from .poses import arm, arms, fit, other, repeated, sides, sign, tempo
from .stage import Pose, Span, Stage

RAISED = {None: (118.0, 108.0, 0.0, 14.0), "high": (128.0, 114.0, 0.0, 4.0)}
# hands together, hands apart
HANDS = {None: (arms(62, 20, 70, 80), arms(30, 32, 10, 80)), "high": (arms(130, 90, 15, 60), arms(100, 80, -60, 60))}


def wave(stage: Stage, action: Action, span: Span) -> None:
    """A raised hand goes from side to side."""
    hertz = 2.0 / tempo(action) * stage.rng.uniform(0.92, 1.08)
    start = span.start + min(stage.rng.uniform(0.05, 0.25), 0.08 * span.seconds)
    total = span.end - start
    lift = min(0.5 * tempo(action), 0.3 * total)
    _, t = stage.since(start)
    down = total - lift if total > 2.2 else np.inf
    raised = ease(t / lift) * (1.0 - ease((t - down) / lift))
    side_to_side = np.sin(2 * np.pi * hertz * (t - 0.7 * lift)) * ease((t - 0.6 * lift) / 0.3) * raised
    forward, out, twist, elbow = (25.0, 138.0, -88.0, 38.0) if action.height == "high" else (22.0, 84.0, -88.0, 90.0)
    stage_sides = sides(action.side)
    stage.held -= set(stage_sides)
    curves = {}
    for side in stage_sides:
        rest = stage.rest
        pose = {"arm_forward": forward, "arm_out": out, "arm_twist": twist, "elbow": elbow}
        for name, value in pose.items():
            curves[f"{side}_{name}"] = rest[f"{side}_{name}"] + (value - rest[f"{side}_{name}"]) * raised
        swing = side_to_side * (1.0 if len(stage_sides) == 1 or side == "left" else -1.0)
        curves[f"{side}_elbow"] += 30.0 * swing
        curves[f"{side}_arm_out"] += 7.0 * swing
    stage.write(start, curves, until=span.end + 0.3 if np.isfinite(down) else np.inf)


def raise_arm(stage: Stage, action: Action, span: Span) -> None:
    """Up above the head, and stay."""
    seconds = 0.9 * tempo(action)
    start, scale = fit(stage, span, seconds + 0.2)
    forward, out, twist, elbow = RAISED[action.height]
    stage.held -= set(sides(action.side))
    pose: dict[str, float] = {}
    for side in sides(action.side):
        pose |= arm(side, forward, out, twist, elbow)
    stage.move(start, [(seconds * scale, pose)], fade=0.2)
    stage.held |= set(sides(action.side))


def begin_raised(stage: Stage, side: str) -> None:
    """Have an arm up from the first frame on."""
    for name, value in arm(side, *RAISED[None]).items():
        stage.write(-1.0, {name: np.full(len(stage.times), value)}, fade=0.1, carried=False)
    stage.held.add(side)


def lower_arm(stage: Stage, action: Action, span: Span) -> None:
    """Down to the side."""
    seconds = 1.0 * tempo(action)
    start, scale = fit(stage, span, seconds + 0.2)
    rest = {name: value for name, value in stage.rest.items() if any(name in arm(side, 0, 0) for side in sides(action.side))}
    stage.held -= set(sides(action.side))
    stage.move(start, [(0.01, rest)], fade=seconds * scale)


def clap(stage: Stage, action: Action, span: Span) -> None:
    """Hands together and apart, before the chest or above the head."""
    period = (0.38 if action.speed == "quick" else 0.55) * stage.rng.uniform(0.95, 1.05)
    lift = 0.45
    count = action.count or max(2, int((span.seconds - 2 * lift) / period))
    start, scale = fit(stage, span, count * period + 2 * lift)
    scale = min(scale, 1.0)
    together, apart = HANDS[action.height]
    stage.held.clear()
    keys: list[tuple[float, Pose]] = [(lift * scale, apart)]
    keys += [(time + lift * scale, pose) for time, pose in repeated([(0.45 * period, together), (period, apart)], count, period, scale)]
    end = (2 * lift + count * period) * scale
    stage.move(start, [*keys, (end, {name: stage.rest[name] for name in apart})], until=start + end + 0.1, fade=0.15)


def punch(stage: Stage, action: Action, span: Span) -> None:
    """From a guard the fist shoots straight ahead and comes back."""
    side = sides(action.side)[0]
    period = 0.62 if action.speed == "quick" else 0.85
    count = action.count or 1
    ready = 0.35
    start, scale = fit(stage, span, count * period + 2 * ready)
    guard = arm(side, 22, 14, 22, 122) | arm(other(side), 28, 12, 25, 105)
    wind = guard | arm(side, -8, 22, 18, 118) | _twist(side, -14.0)
    hit = guard | arm(side, 90, -4, 10, 6) | _twist(side, 26.0) | {"spine_pitch": 5.0}
    stage.held.clear()
    jab: list[tuple[float, Pose]] = [(0.3 * period, wind), (0.5 * period, hit), (0.6 * period, hit), (period, guard)]
    keys: list[tuple[float, Pose]] = [(ready * scale, guard)]
    keys += [(time + ready * scale, pose) for time, pose in repeated(jab, count, period, scale)]
    end = (count * period + 2 * ready) * scale
    stage.move(start, [*keys, (end, {})], until=start + end + 0.1, fade=0.15)


def point(stage: Stage, action: Action, span: Span) -> None:
    """A straight arm at shoulder height, and stay."""
    side = sides(action.side)[0]
    start, scale = fit(stage, span, 0.9)
    stage.held.discard(side)
    stage.move(start, [(0.7 * scale, arm(side, 89, 3, 5, 4))], fade=0.2)
    stage.held.add(side)


def _twist(side: str, degrees: float) -> dict[str, float]:
    """The trunk turns a side ahead, the face stays."""
    yaw = -sign(side) * degrees
    return {"spine_yaw": yaw, "pelvis_yaw": 0.3 * yaw, "head_yaw": -yaw}


def throw(stage: Stage, action: Action, span: Span) -> None:
    """Overhand: the hand draws back behind the shoulder, whips ahead and follows through."""
    side = sides(action.side)[0]
    start, scale = fit(stage, span, 1.9)
    free = other(side)
    wind = arm(side, -28, 98, -105, 98) | arm(free, 55, 25, 0, 20) | _twist(side, -30.0) | {"spine_pitch": -8.0}
    release = arm(side, 118, 40, -20, 22) | arm(free, 20, 25, 0, 45) | _twist(side, 22.0) | {"spine_pitch": 12.0}
    through = arm(side, 48, -12, 15, 18) | arm(free, 0, 22, 0, 35) | _twist(side, 30.0) | {"spine_pitch": 24.0}
    stage.held.clear()
    times = (0.65, 0.75, 0.95, 1.15, 1.75)
    keys: list[tuple[float, Pose]] = list(zip((time * scale for time in times), (wind, wind, release, through, {}), strict=True))
    stage.move(start, keys, until=start + 1.85 * scale, fade=0.15)


def nod(stage: Stage, action: Action, span: Span) -> None:
    """The head pitches down and up."""
    _head(stage, action, span, 0.8, lambda phase: {"head_pitch": 17.0 - 17.0 * np.cos(phase)})


def shake_head(stage: Stage, action: Action, span: Span) -> None:
    """The head turns to one side and the other."""
    first = 1.0 if stage.rng.random() < 0.5 else -1.0
    _head(stage, action, span, 0.95, lambda phase: {"head_yaw": first * 40.0 * np.sin(phase)})


def _head(stage: Stage, action: Action, span: Span, period: float, shape: Callable[[np.ndarray], dict[str, np.ndarray]]) -> None:
    period *= stage.rng.uniform(0.93, 1.07)
    count = action.count or max(1, int((span.seconds - 0.2) / period))
    start, scale = fit(stage, span, count * period)
    seconds = count * period * min(scale, 1.0)
    _, t = stage.since(start)
    phase = 2 * np.pi * count * np.clip(t / seconds, 0.0, 1.0)
    strength = stage.style.vigour * window(t, 0.0, seconds, 0.15)
    stage.write(start, {name: curve * strength for name, curve in shape(phase).items()})
