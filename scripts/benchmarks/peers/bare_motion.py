"""The motion model without any server: `bare_motion` imports, loads the embedded files, makes one motion and says so.

Then, for each line on standard input, it answers with a line: seconds of a 4-second motion for `again SEED`, and the seconds that its
multiplications alone would take at the speed of a large one for `floor`.
"""

import sys
import time
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load
from torch.utils.flop_counter import FlopCounterMode

from function.models.motion.model import Motion
from function.models.motion.request import MotionInput
from function.weights.location import find_folder
from function.weights.manifest import read_manifest

PROMPT = "a person walks forward, then waves with the right hand"
SIZE = 1024


class Files:
    """A weights folder, read when asked for."""

    def __init__(self, folder: Path) -> None:
        manifest = read_manifest(folder, "")
        self.folder, self.manifest = folder, manifest.model_dump(mode="json")
        self.model, self.variant, self.version = manifest.model, manifest.variant, manifest.version

    def read(self, name: str) -> memoryview:
        """All bytes."""
        return memoryview((self.folder / name).read_bytes())

    def tensors(self, name: str, device: str) -> dict[str, Any]:
        """As the safetensors library gives them."""
        return {key: tensor.to(device) for key, tensor in load((self.folder / name).read_bytes()).items()}


def generate(model: Motion, seconds: float, seed: int) -> None:
    """One motion, through to its files."""
    request = MotionInput.model_validate({"prompt": PROMPT, "duration": seconds, "seed": seed})
    model.finish(request, model.predict([request], lambda _step, _of: (0,))[0])


def floor_seconds(model: Motion) -> float:
    """Operations of a 4-second motion over the operations a second of one large multiplication."""
    with FlopCounterMode(display=False) as counter:
        generate(model, 4.0, 0)
    square = torch.ones(SIZE, SIZE)
    best = min(_seconds(lambda: square @ square) for _ in range(10))
    return float(counter.get_total_flops()) / (2 * SIZE**3 / best)


def _seconds(work: Any) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def main() -> None:
    """Serve standard input."""
    model = Motion()
    folder = find_folder("embedded", "motion", "tiny")
    assert folder is not None
    model.load(Files(folder), "cpu")
    generate(model, 5.0, 7)
    print("ready", flush=True)
    for line in sys.stdin:
        word, _, seed = line.strip().partition(" ")
        print(floor_seconds(model) if word == "floor" else _seconds(lambda: generate(model, 4.0, int(seed))), flush=True)  # noqa: B023


if __name__ == "__main__":
    main()
