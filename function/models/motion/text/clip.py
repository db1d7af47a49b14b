"""The CLIP text tower with the published parameter names: token ids to one sentence vector. No projection, no image tower."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from function.models.motion.config import ConfigError


@dataclass(frozen=True)
class ClipConfig:
    """The sizes of the text tower in the published `config.json`, by its own names."""

    vocab_size: int = 49408
    hidden_size: int = 768
    intermediate_size: int = 3072
    num_hidden_layers: int = 12
    num_attention_heads: int = 12
    max_position_embeddings: int = 77
    layer_norm_eps: float = 1e-5


def parse_clip(layout: Mapping[str, Any]) -> ClipConfig:
    """Read `config.json`, of the whole model or the text tower; raises `ConfigError` for another activation than quick-GELU."""
    sizes = layout.get("text_config") or layout
    if sizes.get("hidden_act", "quick_gelu") != "quick_gelu":
        raise ConfigError(f"clip hidden_act={sizes['hidden_act']!r} is not supported, only 'quick_gelu'")
    return ClipConfig(**{name: sizes[name] for name in ClipConfig.__dataclass_fields__ if name in sizes})


class Embeddings(nn.Module):
    """Token and learned position embeddings."""

    def __init__(self, config: ClipConfig) -> None:
        super().__init__()
        self.token_embedding = nn.Embedding(config.vocab_size, config.hidden_size)
        self.position_embedding = nn.Embedding(config.max_position_embeddings, config.hidden_size)

    def forward(self, ids: Tensor) -> Tensor:
        """(R, N) to (R, N, width)."""
        embedded: Tensor = self.token_embedding(ids) + self.position_embedding.weight[: ids.shape[1]]
        return embedded


class Attention(nn.Module):
    """Causal self-attention."""

    def __init__(self, config: ClipConfig) -> None:
        super().__init__()
        width, self.heads = config.hidden_size, config.num_attention_heads
        self.q_proj, self.k_proj = nn.Linear(width, width), nn.Linear(width, width)
        self.v_proj, self.out_proj = nn.Linear(width, width), nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        """(R, N, width) to the same."""
        shape = (*x.shape[:2], self.heads, -1)
        query, key, value = (part(x).view(shape).transpose(1, 2) for part in (self.q_proj, self.k_proj, self.v_proj))
        attended = functional.scaled_dot_product_attention(query, key, value, is_causal=True)
        out: Tensor = self.out_proj(attended.transpose(1, 2).flatten(2))
        return out


class Mlp(nn.Module):
    """Two linears with x * sigmoid(1.702 x) between them."""

    def __init__(self, config: ClipConfig) -> None:
        super().__init__()
        self.fc1 = nn.Linear(config.hidden_size, config.intermediate_size)
        self.fc2 = nn.Linear(config.intermediate_size, config.hidden_size)

    def forward(self, x: Tensor) -> Tensor:
        """(..., width) to the same."""
        hidden = self.fc1(x)
        out: Tensor = self.fc2(hidden * torch.sigmoid(1.702 * hidden))
        return out


class Layer(nn.Module):
    """One encoder layer, norms first."""

    def __init__(self, config: ClipConfig) -> None:
        super().__init__()
        self.self_attn, self.mlp = Attention(config), Mlp(config)
        self.layer_norm1 = nn.LayerNorm(config.hidden_size, eps=config.layer_norm_eps)
        self.layer_norm2 = nn.LayerNorm(config.hidden_size, eps=config.layer_norm_eps)

    def forward(self, x: Tensor) -> Tensor:
        """(R, N, width) to the same."""
        x = x + self.self_attn(self.layer_norm1(x))
        return x + self.mlp(self.layer_norm2(x))  # type: ignore[no-any-return]


class Encoder(nn.Module):
    """Holds the layers under their published name."""

    def __init__(self, config: ClipConfig) -> None:
        super().__init__()
        self.layers = nn.ModuleList(Layer(config) for _ in range(config.num_hidden_layers))


class Tower(nn.Module):
    """Holds the text tower's parts under their published names."""

    def __init__(self, config: ClipConfig) -> None:
        super().__init__()
        self.embeddings, self.encoder = Embeddings(config), Encoder(config)
        self.final_layer_norm = nn.LayerNorm(config.hidden_size, eps=config.layer_norm_eps)


class ClipText(nn.Module):
    """Token ids to sentence vectors."""

    def __init__(self, config: ClipConfig) -> None:
        super().__init__()
        self.config = config
        self.text_model = Tower(config)

    def states(self, ids: Tensor) -> Tensor:
        """(R, N) to (R, N, width), after the final norm. Padding on the right touches nothing before it."""
        x = self.text_model.embeddings(ids)
        for layer in self.text_model.encoder.layers:
            x = layer(x)
        normed: Tensor = self.text_model.final_layer_norm(x)
        return normed

    def forward(self, ids: Tensor) -> Tensor:
        """(R, N) to (R, 1, width): the state at the first place of the row's largest id, which is the end token."""
        end = ids.argmax(dim=1)[:, None, None].expand(-1, 1, self.config.hidden_size)
        return self.states(ids).gather(1, end)


def published_state(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tensors that `ClipText` wants of a published checkpoint: the text tower without its position counter. Load them strictly."""
    return {name: tensor for name, tensor in tensors.items() if name.startswith("text_model.") and not name.endswith("position_ids")}
