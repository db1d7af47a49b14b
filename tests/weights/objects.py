"""An object server over a real socket: the S3 protocol with signatures checked, or, without keys, a plain web server of files.

Signatures: AWS Signature Version 4 (https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html).
"""

import hashlib
import hmac
import re
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit
from xml.sax.saxutils import escape

BUCKET, REGION = "models", "eu-test-1"
KEY_ID, SECRET = "AKIATEST", "a secret of the tests"
PIECE = 64 << 10
AUTHORIZATION = re.compile(r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/s3/aws4_request, ?SignedHeaders=([^,]+), ?Signature=(\w+)")


class Objects(ThreadingHTTPServer):
    """Objects by their keys. `asked`: methods, paths and ranges of the requests that were let in.

    `drops`: so many answers end in the middle. `dies_after`: bytes of objects after which the server is gone, in the middle of an answer.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(self, *, signed: bool) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.signed, self.lists = signed, True
        self.objects: dict[str, bytes] = {}
        self.asked: list[tuple[str, str, str]] = []
        self.drops = 0
        self.dies_after: int | None = None
        self.sent = 0
        self.lock = threading.Lock()
        self._connections: set[socket.socket] = set()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    @property
    def url(self) -> str:
        """What FUNCTION_WEIGHTS is set to."""
        return f"s3://{BUCKET}/weights" if self.signed else f"{self.address}/weights"

    def environ(self, secret: str = SECRET) -> dict[str, str]:
        """What a pod is given to find this server and be let in."""
        return {
            "AWS_ENDPOINT_URL": self.address,
            "AWS_ALLOW_HTTP": "true",
            "AWS_REGION": REGION,
            "AWS_ACCESS_KEY_ID": KEY_ID,
            "AWS_SECRET_ACCESS_KEY": secret,
        }

    def hold(self, root: Path) -> None:
        """All files of a folder, below `weights/`."""
        for path in root.rglob("*"):
            if path.is_file():
                self.objects[f"weights/{path.relative_to(root).as_posix()}"] = path.read_bytes()

    def process_request(self, request: Any, client_address: Any) -> None:
        self._connections.add(request)
        super().process_request(request, client_address)

    def die(self) -> None:
        """At once: no connection is left, and none is taken."""
        self.socket.close()
        for connection in self._connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        threading.Thread(target=self.shutdown).start()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that left is no news."""


@contextmanager
def objects(root: Path | None = None, *, signed: bool = True) -> Iterator[Objects]:
    """A server that holds the files of a folder."""
    with Objects(signed=signed) as server:
        if root:
            server.hold(root)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server: Objects

    def do_GET(self) -> None:
        if key := self._enter():
            self._send(key)
        elif key == "" and self.server.lists:
            self._list()
        elif key == "":
            self._answer(403, b"<Error><Code>AccessDenied</Code><Message>no</Message></Error>")

    def do_HEAD(self) -> None:
        if key := self._enter():
            content = self.server.objects.get(key)
            self._answer(404 if content is None else 200, length=len(content or b""))

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        if key := self._enter(body):
            self.server.objects[key] = body
            self._answer(200)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""

    def _enter(self, body: bytes = b"") -> str | None:
        """The key that is asked for; None when the request was refused."""
        path = unquote(urlsplit(self.path).path).removeprefix("/")
        if self.server.signed:
            if complaint := _complaint(self.command, self.path, self.headers, body):
                self._answer(403, f"<Error><Code>{complaint}</Code><Message>no</Message></Error>".encode())
                return None
            path = path.removeprefix(BUCKET).removeprefix("/")
        with self.server.lock:
            self.server.asked.append((self.command, path, self.headers.get("range", "")))
        return path

    def _send(self, key: str) -> None:
        content = self.server.objects.get(key)
        if content is None:
            self._answer(404, b"<Error><Code>NoSuchKey</Code><Message>no</Message></Error>")
            return
        asked = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("range", ""))
        begin, end = (int(asked[1]), min(int(asked[2]) + 1, len(content))) if asked else (0, len(content))
        extra = {"content-range": f"bytes {begin}-{end - 1}/{len(content)}"} if asked else {}
        self._answer(206 if asked else 200, length=end - begin, **extra)
        with self.server.lock:
            drop = self.server.drops > 0 and end - begin > 1
            self.server.drops -= drop
        for at in range(begin, (begin + end) // 2 if drop else end, PIECE):
            self.wfile.write(content[at : min(at + PIECE, end)])
            with self.server.lock:
                self.server.sent += PIECE
            if self.server.dies_after is not None and self.server.sent > self.server.dies_after:
                self.server.die()
        if drop:
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True

    def _list(self) -> None:
        query = dict(parse_qsl(urlsplit(self.path).query))
        if not self.server.signed or query.get("list-type") != "2":
            self._answer(405)
            return
        prefix = query.get("prefix", "")
        below = [(key, key.removeprefix(prefix)) for key in sorted(self.server.objects) if key.startswith(prefix)]
        folders = sorted({prefix + rest.partition("/")[0] + "/" for _, rest in below if "/" in rest})
        entries = [
            f"<Contents><Key>{escape(key)}</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified>"
            f"<ETag>&quot;1&quot;</ETag><Size>{len(self.server.objects[key])}</Size></Contents>"
            for key, rest in below
            if "/" not in rest
        ]
        entries += [f"<CommonPrefixes><Prefix>{escape(folder)}</Prefix></CommonPrefixes>" for folder in folders]
        body = f"<ListBucketResult><IsTruncated>false</IsTruncated>{''.join(entries)}</ListBucketResult>"
        self._answer(200, body.encode())

    def _answer(self, status: int, body: bytes = b"", length: int | None = None, **headers: str) -> None:
        self.send_response(status)
        for name, value in {
            "content-length": str(len(body) if length is None else length),
            "last-modified": "Thu, 01 Jan 2026 00:00:00 GMT",
            "etag": '"1"',
            **headers,
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def _complaint(method: str, target: str, headers: Mapping[str, str], body: bytes) -> str:
    """The S3 error code when the request is not signed with the secret; empty when it is."""
    given = AUTHORIZATION.fullmatch(headers.get("authorization", ""))
    if given is None:
        return "AccessDenied"
    key_id, day, region, names, signature = given.groups()
    payload = headers.get("x-amz-content-sha256", "")
    if key_id != KEY_ID or region != REGION:
        return "InvalidAccessKeyId"
    if payload not in ("UNSIGNED-PAYLOAD", hashlib.sha256(body).hexdigest()):
        return "XAmzContentSHA256Mismatch"
    parts = urlsplit(target)
    query = sorted((quote(name, safe="-_.~"), quote(value, safe="-_.~")) for name, value in parse_qsl(parts.query, keep_blank_values=True))
    canonical = [
        method,
        parts.path,
        "&".join(f"{name}={value}" for name, value in query),
        *(f"{name}:{' '.join(headers.get(name, '').split())}" for name in names.split(";")),
        "",
        names,
        payload,
    ]
    scope = f"{day}/{region}/s3/aws4_request"
    text = "\n".join(("AWS4-HMAC-SHA256", headers["x-amz-date"], scope, hashlib.sha256("\n".join(canonical).encode()).hexdigest()))
    key = f"AWS4{SECRET}".encode()
    for part in (day, region, "s3", "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    good = hmac.compare_digest(hmac.digest(key, text.encode(), "sha256").hex(), signature)
    return "" if good else "SignatureDoesNotMatch"
