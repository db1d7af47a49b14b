"""docker and podman: one command line for two engines."""

import json
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from imaging.engine import Container, Engine, Launch, Layer

INSIDE = 8181
CONFINED = ("--read-only", "--tmpfs=/tmp", "--cap-drop=ALL", "--security-opt=no-new-privileges")


class Docker(Engine):
    """`run` stays in the foreground and hands signals on to PID 1."""

    def configuration(self, image: str) -> dict[str, Any]:
        found: dict[str, Any] = self.inspect("image", "inspect", image)[0]["Config"]
        return found

    def layers(self, image: str) -> list[Layer]:
        lines = self.output("history", "--no-trunc", "--human=false", "--format={{.Size}} {{.CreatedBy}}", image).splitlines()
        return _layers([(int(size), made_by) for size, _, made_by in (line.partition(" ") for line in lines)])

    @contextmanager
    def start(self, image: str, launch: Launch, command: Sequence[str] = ()) -> Iterator[Container]:
        name = f"figurine-{uuid4().hex}"
        options = [f"--name={name}", f"--user={launch.user}:{launch.user}", *CONFINED, *([f"--entrypoint={command[0]}"] if command else [])]
        options += [f"--env=PORT={INSIDE}", f"--publish=127.0.0.1:{launch.port}:{INSIDE}"] if launch.port else ["--network=none"]
        with launch.log.open("wb") as log:
            process = subprocess.Popen([self.name, "run", *options, image, *command[1:]], stdout=log, stderr=log)
        try:
            yield Container(process, process.pid)
        finally:
            subprocess.run([self.name, "rm", "--force", name], capture_output=True, check=False)
            process.wait()


class Podman(Docker):
    """Its history is exact in JSON only."""

    def layers(self, image: str) -> list[Layer]:
        return _layers([(step["size"], step["CreatedBy"]) for step in json.loads(self.output("history", "--format=json", image))])


def _layers(steps: list[tuple[int, str]]) -> list[Layer]:
    """Of a history, which begins with the last step."""
    return [Layer(size, made_by) for size, made_by in reversed(steps) if size]
