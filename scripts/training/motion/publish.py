"""Trained weights to the folder that the embedded variant is read from."""

import json
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from function.models.motion.config import NETWORK_MODULE, PIPELINE
from function.models.motion.text.lexicon import Lexicon
from function.models.motion.text.reader import Reader
from function.weights.manifest import write_manifest
from training.motion.features import FEATURES, RATE
from training.motion.flow import TRAIN_FRAMES, Learner, Recipe

STEPS, GUIDANCE = 12, 2.0
LICENCE = "Apache-2.0"
ORIGIN = "Trained by scripts/train motion on motion and sentences that the same script makes; nobody else's data."


def publish(folder: Path, learner: Learner, recipe: Recipe, reader: Reader, lexicon: Lexicon, log: str, **facts: Any) -> None:
    """Write network, text encoder, vocabulary, configuration, training log and manifest. Weights are stored as float16."""
    folder.mkdir(parents=True, exist_ok=True)
    _save(folder / "network.safetensors", learner.network.state_dict())
    _save(folder / "text.safetensors", nn.ModuleDict({"reader": reader, "plan": learner.plan}).state_dict())
    (folder / "vocabulary.json").write_text(json.dumps({"tokens": lexicon.tokens}, indent=0) + "\n")
    (folder / "config.json").write_text(json.dumps(layout(recipe), indent=2) + "\n")
    (folder / "training.log").write_text(log)
    write_manifest(folder, model="motion", variant="tiny", version=folder.name, licence=LICENCE, origin=ORIGIN, dtype="float16", **facts)


def layout(recipe: Recipe) -> dict[str, Any]:
    """The configuration in the published layout."""
    return {
        "network_module": NETWORK_MODULE,
        "network_module_args": {
            "apply_rope_to_single_branch": False,
            "ctxt_input_dim": recipe.text_width,
            "feat_dim": recipe.width,
            "input_dim": FEATURES,
            "mask_mode": "none",
            "num_heads": recipe.heads,
            "num_layers": recipe.layers,
            "time_factor": 1000.0,
            "vtxt_input_dim": recipe.text_width,
        },
        "train_pipeline": PIPELINE,
        "train_pipeline_args": {
            "enable_ctxt_null_feat": True,
            "enable_special_game_feat": False,
            "foot_contacts": True,
            "infer_noise_scheduler_cfg": {"validation_steps": STEPS},
            "noise_scheduler_cfg": {"method": "euler"},
            "output_mesh_fps": RATE,
            "random_generator_on_gpu": False,
            "test_cfg": {"text_guidance_scale": GUIDANCE},
            "train_frames": TRAIN_FRAMES,
        },
    }


def _save(path: Path, tensors: dict[str, Tensor]) -> None:
    """float16, but for the statistics."""
    exact = {"mean", "std"}
    save_file({name: t.detach().to(t.dtype if name in exact else torch.float16).contiguous() for name, t in tensors.items()}, path)
    path.chmod(0o644)
