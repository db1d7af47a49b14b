"""A real server on a free port with a small real model, and a small client."""

import http.client
import json
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel

from function import errors
from function.app import create_app
from function.http.server import Server
from function.models.model import Artifact, Limits, Model, Progress, Result, StrictModel
from function.settings import Settings

FAULTS = {
    "no_face": errors.NoFaceFound("There is no face in the photo."),
    "memory": errors.GpuOutOfMemory("The device ran out of memory."),
    "not_found": errors.NotFound("A file that the input names is gone."),
    "late": errors.DeadlineExceeded("Too late."),
    "bug": RuntimeError("secret path /etc/passwd"),
}


class Order(StrictModel):
    text: str
    size: int = 10
    fault: Literal["", "no_face", "memory", "not_found", "late", "bug"] = ""
    hold: bool = False


class Drawn(BaseModel):
    text: str


class Draw(Model):
    """Writes its text to a file. Counts its runs; waits for `go` where the input says `hold`, and in `load` for `loaded`."""

    name = "draw"
    route = "/draw"
    Input = Order
    Facts = Drawn
    media_types = ("text/plain",)
    stored = True
    limits = Limits(max_batch=4, max_body=64 << 10)
    runs: ClassVar[list[str]] = []
    go: ClassVar[threading.Event] = threading.Event()
    loaded: ClassVar[threading.Event] = threading.Event()

    def load(self, weights: Any, device: str) -> None:
        self.loaded.wait(10)

    def predict(self, batch: Sequence[Order], progress: Progress) -> Sequence[Any]:
        self.runs.extend(order.text for order in batch)
        if any(order.hold for order in batch):
            self.go.wait(10)
        return [FAULTS.get(order.fault, order) for order in batch]

    def finish(self, input: Order, output: Order) -> Result:
        text = (input.text * input.size).encode()
        return Result(Drawn(text=input.text), (Artifact("drawing.txt", "text/plain", text),), ("Only a test.",))


class Echo(Model):
    """Says what it was told; keeps nothing."""

    name = "echo"
    route = "/echo"
    Input = Order
    Facts = Drawn
    runs: ClassVar[list[str]] = []

    def predict(self, batch: Sequence[Order], progress: Progress) -> Sequence[Drawn]:
        self.runs.extend(order.text for order in batch)
        return [Drawn(text=order.text) for order in batch]


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Client:
    address: str

    def send(self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] = {}) -> Reply:
        """`path` may be a whole URL."""
        url = urlsplit(path)
        connection = http.client.HTTPConnection(self.address, timeout=20)
        try:
            connection.request(method, url.path + (f"?{url.query}" if url.query else ""), body, dict(headers))
            response = connection.getresponse()
            return Reply(response.status, {name.lower(): value for name, value in response.getheaders()}, response.read())
        finally:
            connection.close()


@contextmanager
def serving(results: str, *, ready: bool = True, **values: Any) -> Iterator[Client]:
    """A client of a server that runs until the end of the block."""
    settings = Settings(models=f"{__name__}:Draw,{__name__}:Echo", results=results, host="127.0.0.1", port=0, log_level="error", **values)
    server = Server(create_app(settings), settings)
    thread = threading.Thread(target=server.run)
    Draw.runs.clear()
    Echo.runs.clear()
    Draw.go.clear()
    Draw.loaded.set() if ready else Draw.loaded.clear()
    thread.start()
    try:
        wait_for(lambda: server.started)
        host, port = server.servers[0].sockets[0].getsockname()
        client = Client(f"{host}:{port}")
        wait_for(lambda: not ready or client.send("GET", "/health/ready").status == 200)
        yield client
    finally:
        Draw.go.set()
        Draw.loaded.set()
        server.should_exit = True
        thread.join(20)


def wait_for(condition: Any) -> None:
    """Until it holds, 10 s at most."""
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end, "waited for too long"
        time.sleep(0.01)
