"""A motion as the checks see it: world joints and rotations, with the views that several checks share.

Metres, Y up, seconds by `fps`; the body's left is +X when it faces +Z. Knows no action.
"""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from benchmarks.motion_quality.bvh import Bvh
from benchmarks.motion_quality.signals import steadied

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Limb = Literal["left", "right"]
LIMBS: tuple[Limb, Limb] = ("left", "right")

JOINTS = (
    *("Pelvis", "L_Hip", "R_Hip", "Spine1", "L_Knee", "R_Knee", "Spine2", "L_Ankle", "R_Ankle", "Spine3", "L_Foot", "R_Foot"),
    *("Neck", "L_Collar", "R_Collar", "Head", "L_Shoulder", "R_Shoulder", "L_Elbow", "R_Elbow", "L_Wrist", "R_Wrist"),
)
PELVIS, CHEST, NECK, HEAD = (JOINTS.index(name) for name in ("Pelvis", "Spine3", "Neck", "Head"))
SOLE_BELOW_ANKLE, SOLE_BELOW_BALL, SHIN_BELOW_KNEE = 0.08, 0.025, 0.05  # metres, in the rest pose


def limb_joint(side: Limb, name: str) -> int:
    """Index of a joint that both sides have: Hip, Knee, Ankle, Foot, Collar, Shoulder, Elbow, Wrist."""
    return JOINTS.index(f"{side[0].upper()}_{name}")


def other(side: Limb) -> Limb:
    return "right" if side == "left" else "left"


@dataclass(frozen=True)
class MotionTrack:
    """`joints` (F, 22, 3) and `rotations` (F, 22, 3, 3) in world space, in the order of `JOINTS`."""

    joints: Array
    rotations: Array
    fps: float

    @property
    def seconds(self) -> float:
        return len(self.joints) / self.fps

    def part(self, start: float, end: float) -> "MotionTrack":
        """The frames between two moments in seconds."""
        span = slice(max(0, round(start * self.fps)), round(end * self.fps))
        return MotionTrack(self.joints[span], self.rotations[span], self.fps)

    def joint(self, name: str, side: Limb) -> Array:
        """World path (F, 3) of a joint that both sides have."""
        return self.joints[:, limb_joint(side, name)]

    @cached_property
    def heading(self) -> Array:
        """Where the hips face, (F,) radians about Y without jumps; 0 is +Z, positive to the body's left."""
        across = self.joint("Hip", "left") - self.joint("Hip", "right")
        return np.asarray(np.unwrap(np.arctan2(-across[:, 2], across[:, 0])))

    @cached_property
    def local(self) -> Array:
        """Joints (F, 22, 3) from the point on the floor under the pelvis: x to the body's left, y up, z forward."""
        centred = self.joints - self.joints[:, PELVIS : PELVIS + 1] * np.array([1.0, 0.0, 1.0])
        sin, cos = np.sin(self.heading)[:, None], np.cos(self.heading)[:, None]
        x, y, z = np.moveaxis(centred, -1, 0)
        return np.stack([x * cos - z * sin, y, x * sin + z * cos], axis=-1)

    def from_pelvis(self, name: str, side: Limb) -> Array:
        """Path (F, 3) of a limb's joint in `local`."""
        return self.local[:, limb_joint(side, name)]

    def reach(self, side: Limb) -> Array:
        """Wrist from its shoulder (F, 3) in the frame of the chest: x to the left, y along the spine, z forward."""
        arm = self.joint("Wrist", side) - self.joint("Shoulder", side)
        return np.asarray(np.einsum("fji,fj->fi", self.rotations[:, CHEST], arm))

    def lift(self, side: Limb) -> Array:
        """Height of the wrist over its shoulder, (F,) metres."""
        return np.asarray(self.joint("Wrist", side)[:, 1] - self.joint("Shoulder", side)[:, 1])

    def bend(self, middle: Literal["Knee", "Elbow"], side: Limb) -> Array:
        """How far a knee or an elbow is bent, (F,) degrees; 0 is straight."""
        ends = ("Hip", "Ankle") if middle == "Knee" else ("Shoulder", "Wrist")
        joint = self.joint(middle, side)
        one, two = joint - self.joint(ends[0], side), self.joint(ends[1], side) - joint
        cosine = (one * two).sum(-1) / (np.linalg.norm(one, axis=-1) * np.linalg.norm(two, axis=-1))
        return np.asarray(np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0))))

    @cached_property
    def lean(self) -> Array:
        """Tilt of the line from pelvis to neck, (F, 2) degrees: forward, and to the left."""
        trunk = self.local[:, NECK] - self.local[:, PELVIS]
        return np.asarray(np.degrees(np.stack([np.arctan2(trunk[:, 2], trunk[:, 1]), np.arctan2(trunk[:, 0], trunk[:, 1])], axis=-1)))

    def gaze(self, joint: int) -> Array:
        """Where a joint of the trunk or the head points, (F, 2) degrees: down, and left of the way the body goes on facing."""
        across, ahead = self.rotations[:, joint, :, 0], self.rotations[:, joint, :, 2]
        left = np.unwrap(np.arctan2(-across[:, 2], across[:, 0])) - steadied(self.heading, round(self.fps))
        down = np.arctan2(-ahead[:, 1], np.hypot(ahead[:, 0], ahead[:, 2]))
        return np.asarray(np.degrees(np.stack([down, left], axis=-1)))

    @property
    def pelvis_height(self) -> Array:
        return self.joints[:, PELVIS, 1]

    def speed(self, path: Array) -> Array:
        """Speed (F,) in metres a second of a path (F, 2 or 3), steadied over a sixth of a second."""
        steady = np.stack([steadied(axis, round(self.fps / 6)) for axis in path.T], axis=-1)
        return np.asarray(np.linalg.norm(np.gradient(steady, axis=0), axis=-1) * self.fps)

    @cached_property
    def advance(self) -> Array:
        """Way of the pelvis along its own facing and to its own left, summed up, (F, 2) metres."""
        step = np.diff(self.joints[:, PELVIS], axis=0, prepend=self.joints[:1, PELVIS])
        sin, cos = np.sin(self.heading), np.cos(self.heading)
        return np.asarray(np.cumsum(np.stack([step[:, 0] * sin + step[:, 2] * cos, step[:, 0] * cos - step[:, 2] * sin], axis=-1), axis=0))

    @property
    def drift(self) -> float:
        """Farthest that the pelvis gets over the floor from where it starts, in metres."""
        floor = self.joints[:, PELVIS, ::2]
        return float(np.linalg.norm(floor - floor[0], axis=-1).max())

    def sole_points(self, side: Limb) -> tuple[Array, Array]:
        """World paths (F, 3) of the two points that a foot stands on: under the ankle, and under the ball."""
        ankle, ball = limb_joint(side, "Ankle"), limb_joint(side, "Foot")
        heel = self.joints[:, ankle] - SOLE_BELOW_ANKLE * self.rotations[:, ankle, :, 1]
        return heel, self.joints[:, ball] - SOLE_BELOW_BALL * self.rotations[:, ball, :, 1]

    def sole(self, side: Limb) -> Array:
        """Height (F,) of the lower of a foot's two sole points."""
        heel, ball = self.sole_points(side)
        return np.minimum(heel[:, 1], ball[:, 1])

    def turned(self) -> float:
        """Degrees by which the hips end turned to the left of where they began."""
        return math.degrees(float(self.heading[-1] - self.heading[0]))


def track(motion: Bvh) -> MotionTrack:
    """The track of a BVH file. Raises ValueError when one of the 22 joints is missing."""
    missing = [name for name in JOINTS if name not in motion.names]
    if missing:
        raise ValueError(f"the file has no joint {missing[0]}")
    order = [motion.names.index(name) for name in JOINTS]
    joints, rotations = motion.world()
    return MotionTrack(joints[:, order], rotations[:, order], motion.fps)
