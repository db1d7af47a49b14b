"""The text refiner: two gated transformer blocks over the language model's states, which see the flow time.

Unlike the main blocks they have affine layer norms, layer norm on queries and keys, gates only, SiLU and no rotary embedding.
"""

import torch
from torch import Tensor, nn

from function.models.motion.attention import attend, text_mask
from function.models.motion.blocks import split_heads
from function.models.motion.config import NetworkConfig
from function.models.motion.layers import EPS, Linear, Mlp, Modulation, TimestepEncoder, VectorEncoder

LAYERS = 2


class RefinerBlock(nn.Module):
    """Gated self-attention and MLP over text tokens."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        width, self.heads = config.feat_dim, config.num_heads
        self.norm1 = nn.LayerNorm(width, eps=EPS)
        self.norm2 = nn.LayerNorm(width, eps=EPS)
        self.self_attn_qkv = Linear(width, 3 * width)
        self.self_attn_proj = Linear(width, width)
        self.self_attn_q_norm = nn.LayerNorm(config.head_dim, eps=EPS)
        self.self_attn_k_norm = nn.LayerNorm(config.head_dim, eps=EPS)
        self.mlp = Mlp(width, 4 * width, silu=True)
        self.adaLN_modulation = Modulation(width, 2)

    def forward(self, text: Tensor, condition: Tensor, mask: Tensor | None) -> Tensor:
        """(R, N, width) with condition (R, 1, width) to (R, N, width)."""
        gate, mlp_gate = self.adaLN_modulation(condition).chunk(2, dim=-1)
        qkv = self.self_attn_qkv(self.norm1(text))
        heads = split_heads(qkv, self._norm, self.heads, None)
        text = torch.addcmul(text, gate, self.self_attn_proj(attend(*heads, mask)))
        return torch.addcmul(text, mlp_gate, self.mlp(self.norm2(text)))

    def _norm(self, both: Tensor) -> Tensor:
        query, key = both.unbind(2)
        return torch.stack((self.self_attn_q_norm(query), self.self_attn_k_norm(key)), dim=2)


class TokenRefiner(nn.Module):
    """Holds the blocks under their published name."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(RefinerBlock(config) for _ in range(LAYERS))


class TextRefiner(nn.Module):
    """Encoded context tokens and flow time to the text rows of the first block."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        width = config.feat_dim
        self.input_embedder = Linear(width, width)
        self.context_encoder = VectorEncoder(width, width)
        self.timestep_encoder = TimestepEncoder(width, factor=1.0)
        self.individual_token_refiner = TokenRefiner(config)

    def condition(self, context: Tensor, t: Tensor, valid: Tensor | None) -> Tensor:
        """What gates the blocks: the time plus the mean of the valid tokens; (..., P, width) over the times' leading shape."""
        if valid is None:
            mean = context.float().mean(dim=1)
        else:
            weight = valid[..., None].float()
            mean = (context * weight).sum(dim=1) / weight.sum(dim=1)
        total: Tensor = self.timestep_encoder(t) + self.context_encoder(mean)
        return total

    def forward(self, context: Tensor, t: Tensor, valid: Tensor | None = None) -> Tensor:
        """Refine `context` (P, N, width) at times `t`: (P,) one each, or (S, 1) every prompt at every time.

        `valid` is (P, N) bool with at least one token a row. Returns (P, N, width) or (S * P, N, width), prompts fastest.
        """
        condition = self.condition(context, t, valid)
        text: Tensor = self.input_embedder(context).float().expand(*condition.shape[:-1], *context.shape[1:])
        text, condition = text.reshape(-1, *context.shape[1:]), condition.reshape(-1, 1, condition.shape[-1])
        mask = text_mask(valid, self.input_embedder.weight.dtype)
        if mask is not None:
            mask = mask.repeat(len(text) // len(mask), 1, 1, 1)
        for block in self.individual_token_refiner.blocks:
            text = block(text, condition, mask)
        return text
