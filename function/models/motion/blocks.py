"""The two kinds of transformer block, each as a text half and a motion half.

Text never looks at motion, so the text half needs no motion; it hands its keys and values to the motion half. Parameter names are the
published ones.
"""

from collections.abc import Callable
from functools import partial
from typing import Literal, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from function.models.motion.attention import Mask, attend
from function.models.motion.config import NetworkConfig
from function.models.motion.layers import EPS, Linear, Mlp, Modulation, modulate
from function.models.motion.rope import Rotation, rotate

Stream = Literal["motion", "text"]


class Memory(NamedTuple):
    """What one block's motion rows need of the text: rotated keys and values, each (R, H, N, head_dim)."""

    key: Tensor
    value: Tensor


class Heads(NamedTuple):
    """Queries, keys and values, each (R, H, L, head_dim), after norm and rotation."""

    query: Tensor
    key: Tensor
    value: Tensor


def split_heads(qkv: Tensor, norm: Callable[[Tensor], Tensor], heads: int, by: Rotation | None) -> Heads:
    """Split a (R, L, 3 * H * head_dim) projection, laid out [q | k | v] with heads first.

    Queries and keys are treated as one, in float32: `norm` takes them as (R, L, 2, H, head_dim), then they are rotated.
    """
    parts = qkv.view(*qkv.shape[:2], 3, heads, -1)
    both = rotate(norm(parts[:, :, :2].float()), None if by is None else by[:, None, None]).type_as(qkv)
    query, key, value = (part.transpose(1, 2) for part in (*both.unbind(2), parts[:, :, 2]))
    return Heads(query, key, value)


def rms_norm(both: Tensor, query: nn.RMSNorm, key: nn.RMSNorm) -> Tensor:
    """The norms of queries and keys (R, L, 2, H, head_dim) at once."""
    weight = torch.stack((query.weight, key.weight))[:, None]
    return functional.rms_norm(both, both.shape[-1:], eps=EPS) * weight


def _attend_with(heads: Heads, memory: Memory | None, mask: Mask) -> Tensor:
    if memory is None:
        return attend(*heads, mask)
    key = torch.cat((heads.key, memory.key), dim=2)
    return attend(heads.query, key, torch.cat((heads.value, memory.value), dim=2), mask)


class Half(NamedTuple):
    """The weights of one stream of a double block, its modulation aside."""

    qkv: nn.Linear
    q_norm: nn.RMSNorm
    k_norm: nn.RMSNorm
    out_proj: nn.Linear
    mlp: Mlp


class DoubleBlock(nn.Module):
    """Separate weights for motion and text, joint attention."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        width, head = config.feat_dim, config.head_dim
        self.heads = config.num_heads
        self.motion_mod, self.text_mod = Modulation(width, 6), Modulation(width, 6)
        self.motion_qkv, self.text_qkv = Linear(width, 3 * width), Linear(width, 3 * width)
        self.motion_q_norm, self.text_q_norm = nn.RMSNorm(head, eps=EPS), nn.RMSNorm(head, eps=EPS)
        self.motion_k_norm, self.text_k_norm = nn.RMSNorm(head, eps=EPS), nn.RMSNorm(head, eps=EPS)
        self.motion_out_proj, self.text_out_proj = Linear(width, width), Linear(width, width)
        self.motion_mlp, self.text_mlp = Mlp(width, config.mlp_dim), Mlp(width, config.mlp_dim)

    def weights(self, stream: Stream) -> Half:
        """The weights of one stream."""
        if stream == "motion":
            return Half(self.motion_qkv, self.motion_q_norm, self.motion_k_norm, self.motion_out_proj, self.motion_mlp)
        return Half(self.text_qkv, self.text_q_norm, self.text_k_norm, self.text_out_proj, self.text_mlp)

    def modulation(self, condition: Tensor) -> Tensor:
        """The motion half's shifts, scales and gates, (R, 1, 6 * width)."""
        parts: Tensor = self.motion_mod(condition)
        return parts

    def heads_of(self, stream: Stream, x: Tensor, modulation: Tensor, by: Rotation | None) -> Heads:
        """Queries, keys and values of one stream's rows (R, L, width)."""
        half, (shift, scale) = self.weights(stream), modulation.chunk(6, dim=-1)[:2]
        norm = partial(rms_norm, query=half.q_norm, key=half.k_norm)
        return split_heads(half.qkv(modulate(x, shift, scale)), norm, self.heads, by)

    def text(self, text: Tensor, condition: Tensor, by: Rotation | None, mask: Tensor | None) -> tuple[Tensor, Memory]:
        """Text rows (R, N, width) to the next block's, and the keys and values that motion rows need."""
        modulation = self.text_mod(condition)
        heads = self.heads_of("text", text, modulation, by)
        return self._finish("text", text, attend(*heads, mask), modulation), Memory(heads.key, heads.value)

    def motion(self, motion: Tensor, modulation: Tensor, memory: Memory, by: Rotation, mask: Mask) -> Tensor:
        """Motion rows (R, L, width) to the next block's."""
        heads = self.heads_of("motion", motion, modulation, by)
        return self._finish("motion", motion, _attend_with(heads, memory, mask), modulation)

    def _finish(self, stream: Stream, x: Tensor, attended: Tensor, modulation: Tensor) -> Tensor:
        half, (_, _, gate, shift, scale, mlp_gate) = self.weights(stream), modulation.chunk(6, dim=-1)
        x = torch.addcmul(x, gate, half.out_proj(attended))
        return torch.addcmul(x, mlp_gate, half.mlp(modulate(x, shift, scale)))


class SingleBlock(nn.Module):
    """Shared weights for motion and text, attention and MLP side by side."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        width, self.heads = config.feat_dim, config.num_heads
        self.split = (3 * width, config.mlp_dim)
        self.modulation = Modulation(width, 3)
        self.linear1 = Linear(width, sum(self.split))
        self.linear2 = Linear(width + config.mlp_dim, width)
        self.q_norm = nn.RMSNorm(config.head_dim, eps=EPS)
        self.k_norm = nn.RMSNorm(config.head_dim, eps=EPS)

    def text(self, text: Tensor, condition: Tensor, by: Rotation | None, mask: Tensor | None) -> tuple[Tensor, Memory]:
        """Text rows (R, N, width) to the next block's, and the keys and values that motion rows need."""
        return self._rows(text, self.modulation(condition), None, by, mask)

    def motion(self, motion: Tensor, modulation: Tensor, memory: Memory, by: Rotation, mask: Mask) -> Tensor:
        """Motion rows (R, L, width) to the next block's."""
        return self._rows(motion, modulation, memory, by, mask)[0]

    def _rows(self, x: Tensor, modulation: Tensor, memory: Memory | None, by: Rotation | None, mask: Mask) -> tuple[Tensor, Memory]:
        shift, scale, gate = modulation.chunk(3, dim=-1)
        qkv, hidden = self.linear1(modulate(x, shift, scale)).split(self.split, dim=-1)
        heads = split_heads(qkv, partial(rms_norm, query=self.q_norm, key=self.k_norm), self.heads, by)
        joined = torch.cat((_attend_with(heads, memory, mask), functional.gelu(hidden, approximate="tanh")), dim=-1)
        return torch.addcmul(x, gate, self.linear2(joined)), Memory(heads.key, heads.value)
