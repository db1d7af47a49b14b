"""Requests to the function by its public URL, also where its name does not resolve. Knows no route and no cluster."""

import http.client
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from deployment.failure import Failure


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer; `seconds` from connecting to its last byte."""

    status: int
    body: bytes
    content_type: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Web:
    """`via`: `HOST[:PORT]` that all requests are sent to, whatever the URL's host, which stays in the Host header (and in TLS)."""

    via: str = ""

    def send(self, url: str, body: bytes | None = None, headers: Mapping[str, str] | None = None, *, seconds: float = 30) -> Reply:
        """GET, or POST with a body. Raises `OSError` or `HTTPException` when no answer comes."""
        parts = urlsplit(url)
        started = time.monotonic()
        connection = self._connection(parts.scheme, parts.netloc, seconds)
        try:
            path = parts.path or "/"
            path += f"?{parts.query}" if parts.query else ""
            connection.request("GET" if body is None else "POST", path, body, dict(headers or {}))
            response = connection.getresponse()
            data = response.read()
        finally:
            connection.close()
        return Reply(response.status, data, response.getheader("content-type", ""), time.monotonic() - started)

    def reach(self, url: str, *, seconds: float) -> None:
        """Raises `Failure` when the URL leads nowhere from here."""
        try:
            self.send(url, seconds=seconds)
        except (OSError, http.client.HTTPException) as error:
            mend = "--via ADDRESS:PORT, for example of: kubectl -n kourier-system port-forward service/kourier 8080:80"
            reason = str(error) or type(error).__name__
            raise Failure(f"{url} cannot be reached from here ({reason}).", mend) from None

    def _connection(self, scheme: str, netloc: str, seconds: float) -> http.client.HTTPConnection:
        kind = _Secure if scheme == "https" else _Plain
        connection = kind(netloc, timeout=seconds)
        connection.via = self.via
        return connection


class _Plain(http.client.HTTPConnection):
    via = ""

    def connect(self) -> None:
        self.sock = _dial(self.via, self.host, self.port, self.timeout)


class _Secure(http.client.HTTPSConnection):
    via = ""

    def connect(self) -> None:
        plain = _dial(self.via, self.host, self.port, self.timeout)
        self.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=self.host)


def _dial(via: str, host: str, port: int, timeout: Any) -> socket.socket:
    parts = urlsplit(f"//{via}") if via else None
    address = (parts.hostname or host, parts.port or port) if parts else (host, port)
    return socket.create_connection(address, timeout)
