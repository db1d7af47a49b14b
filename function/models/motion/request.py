"""What a caller may ask of the motion model, and the facts it answers with."""

import secrets
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from function.models.model import StrictModel

FPS = 30
SHORTEST, LONGEST = 20, 360  # frames
MOST_WORDS = 60
Format = Literal["bvh", "glb", "npz"]


def _unsaid_seed(said: dict[str, Any]) -> int:
    return 0 if said.get("seeds") else secrets.randbelow(1 << 31)


class MotionInput(StrictModel):
    """A sentence and how to act it out. The same input with the same seed gives the same motion; repeats are answered from the store."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"prompt": "a person walks forward, then waves with the right hand", "duration": 5, "seed": 7}]}
    )

    prompt: str = Field(description=f"What one person does, in English: 1 to {MOST_WORDS} words.", max_length=2000)
    duration: float = Field(default=5.0, ge=0.67, le=12.0, description="Seconds of motion, 0.67 to 12.")
    seeds: tuple[int, ...] = Field(default=(), max_length=8, description="One motion for each of up to 8 seeds, instead of `seed`.")
    seed: int = Field(
        default_factory=_unsaid_seed, ge=0, lt=1 << 63, description="Decides how the sentence is acted out; random when left out."
    )
    guidance: float | None = Field(
        default=None, ge=1.0, le=10.0, description="How strictly to follow the sentence; the model's own value when left out."
    )
    steps: int | None = Field(default=None, ge=1, le=100, description="Steps of the sampler; the model's own value when left out.")
    formats: tuple[Format, ...] = Field(
        default=("bvh", "glb"), min_length=1, max_length=3, description="Files to make: `bvh`, `glb` (with a mannequin), `npz` (numbers)."
    )

    @field_validator("prompt")
    @classmethod
    def _count_words(cls, prompt: str) -> str:
        words = len(prompt.split())
        if not 1 <= words <= MOST_WORDS:
            raise ValueError(f"has {words} words; 1 to {MOST_WORDS} are right")
        return prompt

    @field_validator("seeds")
    @classmethod
    def _check_seeds(cls, seeds: tuple[int, ...]) -> tuple[int, ...]:
        if any(not 0 <= seed < 1 << 63 for seed in seeds) or len({*seeds}) != len(seeds):
            raise ValueError("must be different whole numbers from 0 to 2^63 - 1")
        return seeds

    @field_validator("formats")
    @classmethod
    def _name_each_once(cls, formats: tuple[Format, ...]) -> tuple[Format, ...]:
        return tuple(dict.fromkeys(formats))

    @model_validator(mode="after")
    def _one_way_to_seed(self) -> "MotionInput":
        if self.seeds and "seed" in self.model_fields_set:
            raise ValueError("give seed or seeds, not both")
        return self

    @property
    def all_seeds(self) -> tuple[int, ...]:
        """The seeds, one motion each."""
        return self.seeds or (self.seed,)

    @property
    def frames(self) -> int:
        """Frames at 30 a second, 20 to 360; half frames go to the even number."""
        return min(max(round(self.duration * FPS), SHORTEST), LONGEST)


def features_for(frames: int, fps: int) -> int:
    """How many features a rate of `fps` a second has for `frames` frames at 30 a second."""
    return -(-frames * fps // FPS)


class MotionFacts(BaseModel):
    """What was made: the length, and everything that is needed to make it again."""

    frames: int = Field(description="Frames of each motion.")
    fps: int = Field(description="Frames a second.")
    seconds: float = Field(description="Length of each motion.")
    seeds: tuple[int, ...] = Field(description="The seed of each motion, in the order of the artifacts.")
    guidance: float = Field(description="Guidance that was used.")
    steps: int = Field(description="Sampler steps that were used.")
    understood: str = Field(default="", description="What the sentence was read as, where the text encoder can tell.")
