"""Writes the weights of the six-million-parameter network, without torch."""

from itertools import pairwise
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from function.weights.manifest import write_manifest

WIDTHS = (256, 1600, 1600, 1600, 256)
FILE = "model.safetensors"


def write_weights(root: Path) -> Path:
    """Below `root` as the function looks for them; gives the safetensors file."""
    folder = root / "mlp" / "default" / "1"
    folder.mkdir(parents=True)
    random = np.random.default_rng(0)
    tensors = {}
    for layer, (wide_in, wide_out) in enumerate(pairwise(WIDTHS)):
        tensors[f"{layer}.weight"] = (random.standard_normal((wide_out, wide_in)) * wide_in**-0.5).astype(np.float32)
        tensors[f"{layer}.bias"] = random.standard_normal(wide_out).astype(np.float32)
    save_file(tensors, folder / FILE)
    write_manifest(folder, model="mlp", variant="default", version="1", licence="Apache-2.0", origin="random numbers")
    return folder / FILE
