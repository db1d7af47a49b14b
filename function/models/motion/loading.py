"""From a weights folder to the network and the text encoder it was trained with.

Two layouts. Ours: `config.json`, `network.safetensors`, `text.safetensors`, `vocabulary.json`. Published: `config.yml` or `config.json`,
`network*.safetensors`, and for each of `qwen3` and `clip` the files `*.json`, `*.safetensors`, `*.tokenizer.json` as its hub folder has
them; the manifest's `system_text` holds the chat's fixed text.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn

from function.errors import NotReady
from function.models.motion.config import ConfigError, PipelineConfig, parse_config, parse_yaml
from function.models.motion.network import MotionNetwork, rounded
from function.models.motion.request import FPS, LONGEST, features_for
from function.models.motion.text import clip, qwen3
from function.models.motion.text.embedding import PlanEmbedding
from function.models.motion.text.lexicon import Lexicon
from function.models.motion.text.published import (
    PREFIX_TOKENS,
    SYSTEM_SHA256,
    ContextEncoder,
    PublishedText,
    SentenceEncoder,
    check_system_text,
)
from function.models.motion.text.reader import Reader, ReaderConfig
from function.models.motion.text.tiny import TinyText
from function.weights.weights import Weights

_NAMED = 5  # tensors that a complaint names


def load_network(weights: Weights, device: str, dtype: torch.dtype | None = None) -> tuple[PipelineConfig, MotionNetwork]:
    """The network, built without memory of its own and given the tensors that were read. Raises `NotReady`.

    `dtype` is that of the large matrices. When none is given, published weights are bfloat16 on a GPU, whatever the files hold; on a CPU,
    and for weights of our own, all is float32.
    """
    config = _config(weights)
    with torch.device("meta"):
        network = MotionNetwork(config.network)
    large = dtype or (torch.bfloat16 if device.startswith("cuda") and not _own(weights) else torch.float32)
    what = f"network of {weights.model} {weights.variant}"
    tensors = _tensors(weights, "network", device)
    if large != torch.float32:  # copies, so that nothing holds on to the larger memory that all were read into
        tensors = {name: tensor.to(large if rounded(name) else torch.float32, copy=True) for name, tensor in tensors.items()}
    fill(network, tensors, what, lambda name: large if rounded(name) else torch.float32)
    return config, network.eval().requires_grad_(False)


class Chat(NamedTuple):
    """What the language model's fixed text must be: its SHA-256, and how many tokens come before the sentence."""

    sha256: str = SYSTEM_SHA256
    prefix_tokens: int = PREFIX_TOKENS


PUBLISHED_CHAT = Chat()


def load_text(weights: Weights, config: PipelineConfig, device: str, chat: Chat = PUBLISHED_CHAT) -> TinyText | PublishedText:
    """The text encoder that the folder holds. Raises `NotReady`."""
    if _own(weights):
        return _load_tiny(weights, config, device)
    try:
        return _load_published(weights, config, device, chat)
    except ConfigError as error:
        raise NotReady(f"The text encoders of {weights.model} {weights.variant} cannot be used: {error}.") from error


def fill(
    module: nn.Module, tensors: Mapping[str, Tensor], what: str, dtype: Callable[[str], torch.dtype | None] = lambda _: torch.float32
) -> None:
    """Assign tensors to a module on the meta device, each as `dtype` says for its name or, where that is None, as it is.

    Raises `NotReady` naming what is missing, surplus or misshapen.
    """
    wanted = module.state_dict()
    missing, surplus = wanted.keys() - tensors.keys(), tensors.keys() - wanted.keys()
    misshapen = {name for name in wanted.keys() & tensors.keys() if wanted[name].shape != tensors[name].shape}
    for kind, names in (("lacks", missing), ("has no place for", surplus), ("has another shape for", misshapen)):
        if names:
            raise NotReady(
                f"The {what} {kind} {len(names)} tensors: {', '.join(sorted(names)[:_NAMED])}. The weights belong to another model."
            )
    module.load_state_dict({name: tensor.to(dtype(name) or tensor.dtype) for name, tensor in tensors.items()}, strict=True, assign=True)


def _config(weights: Weights) -> PipelineConfig:
    what = f"The configuration of {weights.model} {weights.variant}"
    try:
        if "config.json" in _files(weights):
            config = parse_config(_json(weights, "config.json"))
        else:
            config = parse_config(parse_yaml(bytes(weights.read("config.yml")).decode()))
    except ValueError as error:
        raise NotReady(f"{what} cannot be used: {error}.") from error
    if config.train_frames < features_for(LONGEST, config.fps):
        raise NotReady(f"{what} has train_frames={config.train_frames}, too few for {LONGEST // FPS} seconds at {config.fps} a second.")
    return config


def _load_tiny(weights: Weights, config: PipelineConfig, device: str) -> TinyText:
    lexicon = Lexicon(_json(weights, "vocabulary.json")["tokens"])
    with torch.device("meta"):
        reader_config = ReaderConfig(len(lexicon))
        parts = nn.ModuleDict({"reader": Reader(reader_config), "plan": PlanEmbedding(config.network.ctxt_input_dim)})
    fill(parts, _tensors(weights, "text", device), f"text encoder of {weights.model} {weights.variant}")
    parts.requires_grad_(False)
    reader, plan = parts["reader"], parts["plan"]
    assert isinstance(reader, Reader)
    assert isinstance(plan, PlanEmbedding)
    return TinyText(lexicon, reader, plan, reader_config.words)


def _load_published(weights: Weights, config: PipelineConfig, device: str, chat: Chat) -> PublishedText:
    system = check_system_text(weights.manifest.get("system_text", ""), chat.sha256)
    with torch.device("meta"):
        language = qwen3.Qwen3(qwen3.parse_qwen3(_json(weights, "qwen3.json")))
        sentence = clip.ClipText(clip.parse_clip(_json(weights, "clip.json")))
    for name, encoder, width in (("qwen3", language, config.network.ctxt_input_dim), ("clip", sentence, config.network.vtxt_input_dim)):
        if encoder.config.hidden_size != width:
            raise ConfigError(f"{name} hidden_size={encoder.config.hidden_size}, the network takes {width}")
    fill(language, qwen3.published_state(_tensors(weights, "qwen3", device)), "language model", lambda _: None)
    fill(sentence, clip.published_state(_tensors(weights, "clip", device)), "sentence encoder")
    for part in (language, sentence):
        part.eval().requires_grad_(False)
    context = ContextEncoder(language, _tokenizer(weights, "qwen3"), system, config.text.max_length_llm, chat.prefix_tokens)
    return PublishedText(context, SentenceEncoder(sentence, _tokenizer(weights, "clip")))


def encoder_of(weights: Weights) -> str:
    """What tells published text encoders apart: a hash of their files and of the chat's fixed text."""
    files = sorted((file["name"], file["sha256"]) for file in weights.manifest["files"] if file["name"].startswith(("qwen3", "clip")))
    return hashlib.sha256(repr((files, weights.manifest.get("system_text"))).encode()).hexdigest()


def _own(weights: Weights) -> bool:
    """Weights that this project trained, not published ones."""
    return "vocabulary.json" in _files(weights)


def _files(weights: Weights) -> list[str]:
    return [file["name"] for file in weights.manifest["files"]]


def _tensors(weights: Weights, stem: str, device: str) -> dict[str, Tensor]:
    """All tensors of the files `stem*.safetensors`."""
    names = sorted(name for name in _files(weights) if name.startswith(stem) and name.endswith(".safetensors"))
    if not names:
        raise NotReady(f"The weights of {weights.model} {weights.variant} have no {stem}.safetensors.")
    merged: dict[str, Tensor] = {}
    for name in names:
        merged |= {tensor: value.to(device) for tensor, value in weights.tensors(name, device).items()}
    return merged


def _json(weights: Weights, name: str) -> dict[str, Any]:
    try:
        layout: dict[str, Any] = json.loads(bytes(weights.read(name)))
    except ValueError as error:
        raise NotReady(f"{name} of {weights.model} {weights.variant} is not JSON.") from error
    return layout


def _tokenizer(weights: Weights, stem: str) -> Tokenizer:
    content = bytes(weights.read(f"{stem}.tokenizer.json"))
    try:
        return Tokenizer.from_buffer(content)
    except ValueError as error:
        raise NotReady(f"{stem}.tokenizer.json of {weights.model} {weights.variant} is not a tokenizer.") from error
