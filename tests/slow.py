"""Models that take their time, for processes that are stopped meanwhile."""

import time
from collections.abc import Sequence
from typing import Any

from function.models.model import Progress
from tests.engine.models import Echo, Text


class Slow(Echo):
    """Takes a second and says nothing on the way."""

    name = "slow"
    route = "/slow"

    def predict(self, batch: Sequence[Text], progress: Progress) -> Sequence[Any]:
        time.sleep(1.0)
        return super().predict(batch, progress)


class Endless(Echo):
    """Never ends."""

    name = "endless"
    route = "/endless"

    def predict(self, batch: Sequence[Text], progress: Progress) -> Sequence[Any]:
        time.sleep(600)
        return super().predict(batch, progress)


class Heavy(Echo):
    """Never gets ready."""

    name = "heavy"
    route = "/heavy"

    def load(self, weights: Any, device: str) -> None:
        time.sleep(600)
