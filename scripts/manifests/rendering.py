"""Kustomizations to manifests, by whichever of kustomize and kubectl is there. Knows nothing of what the manifests say."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

PROGRAMS = (("kustomize", "build"), ("kubectl", "kustomize"))
OWN = str(Path(sys.executable).parent)
"""Where scripts/install-kustomize puts it."""


class RenderingError(RuntimeError):
    """A folder that cannot be rendered. The message is one sentence that says why, and what to do."""


def render(folder: Path) -> list[dict[str, Any]]:
    """The manifests of a kustomization, in the order of its output. Raises `RenderingError`."""
    return [manifest for manifest in yaml.safe_load_all(render_text(folder)) if manifest]


def render_text(folder: Path) -> str:
    """What `kubectl kustomize FOLDER` prints. Raises `RenderingError`."""
    for program, verb in PROGRAMS:
        if path := shutil.which(program, path=os.pathsep.join([OWN, os.environ.get("PATH", os.defpath)])):
            done = subprocess.run([path, verb, str(folder)], capture_output=True, text=True, check=False)
            if done.returncode:
                raise RenderingError(f"{folder} cannot be rendered: {done.stderr.strip().removeprefix('error: ')}")
            return done.stdout
    raise RenderingError("Neither kustomize nor kubectl is installed: run scripts/install-kustomize.")
