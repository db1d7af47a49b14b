"""Small versions of a motion model, good and worse, to be compared by a rollout: no weights, no torch."""

from collections.abc import Sequence
from typing import Any, ClassVar

from pydantic import BaseModel

from function.errors import ModelFailed
from function.models.model import Artifact, Model, Progress, Result, StrictModel, Tool


class Sentence(StrictModel):
    prompt: str
    duration: float = 5
    seed: int = 0


class Score(BaseModel):
    score: float


def read_score(body: bytes, _content_type: str) -> Score:
    return Score(score=float(body))


class Good(Model):
    name = "pose"
    route = "/generate"
    Input = Sentence
    Facts = Score
    media_types = ("model/x-bvh",)
    tools: ClassVar[tuple[Tool, ...]] = (Tool("/validate", "Score", ("model/x-bvh",), Score, read_score),)
    score = 0.9

    def predict(self, batch: Sequence[Sentence], progress: Progress) -> Sequence[Any]:
        return [Score(score=self.score) for _ in batch]

    def finish(self, input: Sentence, output: Score) -> Result:
        return Result(output, (Artifact("motion.bvh", "model/x-bvh", str(output.score).encode()),))


class Clumsy(Good):
    """Its motions are bad."""

    score = 0.4


class Failing(Good):
    """Cannot kick."""

    def predict(self, batch: Sequence[Sentence], progress: Progress) -> Sequence[Any]:
        return [ModelFailed("No.") if "kick" in item.prompt else Score(score=self.score) for item in batch]
