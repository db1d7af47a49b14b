"""Small real models that the tests of HTTP serve: no weights, no torch."""

import threading
import time
from collections.abc import Sequence
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from function.errors import DeadlineExceeded, GpuOutOfMemory, InvalidInput, NoFaceFound, NotFound
from function.models.model import Artifact, Limits, Model, Progress, Result, StrictModel, Tool


class Sentence(StrictModel):
    model_config = ConfigDict(json_schema_extra={"examples": [{"prompt": "a person waves", "duration": 2, "seed": 7}, {"prompt": "a bow"}]})

    prompt: str
    duration: float = Field(4.0, ge=0.67, le=12)
    seed: int = 0
    weight: float = 1.0

    @field_validator("prompt")
    @classmethod
    def at_most_60_words(cls, value: str) -> str:
        words = len(value.split())
        if not 1 <= words <= 60:
            raise ValueError(f"has {words} words; 1 to 60 are allowed")
        return value


class Counted(BaseModel):
    words: int
    seed: int


def count(body: bytes, content_type: str) -> Counted:
    if content_type != "text/plain" or not body.isascii():
        raise InvalidInput("The file is not plain ASCII text.")
    return Counted(words=len(body.split()) // (0 if body == b"break" else 1), seed=0)


class Clip(Model):
    """Writes a sentence to two files."""

    name = "clip"
    route = "/clip"
    summary = "A sentence in, two files out"
    Input = Sentence
    Facts = Counted
    media_types = ("text/plain", "model/gltf-binary")
    stored = True
    tools: ClassVar[tuple[Tool, ...]] = (Tool("/count", "Count words", ("text/plain", "text/csv"), Counted, count, max_body=1000),)

    def predict(self, batch: Sequence[Sentence], progress: Progress) -> Sequence[Any]:
        return [InvalidInput("There is nothing in this sentence.") if item.prompt == "nothing" else item for item in batch]

    def finish(self, input: Sentence, output: Sentence) -> Result:
        files = (
            Artifact("clip.txt", "text/plain", output.prompt.encode()),
            Artifact("clip.glb", "model/gltf-binary", b"glTF" + output.prompt.encode()),
        )
        return Result(Counted(words=len(output.prompt.split()), seed=output.seed), files, ("It is only text.",))


class Picture(Clip):
    """A model whose answer is a file when nobody asks for anything."""

    name = "picture"
    route = "/picture"
    answer = "model/gltf-binary"
    stored = False
    tools = ()


class Seconds(StrictModel):
    seconds: float = Field(0.0, ge=0, le=60)


class Nap(Model):
    """Sleeps in steps of 5 ms and counts them."""

    name = "nap"
    route = "/nap"
    Input = Seconds
    Facts = Seconds
    limits = Limits(max_batch=1)

    def __init__(self) -> None:
        self.steps = 0

    def predict(self, batch: Sequence[Seconds], progress: Progress) -> Sequence[Any]:
        total = round(batch[0].seconds / 0.005)
        for step in range(total):
            progress(step, total)
            time.sleep(0.005)
            self.steps += 1
        return list(batch)


class Slow(Nap):
    """Takes long to come up."""

    name = "slow"
    route = "/slow"

    def warmup(self) -> None:
        time.sleep(2)


class Gated(Nap):
    """Comes up when `go` is set."""

    name = "gated"
    route = "/gated"

    def __init__(self) -> None:
        super().__init__()
        self.go = threading.Event()

    def warmup(self) -> None:
        self.go.wait(10)


class Broken(Nap):
    """Never comes up, and breaks on every input."""

    name = "broken"
    route = "/broken"

    def load(self, weights: object, device: str) -> None:
        raise InvalidInput("The file broken.safetensors is missing; run scripts/weights.")


class Raises(Nap):
    """Comes up, but fails on every input with an error of its own."""

    name = "raises"
    route = "/raises"

    def predict(self, batch: Sequence[Seconds], progress: Progress) -> Sequence[Any]:
        raise RuntimeError("a secret path /etc/secret")


class Stuck(Nap):
    """Sleeps without a sign of life."""

    name = "stuck"
    route = "/stuck"

    def predict(self, batch: Sequence[Seconds], progress: Progress) -> Sequence[Any]:
        time.sleep(batch[0].seconds)
        return list(batch)


BIG = 64 << 20


class Big(Nap):
    """Makes a file that no socket buffer holds."""

    name = "big"
    route = "/big"
    media_types = ("text/plain",)

    def finish(self, input: Seconds, output: Seconds) -> Result:
        return Result(output, (Artifact("big.txt", "text/plain", bytes(BIG)),))


FAULTS = {
    "no_face": NoFaceFound("There is no face in the photo."),
    "memory": GpuOutOfMemory("The device ran out of memory."),
    "not_found": NotFound("A file that the input names is gone."),
    "late": DeadlineExceeded("Too late."),
    "wordy": InvalidInput("\u2603" * 2000),
    "bug": RuntimeError("secret path /etc/passwd"),
}


class Order(StrictModel):
    text: str
    size: int = 10
    fault: Literal["", "no_face", "memory", "not_found", "late", "wordy", "bug"] = ""
    hold: bool = False


class Drawn(BaseModel):
    text: str


class Draw(Model):
    """Writes its text to a file. Notes its runs; waits for `go` where the input says `hold`, fails where it names a fault."""

    name = "draw"
    route = "/draw"
    Input = Order
    Facts = Drawn
    media_types = ("text/plain",)
    stored = True
    limits = Limits(max_batch=4, max_body=64 << 10)

    def __init__(self) -> None:
        self.runs: list[str] = []
        self.go = threading.Event()

    def predict(self, batch: Sequence[Order], progress: Progress) -> Sequence[Any]:
        self.runs.extend(order.text for order in batch)
        if any(order.hold for order in batch):
            self.go.wait(10)
        return [FAULTS.get(order.fault, order) for order in batch]

    def finish(self, input: Order, output: Order) -> Result:
        text = (input.text * input.size).encode()
        return Result(Drawn(text=input.text), (Artifact("drawing.txt", "text/plain", text),), ("Only a test.",))


class Echo(Model):
    """Says what it was told and notes its runs; keeps nothing."""

    name = "echo"
    route = "/echo"
    Input = Order
    Facts = Drawn

    def __init__(self) -> None:
        self.runs: list[str] = []

    def predict(self, batch: Sequence[Order], progress: Progress) -> Sequence[Drawn]:
        self.runs.extend(order.text for order in batch)
        return [Drawn(text=order.text) for order in batch]
