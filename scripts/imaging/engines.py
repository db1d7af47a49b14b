"""The engines there are, and the one that works here."""

import shutil
import subprocess

from imaging.buildah import Buildah
from imaging.docker import Docker
from imaging.engine import Engine, ImagingError

ENGINES: dict[str, type[Engine]] = {"docker": Docker, "podman": Docker, "buildah": Buildah}


def find_engine(name: str | None = None) -> Engine:
    """The engine of this name, or else the first that works. Raises `ImagingError`."""
    for known in [name] if name else ENGINES:
        if shutil.which(known) and not subprocess.run([known, "info"], capture_output=True, check=False).returncode:
            return ENGINES[known](known)
    wanted = name or "docker, podman or buildah"
    raise ImagingError(f"No {wanted} works here. On Debian and Ubuntu: sudo apt-get install {name or 'buildah'}")
