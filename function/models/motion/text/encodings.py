"""Encodings of prompts that come again: in memory within a bound, and for longer where the engine offers a memo. Knows no encoder."""

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock
from typing import NamedTuple

import torch
from torch import Tensor

from function.models.model import Memo
from function.models.motion.text.encoded import EncodedText


class Encoding(NamedTuple):
    """One prompt on the CPU: `ctxt` (n, C) in the language model's type, `vtxt` (1, V) float32."""

    ctxt: Tensor
    vtxt: Tensor

    @property
    def size(self) -> int:
        """Bytes."""
        return self.ctxt.nbytes + self.vtxt.nbytes


def join_encodings(encodings: Sequence[Encoding], device: str) -> EncodedText:
    """P prompts, padded to the longest, on `device`."""
    ctxt = torch.nn.utils.rnn.pad_sequence([encoding.ctxt.to(device).float() for encoding in encodings], batch_first=True)
    vtxt = torch.stack([encoding.vtxt for encoding in encodings]).to(device)
    return EncodedText(ctxt, [len(encoding.ctxt) for encoding in encodings], vtxt)


class Encodings:
    """Encodings by prompt, at most `bound` bytes of them; those not used for longest are dropped. `encoder` names what made them.

    `find` and `add` are quick; `recall` and `persist` ask the memo and belong in a worker thread.
    """

    def __init__(self, encoder: str, bound: int, memo: Memo | None) -> None:
        self._encoder, self._bound, self._memo = encoder, bound, memo
        self._known: OrderedDict[str, Encoding] = OrderedDict()
        self._fresh: set[str] = set()
        self._size = 0
        self._lock = Lock()

    @property
    def size(self) -> int:
        """Bytes in memory."""
        return self._size

    def find(self, prompt: str) -> Encoding | None:
        """What is in memory."""
        name = self._name(prompt)
        with self._lock:
            if name in self._known:
                self._known.move_to_end(name)
            return self._known.get(name)

    def add(self, prompt: str, encoding: Encoding) -> None:
        """Keep an encoding that has just been made."""
        name = self._name(prompt)
        self._insert(name, encoding)
        with self._lock:
            if name in self._known and self._memo:
                self._fresh.add(name)

    def recall(self, prompt: str) -> None:
        """Bring what the memo has of a prompt into memory."""
        if self._memo is None or self.find(prompt) is not None:
            return
        name = self._name(prompt)
        content = self._memo.get(name)
        if content is not None and (encoding := _parse(content)):
            self._insert(name, encoding)

    def persist(self, prompt: str) -> None:
        """Hand an encoding that was made here to the memo, once."""
        name = self._name(prompt)
        with self._lock:
            encoding = self._known.get(name) if name in self._fresh else None
            self._fresh.discard(name)
        if encoding and self._memo:
            from safetensors.torch import save

            self._memo.put(name, save(encoding._asdict()))

    def _insert(self, name: str, encoding: Encoding) -> None:
        with self._lock:
            if name in self._known or encoding.size > self._bound:
                return
            self._known[name] = encoding
            self._size += encoding.size
            while self._size > self._bound:
                dropped, old = self._known.popitem(last=False)
                self._fresh.discard(dropped)
                self._size -= old.size

    def _name(self, prompt: str) -> str:
        """SHA-256 in hex of encoder and prompt; the encoders see no white space around it."""
        return hashlib.sha256("\0".join((self._encoder, prompt.strip())).encode()).hexdigest()


def _parse(content: bytes) -> Encoding | None:
    from safetensors import SafetensorError
    from safetensors.torch import load

    try:
        return Encoding(**load(content))
    except (SafetensorError, TypeError):
        return None
