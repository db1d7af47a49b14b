"""The training set: random plans, acted out, as features and codes in shards on disk. The same seed makes the same shards."""

import random
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from function.models.motion.text.codes import STEPS, plan_codes
from function.models.motion.text.timing import share
from training.motion.features import FPS, RATE, features
from training.motion.plans import sample_frames, sample_plan
from training.motion.synthesis import synthesise

SHARD = 5000


@dataclass(frozen=True)
class Clips:
    """N clips, shortest first, one behind the other; clip i begins at `starts[i]` of all frames.

    `motion` (all frames, 201) float16, its first three again in `path` (all frames, 3) float32 metres; `codes` (N, STEPS, TOGETHER,
    fields), `spans` (N, STEPS, 2) and `seconds` (N,).
    """

    motion: npt.NDArray[np.float16]
    path: npt.NDArray[np.float32]
    starts: npt.NDArray[np.int64]
    lengths: npt.NDArray[np.int64]
    codes: npt.NDArray[np.int64]
    spans: npt.NDArray[np.float32]
    seconds: npt.NDArray[np.float32]

    def features(self, index: int, frames: int) -> npt.NDArray[np.float32]:
        """(frames, 201) of one clip, zero after its end."""
        start, length = self.starts[index], self.lengths[index]
        out = np.zeros((frames, self.motion.shape[1]), dtype=np.float32)
        out[:length] = self.motion[start : start + length]
        out[:length, :3] = self.path[start : start + length]
        return out


def make(folder: Path, count: int, seed: int, workers: int) -> None:
    """Write the shards that are not there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    size = min(count, SHARD)
    missing = [number for number in range(-(-count // size)) if not (folder / f"{number:04}.npz").exists()]
    with ProcessPoolExecutor(workers) as pool:
        for number in pool.map(partial(_write_shard, folder, seed, size), missing):
            print(f"shard {number} of {-(-count // size)}", flush=True)


def load(folder: Path, count: int) -> Clips:
    """The first `count` clips of a folder, to whole shards."""
    shards = [np.load(folder / f"{number:04}.npz") for number in range(-(-count // min(count, SHARD)))]
    parts = {name: np.concatenate([shard[name] for shard in shards]) for name in shards[0].files}
    starts = np.concatenate([[0], np.cumsum(parts["lengths"])[:-1]])
    order = np.argsort(parts["lengths"], kind="stable")
    clips = {name: parts[name][order] for name in ("lengths", "codes", "spans", "seconds")}
    return Clips(parts["motion"], parts["path"], starts[order], **clips)


def draw(rng: random.Random, numbers: np.random.Generator) -> Iterator[dict[str, npt.NDArray[np.generic]]]:
    """Clip after clip."""
    while True:
        plan = sample_plan(rng)
        frames = sample_frames(plan, rng, FPS)
        seconds = frames / FPS
        ends = share(plan, seconds, numbers.uniform(0.93, 1.07, len(plan.steps)).tolist())
        made = features(synthesise(plan, frames, numbers, FPS, ends))
        spans = np.zeros((STEPS, 2), dtype=np.float32)
        spans[: len(ends)] = np.stack([[0.0, *ends[:-1]], ends], axis=-1)
        yield {
            "motion": made.astype(np.float16),
            "path": made[:, :3],
            "lengths": np.array([len(made)]),
            "codes": np.array([plan_codes(plan)]),
            "spans": spans[None],
            "seconds": np.array([seconds], dtype=np.float32),
        }


def chances(seed: int, number: int) -> tuple[random.Random, np.random.Generator]:
    """What decides a shard."""
    return random.Random(f"{seed}/{number}"), np.random.default_rng([seed, number])


def _write_shard(folder: Path, seed: int, size: int, number: int) -> int:
    stream = draw(*chances(seed, number))
    clips = [next(stream) for _ in range(size)]
    merged = {name: np.concatenate([clip[name] for clip in clips]) for name in clips[0]}
    unfinished = folder / f"{number:04}.part.npz"
    np.savez(unfinished, allow_pickle=False, **merged)
    unfinished.rename(folder / f"{number:04}.npz")
    return number


def frames_at_rate(frames: int) -> int:
    """Features of a motion of so many frames."""
    return -(-frames * RATE // FPS)
