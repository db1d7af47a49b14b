"""The ingress of the tests: sends a request to the function of the revision that its Host header and the Service's traffic name."""

import threading
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.deployment.apiserver import ApiServer
from tests.deployment.knative import REVISIONS, SERVICES
from tests.deployment.store import Refused


class Gateway:
    """`functions`: loopback ports by image."""

    def __init__(self, api: ApiServer, functions: dict[str, int]) -> None:
        self.api, self.functions = api, functions
        self.served: list[tuple[str, str, str]] = []
        """Host, path and revision of each request."""
        handler = type("Handler", (_Handler,), {"gateway": self})
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._http.daemon_threads = True
        self.address = f"127.0.0.1:{self._http.server_address[1]}"
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def revision(self, host: str) -> str:
        """The revision behind a host: the tag's, or the one with the largest share."""
        first, namespace, *_ = host.split(".")
        tag, _, name = first.rpartition("-")
        traffic = self.api.get(SERVICES, name, namespace)["status"].get("traffic", [])
        if tag:
            return next((one["revisionName"] for one in traffic if one.get("tag") == tag), "")
        return str(max(traffic, key=lambda one: one.get("percent") or 0)["revisionName"])

    def port(self, revision: str) -> int:
        return self.functions[self.api.get(REVISIONS, revision)["spec"]["containers"][0]["image"]]


class _Handler(BaseHTTPRequestHandler):
    gateway: Gateway
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        try:
            revision = self.gateway.revision(self.headers["host"])
            connection = HTTPConnection("127.0.0.1", self.gateway.port(revision), timeout=30)
        except (Refused, KeyError):
            return self._send(404, b"")
        self.gateway.served.append((self.headers["host"], self.path, revision))
        try:
            connection.request(self.command, self.path, body or None, dict(self.headers))
            answer = connection.getresponse()
            return self._send(answer.status, answer.read(), answer.getheader("content-type", ""))
        finally:
            connection.close()

    do_POST = do_GET  # noqa: N815

    def log_message(self, *_: object) -> None:
        pass

    def _send(self, status: int, body: bytes, content_type: str = "") -> None:
        self.send_response(status)
        self.send_header("content-type", content_type)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
