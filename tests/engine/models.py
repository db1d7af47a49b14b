"""Small real models that the engine's tests serve."""

import threading
import time
from collections.abc import Sequence
from typing import Any, ClassVar

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
    limits = Limits(max_batch=16)

    def predict(self, batch: Sequence[Text], progress: Progress) -> Sequence[Any]:
        return [Echoed(text=item.text) for item in batch]
