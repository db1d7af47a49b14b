"""A server that answers at `/<case>` as the recorded subscriber did in that case of delivery.json."""

import json
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

EVENT = {"specversion": "1.0", "id": "reply", "source": "/subscriber", "type": "replied"}
HEADERS = {"content-type": "application/json"} | {f"ce-{name}": value for name, value in EVENT.items()}
JSON = ({"content-type": "application/json"}, b'{"a": 1}')
ANSWERS: dict[str, tuple[dict[str, str], bytes]] = {
    "b200": JSON,
    "b202": JSON,
    "bin": (HEADERS, b'{"a": 1}'),
    "bin202": (HEADERS, b'{"a": 1}'),
    "bin500": (HEADERS, b'{"a": 1}'),
    "binnodata": (HEADERS, b""),
    "noid": ({name: value for name, value in HEADERS.items() if name != "ce-id"}, b'{"a": 1}'),
    "badspec": (HEADERS | {"ce-specversion": "9.9"}, b'{"a": 1}'),
    "struct": ({"content-type": "application/cloudevents+json"}, json.dumps(EVENT).encode()),
    "batch": ({"content-type": "application/cloudevents-batch+json"}, json.dumps([EVENT]).encode()),
}
STATUSES = {"b202": 202, "bin202": 202, "bin500": 500}
TOO_LATE_S = 0.5


@contextmanager
def subscribing() -> Iterator[str]:
    """The address of the server, up to the case's name."""
    with ThreadingHTTPServer(("127.0.0.1", 0), type("Cases", (_Subscriber,), {"calls": Counter()})) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


class _Subscriber(BaseHTTPRequestHandler):
    calls: Counter[str]

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        case = self.path[1:]
        self.calls[case] += 1
        if case == "reset":
            self.close_connection = True
            return
        if case == "slow" or (case == "slowonce" and self.calls[case] == 1):
            time.sleep(TOO_LATE_S)
        headers, body = ANSWERS.get(case, ({}, b""))
        self.send_response(int(case[1:]) if case[1:].isdigit() and case[0] == "s" else STATUSES.get(case, 200))
        for name, value in {**headers, "content-length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""
