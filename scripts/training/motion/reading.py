"""Training of the reader: written sentences in, the codes of the plans they were written from out."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from function.models.motion.text.codes import plan_codes, plan_from_codes
from function.models.motion.text.lexicon import UNKNOWN, Lexicon
from function.models.motion.text.reader import Reader, ReaderConfig
from training.motion.plans import sample_plan
from training.motion.sentences import write

_MISHEARD = 0.02  # share of words replaced by the unknown one, so that a new word does not throw the reader


@dataclass(frozen=True)
class ReadingRecipe:
    """Everything that decides the outcome, beside the sentence writer."""

    sentences: int = 400_000
    batch: int = 256
    steps: int = 4500
    rate: float = 1e-3
    seed: int = 7


def written(count: int, seed: int) -> tuple[list[str], list[list[list[tuple[int, ...]]]]]:
    """Sentences and the codes of their plans."""
    rng = random.Random(seed)
    plans = [sample_plan(rng) for _ in range(count)]
    return [write(plan, rng) for plan in plans], [plan_codes(plan) for plan in plans]


def padded(ids: Sequence[Sequence[int]], longest: int) -> Tensor:
    """(N, longest of all) int64, 0 behind the end."""
    width = min(longest, max(map(len, ids)))
    return torch.tensor([[*row[:width], *[0] * (width - len(row))] for row in ids])


def train_reader(lexicon: Lexicon, recipe: ReadingRecipe, report: Callable[[dict[str, float]], None]) -> Reader:
    """A reader of the lexicon's words."""
    torch.manual_seed(recipe.seed)
    texts, codes = written(recipe.sentences, recipe.seed)
    config = ReaderConfig(len(lexicon))
    words, targets = padded([lexicon.encode(text).ids for text in texts], config.words), torch.tensor(codes).flatten(1, 2)
    order = (words > 0).sum(1).argsort(stable=True)
    reader = Reader(config)
    steps = recipe.steps
    optimizer = torch.optim.AdamW(reader.parameters(), lr=recipe.rate, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, recipe.rate, total_steps=steps, pct_start=0.05)
    generator = torch.Generator().manual_seed(recipe.seed)
    for step in range(steps):
        chosen = order[_alike(len(words), recipe.batch, generator)]
        given = _trimmed(words[chosen])
        misheard = (torch.rand(given.shape, generator=generator) < _MISHEARD) & (given > 0)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits = reader(given.masked_fill(misheard, lexicon.tokens.index(UNKNOWN)))
        loss = _loss(logits, targets[chosen])
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        nn.utils.clip_grad_norm_(reader.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        if step % 100 == 99:
            report({"step": step + 1, "of": steps, "loss": loss.item()})
    return reader.eval()


def score(reader: Reader, lexicon: Lexicon, count: int, seed: int) -> float:
    """Share of new sentences whose plan is read without a mistake."""
    texts, codes = written(count, seed)
    words = padded([lexicon.encode(text).ids for text in texts], reader.position.shape[0])
    read = reader.read(words)[0].tolist()
    return sum(plan_from_codes(found) == plan_from_codes(meant) for found, meant in zip(read, codes, strict=True)) / count


def _loss(logits: Sequence[Tensor], targets: Tensor) -> Tensor:
    """Cross entropy of every field, the modifiers only where there is an action."""
    present = targets[..., 0] > 0
    total = nn.functional.cross_entropy(logits[0].float().flatten(0, 1), targets[..., 0].flatten())
    for field, values in enumerate(logits[1:], 1):
        total = total + nn.functional.cross_entropy(values.float()[present], targets[..., field][present])
    return total


def _alike(count: int, batch: int, generator: torch.Generator) -> Tensor:
    """Places of a batch in an order by length: from a stretch of eight batches, so that little is padded."""
    first = int(torch.randint(count - 8 * batch, (1,), generator=generator))
    return first + torch.randperm(8 * batch, generator=generator)[:batch]


def _trimmed(words: Tensor) -> Tensor:
    return words[:, : int((words > 0).sum(1).max())]
