"""The published HY-Motion: `latest.ckpt` and `config.yml`, the language model and the sentence encoder beside it, and the text template.

Files of the result, as `function/models/motion/loading.py` reads them: `config.json`, `network*`, `qwen3*`, `clip*`.
"""

import json
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deployment.failure import Failure
from depot.converter import Plan

if TYPE_CHECKING:
    from depot.checkpoint import TensorFolder
    from depot.shards import Planned
    from function.models.motion.loading import Chat
    from function.weights.weights import Weights

LICENCE = "Tencent HY-Motion 1.0 Community License (network), Apache-2.0 (Qwen3), MIT (CLIP)"
SIZES = {(1280, 20, 27): "1.0", (1024, 16, 18): "lite"}


class MotionConverter:
    """Of HY-Motion 1.0 and 1.0-Lite. `chat` is the text template's hash and length, the published ones when None."""

    model = "motion"

    def __init__(self, chat: "Chat | None" = None) -> None:
        self._chat = chat

    def add_options(self, parser: ArgumentParser) -> None:
        """Where the published files are."""
        folders = {
            "checkpoint": "folder with latest.ckpt and config.yml (HY-Motion-1.0 or HY-Motion-1.0-Lite)",
            "qwen3": "folder of Qwen3-8B",
            "clip": "folder of clip-vit-large-patch14",
            "release": "the code that was published with the checkpoint; the text template is read out of it, nothing is run",
        }
        for name, told in folders.items():
            parser.add_argument(f"--{name}", type=Path, required=True, metavar="FOLDER", help=told)
        parser.add_argument(
            "--dtype",
            choices=("fp32", "bf16"),
            default="fp32",
            help="of the network's large matrices (default: fp32, as published). Norms and what makes the conditioning vector stay fp32; "
            "Qwen3 is bf16 and CLIP fp32 in any case",
        )

    def plan(self, options: Namespace) -> Plan:
        """What will be written. Raises `Failure`."""
        from depot.checkpoint import TensorFolder, dropped, open_checkpoint
        from depot.template import find_text

        config = _read_config(options.checkpoint / "config.yml")
        system = find_text(options.release, self._published().sha256)
        path = options.checkpoint / "latest.ckpt"
        document = open_checkpoint(path)
        if "model_state_dict" not in document:
            raise Failure(f"{path.name} has no model_state_dict, only {', '.join(map(str, document))}.", f"download {path.name} again")
        qwen3, clip = TensorFolder(options.qwen3), TensorFolder(options.clip)
        others = {name: value for name, value in document.items() if name != "model_state_dict"}
        language, head = _language(qwen3)
        sentence, images = _sentence(clip)
        return Plan(
            model=self.model,
            variant=options.variant or _variant(config),
            texts={
                "config.json": json.dumps(config, indent=2).encode(),
                "qwen3.json": _text(options.qwen3 / "config.json"),
                "qwen3.tokenizer.json": _text(options.qwen3 / "tokenizer.json"),
                "clip.json": _text(options.clip / "config.json"),
                "clip.tokenizer.json": _text(options.clip / "tokenizer.json"),
            },
            tensors={"network": _network(document["model_state_dict"], options.dtype), "qwen3": language, "clip": sentence},
            dropped=[
                dropped(f"{', '.join(others) or 'nothing'} of {path.name}", others),
                qwen3.dropped("the head of the language model", head),
                clip.dropped("the image tower and projections of the sentence encoder", images),
            ],
            facts={
                "dtype": f"network {options.dtype}, qwen3 bf16, clip fp32",
                "licence": LICENCE,
                "origin": f"{options.checkpoint.resolve().name}, {options.qwen3.resolve().name} and {options.clip.resolve().name}",
                "system_text": system,
            },
            sources=[path, options.checkpoint / "config.yml", *qwen3.paths, *clip.paths],
        )

    def check(self, weights: "Weights") -> None:
        """Build the network and the encoders of any variant over `weights`, without memory. Raises `NotReady`."""
        from function.models.motion.loading import load_network, load_text

        config, _ = load_network(weights, "meta")
        load_text(weights, config, "meta", self._published())

    def _published(self) -> "Chat":
        from function.models.motion.loading import PUBLISHED_CHAT

        return self._chat or PUBLISHED_CHAT


CONVERTER = MotionConverter()


def _network(state: dict[str, Any], dtype: str) -> "list[Planned]":
    import torch

    from depot.checkpoint import planned
    from function.models.motion.network import rounded

    large = {"fp32": torch.float32, "bf16": torch.bfloat16}[dtype]
    return [planned(name, tensor, large if rounded(name) else torch.float32) for name, tensor in sorted(state.items())]


def _language(folder: "TensorFolder") -> "tuple[list[Planned], list[str]]":
    """In bfloat16, in which it always ran; and the names of what is left out."""
    import torch

    from function.models.motion.text.qwen3 import published_state

    wanted = published_state(dict.fromkeys(folder, torch.empty(0)))
    return [folder.planned(name, torch.bfloat16) for name in wanted], [name for name in folder if name not in wanted]


def _sentence(folder: "TensorFolder") -> "tuple[list[Planned], list[str]]":
    """In float32, in which it always ran; and the names of what is left out."""
    import torch

    from function.models.motion.text.clip import published_state

    wanted = published_state(dict.fromkeys(folder, torch.empty(0)))
    return [folder.planned(name, torch.float32) for name in wanted], [name for name in folder if name not in wanted]


def _read_config(path: Path) -> dict[str, Any]:
    from function.models.motion.config import ConfigError, parse_config, parse_yaml

    try:
        layout = parse_yaml(_text(path).decode())
        parse_config(layout)
    except (ConfigError, UnicodeDecodeError) as error:
        raise Failure(f"{path.name} cannot be used: {error}.", f"download {path.name} again") from None
    return dict(layout)


def _variant(config: dict[str, Any]) -> str:
    sizes = tuple(config["network_module_args"].get(name) for name in ("feat_dim", "num_heads", "num_layers"))
    if sizes not in SIZES:
        raise Failure(f"A network of the sizes {sizes} is neither 1.0 nor lite.", "the same command with --variant NAME")
    return SIZES[sizes]


def _text(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Failure(f"{path} cannot be read: {error.strerror}.", "download that file, or name its folder") from None
