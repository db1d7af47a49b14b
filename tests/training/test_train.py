"""The whole way from plans to served weights, with next to no training."""

from pathlib import Path

from function.models.motion.generate import Generator
from function.models.motion.request import MotionInput
from function.weights.reader import open_weights
from training.__main__ import main
from training.motion import clips


def test_what_training_publishes_is_served(tmp_path: Path) -> None:
    root = tmp_path / "weights"
    few = ["--clips", "256", "--steps", "2", "--sentences", "3000"]
    main(["motion", *few, "--runs", str(tmp_path / "runs"), "--out", str(root / "motion" / "tiny")])
    weights = open_weights(str(root), "motion", "tiny", required=True)
    assert weights
    request = MotionInput(prompt="a person walks", duration=1.0, seed=1, steps=2)
    generator = Generator(weights, "cpu")
    (draft,) = generator.draft([request], lambda _step, _of: (0,))
    (clip,) = generator.clips(draft, request.frames)
    assert clip.frames == request.frames == 30
    assert "recipe" in (root / "motion" / "tiny" / "1" / "training.log").read_text()


def test_the_same_seed_makes_the_same_clips() -> None:
    first, again = (next(clips.draw(*clips.chances(7, 0))) for _ in range(2))
    assert all((first[name] == again[name]).all() for name in first)
