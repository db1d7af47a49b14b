"""The clip under construction: what every action writes on. An action writes from its start onwards; the next one blends over it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from .body import ARM_CHANNELS, CHANNELS, INDEX, SIDES, STANCE, STANDING_HEIGHT, Motion, solve
from .curves import Array, ease, keyframes, window
from .feet import Step, follow

Posture = Literal["standing", "seated", "kneeling", "crouched"]
Pose = Mapping[str, float]
FADE = 0.35
_PADDING = 45  # frames after the end, so that gaits can look ahead


@dataclass(frozen=True)
class Span:
    """The seconds of a clip that a step of the plan has; `final` when nothing comes after it."""

    start: float
    end: float
    final: bool

    @property
    def seconds(self) -> float:
        return self.end - self.start


@dataclass(frozen=True)
class Style:
    """Small constants of one clip: how this person stands and swings."""

    vigour: float  # about 1, scales amplitudes
    lean: float  # degrees
    arms_out: float
    elbows: float


class Stage:
    """Channels, root path and feet of one clip, in seconds from its start; `rng` gives the small variations."""

    def __init__(self, frames: int, fps: int, rng: np.random.Generator) -> None:
        self.frames = frames
        self.rng = rng
        self.times: Array = np.arange(frames + _PADDING) / fps
        self.root: Array = np.zeros((3, len(self.times)))
        self.style = Style(rng.uniform(0.9, 1.1), rng.normal(1.5, 1.0), rng.uniform(6, 11), rng.uniform(8, 18))
        self.posture: Posture = "standing"
        self.held: set[str] = set()
        self.rest: dict[str, float] = self.standing()
        self.channels: Array = np.repeat(np.array([self.rest[name] for name in CHANNELS])[:, None], len(self.times), axis=1)
        width = STANCE * rng.uniform(0.9, 1.15)
        self.steps = {side: [Step(-2.0, -1.0, sign * width, 0.0, sign * 0.12)] for side, sign in zip(SIDES, (1, -1), strict=True)}
        self.width = width

    def standing(self) -> dict[str, float]:
        """The pose of standing with the arms at the sides."""
        style = self.style
        pose = dict.fromkeys(CHANNELS, 0.0) | {"height": STANDING_HEIGHT, "spine_pitch": style.lean}
        for side in SIDES:
            pose |= {f"{side}_arm_forward": 2.0, f"{side}_arm_out": style.arms_out, f"{side}_arm_twist": 8.0, f"{side}_elbow": style.elbows}
        return pose

    def since(self, start: float) -> tuple[int, Array]:
        """The first frame at or after `start`, and the seconds since `start` of every frame from there on."""
        first = min(int(np.searchsorted(self.times, start - 1e-9)), len(self.times) - 1)
        return first, self.times[first:] - start

    def where(self, time: float) -> tuple[float, float, float]:
        """Root x, z and heading at a time."""
        x, z, heading = (float(np.interp(time, self.times, row)) for row in self.root)
        return x, z, heading

    def relax(self, start: float, fade: float = FADE) -> None:
        """Blend everything but held arms into the resting pose of the posture."""
        first, t = self.since(start)
        kept = {INDEX[name] for side in self.held for name in ARM_CHANNELS[side]}
        rows = [row for row in range(len(CHANNELS)) if row not in kept]
        rest = np.array([self.rest[CHANNELS[row]] for row in rows])[:, None]
        current = self.channels[rows, first:]
        self.channels[rows, first:] = current + (rest - current) * ease(t / fade)

    def write(self, start: float, curves: Mapping[str, Array], until: float = np.inf, fade: float = FADE, carried: bool = True) -> None:
        """Lay curves (values from the frame at `start` on) over the channels.

        Arm channels are replaced, and given back at `until`; other channels are added to, as offsets from the resting pose.
        Curves for held arms are dropped unless `carried` is false.
        """
        first, t = self.since(start)
        mine = ARM_CHANNELS["left"] | ARM_CHANNELS["right"]
        astray = max((abs(self.channels[INDEX[name], first] - self.rest[name]) for name in curves if name in mine), default=0.0)
        fade += 0.3 * min(astray / 120.0, 1.0)  # an arm that is far from rest takes its time
        weight = ease(t / fade) if np.isinf(until) else window(t, 0.0, until - start, fade)
        kept = frozenset().union(*(ARM_CHANNELS[side] for side in self.held)) if carried else frozenset()
        for name, curve in curves.items():
            row = self.channels[INDEX[name], first:]
            if name not in mine:
                row += curve - self.rest[name]
            elif name not in kept:
                row += (curve - row) * weight

    def move(
        self, start: float, keys: Sequence[tuple[float, Pose]], until: float = np.inf, fade: float = FADE, carried: bool = True
    ) -> None:
        """Keyframes: seconds after `start` and the pose then, as the values that differ from the resting pose."""
        _, t = self.since(start)
        names = sorted({name for _, pose in keys for name in pose})
        values = np.array([[self.rest[name]] + [pose.get(name, self.rest[name]) for _, pose in keys] for name in names])
        curves = keyframes(t, [0.0, *(time for time, _ in keys)], values)
        self.write(start, dict(zip(names, curves, strict=True)), until, fade, carried)

    def settle(self, pose: Pose) -> None:
        """Make a pose that the last move ended in the resting pose of what follows."""
        self.rest = self.rest | dict(pose)

    def shift(self, start: float, forward: Array | float = 0.0, left: Array | float = 0.0, turn: Array | float = 0.0) -> None:
        """Move the root from `start` on: displacement along the facing of that moment (metres), and turn (radians)."""
        first, _ = self.since(start)
        heading = self.root[2, first]
        self.root[0, first:] += forward * np.sin(heading) + left * np.cos(heading)
        self.root[1, first:] += forward * np.cos(heading) - left * np.sin(heading)
        self.root[2, first:] += turn

    def clear_steps(self, start: float) -> None:
        """Forget the steps that have not begun at `start`."""
        for side in SIDES:
            self.steps[side] = [step for step in self.steps[side] if step.start < start]

    def stand_at(self, side: str, time: float, width: float | None = None, ahead: float = 0.0) -> tuple[float, float, float]:
        """Where a foot stands under the root at `time`: x, z, yaw; `width` from the middle, `ahead` of it."""
        x, z, heading = self.where(time)
        sign = 1.0 if side == "left" else -1.0
        out = sign * (self.width if width is None else width)
        sine, cosine = np.sin(heading), np.cos(heading)
        return x + out * cosine + ahead * sine, z - out * sine + ahead * cosine, heading + sign * 0.12

    def step(self, side: str, start: float, end: float, place: tuple[float, float, float], height: float = 0.09, **how: float) -> None:
        """Let a foot step to `place` (x, z, yaw); a start before the foot's last landing is put off."""
        last = self.steps[side][-1]
        start = max(start, last.end + 0.02)
        self.steps[side].append(Step(start, max(end, start + 0.12), *place, height=height, **how))

    def gather_feet(self, start: float) -> None:
        """Step feet that stand astray back under the root, one after the other, the farther one first."""
        self.clear_steps(start)
        astray = []
        for side in SIDES:
            last, (x, z, yaw) = self.steps[side][-1], self.stand_at(side, start)
            distance = np.hypot(last.x - x, last.z - z)
            if distance > 0.03 or abs(last.yaw - yaw) > 0.2:
                astray.append((distance, side))
        for order, (distance, side) in enumerate(sorted(astray, reverse=True)):
            begin = start + 0.3 * order
            self.step(side, begin, begin + 0.3, self.stand_at(side, start), height=0.06 + 0.06 * min(distance, 0.7))

    def motion(self) -> Motion:
        """What has been written, as joint rotations; the pelvis begins over x = z = 0."""
        count = self.frames
        left, right = (follow(self.steps[side], self.times[:count]) for side in SIDES)
        motion = solve(self.channels[:, :count], self.root[:, :count], (left, right))
        motion.translation[:, (0, 2)] -= motion.translation[0, (0, 2)].copy()
        return motion
