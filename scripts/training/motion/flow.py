"""Training of the motion network and the plan embedding: flow matching on synthesised clips, on the CPU in bfloat16."""

import copy
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from function.models.motion.config import NetworkConfig
from function.models.motion.network import MotionNetwork
from function.models.motion.text.codes import FIELDS
from function.models.motion.text.embedding import PlanEmbedding
from training.motion.clips import Clips
from training.motion.features import CONTACT, FEATURES, RATE

TRAIN_FRAMES = 12 * RATE
_SMALLEST_SPREAD = 0.05
_UNPROMPTED = 0.1  # share of rows trained without a prompt, for guidance


@dataclass(frozen=True)
class Recipe:
    """Everything that decides the outcome, beside the clips."""

    width: int = 256
    heads: int = 4
    layers: int = 6
    text_width: int = 128
    batch: int = 32
    steps: int = 6500
    rate: float = 1.5e-3
    warmup: int = 300
    decay: float = 0.01
    average: float = 0.9985
    emphasis: float = 0.0  # how much more often clips of hard actions come, see `hardness`
    seed: int = 7


FIRST = Recipe()
SECOND = Recipe(steps=2000, rate=7e-4, warmup=50, average=0.998, emphasis=2.0, seed=8)


class Learner(nn.Module):
    """What is trained together."""

    def __init__(self, recipe: Recipe) -> None:
        super().__init__()
        self.network = MotionNetwork(network_config(recipe)).initialise()
        self.plan = PlanEmbedding(recipe.text_width)

    def loss(self, batch: dict[str, Tensor], weights: Tensor, generator: torch.Generator) -> Tensor:
        """Mean squared error of the velocity over the valid frames."""
        data = batch["features"]
        rows = len(data)
        t = torch.rand(rows, generator=generator)
        noise = torch.randn(data.shape, generator=generator)
        dropped = torch.rand(rows, generator=generator) < _UNPROMPTED
        between = noise + t[:, None, None] * (data - noise)
        ctxt, present, vtxt = self.plan(batch["codes"], batch["spans"], batch["seconds"])
        ctxt = torch.where(dropped[:, None, None], self.network.null_ctxt_input, ctxt)
        vtxt = torch.where(dropped[:, None, None], self.network.null_vtxt_feat, vtxt)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            velocity = self.network(between, ctxt, vtxt, t, x_mask=batch["valid"], ctxt_mask=present)
        error = (velocity.float() - (data - noise)).square() * weights
        total: Tensor = (error * batch["valid"][..., None]).sum() / (batch["valid"].sum() * weights.sum())
        return total


def network_config(recipe: Recipe) -> NetworkConfig:
    """The network of a recipe: every frame sees every other."""
    return NetworkConfig(
        input_dim=FEATURES, feat_dim=recipe.width, num_heads=recipe.heads, num_layers=recipe.layers,
        ctxt_input_dim=recipe.text_width, vtxt_input_dim=recipe.text_width, mask_mode="none", text_start=TRAIN_FRAMES,
    )  # fmt: skip


def statistics(clips: Clips) -> tuple[Tensor, Tensor]:
    """Mean and spread of each feature, (201,) each; a floor on the spread keeps numbers that hardly change from being blown up."""
    motion = clips.motion[::7].astype(np.float32)
    motion[:, :3] = clips.path[::7]
    spread = np.sqrt(motion.var(0) + _SMALLEST_SPREAD**2)
    spread[137] = 0
    return torch.from_numpy(motion.mean(0)), torch.from_numpy(spread)


def importance() -> Tensor:
    """Weight of each feature in the loss: the root's path and turn and the feet's contacts count double, auxiliary positions half."""
    weights = torch.ones(FEATURES)
    weights[:9] = 2.0
    weights[135:] = 0.5
    weights[CONTACT] = 1.5
    weights[137] = 0
    return weights


class Batches:
    """Batches of clips of about the same length, in an order that the generator decides."""

    def __init__(self, clips: Clips, mean: Tensor, spread: Tensor, recipe: Recipe) -> None:
        self.clips, self.size = clips, recipe.batch
        self.mean, self.spread = mean.numpy(), np.where(spread.numpy() == 0, 1, spread.numpy())
        self.rng = np.random.default_rng(recipe.seed)
        self.often = 1 + recipe.emphasis * hardness(clips)

    def next(self) -> dict[str, Tensor]:
        """`features` (B, L, 201) normalised, `valid` (B, L), `codes`, `spans`, `seconds`."""
        span = 6 * self.size
        first = int(self.rng.integers(-span // 2, len(self.clips.lengths) - span // 2))
        first = min(max(first, 0), len(self.clips.lengths) - span)
        often = self.often[first : first + span]
        chosen = first + self.rng.choice(span, self.size, replace=False, p=often / often.sum())
        longest = int(self.clips.lengths[chosen].max())
        valid = np.arange(longest) < self.clips.lengths[chosen][:, None]
        motion = np.stack([self.clips.features(index, longest) for index in chosen])
        motion = np.where(valid[..., None], (motion - self.mean) / self.spread, 0).astype(np.float32)
        parts = {"features": motion, "valid": valid, "codes": self.clips.codes[chosen], "spans": self.clips.spans[chosen]}
        return {name: torch.from_numpy(part) for name, part in (parts | {"seconds": self.clips.seconds[chosen]}).items()}


def hardness(clips: Clips) -> npt.NDArray[np.float64]:
    """(N,) 1 for clips with something to count or to hurry, which the network learns last, 0 for others."""
    fields = list(FIELDS)
    count, speed = clips.codes[..., fields.index("count")], clips.codes[..., fields.index("speed")]
    name = clips.codes[..., fields.index("name")]
    small = np.isin(name, [FIELDS["name"].index(action) for action in ("clap", "nod", "shake_head")])
    hard: npt.NDArray[np.float64] = ((count > 1) | (speed == FIELDS["speed"].index("quick")) | small).any((1, 2)).astype(np.float64)
    return hard


def optimiser(learner: Learner, recipe: Recipe) -> list[torch.optim.Optimizer]:
    """Muon for the matrices of the motion stream, Adam for everything else."""
    streams = ("motion_qkv", "motion_out_proj", "motion_mlp", "linear1", "linear2")
    matrices = [p for name, p in learner.named_parameters() if p.ndim == 2 and any(s in name for s in streams)]
    chosen = {id(p) for p in matrices}
    others = [p for p in learner.parameters() if id(p) not in chosen]
    return [
        torch.optim.Muon(matrices, lr=recipe.rate, weight_decay=recipe.decay, adjust_lr_fn="match_rms_adamw"),
        torch.optim.AdamW(others, lr=recipe.rate, betas=(0.9, 0.98), weight_decay=0.0),
    ]


def train(
    clips: Clips,
    recipe: Recipe,
    report: Callable[[dict[str, float]], None],
    save: Callable[[int, Learner], None],
    start: Learner | None = None,
) -> None:
    """Run the recipe, from `start` on or from scratch; `save` gets the averaged weights every 500 steps and at the end."""
    torch.manual_seed(recipe.seed)
    learner = start or Learner(recipe)
    learner.network.mean, learner.network.std = statistics(clips)
    averaged = copy.deepcopy(learner).requires_grad_(False)
    batches = Batches(clips, learner.network.mean, learner.network.std, recipe)
    generator = torch.Generator().manual_seed(recipe.seed)
    optimisers, weights = optimiser(learner, recipe), importance()
    started, recent = time.monotonic(), 0.0
    for step in range(1, recipe.steps + 1):
        for optimizer in optimisers:
            for group in optimizer.param_groups:
                group["lr"] = recipe.rate * schedule(step, recipe)
        loss = learner.loss(batches.next(), weights, generator)
        torch.autograd.backward(loss)
        nn.utils.clip_grad_norm_(learner.parameters(), 1.0)
        for optimizer in optimisers:
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        _average(averaged, learner, min(recipe.average, step / (step + 20)))
        recent += loss.item()
        if step % 50 == 0:
            report({"step": step, "loss": recent / 50, "seconds": time.monotonic() - started})
            recent = 0.0
        if step % 500 == 0 or step == recipe.steps:
            save(step, averaged)


def schedule(step: int, recipe: Recipe) -> float:
    """Linear warm-up, flat, then a straight line to zero over the last half."""
    left = (recipe.steps - step) / (0.5 * recipe.steps)
    return min(1.0, step / recipe.warmup, max(left, 0.0))


@torch.no_grad()
def _average(averaged: nn.Module, learner: nn.Module, keep: float) -> None:
    for mean, now in zip(averaged.parameters(), learner.parameters(), strict=True):
        mean.lerp_(now, 1 - keep)
