"""The S3 server of the tests with what writing takes: conditions, own facts of objects, uploads in parts, deletion."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qsl, urlsplit
from xml.sax.saxutils import escape

from tests.weights.objects import Handler, Objects, objects

FACTS = "x-amz-meta-"


@contextmanager
def bucket() -> Iterator[Objects]:
    """An empty one."""
    with objects() as server:
        server.RequestHandlerClass = Writing
        yield server


class Writing(Handler):
    """One connection."""

    facts: dict[str, dict[str, str]]

    def setup(self) -> None:
        super().setup()
        self.facts = self.server.__dict__.setdefault("facts", {})
        self.parts: dict[str, dict[int, bytes]] = self.server.__dict__.setdefault("parts", {})

    def do_PUT(self) -> None:  # noqa: N802 - the names are the base class's
        body = self._body()
        key, query = self._enter(body), self._query()
        if not key:
            return None
        if "uploadId" in query:
            self.parts[query["uploadId"]][int(query["partNumber"])] = body
            return self._answer(200, etag=f'"{query["partNumber"]}"')
        with self.server.lock:
            if self.headers.get("if-none-match") == "*" and key in self.server.objects:
                return self._answer(412, b"<Error><Code>PreconditionFailed</Code><Message>it is there</Message></Error>")
            self._keep(key, body)
        return self._answer(200)

    def do_POST(self) -> None:  # noqa: N802
        body = self._body()
        key, query = self._enter(body), self._query()
        if key is None:
            return None
        if "delete" in query:
            gone = re.findall(r"<Key>(.*?)</Key>", body.decode())
            for one in gone:
                self.server.objects.pop(one, None)
            told = "".join(f"<Deleted><Key>{one}</Key></Deleted>" for one in gone)
            return self._answer(200, f"<DeleteResult>{told}</DeleteResult>".encode())
        if "uploads" in query:
            with self.server.lock:
                upload = f"upload-{len(self.parts)}"
                self.parts[upload] = {}
                self.facts[upload] = self._facts()
            return self._answer(
                200, f"<InitiateMultipartUploadResult><UploadId>{upload}</UploadId></InitiateMultipartUploadResult>".encode()
            )
        upload = query["uploadId"]
        self.server.objects[key] = b"".join(part for _, part in sorted(self.parts[upload].items()))
        self.facts[key] = self.facts[upload]
        answer = f"<CompleteMultipartUploadResult><Key>{escape(key)}</Key><ETag>1</ETag></CompleteMultipartUploadResult>"
        return self._answer(200, answer.encode())

    def do_DELETE(self) -> None:  # noqa: N802
        if self._enter():  # an upload that was given up
            self.parts.pop(self._query()["uploadId"], None)
            self._answer(204)

    def _list(self) -> None:
        query = self._query()
        if "delimiter" in query:
            return super()._list()
        keys = [key for key in sorted(self.server.objects) if key.startswith(query.get("prefix", ""))]
        entries = (
            f"<Contents><Key>{escape(key)}</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified>"
            f"<ETag>1</ETag><Size>{len(self.server.objects[key])}</Size></Contents>"
            for key in keys
        )
        body = f"<ListBucketResult><IsTruncated>false</IsTruncated>{''.join(entries)}</ListBucketResult>"
        return self._answer(200, body.encode())

    def end_headers(self) -> None:
        if self.command in {"GET", "HEAD"}:
            for name, value in self.facts.get(self._key(), {}).items():
                self.send_header(name, value)
        super().end_headers()

    def _key(self) -> str:
        return urlsplit(self.path).path.removeprefix("/").partition("/")[2]

    def _query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("content-length", 0)))

    def _facts(self) -> dict[str, str]:
        return {name.lower(): value for name, value in self.headers.items() if name.lower().startswith(FACTS)}

    def _keep(self, key: str, body: bytes) -> None:
        self.server.objects[key] = body
        self.facts[key] = self._facts()
