"""Real weights folders, small ones."""

from pathlib import Path

import torch
from safetensors.torch import save_file

from function.weights.manifest import write_manifest

TENSORS = {
    "bias": torch.tensor([1.5, -2.0], dtype=torch.bfloat16),
    "flag": torch.tensor([True, False, True]),
    "none": torch.zeros(0, 4),
    "one": torch.tensor(7, dtype=torch.int64),
    "weight": torch.arange(12, dtype=torch.float32).reshape(3, 4),
}


def write_version(root: Path, model: str = "thing", variant: str = "tiny", version: str = "1") -> Path:
    """A whole folder `<root>/<model>/<variant>/<version>` with `model.safetensors`, `words.json` and a manifest."""
    folder = root / model / variant / version
    folder.mkdir(parents=True)
    save_file(TENSORS, folder / "model.safetensors")
    (folder / "words.json").write_text('["walk"]')
    write_manifest(
        folder, model=model, variant=variant, version=version, licence="Apache-2.0", origin="made by a test", scores={"side": 0.97}
    )
    return folder
