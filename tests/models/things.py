"""Plug-ins, right and wrong."""

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel

from function.models.model import Model, Progress, StrictModel, Tool


class Right(Model):
    name = "right"
    route = "/right"
    Input = StrictModel

    def predict(self, batch: Sequence[Any], progress: Progress) -> Sequence[Any]:
        return batch


class SameName(Right):
    route = "/other"


class SameRoute(Right):
    name = "other"


class ToolRoute(Right):
    name = "tool"
    route = "/tool"
    tools = (Tool("/right", "", (), BaseModel, lambda body, kind: BaseModel()),)


class NoName(Right):
    name = ""


class NoRoute(Right):
    route = "right"


class NoInput(Model):
    name = "thing"
    route = "/thing"

    def predict(self, batch: Sequence[Any], progress: Progress) -> Sequence[Any]:
        return batch


class NoPredict(Model):
    name = "thing"
    route = "/thing"
    Input = StrictModel


class NoFacts(Right):
    stored = True


class NoModel:
    pass


no_class = 5
