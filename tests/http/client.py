"""A plain client over real HTTP, and the server that it talks to, in a thread of the test."""

import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI

from function.app import create_app
from function.http.server import Server
from function.settings import Settings

PATIENCE_S = 30


@dataclass(frozen=True)
class Reply:
    """An answer: header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Client:
    """Talks to one running server; each request has a connection of its own."""

    port: int
    app: FastAPI | None = None

    def request(self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Reply:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            return Reply(response.status, {name.lower(): value for name, value in response.getheaders()}, response.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Reply:
        return self.request("GET", path, headers=headers)

    def post(self, path: str, value: object, **headers: str) -> Reply:
        """POST a value as JSON; header names are given with underscores."""
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        return self.request("POST", path, json.dumps(value).encode(), {"content-type": "application/json"} | named)

    def send(self, path: str, body: bytes, content_type: str = "application/json") -> Reply:
        return self.request("POST", path, body, {"content-type": content_type})

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_S)

    def wait_until_ready(self) -> None:
        end = time.monotonic() + PATIENCE_S
        while self.get("/health").status != 200:
            assert time.monotonic() < end, self.get("/health").body
            time.sleep(0.01)


@contextmanager
def serving(models: str, *, ready: bool = True, **settings: Any) -> Iterator[Client]:
    """A server with these models (names of classes in `tests.http.models`) and settings, in a thread until the end."""
    paths = ",".join(f"tests.http.models:{name}" for name in models.split(","))
    known = Settings(models=paths, host="127.0.0.1", port=0, **settings)
    app = create_app(known)
    server = Server(app, known)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.002)
        client = Client(server.servers[0].sockets[0].getsockname()[1], app)
        if ready:
            client.wait_until_ready()
        yield client
    finally:
        server.should_exit = True
        thread.join()
