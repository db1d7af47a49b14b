"""An image that was built, and Python run in it as `scripts/image check` runs the function."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from imaging.engine import Engine, Launch

ROOT = Path(__file__).parents[2]
USER = 54321


@dataclass(frozen=True)
class Built:
    engine: Engine
    name = "localhost/figurine-test:cpu"

    def tool(self, verb: str, *arguments: str) -> str:
        """What `scripts/image VERB` prints about it."""
        return run("scripts/image", "--engine", self.engine.name, verb, self.name, *arguments)

    def python(self, code: str, folder: Path) -> Any:
        """The JSON that `code` prints, and nothing else."""
        launch = Launch(USER, folder / "log")
        with self.engine.start(self.name, launch, ["python", "-c", code]) as container:
            container.process.wait()
        assert container.process.returncode == 0, launch.log.read_text()
        return json.loads(launch.log.read_text())

    def save(self, folder: Path) -> None:
        """Every layer, uncompressed, and the configuration with its history, as files."""
        if self.engine.name == "buildah":
            run("buildah", "push", "--quiet", "--disable-compression", self.name, f"dir:{folder}")
        else:
            run(self.engine.name, "save", "--output", str(folder / "image.tar"), self.name)


def run(*command: str) -> str:
    """What it prints; what it says on failure is the test's failure."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env={**os.environ, "PYTHON": sys.executable}, check=False)
    if done.returncode:
        pytest.fail(f"{' '.join(command)}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}", pytrace=False)
    return done.stdout
