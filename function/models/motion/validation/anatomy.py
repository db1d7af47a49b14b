"""How far human joints turn, and how far a pose goes beyond that.

A local rotation is split into a twist about the bone and the swing that follows it (R = swing * twist); the twist's angle and the
swing's rotation vector give three angles about x, y and z of the rest pose. Ranges are means of healthy adults, rounded: limbs and
neck after the American Academy of Orthopaedic Surgeons (Joint Motion, 1965) and Boone & Azen (1979), the ankle under load after
Bennell et al. (1998), the trunk after White & Panjabi (Clinical Biomechanics of the Spine, 1990), shared out over its joints. Those
of collars, toes and the sideways give of hinges are estimates. A box of ranges is looser than a real joint, whose ranges depend on
each other. The shoulder, which reaches almost everywhere, is measured from the middle of its range and not from the T-pose: the arm
45 degrees forward of sideways, the thumb turned 45 degrees up.
"""

from typing import Final

import numpy as np

from function.models.motion.export.clip import Float64Array, quaternions

TOLERANCE: Final = 10.0  # degrees beyond the mean that nobody is blamed for: people differ

Range = tuple[float, float]

# left or middle joint: the bone's axis, then degrees about x, y, z. Facing +Z: +x bends the trunk forward and the knee back, lifts the
# heel; the left arm goes up with +z and forward with -y, the left leg out with +z.
_RANGES: dict[str, tuple[str, Range, Range, Range]] = {
    "Hip": ("y", (-125, 30), (-45, 45), (-30, 50)),
    "Knee": ("y", (-10, 145), (-30, 30), (-10, 10)),
    "Ankle": ("y", (-35, 50), (-30, 30), (-35, 30)),
    "Foot": ("z", (-75, 45), (-15, 15), (-15, 15)),
    "Spine1": ("y", (-20, 45), (-15, 15), (-20, 20)),
    "Spine2": ("y", (-20, 35), (-20, 20), (-20, 20)),
    "Spine3": ("y", (-20, 30), (-25, 25), (-20, 20)),
    "Neck": ("y", (-40, 45), (-50, 50), (-30, 30)),
    "Head": ("y", (-40, 35), (-50, 50), (-25, 25)),
    "Collar": ("x", (-30, 30), (-30, 25), (-15, 45)),
    "Shoulder": ("x", (-95, 95), (-100, 95), (-105, 105)),
    "Elbow": ("x", (-95, 95), (-150, 10), (-30, 30)),
    "Wrist": ("x", (-90, 90), (-30, 40), (-80, 75)),
}
_SIN, _COS = np.sin(np.pi / 8), np.cos(np.pi / 8)
_SHOULDER = np.array([0, _SIN, 0, _COS]), np.array([_SIN, 0, 0, _COS])  # 45 degrees about y after, and about x before the rotation


def excess(rotations: Float64Array, names: tuple[str, ...]) -> Float64Array:
    """Degrees (F, J) by which local rotations (F, J, 3, 3) in the axes of our rest pose are out of range; 0 within TOLERANCE.

    Joints without a range, such as the pelvis, are never out of it.
    """
    beyond = np.zeros(rotations.shape[:2])
    for joint, name in enumerate(names):
        part, mirrored = name.removeprefix("L_").removeprefix("R_"), name.startswith("R_")
        if part in _RANGES:
            axis, *ranges = _RANGES[part]
            turns = quaternions(rotations[:, joint]) * (np.array([1, -1, -1, 1]) if mirrored else 1)
            if part == "Shoulder":
                turns = _product(_product(_SHOULDER[0], turns), _SHOULDER[1])
            angles = swing_twist(turns, "xyz".index(axis))
            low, high = np.array(ranges, dtype=np.float64).T
            beyond[:, joint] = np.maximum(low - angles, angles - high).max(axis=1)
    return np.where(beyond > TOLERANCE, beyond, 0.0)


def swing_twist(turns: Float64Array, axis: int) -> Float64Array:
    """Degrees (F, 3) of quaternions xyzw (F, 4): the twist's angle at `axis`, the swing's rotation vector at the other two."""
    twist = np.zeros_like(turns)
    twist[:, axis], twist[:, 3] = turns[:, axis], turns[:, 3]
    length = np.linalg.norm(twist, axis=1, keepdims=True)
    twist = np.where(length > 1e-9, twist / np.maximum(length, 1e-9), np.array([0.0, 0.0, 0.0, 1.0]))
    swing = _product(turns, twist * np.array([-1, -1, -1, 1]))
    swing *= np.where(swing[:, 3:] < 0, -1, 1)
    sine = np.linalg.norm(swing[:, :3], axis=1, keepdims=True)
    angles = swing[:, :3] * 2 * np.arctan2(sine, swing[:, 3:]) / np.maximum(sine, 1e-12)
    twist *= np.where(twist[:, 3:] < 0, -1, 1)
    angles[:, axis] = 2 * np.arctan2(twist[:, axis], twist[:, 3])
    degrees: Float64Array = np.degrees(angles)
    return degrees


def _product(a: Float64Array, b: Float64Array) -> Float64Array:
    """Hamilton product of quaternions xyzw (..., 4): first b, then a."""
    vector = a[..., 3:] * b[..., :3] + b[..., 3:] * a[..., :3] + np.cross(a[..., :3], b[..., :3])
    scalar = a[..., 3:] * b[..., 3:] - np.sum(a[..., :3] * b[..., :3], axis=-1, keepdims=True)
    return np.concatenate((vector, scalar), axis=-1)
