"""The published files of HY-Motion as an operator has them, small: the full parameter names, narrow widths, random values."""

import json
from dataclasses import dataclass
from pathlib import Path

import torch
import yaml
from safetensors.torch import save_file

from depot.motion import MotionConverter
from function.models.motion.config import parse_config
from function.models.motion.network import MotionNetwork
from tests.models.motion.published import CHAT, CLIP, GOLDENS, QWEN3, SYSTEM, chat_tokenizer, sentence_tokenizer, small_clip, small_qwen3

CONVERTER = MotionConverter(CHAT)
NAME = f"{__name__}:CONVERTER"


@dataclass(frozen=True)
class Release:
    """Folders of one download."""

    checkpoint: Path
    qwen3: Path
    clip: Path
    release: Path

    def options(self) -> list[str]:
        return [part for name, folder in vars(self).items() for part in (f"--{name}", str(folder))]


def write_release(root: Path) -> Release:
    """A network of all layers of 1.0, 32 wide."""
    release = Release(*(root / name for name in ("HY-Motion-1.0", "Qwen3-8B", "clip-vit-large-patch14", "code")))
    for folder in vars(release).values():
        folder.mkdir(parents=True)
    write_checkpoint(release.checkpoint)
    language = {name: tensor.bfloat16() for name, tensor in small_qwen3().state_dict().items()}
    save_file({**language, "lm_head.weight": torch.zeros(300, 48)}, release.qwen3 / "model-00001-of-00001.safetensors")
    (release.qwen3 / "config.json").write_text(json.dumps(QWEN3))
    (release.qwen3 / "tokenizer.json").write_text(chat_tokenizer().to_str())
    vision = {"vision_model.post_layernorm.weight": torch.ones(8), "logit_scale": torch.ones(())}
    save_file({**small_clip().state_dict(), **vision}, release.clip / "model.safetensors")
    (release.clip / "config.json").write_text(json.dumps({"text_config": CLIP}))
    (release.clip / "tokenizer.json").write_text(sentence_tokenizer().to_str())
    write_template(release.release)
    return release


def write_checkpoint(folder: Path) -> None:
    layout = yaml.safe_load((GOLDENS / "pipeline_a.config.yml").read_text())
    layout["network_module_args"] |= {"feat_dim": 32, "num_heads": 2, "num_layers": 27}
    layout["train_pipeline_args"]["train_frames"] = 360
    (folder / "config.yml").write_text(yaml.safe_dump(layout))
    torch.manual_seed(0)
    state = {name: torch.randn(tensor.shape) * 0.02 for name, tensor in MotionNetwork(parse_config(layout).network).state_dict().items()}
    moments = {"state": {0: {"step": 7, "exp_avg": torch.zeros(1000)}}}
    torch.save({"model_state_dict": state, "epoch": 3, "global_step": 7, "optimizer": moments}, folder / "latest.ckpt")


def write_template(folder: Path, text: str = SYSTEM) -> None:
    """Code that does harm when it is run, with the text somewhere in it."""
    module = folder / "network" / "text_encoders" / "constants.py"
    module.parent.mkdir(parents=True, exist_ok=True)
    module.write_text(f"raise SystemExit('this was run')\nTEMPLATES = {{'motion': [{{'role': 'system', 'content': {text!r}}}]}}\n")
