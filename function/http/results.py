"""`GET /results/{id}/{name}`: a stored file for whoever holds a signed link. Knows no engine.

ETag and conditions as in RFC 9110, sections 8.8.3, 13.1.2 and 13.1.5; one byte range (section 14.2), several are answered whole.
"""

import re
import time

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from function.errors import Forbidden, NotFound
from function.results.links import verify
from function.results.store import CHUNK, NAME, DamagedResult, ResultStore, StoredFile, StoredResult

RANGE = re.compile(r"bytes= *(\d{0,18})-(\d{0,18}) *")
GONE = "The result is not there, or not any more; ask for it again."


class Results:
    """`key` is what the links were signed with."""

    def __init__(self, results: ResultStore, key: bytes) -> None:
        self.results, self.key = results, key

    async def get(self, request: Request) -> Response:
        """The file, a part of it, or the news that it has not changed. Raises `Forbidden` and `NotFound`."""
        id, name = request.path_params["id"], request.path_params["name"]
        expires, signature = request.query_params.get("expires", ""), request.query_params.get("signature", "")
        now = time.time()
        if not verify(id, name, expires, signature, key=self.key, now=now):
            raise Forbidden("The link is not signed for this file or has expired; ask for the result again to get a new one.")
        result = await self.results.load(id) if NAME.fullmatch(name) else None
        file = result.file(name) if result else None
        if result is None or file is None:
            raise NotFound(GONE)
        headers = _headers(file, lifetime=int(int(expires) - now))
        if _matches(request.headers.get("if-none-match", ""), file):
            return Response(None, 304, headers)
        part = _part(request.headers, file)
        if part is None:
            return await self._whole(request, result, file, headers)
        start, end = part
        if start >= end:
            return Response(None, 416, {"content-range": f"bytes */{file.size}"})
        headers |= {"content-range": f"bytes {start}-{end - 1}/{file.size}", "content-length": str(end - start)}
        return StreamingResponse(self.results.part(result, file, start, end), 206, headers)

    async def _whole(self, request: Request, result: StoredResult, file: StoredFile, headers: dict[str, str]) -> Response:
        headers["content-length"] = str(file.size)
        if request.method == "HEAD":
            return Response(None, 200, headers)
        if file.size > CHUNK:
            return StreamingResponse(self.results.stream(result, file), 200, headers)
        try:
            return Response(await self.results.read(result, file), 200, headers)
        except DamagedResult:
            raise NotFound(GONE) from None


def _headers(file: StoredFile, lifetime: int) -> dict[str, str]:
    return {
        "content-type": file.media_type,
        "content-disposition": f'attachment; filename="{file.name}"',
        "etag": f'"{file.sha256}"',
        "accept-ranges": "bytes",
        "cache-control": f"private, max-age={lifetime}, immutable",
    }


def _matches(condition: str, file: StoredFile) -> bool:
    tags = [tag.strip().removeprefix("W/") for tag in condition.split(",")]
    return "*" in tags or f'"{file.sha256}"' in tags


def _part(headers: Headers, file: StoredFile) -> tuple[int, int] | None:
    """First byte and end (exclusive) of the range asked for: None for the whole file, an empty one for a range beyond it."""
    asked = RANGE.fullmatch(headers.get("range", ""))
    if not asked or headers.get("if-range", f'"{file.sha256}"') != f'"{file.sha256}"':
        return None
    first, last = asked[1], asked[2]
    if not first:
        return (max(0, file.size - int(last)), file.size) if last else None
    if last and int(last) < int(first):
        return None
    return int(first), min(file.size, int(last) + 1) if last else file.size
