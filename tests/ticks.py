"""A model that takes a moment and notes each number that it has worked on, for the tests of the shutdown."""

import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from function.models.model import Limits, Model, Progress, StrictModel


class Number(StrictModel):
    number: int


class Ticks(Model):
    """Appends to the file that the variable TICKS names."""

    name = "ticks"
    route = "/tick"
    Input = Number
    Facts = Number
    limits = Limits(max_batch=2)

    def predict(self, batch: Sequence[Number], progress: Progress) -> Sequence[Any]:
        time.sleep(0.02)
        with Path(os.environ["TICKS"]).open("a") as file:
            file.writelines(f"{item.number}\n" for item in batch)
        return list(batch)
