"""A server in a thread of the test, and a plain client that talks to it over real HTTP."""

import http.client
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from function.app import create_app
from function.http.server import Server
from function.settings import Settings

PATIENCE_S = 120  # only reached when something hangs


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
    """Talks to one running server; each request has a connection of its own. `app` is there when the server runs in this process."""

    port: int
    app: Any = None

    def request(self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] = {}) -> Reply:
        """`path` may be a whole URL, as links are."""
        url = urlsplit(path)
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        try:
            connection.request(method, url.path + (f"?{url.query}" if url.query else ""), body, dict(headers))
            response = connection.getresponse()
            return Reply(response.status, {name.lower(): value for name, value in response.getheaders()}, response.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Reply:
        """Header names are given with underscores."""
        return self.request("GET", path, headers=_headers(headers))

    def post(self, path: str, value: object, **headers: str) -> Reply:
        """POST a value as JSON; header names are given with underscores."""
        return self.request("POST", path, json.dumps(value).encode(), {"content-type": "application/json"} | _headers(headers))

    def send(self, path: str, body: bytes, content_type: str = "application/json") -> Reply:
        return self.request("POST", path, body, {"content-type": content_type})

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_S)

    def model(self, name: str) -> Any:
        """The instance that the server runs."""
        return self.app.state.engine.models[name]


@contextmanager
def serving(models: str, *, ready: bool = True, **settings: Any) -> Iterator[Client]:
    """A server until the end. `models` are named as in the settings; a class of `tests.http.models` by its name alone."""
    paths = ",".join(f"tests.http.models:{name}" if name.isalpha() and name[0].isupper() else name for name in models.split(","))
    known = Settings(**{"models": paths, "host": "127.0.0.1", "port": 0, "log_level": "error", **settings})
    server = Server(create_app(known), known)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        until(lambda: server.started or not thread.is_alive())
        client = Client(server.servers[0].sockets[0].getsockname()[1], server.config.app)
        until(lambda: not ready or client.get("/health").status == 200)
        yield client
    finally:
        server.should_exit = True
        thread.join()


def until(true: Callable[[], object]) -> None:
    """Wait for what another thread or process will make true."""
    end = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < end, "waited for too long"
        time.sleep(0.005)


def _headers(named: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in named.items()}
