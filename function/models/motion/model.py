"""HY-Motion as a model of the engine: a sentence in, BVH, animated GLB and NPZ out."""

from collections.abc import Collection, Hashable, Sequence
from typing import TYPE_CHECKING

from function.models.model import Artifact, Limits, Model, Progress, Result
from function.models.motion.export import BVH_TYPE, GLB_TYPE, NPZ_TYPE
from function.models.motion.request import FPS, LONGEST, MotionFacts, MotionInput
from function.models.motion.validation.tool import VALIDATE
from function.models.parts import Part
from function.weights.weights import Weights

if TYPE_CHECKING:
    from function.models.motion.generate import Draft, Generator

_TYPES = {"bvh": BVH_TYPE, "glb": GLB_TYPE, "npz": NPZ_TYPE}
_DURATIONS = ((3.0, "up to 3 s"), (6.0, "3 to 6 s"), (float("inf"), "over 6 s"))


def _go_on(step: int, of: int) -> Sequence[int]:  # noqa: ARG001
    return (0,)


class Motion(Model):
    """Text to motion of one person. Rows of a batch are seeds; requests with equally many sampler steps share one."""

    name = "motion"
    route = "/generate"
    summary = "A sentence becomes human motion: BVH, animated GLB, NPZ."
    Input = MotionInput
    Facts = MotionFacts
    media_types = (GLB_TYPE, BVH_TYPE, NPZ_TYPE)
    stored = True
    limits = Limits(max_batch=16, max_cost=16 * LONGEST, max_body=64 << 10)
    tools = (VALIDATE,)
    variants = ("tiny", "1.0", "lite")

    _generator: "Generator"

    def load(self, weights: Weights | None, device: str) -> None:
        """Network and text encoder onto the device."""
        from function.models.motion.generate import Generator

        assert weights is not None
        self._generator = Generator(weights, device, surroundings=self.surroundings)

    def warmup(self) -> None:
        """Every shape of a step, then one motion through to the files; two steps touch all that there is to touch."""
        self._generator.warm()
        request = MotionInput(prompt="a person walks forward", duration=5.0, seed=0, steps=2)
        self.finish(request, self.predict([request], _go_on)[0])

    def parts(self) -> Sequence[Part]:
        """Network and text encoder, each for itself."""
        return self._generator.parts()

    def needs(self, batch: Sequence[MotionInput]) -> Collection[str]:
        """The text encoder only for prompts that are new."""
        return self._generator.needs(batch)

    def key(self, input: MotionInput) -> Hashable:
        """Inputs with equally many steps may share a batch."""
        return input.steps

    def cost(self, input: MotionInput) -> float:
        """Frames of all seeds."""
        return float(input.frames * len(input.all_seeds))

    def makes(self, input: MotionInput) -> Sequence[str]:
        """The formats that were asked for."""
        return [_TYPES[form] for form in input.formats]

    def duration(self, input: MotionInput) -> str:
        """By the length of the motion."""
        return next(name for seconds, name in _DURATIONS if input.duration <= seconds)

    def prepare(self, input: MotionInput) -> MotionInput:
        """Look for the prompt's encoding beyond this process."""
        self._generator.encodings.recall(input.prompt)
        return input

    def predict(self, batch: Sequence[MotionInput], progress: Progress) -> "Sequence[Draft]":
        """Features of every input's seeds."""
        return self._generator.draft(batch, progress)

    def finish(self, input: MotionInput, output: "Draft") -> Result:
        """Clean the motion and write the files."""
        from function.models.motion.export import bvh, glb, npz

        self._generator.encodings.persist(input.prompt)
        write = {"bvh": bvh.write, "glb": glb.write, "npz": npz.write}
        seeds, artifacts = input.all_seeds, []
        for seed, clip in zip(seeds, self._generator.clips(output, input.frames), strict=True):
            stem = "motion" if len(seeds) == 1 else f"motion-{seed}"
            artifacts += [Artifact(f"{stem}.{form}", _TYPES[form], write[form](clip)) for form in input.formats]
        facts = MotionFacts(
            frames=input.frames,
            fps=FPS,
            seconds=round(input.frames / FPS, 3),
            seeds=seeds,
            guidance=self._generator.guidance(input),
            steps=self._generator.steps(input),
            understood=output.understood,
        )
        return Result(facts, tuple(artifacts), output.warnings)
