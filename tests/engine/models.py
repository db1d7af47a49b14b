"""Small real models that the engine's tests serve."""

import threading
import time
from collections.abc import Hashable, Sequence
from typing import Any

from pydantic import BaseModel

from function.errors import GpuOutOfMemory, InvalidInput
from function.models.model import Artifact, Limits, Model, Progress, Result, StrictModel


class Text(StrictModel):
    text: str = ""


class Echoed(BaseModel):
    text: str


class Echo(Model):
    """Says what it was told."""

    name = "echo"
    route = "/echo"
    Input = Text
    Facts = Echoed

    def predict(self, batch: Sequence[Text], progress: Progress) -> Sequence[Any]:
        return [Echoed(text=item.text) for item in batch]


class Sleeper(Echo):
    """Takes 20 ms and half a millisecond for each item; notes what it ran."""

    name = "sleeper"
    route = "/sleep"

    def __init__(self) -> None:
        self.batches: list[list[str]] = []

    def key(self, input: Text) -> Hashable:
        return input.text.partition(" ")[0]

    def cost(self, input: Text) -> float:
        return float(len(input.text) or 1)

    def predict(self, batch: Sequence[Text], progress: Progress) -> Sequence[Any]:
        self.batches.append([item.text for item in batch])
        time.sleep(0.020 + 0.0005 * len(batch))
        return super().predict(batch, progress)


class Gate(Echo):
    """Takes steps for as long as the test holds the gate shut."""

    name = "gate"
    route = "/gate"
    limits = Limits(max_batch=4)

    def __init__(self) -> None:
        self.open = threading.Event()
        self.entered = threading.Event()
        self.batches: list[list[str]] = []
        self.steps = 0
        self.cancelled = 0

    def predict(self, batch: Sequence[Text], progress: Progress) -> Sequence[Any]:
        self.batches.append([item.text for item in batch])
        self.entered.set()
        try:
            while not self.open.wait(0.002):
                self.steps += 1
                progress(self.steps, 1000)
        except Exception:
            self.cancelled += 1
            raise
        return super().predict(batch, progress)


class Mute(Gate):
    """A gate that never reports progress."""

    name = "mute"
    route = "/mute"

    def predict(self, batch: Sequence[Text], progress: Progress) -> Sequence[Any]:
        self.entered.set()
        self.open.wait(10)
        return Echo.predict(self, batch, progress)


class Picky(Echo):
    """Fails as its input says: for the item alone, or by raising for the whole batch."""

    name = "picky"
    route = "/picky"

    def predict(self, batch: Sequence[Text], progress: Progress) -> Sequence[Any]:
        if any(item.text == "raise" for item in batch):
            raise RuntimeError("a secret at /root/path")
        if any(item.text == "short" for item in batch):
            return []
        return [self.one(item) for item in batch]

    def one(self, item: Text) -> Any:
        if item.text == "bad":
            return InvalidInput("Nothing can be made of this.")
        return ValueError("a secret") if item.text == "broken" else Echoed(text=item.text)


class Hungry(Echo):
    """Has memory for batches of `room` items, and none for the word `huge`."""

    name = "hungry"
    route = "/hungry"
    room = 2

    def __init__(self) -> None:
        self.sizes: list[int] = []

    def predict(self, batch: Sequence[Text], progress: Progress) -> Sequence[Any]:
        self.sizes.append(len(batch))
        if len(batch) > self.room or any(item.text == "huge" for item in batch):
            raise GpuOutOfMemory("no memory") if len(batch) % 2 else MemoryError
        return super().predict(batch, progress)


class Keeper(Gate):
    """Gives the same bytes for the same input, so that results are stored."""

    name = "keeper"
    route = "/keep"
    stored = True
    media_types = ("text/plain",)

    def finish(self, input: Text, output: Echoed) -> Result:
        return Result(output, (Artifact("said.txt", "text/plain", output.text.encode()),), ("a warning",))


class Workshop(Model):
    """Prepares and finishes in threads; notes which."""

    name = "workshop"
    route = "/workshop"
    Input = Text
    Facts = Echoed

    def __init__(self) -> None:
        self.threads: list[str] = []

    def prepare(self, input: Text) -> str:
        self.threads.append(threading.current_thread().name)
        if input.text == "slow":
            time.sleep(0.2)
        if input.text == "bad":
            raise InvalidInput("Nothing can be made of this.")
        return input.text.upper()

    def predict(self, batch: Sequence[str], progress: Progress) -> Sequence[str]:
        self.threads.append(threading.current_thread().name)
        return [item + "!" for item in batch]

    def finish(self, input: Text, output: str) -> Result:
        self.threads.append(threading.current_thread().name)
        return Result(Echoed(text=output))


class Broken(Echo):
    """Cannot be loaded."""

    name = "broken"
    route = "/broken"

    def load(self, weights: Any, device: str) -> None:
        raise RuntimeError("a secret at /root/path")


class Lost(Echo):
    """Loses its device."""

    name = "lost"
    route = "/lost"

    def predict(self, batch: Sequence[Text], progress: Progress) -> Sequence[Any]:
        raise AcceleratorError("an illegal memory access was encountered")


class AcceleratorError(RuntimeError):
    """Named like torch's."""
