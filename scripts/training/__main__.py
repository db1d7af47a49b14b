"""`scripts/train motion`: make the data, train, publish the folder that ships with the package."""

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

EMBEDDED = Path(__file__).parents[2] / "function/weights/embedded/motion/tiny"
RUNS = Path(__file__).parents[2] / "runs"


def main(argv: Sequence[str] | None = None) -> None:
    """Parse the command line and run."""
    parser = argparse.ArgumentParser(prog="scripts/train", description="Train the weights that ship with the package.")
    models = parser.add_subparsers(dest="model", required=True)
    motion = models.add_parser("motion", help="text to motion, variant tiny; an hour and a half on two cores")
    motion.add_argument("--version", default="1", help="name of the folder below %(prog)s's output (default: %(default)s)")
    motion.add_argument("--seed", type=int, default=7, help="decides data and reader; recipes have their own (default: %(default)s)")
    motion.add_argument("--clips", type=int, default=100_000, help="motions to make (default: %(default)s)")
    motion.add_argument("--steps", type=int, help="training steps of each recipe, for a trial (default: theirs)")
    motion.add_argument("--sentences", type=int, help="sentences to train the reader on (default: the recipe's)")
    motion.add_argument("--runs", type=Path, default=RUNS, help="where data, log and checkpoints go (default: runs/)")
    motion.add_argument("--out", type=Path, default=EMBEDDED, help="where the finished folder goes (default: into the package)")
    train_motion(parser.parse_args(argv))


def train_motion(asked: argparse.Namespace) -> None:
    """Data, network, reader, folder; what is already in the runs folder is used again."""
    import torch

    from function.models.motion.text.lexicon import Lexicon
    from training.motion import clips, flow, publish, reading
    from training.motion.sentences.vocabulary import build_vocabulary

    asked.runs.mkdir(parents=True, exist_ok=True)
    log = Log(asked.runs / "training.log")
    clips.make(asked.runs / "clips", asked.clips, asked.seed, os.cpu_count() or 1)
    data, finished = clips.load(asked.runs / "clips", asked.clips), asked.runs / "network.pt"
    learner = None
    for recipe in (flow.FIRST, flow.SECOND):
        chosen = replace(recipe, **_said(steps=asked.steps))
        log.write({"recipe": str(chosen), "clips": asked.clips, "torch": torch.__version__})
        flow.train(data, chosen, log.write, lambda _, found: torch.save(found.state_dict(), finished), learner)
        learner = flow.Learner(chosen)
        learner.load_state_dict(torch.load(finished, weights_only=True))
    assert learner
    reading_recipe = reading.ReadingRecipe(**_said(seed=asked.seed, sentences=asked.sentences, steps=asked.steps))
    log.write({"recipe": str(reading_recipe)})
    lexicon = Lexicon(build_vocabulary(reading.written(min(60_000, reading_recipe.sentences), 1)[0]))
    reader = reading.train_reader(lexicon, reading_recipe, log.write)
    log.write({"read without a mistake": reading.score(reader, lexicon, 1000, asked.seed + 2)})
    publish.publish(asked.out / asked.version, learner, flow.FIRST, reader, lexicon, log.text())
    print(f"wrote {asked.out / asked.version}; measure it with scripts/bench motion-quality", file=sys.stderr)


class Log:
    """A file of JSON lines that is also printed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.started = time.monotonic()
        path.write_text("")

    def write(self, facts: dict[str, Any]) -> None:
        """One line with the seconds since the start."""
        rounded = {name: round(value, 4) if isinstance(value, float) else value for name, value in facts.items()}
        line = json.dumps({"at": round(time.monotonic() - self.started), **rounded})
        print(line, flush=True)
        with self.path.open("a") as file:
            file.write(line + "\n")

    def text(self) -> str:
        """All of it."""
        return self.path.read_text()


def _said(**options: Any) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not None}


if __name__ == "__main__":
    main()
