"""Four measures of a movement: joint angles beyond human range, feet that slide while planted, parts below the ground, jerk."""

import numpy as np

from function.models.motion.export.clip import Float64Array
from function.models.motion.skeleton import mannequin_skeleton
from function.models.motion.validation import anatomy
from function.models.motion.validation.report import Angles, Ground, Jerk, JointBeyond, Skating
from function.models.motion.validation.rig import Fitted

Mask = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]

_HEEL, _BALL = (0.0, -0.08, -0.05), (0.0, -0.025, 0.0)  # metres from our ankle and from our ball of the foot to the sole
_PLANTED_HEIGHT, _PLANTED_CLIMB, _PLANTED_SECONDS = 0.02, 0.15, 0.1  # m, m/s, s
_BELOW = 0.01  # metres under the ground that count as below
_JERK_RATE = 30.0  # frames a second at which jerk is measured, so that fast recordings are comparable
_SPIKE = 5000.0  # m/s^3: a joint that jumps by some 9 cm within a frame


def measure(moves: Fitted) -> tuple[Angles, Skating, Ground, Jerk]:
    """All four. The ground is at 0; a skeleton that is not ours stands on its own soles' level."""
    soles = _soles(moves)
    level = 0.0 if moves.ours else float(np.percentile(soles[..., 1].min(axis=(1, 2)), 5))
    return _angles(moves), _skating(soles, moves.fps, level), _ground(moves, soles, level), _jerk(moves)


def _angles(moves: Fitted) -> Angles:
    names = mannequin_skeleton().names
    beyond = anatomy.excess(moves.rotations, names)
    worst = beyond.max(axis=1)
    joints = [
        JointBeyond(joint=names[joint], frames=int((beyond[:, joint] > 0).sum()), worst_degrees=round(float(beyond[:, joint].max()), 1))
        for joint in np.argsort(-beyond.max(axis=0), kind="stable")
        if beyond[:, joint].any()
    ]
    return Angles(
        frames=int((worst > 0).sum()),
        worst_degrees=round(float(worst.max()), 1),
        mean_degrees=round(float(worst.mean()), 2),
        joints=tuple(joints),
    )


def _soles(moves: Fitted) -> Float64Array:
    """World positions (F, 2, 2, 3) of heel and ball of both soles."""
    names = mannequin_skeleton().names
    paths = []
    for side in ("L_", "R_"):
        for part, offset in (("Ankle", _HEEL), ("Foot", _BALL)):
            joint = names.index(side + part)
            point = np.array(offset if moves.known[joint] else (0.0, -0.08, 0.13)) * moves.size
            paths.append(moves.joints[:, joint] + moves.turns[:, joint] @ point)
    return np.stack(paths, axis=1).reshape(-1, 2, 2, 3)


def _skating(soles: Float64Array, fps: float, level: float) -> Skating:
    """A sole point is planted while it is low and neither lands nor lifts, for a while. A foot's speed is its slowest planted point's."""
    if len(soles) < 2:
        return Skating(planted_frames=0, mean_cm_s=0.0, worst_cm_s=0.0)
    velocity = np.gradient(soles, axis=0) * fps
    still = (soles[..., 1] < level + _PLANTED_HEIGHT) & (np.abs(velocity[..., 1]) < _PLANTED_CLIMB)
    planted = _lasting(still, max(1, round(_PLANTED_SECONDS * fps)))
    speed = np.where(planted, np.hypot(velocity[..., 0], velocity[..., 2]), np.inf).min(axis=2)
    slips = 100 * speed[np.isfinite(speed)]
    mean, worst = (float(slips.mean()), float(slips.max())) if slips.size else (0.0, 0.0)
    return Skating(planted_frames=int(slips.size), mean_cm_s=round(mean, 2), worst_cm_s=round(worst, 2))


def _lasting(flags: Mask, least: int) -> Mask:
    """The flags (F, ...) that belong to a run of at least `least` frames."""
    frames = np.arange(len(flags)).reshape(-1, *[1] * (flags.ndim - 1))
    before = np.maximum.accumulate(np.where(flags, -1, frames), axis=0)
    after = np.minimum.accumulate(np.where(flags, len(flags), frames)[::-1], axis=0)[::-1]
    return flags & (after - before - 1 >= least)


def _ground(moves: Fitted, soles: Float64Array, level: float) -> Ground:
    lowest = np.minimum(soles[..., 1].min(axis=(1, 2)), moves.joints[..., 1].min(axis=1)) - level
    depth = np.maximum(-lowest, 0.0)
    return Ground(
        frames=int((depth > _BELOW).sum()),
        worst_cm=round(100 * float(depth.max()), 2),
        mean_cm=round(100 * float(depth.mean()), 3),
        level_cm=round(100 * level, 2),
    )


def _jerk(moves: Fitted) -> Jerk:
    """Third difference of the joints' paths at about 30 frames a second."""
    step = max(1, round(moves.fps / _JERK_RATE))
    path = moves.joints[::step]
    if len(path) < 4:
        return Jerk(mean_m_s3=0.0, worst_m_s3=0.0, worst_joint="", spikes=0)
    size = np.linalg.norm(np.diff(path, 3, axis=0), axis=2) * (moves.fps / step) ** 3
    joint = int(size.max(axis=0).argmax())
    return Jerk(
        mean_m_s3=round(float(size[:, moves.known].mean()), 1),
        worst_m_s3=round(float(size.max()), 1),
        worst_joint=mannequin_skeleton().names[joint],
        spikes=int((size.max(axis=1) > _SPIKE).sum()),
    )
