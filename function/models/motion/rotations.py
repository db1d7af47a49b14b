"""Rotations as matrices, quaternions (w, x, y, z) and the six numbers that the network speaks.

Batched over all leading dimensions. Matrices multiply column vectors.
"""

import torch
from torch import Tensor
from torch.nn import functional

_FLOOR = 1e-12


def six_to_matrix(six: Tensor) -> Tensor:
    """(..., 6) to (..., 3, 3). The six are the first two columns written row by row: [R00, R01, R10, R11, R20, R21].

    Gram-Schmidt over the columns (Zhou et al., On the Continuity of Rotation Representations, 2019).
    """
    first, second = six[..., 0::2], six[..., 1::2]
    x = functional.normalize(first, dim=-1, eps=_FLOOR)
    y = functional.normalize(second - (x * second).sum(-1, keepdim=True) * x, dim=-1, eps=_FLOOR)
    return torch.stack((x, y, torch.linalg.cross(x, y)), dim=-1)


def matrix_to_six(matrix: Tensor) -> Tensor:
    """(..., 3, 3) to (..., 6), the first two columns row by row."""
    return matrix[..., :2].flatten(-2)


def quaternion_to_matrix(quaternion: Tensor) -> Tensor:
    """Unit quaternions (..., 4) to (..., 3, 3)."""
    w, x, y, z = quaternion.unbind(-1)
    rows = (
        (1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)),
        (2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)),
        (2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)),
    )
    return torch.stack([torch.stack(row, dim=-1) for row in rows], dim=-2)


def quaternion_outer(matrix: Tensor) -> Tensor:
    """The outer product q q^T (..., 4, 4) of each rotation's quaternion.

    It is linear in the matrix, so that of a weighted mean of rotation matrices is the weighted mean of the outer products.
    """
    (xx, xy, xz), (yx, yy, yz), (zx, zy, zz) = (row.unbind(-1) for row in matrix.unbind(-2))
    rows = (
        (1 + xx + yy + zz, zy - yz, xz - zx, yx - xy),
        (zy - yz, 1 + xx - yy - zz, xy + yx, xz + zx),
        (xz - zx, xy + yx, 1 - xx + yy - zz, yz + zy),
        (yx - xy, xz + zx, yz + zy, 1 - xx - yy + zz),
    )
    return torch.stack([torch.stack(row, dim=-1) for row in rows], dim=-2) / 4
