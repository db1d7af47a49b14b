"""Synthesised motion as the 201 features that the network learns, at the rate of the embedded model.

The layout is the published one. Of the auxiliary part, which decoding ignores there, the first two numbers (the pelvis relative to itself,
always zero) say here whether the left and the right foot is planted.
"""

import numpy as np
import numpy.typing as npt

from function.models.motion.skeleton import mannequin_skeleton
from training.motion.synthesis import Motion, forward_kinematics

FPS = 30
RATE = 15  # features a second
FEATURES = 201
CONTACT = slice(135, 137)
_STILL = 0.2  # metres a second
_LOW = 0.03  # metres

FloatArray = npt.NDArray[np.float32]


def features(motion: Motion) -> FloatArray:
    """(F, 22, 3, 3) rotations and (F, 3) translation at 30 a second to (ceil(F / 2), 201) features at 15 a second."""
    joints = forward_kinematics(motion.rotations, motion.translation, mannequin_skeleton())
    every = FPS // RATE
    kept = slice(None, None, every)
    out = np.empty((len(joints[kept]), FEATURES), dtype=np.float32)
    out[:, :3] = motion.translation[kept]
    out[:, 3:135] = motion.rotations[kept][..., :2].reshape(len(out), -1)
    out[:, 135:] = (joints[kept] - joints[kept, :1]).reshape(len(out), -1)
    out[:, CONTACT] = contacts(joints)[kept]
    return out


def contacts(joints: FloatArray) -> FloatArray:
    """(F, 22, 3) world joints to (F, 2), 1 where the left or right foot is low and its ankle or ball does not travel."""
    sides = []
    for ankle, ball in ((7, 10), (8, 11)):
        travel = [np.linalg.norm(np.gradient(joints[:, joint][:, (0, 2)], axis=0), axis=-1) * FPS for joint in (ankle, ball)]
        height = np.minimum(joints[:, ankle, 1] - 0.08, joints[:, ball, 1] - 0.025)
        sides.append((np.minimum(*travel) < _STILL) & (height < _LOW))
    return np.stack(sides, axis=-1).astype(np.float32)
