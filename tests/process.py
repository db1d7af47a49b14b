"""`python -m function` as a container runtime runs it, and small models that keep it busy while it is stopped."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from function.models.model import Model, Progress, StrictModel
from tests.serving import PATIENCE_S, Client, Reply, until

ROOT = Path(__file__).parents[1]


class Process:
    """The process on a free port, with settings by their names without the prefix."""

    def __init__(self, folder: Path, models: str, **settings: str) -> None:
        self.client = Client(_free_port())
        environ = {name: value for name, value in os.environ.items() if not name.startswith("FUNCTION_")}
        environ |= {
            "FUNCTION_RESULTS": str(folder / "results"),
            "PORT": str(self.client.port),
            "HOST": "127.0.0.1",
            "TICKS": str(folder / "ticks"),
        }
        environ |= {f"FUNCTION_{name.upper()}": value for name, value in {"models": models, **settings}.items()}
        self.output = folder / "output"
        with self.output.open("wb") as output:
            self._popen = subprocess.Popen([sys.executable, "-m", "function"], env=environ, cwd=ROOT, stdout=output, stderr=output)

    def until(self, path: str, true: Callable[[Reply], object] = lambda reply: reply.status == 200) -> None:
        """Ask for `path` until the answer is as wanted."""

        def asked() -> bool:
            try:
                return bool(true(self.client.get(path)))
            except OSError:
                assert self._popen.poll() is None, self.output.read_text()
                return False

        until(asked)

    def stop(self, which: signal.Signals = signal.SIGTERM) -> None:
        self._popen.send_signal(which)

    def code(self) -> int:
        """The exit code."""
        return self._popen.wait(PATIENCE_S)

    def kill(self) -> None:
        self._popen.kill()
        self._popen.wait()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


class Number(StrictModel):
    number: int = 0


class Ticks(Model):
    """Takes 20 ms and appends each number to the file that the variable TICKS names."""

    name = "ticks"
    route = "/tick"
    Input = Number
    Facts = Number
    seconds = 0.02

    def predict(self, batch: Sequence[Number], progress: Progress) -> Sequence[Any]:
        time.sleep(self.seconds)
        with Path(os.environ["TICKS"]).open("a") as file:
            file.writelines(f"{item.number}\n" for item in batch)
        return list(batch)


class Slow(Ticks):
    """Takes a second and says nothing on the way."""

    name = "slow"
    route = "/slow"
    seconds = 1.0


class Endless(Ticks):
    """Never ends."""

    name = "endless"
    route = "/endless"
    seconds = 600.0


class Heavy(Ticks):
    """Never gets ready."""

    name = "heavy"
    route = "/heavy"

    def load(self, weights: Any, device: str) -> None:
        time.sleep(600)


class Broken(Ticks):
    """Cannot be loaded."""

    name = "broken"
    route = "/broken"

    def load(self, weights: Any, device: str) -> None:
        raise RuntimeError("a secret at /root/path")
