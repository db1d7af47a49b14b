"""Noise to motion features: seeded noise, Euler steps from t = 0 to 1, classifier-free guidance.

Pure functions over tensors. One batch holds any number of items (a prompt and a seed each), which may differ in length, prompt and
guidance; the number of steps is common. Shapes: B items, P prompts, L frames, N text tokens.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from function.models.motion.attention import Mask, cut_band, motion_mask, near_frames, valid_mask
from function.models.motion.conditioning import Conditioning
from function.models.motion.network import MotionNetwork

Progress = Callable[[int, int], Sequence[int] | None]
"""Called with (steps done, steps in all) after each step but the last. It may raise to stop everything, or return the positions, in the
original batch, of the items to go on with; None goes on with all that are left."""

CONDITIONING_BYTES = 1 << 30
BAND_FRAMES = 200  # on a CPU, cutting the band into pieces is faster from here on


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


def guide(unconditional: Tensor, conditional: Tensor, scale: Tensor) -> Tensor:
    """Classifier-free guidance: from the unconditional velocity past the conditional one."""
    return unconditional + scale * (conditional - unconditional)


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
) -> Tensor:
    """Motion features (B, L, 201), normalised. Frames past an item's length hold no motion; dropped items stay as they were.

    `null_context` is the configuration's switch: the unconditional pass replaces the context tokens too. Text keys and values are
    prepared for as many steps at once as fit `budget` bytes.
    """
    _check(items, steps)
    times = time_grid(steps).to(items.noise.device)
    chunk = max(1, budget // _conditioning_bytes(network, items))
    x, result = items.noise, items.noise.clone()
    kept: Sequence[int] = range(len(items.length))
    rows = _Rows(network, items, null_context)
    for k in range(steps):
        if k % chunk == 0:
            conditioning = rows.conditioning(times[k : min(k + chunk, steps)])
        x = x + (times[k + 1] - times[k]) * rows.velocity(x, conditioning, k % chunk)
        wanted = progress(k + 1, steps) if progress and k + 1 < steps else None
        if wanted is not None and list(wanted) != list(kept):
            result[list(kept), : x.shape[1]] = x
            if not wanted:
                return result
            items = items.keep(x, [kept.index(i) for i in wanted])
            x, kept = items.noise, list(wanted)
            rows = _Rows(network, items, null_context)
    result[list(kept), : x.shape[1]] = x
    return result


class _Rows:
    """The rows of one forward pass: the unconditional ones of the guided items first, then one for each item."""

    def __init__(self, network: MotionNetwork, items: Items, null_context: bool) -> None:
        device, prompts = items.noise.device, len(items.ctxt)
        self.network, self.items, self.null_context = network, items, null_context
        self.guided = [i for i, scale in enumerate(items.guidance) if scale > 1]
        self.scale = torch.tensor([items.guidance[i] for i in self.guided], device=device)[:, None, None]
        order = [*self.guided, *range(len(items.length))]
        null = [prompts if null_context else prompts + items.prompt[i] for i in self.guided]
        self.item = torch.tensor(order, device=device)
        self.prompt = torch.tensor([*null, *items.prompt], device=device)
        self.by = network.motion_transformer.motion_rotation(items.noise.shape[1], device)
        self.mask = _rows_mask(network, items, order)

    def conditioning(self, times: Tensor) -> Conditioning:
        """Prompts, then null prompts: one for all with a null context, else one for each prompt."""
        network, items = self.network.motion_transformer, self.items
        tokens = items.ctxt.shape[1]
        valid = valid_mask(torch.tensor(items.ctxt_length, device=items.ctxt.device), tokens)
        prompts = network.condition(times, items.ctxt, items.vtxt, valid)
        if not self.guided:
            return prompts
        if self.null_context:
            null = network.condition(times, self.network.null_ctxt_input, self.network.null_vtxt_feat)
            return prompts.join(network.repeat_token(null, tokens))
        return prompts.join(network.condition(times, items.ctxt, self.network.null_vtxt_feat.expand_as(items.vtxt), valid))

    def velocity(self, x: Tensor, conditioning: Conditioning, step: int) -> Tensor:
        """Guided velocity of the items (B, L, 201)."""
        rows = x.index_select(0, self.item)
        v = self.network.motion_transformer.velocity(rows, conditioning.at(step, self.prompt), self.by, self.mask)
        unconditional, conditional = v[: len(self.guided)], v[len(self.guided) :]
        if not self.guided:
            return conditional
        chosen = self.item[: len(self.guided)]
        return conditional.index_copy(0, chosen, guide(unconditional, conditional.index_select(0, chosen), self.scale))


def _rows_mask(network: MotionNetwork, items: Items, order: Sequence[int]) -> Mask:
    config, device, frames = network.config, items.noise.device, items.noise.shape[1]
    length = [items.length[i] for i in order]
    tokens = [items.ctxt_length[items.prompt[i]] for i in order]
    if len({*zip(length, tokens, strict=True)}) == 1:
        length, tokens = length[:1], tokens[:1]
    motion_valid = None if min(length) == frames else valid_mask(torch.tensor(length, device=device), frames)
    text_valid = valid_mask(torch.tensor(tokens, device=device), items.ctxt.shape[1])
    near = near_frames(frames, config.mask_mode, config.half_window, device)
    mask = motion_mask(near, motion_valid, text_valid, items.noise.dtype)
    cut = config.mask_mode == "narrowband" and device.type == "cpu" and frames >= BAND_FRAMES
    return cut_band(mask, config.half_window) if cut else mask


def _conditioning_bytes(network: MotionNetwork, items: Items) -> int:
    """Size of one step of conditioning: keys and values of every block, modulations, and the text stream's widest activation."""
    config, (prompts, tokens) = network.config, items.ctxt.shape[:2]
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
