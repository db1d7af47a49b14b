"""What every engine can do with an image: build, describe, run. docker.py and buildah.py say how."""

import json
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Command = Sequence[str | Path]


class ImagingError(Exception):
    """What went wrong, in a sentence that names what mends it."""


@dataclass(frozen=True)
class Layer:
    """`size` in bytes, not compressed; `made_by` is the build step."""

    size: int
    made_by: str


@dataclass(frozen=True)
class Launch:
    """How to run an image: `user` is a number for user and group, output goes to `log`, `port` is PORT, asked at on this machine."""

    user: int
    log: Path
    port: int = 0


@dataclass(frozen=True)
class Container:
    """A started container. `process` ends as its PID 1 does; `pid` is who to send that one's signals."""

    process: subprocess.Popen[bytes]
    pid: int


class Engine(ABC):
    """docker, podman or buildah, by its command line."""

    building: Command = ("build",)

    def __init__(self, name: str) -> None:
        self.name = name

    def build(self, options: Command, folder: Path) -> None:
        """Build from `folder`; the engine prints for itself. Raises `ImagingError`."""
        if subprocess.run([self.name, *self.building, *options, folder], check=False).returncode:
            raise ImagingError(f"{self.name} could not build the image; what it printed says why.")

    @abstractmethod
    def configuration(self, image: str) -> dict[str, Any]:
        """The OCI image configuration's `config`: User, Entrypoint, Env, Labels ... Raises `ImagingError` where there is no such image."""

    @abstractmethod
    def layers(self, image: str) -> list[Layer]:
        """Lowest first, without the steps that made none."""

    @abstractmethod
    def start(self, image: str, launch: Launch, command: Sequence[str] = ()) -> AbstractContextManager[Container]:
        """Run the image, or `command` in it, with a read-only root, a /tmp in memory, no capability; it is gone after the context."""

    def inspect(self, *arguments: str) -> Any:
        """What the engine says of an image, in JSON. Raises `ImagingError`."""
        try:
            return json.loads(self.output(*arguments))
        except ImagingError as error:
            raise ImagingError(f"{error}. To build one: scripts/image build cpu") from None

    def output(self, *arguments: str | Path) -> str:
        """What the engine prints. Raises `ImagingError` with its own words."""
        done = subprocess.run([self.name, *arguments], capture_output=True, text=True, check=False)
        if done.returncode:
            raise ImagingError(f"{self.name} {arguments[0]}: {done.stderr.strip()}")
        return done.stdout
