"""buildah: builds like the others but runs no image, so a container is its file system in namespaces of ours."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from imaging.engine import Container, Engine, ImagingError, Launch, Layer

CONFINE = Path(__file__).with_name("confine.sh")
LONGEST_S = 10.0


class Buildah(Engine):
    """Running needs root."""

    building = ("build", "--layers")

    def configuration(self, image: str) -> dict[str, Any]:
        found: dict[str, Any] = self._inspect(image)["OCIv1"]["config"]
        return found

    def layers(self, image: str) -> list[Layer]:
        told = self._inspect(image)
        steps = [step.get("created_by", "") for step in told["OCIv1"]["history"] if not step.get("empty_layer")]
        sizes = [layer["size"] for layer in json.loads(told["Manifest"])["layers"]]
        return [Layer(size, made_by) for size, made_by in zip(sizes, steps, strict=True)]

    @contextmanager
    def start(self, image: str, launch: Launch, command: Sequence[str] = ()) -> Iterator[Container]:
        if os.geteuid():
            raise ImagingError("To run an image, buildah alone needs root: run this with sudo, or name another engine, --engine podman.")
        told = self.configuration(image)
        environ = {**dict(pair.split("=", 1) for pair in told["Env"]), "PORT": str(launch.port)}
        holder = self.output("from", "--pull-never", image).strip()
        try:
            root = self.output("mount", holder).strip()
            confined = ["/bin/sh", CONFINE, root, str(launch.user), told["WorkingDir"], *(command or told["Entrypoint"])]
            with launch.log.open("wb") as log:
                process = subprocess.Popen(confined, env=environ, stdout=log, stderr=log)
            first = _first_child(process)
            try:
                yield Container(process, first)
            finally:
                if process.poll() is None:
                    os.kill(first, signal.SIGKILL)
                    process.wait()
        finally:
            self.output("rm", holder)

    def _inspect(self, image: str) -> dict[str, Any]:
        told: dict[str, Any] = self.inspect("inspect", "--type=image", image)
        return told


def _first_child(process: subprocess.Popen[bytes]) -> int:
    """PID 1 of the namespaces, by its number out here. The process itself where it has ended already."""
    end = time.monotonic() + LONGEST_S
    while process.poll() is None and time.monotonic() < end:
        if children := Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split():
            return int(children[0])
        time.sleep(0.01)
    return process.pid
