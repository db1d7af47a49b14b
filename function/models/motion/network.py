"""The HY-Motion network: a two-stream, then one-stream transformer that predicts the velocity of motion features.

`forward` is the plain, differentiable pass. For sampling, `condition` runs everything that depends on the prompt and the times only,
and `velocity` then touches motion rows alone; both use the same halves of the same blocks. Parameter names are the published ones.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import cast

import torch
from torch import Tensor, nn

from function.models.motion.attention import Mask, motion_mask, near_frames, text_mask
from function.models.motion.blocks import DoubleBlock, SingleBlock
from function.models.motion.conditioning import Conditioning, StepConditioning
from function.models.motion.config import NetworkConfig
from function.models.motion.layers import FinalLayer, Linear, TimestepEncoder, VectorEncoder
from function.models.motion.refiner import TextRefiner
from function.models.motion.rope import Rotation, rotate, rotation


class MotionTransformer(nn.Module):
    """The transformer without the null features. Shapes: R rows, L frames, N text tokens, C and V widths of the two text inputs."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        width = config.feat_dim
        self.config = config
        self.input_encoder = Linear(config.input_dim, width)
        self.ctxt_encoder = Linear(config.ctxt_input_dim, width)
        self.vtxt_encoder = VectorEncoder(config.vtxt_input_dim, width)
        self.timestep_encoder = TimestepEncoder(width, config.time_factor)
        self.text_refiner = TextRefiner(config)
        self.double_blocks = nn.ModuleList(DoubleBlock(config) for _ in range(config.double_layers))
        self.single_blocks = nn.ModuleList(SingleBlock(config) for _ in range(config.num_layers - config.double_layers))
        self.final_layer = FinalLayer(width, config.input_dim)

    @property
    def blocks(self) -> Iterable[DoubleBlock | SingleBlock]:
        """All blocks in order."""
        return cast("list[DoubleBlock | SingleBlock]", [*self.double_blocks, *self.single_blocks])

    @property
    def dtype(self) -> torch.dtype:
        """The type of the blocks' weights, keys and values; the rows between the blocks are float32."""
        return self.ctxt_encoder.weight.dtype

    @property
    def modulation_widths(self) -> tuple[int, ...]:
        """How many numbers the modulation of each block has, then that of the final layer."""
        config = self.config
        parts = *[6] * config.double_layers, *[3] * (config.num_layers - config.double_layers), 2
        return tuple(config.feat_dim * part for part in parts)

    def adapter(self, t: Tensor, vtxt: Tensor) -> Tensor:
        """The condition of every block: times (R,) or (S, 1) and sentence vectors (R, 1, V) to (R, 1, d) or (S, R, 1, d)."""
        total: Tensor = self.timestep_encoder(t)[..., None, :] + self.vtxt_encoder(vtxt)
        return total

    def motion_rotation(self, frames: int, device: torch.device) -> Rotation:
        """RoPE of motion frames, at positions 0 to frames - 1."""
        return rotation(torch.arange(frames, device=device), self.config.head_dim)

    def text_rotation(self, tokens: int, device: torch.device) -> Rotation | None:
        """RoPE of text tokens, which start at the training length whatever the length asked for."""
        if not self.config.rope_over_text:
            return None
        return rotation(torch.arange(tokens, device=device) + self.config.text_start, self.config.head_dim)

    def forward(
        self, x: Tensor, ctxt: Tensor, vtxt: Tensor, t: Tensor, *, x_mask: Tensor | None = None, ctxt_mask: Tensor | None = None
    ) -> Tensor:
        """Velocity (R, L, 201) of `x` (R, L, 201) given `ctxt` (R, N, C), `vtxt` (R, 1, V), `t` (R,) in 0..1.

        `x_mask` (R, L) and `ctxt_mask` (R, N) are bool, true where valid, at least one token a row; what comes out of padding is arbitrary.
        """
        by, text_by = self.motion_rotation(x.shape[1], x.device), self.text_rotation(ctxt.shape[1], x.device)
        mask, mask_text = self.motion_mask(x, x_mask, ctxt, ctxt_mask), text_mask(ctxt_mask, self.dtype)
        condition = self.adapter(t, vtxt)
        text = self.text_refiner(self.ctxt_encoder(ctxt), t, ctxt_mask)
        motion = self.input_encoder(x)
        for block in self.blocks:
            text, memory = block.text(text, condition, text_by, mask_text)
            motion = block.motion(motion, block.modulation(condition), memory, by, mask)
        out: Tensor = self.final_layer(motion, self.final_layer.adaLN_modulation(condition))
        return out

    def motion_mask(self, x: Tensor, x_mask: Tensor | None, ctxt: Tensor, ctxt_mask: Tensor | None) -> Tensor:
        """Visibility of motion rows for `forward`."""
        near = near_frames(x.shape[1], self.config.mask_mode, self.config.half_window, x.device)
        if ctxt_mask is None:
            ctxt_mask = torch.ones(ctxt.shape[:2], dtype=torch.bool, device=x.device)
        return motion_mask(near, x_mask, ctxt_mask, self.dtype)

    def condition(self, times: Tensor, ctxt: Tensor, vtxt: Tensor, ctxt_mask: Tensor | None = None) -> Conditioning:
        """All that the motion rows need of P prompts (`ctxt` (P, N, C), `vtxt` (P, 1, V)) at S `times` (S,)."""
        steps, (prompts, tokens) = len(times), ctxt.shape[:2]
        condition = self.adapter(times[:, None], vtxt).flatten(0, 1)
        text = self.text_refiner(self.ctxt_encoder(ctxt), times[:, None], ctxt_mask)
        mask, by = text_mask(ctxt_mask, self.dtype), self.text_rotation(tokens, ctxt.device)
        mask = None if mask is None else mask.repeat(steps, 1, 1, 1)
        modulations, memories = [], []
        for block in self.blocks:
            text, memory = block.text(text, condition, by, mask)
            modulations.append(block.modulation(condition)[:, 0])
            memories.append(torch.stack(memory, dim=1))
        modulations.append(self.final_layer.adaLN_modulation(condition)[:, 0])
        modulation, every = torch.cat(modulations, dim=1), torch.stack(memories, dim=1)
        leading = steps, prompts
        return Conditioning(modulation.view(*leading, -1), every.view(*leading, *every.shape[1:]), self.modulation_widths)

    def repeat_token(self, conditioning: Conditioning, tokens: int) -> Conditioning:
        """A conditioning of one token as one of `tokens` equal ones: equal rows stay equal, only the keys' positions differ."""
        memory = conditioning.memory.expand(*conditioning.memory.shape[:-2], tokens, -1)
        if self.config.rope_over_text:
            key, value = memory.unbind(3)
            by = rotation(torch.arange(tokens, device=memory.device), self.config.head_dim)
            memory = torch.stack((rotate(key, by), value), dim=3)
        return replace(conditioning, memory=memory)

    def velocity(self, x: Tensor, step: StepConditioning, by: Rotation, mask: Mask) -> Tensor:
        """Velocity (R, L, 201) of `x` (R, L, 201) at one step; `by` and `mask` are the same for all steps of a call."""
        motion = self.input_encoder(x)
        for block, (modulation, memory) in zip(self.blocks, step.blocks, strict=True):
            motion = block.motion(motion, modulation, memory, by, mask)
        out: Tensor = self.final_layer(motion, step.final)
        return out


def rounded(name: str) -> bool:
    """Whether a bfloat16 build rounds the parameter of `MotionNetwork` of that name.

    The matrices of blocks and context are; norms, statistics, null features, what enters and leaves the rows, and all that makes the
    conditioning vector stay float32, since the sinusoids' arguments reach 980.
    """
    name = name.removeprefix("motion_transformer.")
    inside = name.startswith(("double_blocks.", "single_blocks.", "text_refiner.individual_token_refiner."))
    return (inside and "norm" not in name) or name.startswith(("ctxt_encoder.", "text_refiner.input_embedder."))


class MotionNetwork(nn.Module):
    """The transformer with the features that stand for "no prompt" and the statistics that turn features into metres."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.config = config
        self.motion_transformer = MotionTransformer(config)
        self.null_vtxt_feat = nn.Parameter(torch.zeros(1, 1, config.vtxt_input_dim))
        self.null_ctxt_input = nn.Parameter(torch.zeros(1, 1, config.ctxt_input_dim))
        self.special_game_vtxt_feat = nn.Parameter(torch.zeros(1, 1, config.vtxt_input_dim))
        self.special_game_ctxt_feat = nn.Parameter(torch.zeros(1, 1, config.ctxt_input_dim))
        self.mean: Tensor
        self.std: Tensor
        self.register_buffer("mean", torch.zeros(config.input_dim))
        self.register_buffer("std", torch.ones(config.input_dim))

    def forward(
        self, x: Tensor, ctxt: Tensor, vtxt: Tensor, t: Tensor, *, x_mask: Tensor | None = None, ctxt_mask: Tensor | None = None
    ) -> Tensor:
        """`MotionTransformer.forward`."""
        out: Tensor = self.motion_transformer(x, ctxt, vtxt, t, x_mask=x_mask, ctxt_mask=ctxt_mask)
        return out

    @torch.no_grad()
    def initialise(self) -> "MotionNetwork":
        """Start values for training: every modulation and the last layer zero, so that blocks begin as the identity."""
        for name, parameter in self.named_parameters():
            if "_mod." in name or "modulation" in name or "final_layer.linear" in name:
                nn.init.zeros_(parameter)
            elif name.startswith(("null_", "special_")):
                nn.init.normal_(parameter, std=0.02)
        return self
