"""A weights folder in the published layout, small: the golden pipeline's network, random text encoders, tokenizers made here."""

import hashlib
import json
import shutil
from pathlib import Path

import torch
from safetensors.torch import save_file
from tokenizers import AddedToken, Tokenizer, models, pre_tokenizers, processors

from function.models.motion.generate import Generator
from function.models.motion.loading import Chat
from function.models.motion.model import Motion
from function.models.motion.text.clip import ClipConfig, ClipText
from function.models.motion.text.published import crop_start
from function.models.motion.text.qwen3 import Qwen3, Qwen3Config
from function.weights.manifest import write_manifest
from function.weights.reader import FolderWeights, open_weights
from function.weights.weights import Weights

GOLDENS = Path(__file__).parents[2] / "parity" / "motion"
SYSTEM = "\n    describe the motion\n"
SIZES = {"vocab_size": 300, "intermediate_size": 24, "num_hidden_layers": 2, "num_attention_heads": 2}
QWEN3 = {**SIZES, "hidden_size": 48, "num_key_value_heads": 1, "head_dim": 8, "rope_theta": 1e6, "rms_norm_eps": 1e-6}
CLIP = {**SIZES, "hidden_size": 32, "max_position_embeddings": 12}


def byte_tokenizer(*control: str) -> Tokenizer:
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE(vocab={letter: i for i, letter in enumerate(letters)}, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.add_special_tokens([AddedToken(name, special=True, normalized=False) for name in control])
    return tokenizer


def chat_tokenizer() -> Tokenizer:
    return byte_tokenizer("<|im_start|>", "<|im_end|>")


def sentence_tokenizer() -> Tokenizer:
    tokenizer = byte_tokenizer("<|startoftext|>", "<|endoftext|>")
    ends = [(name, tokenizer.token_to_id(name)) for name in ("<|startoftext|>", "<|endoftext|>")]
    tokenizer.post_processor = processors.TemplateProcessing(single="<|startoftext|> $A <|endoftext|>", special_tokens=ends)
    return tokenizer


def small_qwen3() -> Qwen3:
    torch.manual_seed(1)
    return Qwen3(Qwen3Config(**QWEN3)).requires_grad_(False)  # type: ignore[arg-type]


def small_clip() -> ClipText:
    torch.manual_seed(2)
    return ClipText(ClipConfig(**CLIP)).requires_grad_(False)


CHAT = Chat(hashlib.sha256(SYSTEM.encode()).hexdigest(), crop_start(chat_tokenizer(), SYSTEM))


def write_published(root: Path) -> Path:
    """The folder `<root>/motion/1.0/1`, as a converter would write it."""
    folder = root / "motion" / "1.0" / "1"
    folder.mkdir(parents=True)
    config = (GOLDENS / "pipeline_a.config.yml").read_text().replace("train_frames: 80", "train_frames: 360")
    (folder / "config.yml").write_text(config)
    shutil.copy(GOLDENS / "pipeline_a.weights.safetensors", folder / "network.safetensors")
    language = {name: tensor.bfloat16() for name, tensor in small_qwen3().state_dict().items()}
    save_file({**language, "lm_head.weight": torch.zeros(300, 48)}, folder / "qwen3.safetensors")
    save_file({**small_clip().state_dict(), "logit_scale": torch.ones(1)}, folder / "clip.safetensors")
    (folder / "qwen3.json").write_text(json.dumps(QWEN3))
    (folder / "clip.json").write_text(json.dumps({"text_config": CLIP}))
    (folder / "qwen3.tokenizer.json").write_text(chat_tokenizer().to_str())
    (folder / "clip.tokenizer.json").write_text(sentence_tokenizer().to_str())
    describe(folder)
    return folder


def describe(folder: Path, system_text: str = SYSTEM) -> None:
    """Write the manifest for the files as they are now."""
    facts = {"model": "motion", "variant": "1.0", "version": "1", "licence": "Apache-2.0", "origin": "made by a test"}
    write_manifest(folder, **facts, system_text=system_text)


def opened(folder: Path) -> FolderWeights:
    weights = open_weights(str(folder.parents[2]), "motion", "1.0", required=True)
    assert weights
    return weights


class SmallMotion(Motion):
    """The motion model on weights whose chat is the one made here."""

    def load(self, weights: Weights | None, device: str) -> None:
        assert weights
        self._generator = Generator(weights, device, CHAT, self.surroundings)
