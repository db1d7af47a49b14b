"""Noise to motion features: seeded noise, Euler steps from t = 0 to 1, classifier-free guidance.

Pure functions over tensors. One batch holds any number of items (a prompt and a seed each), which may differ in length, prompt and
guidance; the number of steps is common. Shapes: B items, P prompts, L frames, N text tokens.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from function.models.motion.attention import motion_mask, near_frames, valid_mask
from function.models.motion.conditioning import Conditioning
from function.models.motion.network import MotionNetwork
from function.models.motion.stepping import Eager, Shape

Progress = Callable[[int, int], Sequence[int] | None]
"""Called with (steps done, steps in all) after each step but the last. It may raise to stop everything, or return the positions, in the
original batch, of the items to go on with; None goes on with all that are left."""

CONDITIONING_BYTES = 1 << 30


@dataclass(frozen=True)
class Items:
    """A batch. `noise` (B, L, 201) starts each item; `length`, `prompt` and `guidance` have one entry an item.

    `ctxt` (P, N, C), `ctxt_length` (P) and `vtxt` (P, 1, V) describe the prompts; padding tokens may hold anything finite.
    """

    noise: Tensor
    length: Sequence[int]
    prompt: Sequence[int]
    guidance: Sequence[float]
    ctxt: Tensor
    ctxt_length: Sequence[int]
    vtxt: Tensor

    def keep(self, noise: Tensor, kept: Sequence[int]) -> "Items":
        """The items at positions `kept`, which go on from `noise` (all B items)."""
        longest = max(self.length[i] for i in kept)
        return Items(
            noise=noise[list(kept), :longest],
            length=[self.length[i] for i in kept],
            prompt=[self.prompt[i] for i in kept],
            guidance=[self.guidance[i] for i in kept],
            ctxt=self.ctxt,
            ctxt_length=self.ctxt_length,
            vtxt=self.vtxt,
        )


def draw_noise(seeds: Sequence[int], frames: int, features: int, on: torch.device | str = "cpu") -> Tensor:
    """(len(seeds), frames, features) float32 on device `on`, each seed one block of its own generator.

    Always draw the training length and crop: a shorter draw gives other numbers. A CUDA generator gives other numbers than the CPU's.
    """
    blocks = []
    for seed in seeds:
        generator = torch.Generator(device=on).manual_seed(seed)
        blocks.append(torch.randn(1, frames, features, generator=generator, device=on))
    return torch.cat(blocks)


def time_grid(steps: int) -> Tensor:
    """The steps + 1 times from 0 (noise) to 1 (data), float32."""
    return torch.linspace(0, 1, steps + 1)


def add_game_style(network: MotionNetwork, vtxt: Tensor) -> Tensor:
    """Sentence vectors (P, 1, V) with the game-style switch on."""
    return vtxt + network.special_game_vtxt_feat


@torch.inference_mode()
def sample(
    network: MotionNetwork,
    items: Items,
    steps: int,
    null_context: bool,
    *,
    progress: Progress | None = None,
    budget: int = CONDITIONING_BYTES,
    runner: Eager | None = None,
) -> Tensor:
    """Motion features (B, L, 201), normalised. Frames past an item's length hold no motion; dropped items stay as they were.

    `null_context` is the configuration's switch: the unconditional pass replaces the context tokens too. Text keys and values are
    prepared for as many steps at once as fit `budget` bytes. `runner` runs the steps; in the batch's own shapes when none is given.
    """
    _check(items, steps)
    runner = runner or Eager(network.motion_transformer)
    times = time_grid(steps).to(items.noise.device)
    lengths = times.diff()
    chunk = max(1, budget // _conditioning_bytes(network, items, runner.tokens(items.ctxt.shape[1])))
    result = items.noise.clone()
    kept: Sequence[int] = range(len(items.length))
    rows = _Rows(network, items, null_context, runner)
    for k in range(steps):
        if k % chunk == 0:
            conditioning = rows.conditioning(times, k, chunk)
        rows.advance(conditioning, k % chunk, lengths[k])
        wanted = progress(k + 1, steps) if progress and k + 1 < steps else None
        if wanted is not None and list(wanted) != list(kept):
            x = rows.x
            result[list(kept), : x.shape[1]] = x
            if not wanted:
                return result
            items = items.keep(x, [kept.index(i) for i in wanted])
            kept, rows = list(wanted), _Rows(network, items, null_context, runner)
    result[list(kept), : rows.x.shape[1]] = rows.x
    return result


class _Rows:
    """The rows of one forward pass: where any item is guided, an unconditional one for each item first; then one for each item."""

    def __init__(self, network: MotionNetwork, items: Items, null_context: bool, runner: Eager) -> None:
        device, prompts = items.noise.device, len(items.ctxt)
        self.network, self.items, self.null_context, self.runner = network, items, null_context, runner
        self.guided = any(scale > 1 for scale in items.guidance)
        self.tokens = runner.tokens(items.ctxt.shape[1])
        shape = runner.fit(Shape(len(items.length), items.noise.shape[1], self.tokens, self.guided))
        spare = shape.items - len(items.length)
        prompt = [*items.prompt, *[items.prompt[0]] * spare]
        null = [prompts if self.null_context else prompts + i for i in prompt] if self.guided else []
        self.prompt = torch.tensor([*null, *prompt], device=device)
        x = functional.pad(items.noise, (0, 0, 0, shape.frames - items.noise.shape[1], 0, spare))
        scale = torch.tensor([*(max(scale, 1.0) for scale in items.guidance), *[1.0] * spare], device=device)
        self.state = runner.place(shape, x, scale[:, None, None], _mask(network, items, shape, prompt))

    @property
    def x(self) -> Tensor:
        """The items as they are now, (B, L, 201)."""
        return self.state.x[: len(self.items.length), : self.items.noise.shape[1]]

    def conditioning(self, grid: Tensor, first: int, count: int) -> Conditioning:
        """For up to `count` steps: prompts, then null prompts, one for all with a null context, else one for each prompt."""
        network, items, times = self.network.motion_transformer, self.items, grid[first : min(first + count, len(grid) - 1)]
        tokens = items.ctxt.shape[1]
        valid = valid_mask(torch.tensor(items.ctxt_length, device=items.ctxt.device), tokens)
        made = network.condition(times, items.ctxt, items.vtxt, valid)
        if self.guided and self.null_context:
            nothing = self.network.null_ctxt_input, self.network.null_vtxt_feat
            null = self.runner.constant((len(grid), first, count), lambda: network.condition(times, *nothing))
            made = made.join(network.repeat_token(null, tokens))
        elif self.guided:
            made = made.join(network.condition(times, items.ctxt, self.network.null_vtxt_feat.expand_as(items.vtxt), valid))
        return made.pad_tokens(self.tokens)

    def advance(self, conditioning: Conditioning, step: int, length: Tensor) -> None:
        """One step of the sampler."""
        state = self.state
        conditioning.copy_step(step, self.prompt, state.modulation, state.memory)
        state.delta.copy_(length)
        self.runner.run(state)


def _mask(network: MotionNetwork, items: Items, shape: Shape, prompt: Sequence[int]) -> Tensor:
    """Visibility of the motion rows, (R, 1, L, L + N), or (1, ...) when rows do not differ."""
    config, device = network.config, items.noise.device
    length = [*items.length, *[shape.frames] * (shape.items - len(items.length))]
    tokens = [items.ctxt_length[i] for i in prompt]
    if len({*zip(length, tokens, strict=True)}) == 1:
        length, tokens = length[:1], tokens[:1]
    elif shape.guided:
        length, tokens = length * 2, tokens * 2
    motion_valid = None if min(length) == shape.frames else valid_mask(torch.tensor(length, device=device), shape.frames)
    text_valid = valid_mask(torch.tensor(tokens, device=device), shape.tokens)
    near = near_frames(shape.frames, config.mask_mode, config.half_window, device)
    return motion_mask(near, motion_valid, text_valid, network.motion_transformer.dtype)


def _conditioning_bytes(network: MotionNetwork, items: Items, tokens: int) -> int:
    """Size of one step of conditioning: keys and values of every block, modulations, and the text stream's widest activation."""
    config, prompts = network.config, len(items.ctxt)
    modulation = 6 * config.double_layers + 3 * (config.num_layers - config.double_layers) + 2
    numbers = tokens * (2 * config.num_layers + 8) + modulation
    return 2 * prompts * numbers * config.feat_dim * items.noise.element_size()


def _check(items: Items, steps: int) -> None:
    if steps < 1:
        raise ValueError(f"steps must be at least 1, got {steps}")
    if min(items.ctxt_length) < 1:
        raise ValueError("every prompt needs at least one text token")
    if max(items.length) > items.noise.shape[1]:
        raise ValueError(f"noise has {items.noise.shape[1]} frames, the longest item {max(items.length)}")
