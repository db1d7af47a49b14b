"""The protocol between the engine and a model: what a model states and what it does.

A plug-in needs `name`, `route`, `Input` and `predict`; everything else has a default. Nothing here knows HTTP or a device.
"""

from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Protocol

from pydantic import BaseModel, ConfigDict

from function.models.parts import Part, attributes_of
from function.weights.weights import Weights


class StrictModel(BaseModel):
    """Base of every input: unknown fields are errors, instances do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class Artifact:
    """One file that a job made. `name` is unique within its result and safe in a URL."""

    name: str
    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Result:
    """What one job gives: facts (an instance of the model's `Facts`), files, and warnings in plain sentences."""

    facts: BaseModel
    artifacts: tuple[Artifact, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds that a model states: items and summed cost of a batch, bytes of a request body."""

    max_batch: int = 16
    max_cost: float = float("inf")
    max_body: int = 1 << 20


@dataclass(frozen=True, slots=True)
class Tool:
    """A small service beside the model that needs no device: bytes of a file in, a report out. Runs in a worker thread.

    `media_types` are the content types it takes; `run(body, content_type)` raises `errors.InvalidInput` for a file it cannot read.
    """

    route: str
    summary: str
    media_types: tuple[str, ...]
    Report: type[BaseModel]
    run: Callable[[bytes, str], BaseModel]
    max_body: int = 16 << 20


class Progress(Protocol):
    """Called by `predict` between steps. Notices cancellation and deadlines."""

    def __call__(self, step: int, of: int) -> Sequence[int]:
        """Indices (into the batch as given to `predict`) still wanted; raises when none is left. Results of others are ignored."""
        ...


class Memo(Protocol):
    """Small values kept by name for longer than a process lives. May be slow and may forget: for worker threads, never for the lane."""

    def get(self, name: str) -> bytes | None:
        """What was put under this name, or None."""
        ...

    def put(self, name: str, value: bytes) -> None:
        """Keep a value; one that cannot be kept is forgotten in silence."""
        ...


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the engine offers a model. `encoding_cache`: bytes of prompt encodings to keep in memory; `text_encoder`: where it runs."""

    memo: Memo | None = None
    encoding_cache: int = 64 << 20
    text_encoder: Literal["device", "host"] = "device"


ALONE = Surroundings()


class Model:
    """Base of all models. `name` is the word in settings and event types; `route` is where it is served.

    `media_types`: what its artifacts can be, preferred first; empty when it only returns facts. `answer`: the media type of
    the answer to a caller without a preference (`application/json`: facts and links). `stored`: results go to the results
    store under a hash of model, version and input, so that a repeated input is answered from there; only for models that give the same
    bytes for the same input.
    """

    name: ClassVar[str]
    route: ClassVar[str]
    summary: ClassVar[str] = ""
    Input: ClassVar[type[BaseModel]]
    Facts: ClassVar[type[BaseModel]]
    media_types: ClassVar[tuple[str, ...]] = ()
    answer: ClassVar[str] = "application/json"
    stored: ClassVar[bool] = False
    limits: ClassVar[Limits] = Limits()
    tools: ClassVar[tuple[Tool, ...]] = ()
    variants: ClassVar[tuple[str, ...]] = ("default",)

    surroundings: Surroundings = ALONE
    """Set by the engine before `load`."""

    def load(self, weights: Weights | None, device: str) -> None:
        """Build the model on `device` ("cpu", "cuda", "cuda:1"). `weights` is None for a model that ships none."""

    def warmup(self) -> None:
        """Run every shape that matters once, on the real device."""

    def parts(self) -> Sequence[Part]:
        """What `predict` alone touches and may leave the device between batches; asked once, after `load`. By default the torch modules
        and tensors among the attributes, as one part."""
        return attributes_of(self)

    def needs(self, batch: Sequence[Any]) -> Collection[str] | None:
        """The names of the parts that `predict` will touch for these prepared inputs; None is all."""
        return None

    def key(self, input: Any) -> Hashable:
        """Inputs with equal keys may share a batch."""
        return None

    def cost(self, input: Any) -> float:
        """Relative size of an input; a batch is bounded by the sum."""
        return 1.0

    def makes(self, input: Any) -> Sequence[str]:
        """The media types of the artifacts that this input leads to, known before any work."""
        return self.media_types

    def duration(self, input: Any) -> str:
        """Which inputs take about as long, for the metrics: a few words for each class, such as "up to 3 s". Empty: they all do."""
        return ""

    def prepare(self, input: Any) -> Any:
        """Work before the lane that needs no device (decode, resize). Runs in a worker thread when overridden."""
        return input

    def predict(self, batch: Sequence[Any], progress: Progress) -> Sequence[Any]:
        """One forward pass over prepared inputs, on the lane. Gives an output or an exception for each item, in order."""
        raise NotImplementedError

    def finish(self, input: Any, output: Any) -> Result:
        """Work after the lane that needs no device (encode, write files). Runs in a worker thread when overridden."""
        return Result(facts=output)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A model with the weights it runs on: their version, and a digest of their files (empty for a model that ships none)."""

    model: Model
    variant: str
    version: str
    digest: str = ""
