"""The 22-joint skeleton: names, parents and the rest pose of our own mannequin.

Joint names, order and parents are the SMPL-H naming that HY-Motion animates. The rest offsets are our own design. The rest
pose is a T-pose with identity rotations; metres, Y up, facing +Z, the person's left is +X, the pelvis is the origin.
"""

from dataclasses import dataclass

import numpy as np

FloatArray = np.ndarray[tuple[int, ...], np.dtype[np.float32]]

# name, parent, offset from the parent in the rest pose
_JOINTS: tuple[tuple[str, int, tuple[float, float, float]], ...] = (
    ("Pelvis", -1, (0.00, 0.00, 0.00)),
    ("L_Hip", 0, (0.09, -0.06, 0.00)),
    ("R_Hip", 0, (-0.09, -0.06, 0.00)),
    ("Spine1", 0, (0.00, 0.10, 0.00)),
    ("L_Knee", 1, (0.00, -0.42, 0.01)),
    ("R_Knee", 2, (0.00, -0.42, 0.01)),
    ("Spine2", 3, (0.00, 0.13, 0.00)),
    ("L_Ankle", 4, (0.00, -0.41, -0.02)),
    ("R_Ankle", 5, (0.00, -0.41, -0.02)),
    ("Spine3", 6, (0.00, 0.09, 0.00)),
    ("L_Foot", 7, (0.01, -0.055, 0.13)),
    ("R_Foot", 8, (-0.01, -0.055, 0.13)),
    ("Neck", 9, (0.00, 0.20, -0.01)),
    ("L_Collar", 9, (0.06, 0.14, 0.00)),
    ("R_Collar", 9, (-0.06, 0.14, 0.00)),
    ("Head", 12, (0.00, 0.09, 0.02)),
    ("L_Shoulder", 13, (0.12, 0.02, -0.01)),
    ("R_Shoulder", 14, (-0.12, 0.02, -0.01)),
    ("L_Elbow", 16, (0.28, 0.00, 0.00)),
    ("R_Elbow", 17, (-0.28, 0.00, 0.00)),
    ("L_Wrist", 18, (0.25, 0.00, 0.00)),
    ("R_Wrist", 19, (-0.25, 0.00, 0.00)),
)


@dataclass(frozen=True)
class Skeleton:
    """A joint tree in its rest pose.

    `names` and `parents` have one entry a joint, parents before children, -1 for the root; `rest` is (J, 3) float32 in metres.
    """

    names: tuple[str, ...]
    parents: tuple[int, ...]
    rest: FloatArray

    @property
    def offsets(self) -> FloatArray:
        """Offset of each joint from its parent, (J, 3) metres; the root's own rest position for the root."""
        parents = np.array(self.parents)
        return self.rest - np.where(parents[:, None] < 0, np.float32(0), self.rest[parents])


def mannequin_skeleton() -> Skeleton:
    """Our own rest pose: about 1.78 m tall, the ball of the foot 0.025 m above the sole."""
    rest = np.zeros((len(_JOINTS), 3), dtype=np.float32)
    for index, (_, parent, offset) in enumerate(_JOINTS):
        rest[index] = np.array(offset, np.float32) + (rest[parent] if parent >= 0 else np.float32(0))
    return Skeleton(tuple(name for name, _, _ in _JOINTS), tuple(parent for _, parent, _ in _JOINTS), rest)
