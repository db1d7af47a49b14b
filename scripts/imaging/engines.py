"""The engines there are, and the one that works here."""

import shutil
import subprocess

from imaging.buildah import Buildah
from imaging.docker import Docker, Podman
from imaging.engine import Engine, ImagingError

ENGINES: dict[str, type[Engine]] = {"docker": Docker, "podman": Podman, "buildah": Buildah}


def find_engine(name: str | None = None) -> Engine:
    """The engine of this name, or else the first that works. Raises `ImagingError`."""
    for known in [name] if name else ENGINES:
        if shutil.which(known) and not subprocess.run([known, "info"], capture_output=True, check=False).returncode:
            return ENGINES[known](known)
    if name:
        raise ImagingError(f"{name} does not work here; this says why: {name} info")
    raise ImagingError("Neither docker nor podman nor buildah works here. On Debian and Ubuntu: sudo apt-get install buildah")
