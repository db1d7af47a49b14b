"""The text encoding of the published checkpoints: Qwen3 states of a chat that holds the sentence, and CLIP's sentence vector.

The chat's system text belongs to the checkpoint and comes with the converted weights; it is not kept here, only its hash.
"""

import hashlib
from collections.abc import Sequence

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn

from function.models.motion.config import ConfigError
from function.models.motion.text.clip import ClipText
from function.models.motion.text.encodings import Encoding
from function.models.motion.text.qwen3 import Cached, Qwen3

SYSTEM_SHA256 = "b9c55290b778c01739a337a36315c2065ef6ccfbfa0a1898b727377ed4965283"
PREFIX_TOKENS = 101
MARKER = "<BOC>"


def check_system_text(text: str, sha256: str = SYSTEM_SHA256) -> str:
    """The text itself; raises `ConfigError` when it is not the one that the checkpoint was trained with."""
    found = hashlib.sha256(text.encode("utf-8")).hexdigest()
    if found != sha256:
        raise ConfigError(f"the system text has SHA-256 {found}, the checkpoint needs {sha256}")
    return text


def render_chat(system: str, user: str) -> str:
    """Two messages in the Qwen3 chat layout, with no assistant turn opened."""
    return f"<|im_start|>system\n{system}<|im_end|>\n<|im_start|>user\n{user}<|im_end|>\n"


def crop_start(tokenizer: Tokenizer, system: str) -> int:
    """How many tokens come before the user's text; raises `ConfigError` when the marker is not found exactly once."""
    rendered = _ids(tokenizer, render_chat(system, MARKER))
    marker = _ids(tokenizer, MARKER)
    found = [i for i in range(len(rendered)) if rendered[i : i + len(marker)] == marker]
    if len(found) != 1:
        raise ConfigError(f"{MARKER} is found {len(found)} times in the tokenised chat, not once")
    return found[0]


def context_ids(user: Sequence[int], closing: Sequence[int], limit: int) -> list[int]:
    """Tokens from the user's text on, cut to `limit` from the right: a long text loses its tail and then the closing tokens."""
    return [*user, *closing][:limit]


class ContextEncoder:
    """Sentences to the language model's states; the prefix that all chats share is run once."""

    def __init__(self, model: Qwen3, tokenizer: Tokenizer, system: str, limit: int, prefix_tokens: int = PREFIX_TOKENS) -> None:
        tokenizer.encode_special_tokens = False
        start = crop_start(tokenizer, system)
        before, after = render_chat(system, MARKER).split(MARKER)
        self.prefix, self.closing = _ids(tokenizer, before), _ids(tokenizer, after)
        if not start == len(self.prefix) == prefix_tokens:
            raise ConfigError(f"the user's text starts at token {start}, the checkpoint needs {prefix_tokens}")
        tokenizer.encode_special_tokens = True  # a prompt that spells a control token is plain text
        self.model, self.tokenizer, self.limit = model, tokenizer, limit
        self._past: list[Cached] | None = None

    def tokens(self, prompt: str) -> list[int]:
        """Token ids from the user's text on. White space around it would merge with the chat's newlines, so it is dropped."""
        return context_ids(_ids(self.tokenizer, prompt.strip()), self.closing, self.limit)

    @torch.inference_mode()
    def encode(self, prompts: Sequence[str]) -> list[Tensor]:
        """For each prompt the states of its tokens, closing ones included, (n, C) in the model's type."""
        rows = [self.tokens(prompt) for prompt in prompts]
        return [states[: len(row)] for states, row in zip(self.states(rows), rows, strict=True)]

    def forget(self) -> None:
        """The model moves: the prefix has to be run again."""
        self._past = None

    def states(self, rows: Sequence[Sequence[int]]) -> Tensor:
        """States of token rows that follow the prefix, (P, N, C) in the model's type."""
        device = self.model.model.norm.weight.device
        if self._past is None:
            self._past = self.model(torch.tensor([self.prefix], device=device))[1]
        states: Tensor = self.model(_padded(rows, device), self._past)[0]
        return states


class SentenceEncoder:
    """Sentences to CLIP's vectors. The tokenizer is CLIP's own, which adds begin and end tokens."""

    def __init__(self, model: ClipText, tokenizer: Tokenizer) -> None:
        tokenizer.encode_special_tokens = True
        tokenizer.enable_truncation(model.config.max_position_embeddings)
        tokenizer.no_padding()
        self.model, self.tokenizer = model, tokenizer

    @torch.inference_mode()
    def encode(self, prompts: Sequence[str]) -> Tensor:
        """(P, 1, V) float32."""
        rows = [self.tokenizer.encode(prompt.strip()).ids for prompt in prompts]
        vectors: Tensor = self.model(_padded(rows, self.model.text_model.final_layer_norm.weight.device)).float()
        return vectors


class PublishedText:
    """Both encoders together."""

    def __init__(self, context: ContextEncoder, sentence: SentenceEncoder) -> None:
        self.context, self.sentence = context, sentence
        self.most_tokens = context.limit

    @property
    def modules(self) -> tuple[nn.Module, ...]:
        """What holds their weights."""
        return self.context.model, self.sentence.model

    def encode(self, prompts: Sequence[str]) -> list[Encoding]:
        """Encode each prompt."""
        context, sentence = self.context.encode(prompts), self.sentence.encode(prompts)
        return [
            Encoding(states.to("cpu", copy=True), vector.to("cpu", copy=True)) for states, vector in zip(context, sentence, strict=True)
        ]


def _padded(rows: Sequence[Sequence[int]], device: torch.device) -> Tensor:
    longest = max(map(len, rows))
    return torch.tensor([[*row, *[0] * (longest - len(row))] for row in rows], device=device)


def _ids(tokenizer: Tokenizer, text: str) -> list[int]:
    ids: list[int] = tokenizer.encode(text, add_special_tokens=False).ids
    return ids
