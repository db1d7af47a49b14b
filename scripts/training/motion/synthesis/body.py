"""From pose channels and foot tracks to joint rotations. Channels are plain numbers over time, so that poses blend linearly.

Angles are degrees. Arms hang down at 0: `forward` and `out` raise them ahead and sideways (together a rotation vector, so that
blends stay smooth), `twist` turns the bent elbow inwards. Pitch leans forward, roll leans to the person's right, yaw turns left.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from function.models.motion.skeleton import mannequin_skeleton

from .curves import Array
from .feet import FootTrack
from .kinematics import about, bend_leg, rotation, transpose, turn

SIDES = ("left", "right")
ARM = ("arm_forward", "arm_out", "arm_twist", "elbow")
FOOT = ("foot_forward", "foot_out", "foot_up", "foot_pitch")
TRUNK = ("pelvis_pitch", "pelvis_yaw", "pelvis_roll", "spine_pitch", "spine_yaw", "spine_roll", "head_pitch", "head_yaw", "head_roll")
PELVIS = ("height", "pelvis_forward", "pelvis_left", "flight")
CHANNELS = (*PELVIS, *TRUNK, *(f"{side}_{name}" for name in (*ARM, *FOOT) for side in SIDES))
INDEX = {name: index for index, name in enumerate(CHANNELS)}
ARM_CHANNELS = {side: frozenset(f"{side}_{name}" for name in ARM) for side in SIDES}

STANDING_HEIGHT = 0.955
ANKLE_HEIGHT = 0.08
STANCE = 0.105  # half the distance between the feet
_REACH = 0.98  # of the straight leg: the pelvis sinks rather than stretch a planted leg further
_SKELETON = mannequin_skeleton()
_OFFSETS = _SKELETON.offsets.astype(np.float64)
_BALL = _OFFSETS[10] * (0, 1, 1)
_HEEL = np.array([0.0, -ANKLE_HEIGHT, -0.05])
_TOES_FREE = 0.05  # metres off the ground at which the toes stretch again
_THIGH, _SHIN = _OFFSETS[4], _OFFSETS[7]
_HANG = about(2, np.array(-0.5 * np.pi))
_MIRROR = np.diag([-1.0, 1.0, 1.0])


@dataclass(frozen=True)
class Motion:
    """Local joint rotations (F, 22, 3, 3) and pelvis world positions (F, 3) in metres, float32, for the mannequin skeleton."""

    rotations: npt.NDArray[np.float32]
    translation: npt.NDArray[np.float32]


def solve(channels: Array, root: Array, feet: tuple[FootTrack, FootTrack]) -> Motion:
    """Channels (C, N), root (3, N) as x, z, heading in radians, and the left and right foot become a motion of N frames."""
    count = channels.shape[1]
    local = np.empty((count, 22, 3, 3))
    local[:] = np.eye(3)
    facing = about(1, root[2])
    pelvis = facing @ rotation(np.radians(_rows(channels, "pelvis_pitch", "pelvis_yaw", "pelvis_roll")))
    local[:, 0] = pelvis
    local[:, (3, 6, 9)] = rotation(np.radians(_rows(channels, "spine_pitch", "spine_yaw", "spine_roll")) / 3)[:, None]
    local[:, (12, 15)] = rotation(np.radians(_rows(channels, "head_pitch", "head_yaw", "head_roll")) / 2)[:, None]
    _solve_arms(channels, local)
    translation = _solve_legs(channels, root, feet, facing, pelvis, local)
    return Motion(local.astype(np.float32), translation.astype(np.float32))


def _rows(channels: Array, *names: str) -> Array:
    return channels[[INDEX[name] for name in names]].T


def _solve_arms(channels: Array, local: Array) -> None:
    for mirrored, side in enumerate(SIDES):
        forward, out, twist, elbow = np.radians(_rows(channels, *(f"{side}_{name}" for name in ARM))).T
        swing = rotation(np.stack((-forward, np.zeros_like(out), out), axis=-1))
        shrug = about(2, 0.3 * np.maximum(np.hypot(forward, out) - 1.2, 0.0))
        shoulder = transpose(shrug) @ swing @ about(1, -twist) @ _HANG
        arm = np.stack((shrug, shoulder, about(1, -elbow)), axis=1)
        local[:, (14, 17, 19) if mirrored else (13, 16, 18)] = _MIRROR @ arm @ _MIRROR if mirrored else arm


def _solve_legs(channels: Array, root: Array, feet: tuple[FootTrack, FootTrack], facing: Array, pelvis: Array, local: Array) -> Array:
    height, ahead, left, flight = _rows(channels, *PELVIS).T
    place = turn(facing, np.stack((left, np.zeros_like(left), ahead), axis=-1))
    place[:, 0] += root[0]
    place[:, 2] += root[1]
    placed = [_place_foot(channels, track, facing, side) for track, side in zip(feet, SIDES, strict=True)]
    sockets = [turn(pelvis, np.broadcast_to(_OFFSETS[1 + leg], place.shape)) for leg in (0, 1)]
    length = _REACH * float(np.linalg.norm(_THIGH) + np.linalg.norm(_SHIN))
    highest = height.copy()
    for (ankle, _, lift, _), socket in zip(placed, sockets, strict=True):
        across = (place + socket - ankle)[:, (0, 2)]
        span = np.sqrt(np.maximum(length**2 - np.einsum("ni,ni->n", across, across), 0.0))
        highest = np.minimum(highest, ankle[:, 1] + span - socket[:, 1] + 4.0 * lift)
    place[:, 1] = height - _smooth(height - highest)
    for leg, ((ankle, foot, _, toes), socket) in enumerate(zip(placed, sockets, strict=True)):
        lateral = 0.5 * (pelvis[:, :, 0] + foot[:, :, 0])
        thigh, bend = bend_leg(_THIGH, _SHIN, ankle - place - socket, lateral)
        knee = about(0, bend)
        local[:, 1 + leg] = transpose(pelvis) @ thigh
        local[:, 4 + leg] = knee
        local[:, 7 + leg] = transpose(thigh @ knee) @ foot
        local[:, 10 + leg] = about(0, -toes)
    place[:, 1] += flight
    return place


def _place_foot(channels: Array, track: FootTrack, facing: Array, side: str) -> tuple[Array, Array, Array, Array]:
    """Ankle position (N, 3) without flight, world rotation (N, 3, 3), how far it is off the ground and the bend of the toes (N,)."""
    forward, out, up, extra = _rows(channels, *(f"{side}_{name}" for name in FOOT)).T
    pitch = np.radians(track.pitch + extra)
    yaw = about(1, track.yaw)
    toe, heel = about(0, np.maximum(pitch, 0.0)), about(0, np.minimum(pitch, 0.0))
    pivot = (_BALL - turn(toe, np.broadcast_to(_BALL, (len(pitch), 3)))) + (_HEEL - turn(heel, np.broadcast_to(_HEEL, (len(pitch), 3))))
    ankle = turn(yaw, pivot)
    sign = 1.0 if side == "left" else -1.0
    ankle += turn(facing, np.stack((sign * out, np.zeros_like(out), forward + track.reach), axis=-1))
    lift = track.lift + up
    ankle[:, 0] += track.x
    ankle[:, 1] += ANKLE_HEIGHT + lift
    ankle[:, 2] += track.z
    lift = np.maximum(lift, 0.0)
    return ankle, yaw @ toe @ heel, lift, np.maximum(pitch, 0.0) * np.exp(-lift / _TOES_FREE)


def _smooth(curve: Array) -> Array:
    kernel = np.hanning(9)
    return np.convolve(np.pad(curve, 4, mode="edge"), kernel / kernel.sum(), mode="valid")
