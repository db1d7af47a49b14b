"""The Qwen3 language model up to its final norm, with the published parameter names; no head, no generation.

Rotary embedding by halves, grouped keys, per-head norm of queries and keys, SiLU-gated MLP. Causal: a constant prefix can be run once
and its keys and values kept.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from function.models.motion.config import ConfigError

_FIXED: Mapping[str, tuple[Any, ...]] = {
    "attention_bias": (None, False),
    "hidden_act": (None, "silu"),
    "rope_scaling": (None,),
    "use_sliding_window": (None, False),
}


@dataclass(frozen=True)
class Qwen3Config:
    """The sizes in the published `config.json`, by its own names."""

    vocab_size: int
    hidden_size: int
    intermediate_size: int
    num_hidden_layers: int
    num_attention_heads: int
    num_key_value_heads: int
    head_dim: int
    rope_theta: float = 1e6
    rms_norm_eps: float = 1e-6


def parse_qwen3(layout: Mapping[str, Any]) -> Qwen3Config:
    """Read `config.json`; raises `ConfigError` naming a key that is missing or has a value that is not built here."""
    for key, allowed in _FIXED.items():
        if layout.get(key) not in allowed:
            raise ConfigError(f"qwen3 {key}={layout.get(key)!r} is not supported")
    try:
        return Qwen3Config(**{name: layout[name] for name in Qwen3Config.__dataclass_fields__})
    except KeyError as missing:
        raise ConfigError(f"qwen3 configuration lacks {missing}") from missing


class Cached(NamedTuple):
    """One layer's rotated keys and values, (R, key heads, N, head_dim)."""

    key: Tensor
    value: Tensor


class Attention(nn.Module):
    """Causal self-attention with grouped keys."""

    def __init__(self, config: Qwen3Config) -> None:
        super().__init__()
        width, head = config.hidden_size, config.head_dim
        self.head_dim, self.grouped = head, config.num_attention_heads != config.num_key_value_heads
        self.q_proj = nn.Linear(width, config.num_attention_heads * head, bias=False)
        self.k_proj = nn.Linear(width, config.num_key_value_heads * head, bias=False)
        self.v_proj = nn.Linear(width, config.num_key_value_heads * head, bias=False)
        self.o_proj = nn.Linear(config.num_attention_heads * head, width, bias=False)
        self.q_norm = nn.RMSNorm(head, eps=config.rms_norm_eps)
        self.k_norm = nn.RMSNorm(head, eps=config.rms_norm_eps)

    def forward(self, x: Tensor, turn: tuple[Tensor, Tensor], past: Cached | None, mask: Tensor | None) -> tuple[Tensor, Cached]:
        """(R, N, width) to the same, and the keys and values of past and present."""
        shape = (*x.shape[:2], -1, self.head_dim)
        query = _rotate_halves(self.q_norm(self.q_proj(x).view(shape)).transpose(1, 2), turn)
        key = _rotate_halves(self.k_norm(self.k_proj(x).view(shape)).transpose(1, 2), turn)
        value = self.v_proj(x).view(shape).transpose(1, 2)
        if past is not None:
            key = torch.cat((past.key.expand(len(key), -1, -1, -1), key), dim=2)
            value = torch.cat((past.value.expand(len(value), -1, -1, -1), value), dim=2)
        attended = functional.scaled_dot_product_attention(
            query, key, value, attn_mask=mask, is_causal=mask is None, enable_gqa=self.grouped
        )
        return self.o_proj(attended.transpose(1, 2).flatten(2)), Cached(key, value)


class GatedMlp(nn.Module):
    """down(SiLU(gate(x)) * up(x))."""

    def __init__(self, config: Qwen3Config) -> None:
        super().__init__()
        self.gate_proj = nn.Linear(config.hidden_size, config.intermediate_size, bias=False)
        self.up_proj = nn.Linear(config.hidden_size, config.intermediate_size, bias=False)
        self.down_proj = nn.Linear(config.intermediate_size, config.hidden_size, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """(..., width) to the same."""
        out: Tensor = self.down_proj(functional.silu(self.gate_proj(x)) * self.up_proj(x))
        return out


class Layer(nn.Module):
    """One decoder layer."""

    def __init__(self, config: Qwen3Config) -> None:
        super().__init__()
        self.self_attn = Attention(config)
        self.mlp = GatedMlp(config)
        self.input_layernorm = nn.RMSNorm(config.hidden_size, eps=config.rms_norm_eps)
        self.post_attention_layernorm = nn.RMSNorm(config.hidden_size, eps=config.rms_norm_eps)

    def forward(self, x: Tensor, turn: tuple[Tensor, Tensor], past: Cached | None, mask: Tensor | None) -> tuple[Tensor, Cached]:
        """(R, N, width) to the same, and the layer's keys and values."""
        attended, cached = self.self_attn(self.input_layernorm(x), turn, past, mask)
        x = x + attended
        return x + self.mlp(self.post_attention_layernorm(x)), cached


class Decoder(nn.Module):
    """Holds embedding, layers and norm under their published names."""

    def __init__(self, config: Qwen3Config) -> None:
        super().__init__()
        self.embed_tokens = nn.Embedding(config.vocab_size, config.hidden_size)
        self.layers = nn.ModuleList(Layer(config) for _ in range(config.num_hidden_layers))
        self.norm = nn.RMSNorm(config.hidden_size, eps=config.rms_norm_eps)


class Qwen3(nn.Module):
    """Token ids to the states after the final norm."""

    def __init__(self, config: Qwen3Config) -> None:
        super().__init__()
        self.config = config
        self.model = Decoder(config)

    def forward(self, ids: Tensor, past: Sequence[Cached] | None = None) -> tuple[Tensor, list[Cached]]:
        """States (R, N, width) of ids (R, N) that follow `past`, and the keys and values of all tokens so far.

        Rows of different lengths are padded on the right with any id: what they hold past their length is arbitrary, what comes before
        is not touched by it. A `past` of one row serves every row.
        """
        x = self.model.embed_tokens(ids)
        start, count = past[0].key.shape[2] if past else 0, ids.shape[1]
        place = torch.arange(start + count, device=ids.device)
        mask = place <= place[start:, None] if start else None
        turn = _turn(place[start:], self.config.head_dim, self.config.rope_theta, x.dtype)
        cached = []
        for index, layer in enumerate(self.model.layers):
            x, seen = layer(x, turn, past[index] if past else None, mask)
            cached.append(seen)
        return self.model.norm(x), cached


def _turn(place: Tensor, head_dim: int, base: float, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    exponent = torch.arange(0, head_dim, 2, device=place.device, dtype=torch.float32) / head_dim
    angle = place.float()[:, None] / base**exponent
    return angle.cos().to(dtype), angle.sin().to(dtype)


def _rotate_halves(x: Tensor, turn: tuple[Tensor, Tensor]) -> Tensor:
    (first, second), (cos, sin) = x.chunk(2, dim=-1), turn
    return torch.cat((first * cos - second * sin, second * cos + first * sin), dim=-1)


def published_state(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tensors that `Qwen3` wants of a published checkpoint: all but the head. Load them strictly."""
    return {name: tensor for name, tensor in tensors.items() if name != "lm_head.weight"}
