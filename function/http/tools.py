"""The small services beside a model that need no device: a file in, a report out, in a worker thread."""

import asyncio
import logging

from starlette.types import Receive, Scope, Send

from function.errors import FigurineError, ModelFailed, Overloaded
from function.http.body import check_type, read_body
from function.models.model import Tool
from function.observe.record import record_of

AT_ONCE = 8

logger = logging.getLogger("figurine.http")


class RunTool:
    """The ASGI endpoint of one tool. At most `AT_ONCE` files are in work; more are refused."""

    def __init__(self, tool: Tool) -> None:
        self.tool = tool
        self.running = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        content_type = check_type(headers, self.tool.media_types)
        if self.running >= AT_ONCE:
            raise Overloaded(f"{AT_ONCE} files are in work already; try again later.", retry_after=1)
        self.running += 1
        try:
            body = await read_body(receive, headers, self.tool.max_body)
            report = await self._run(body, content_type, record_of(scope).id)
        finally:
            self.running -= 1
        start = [(b"content-type", b"application/json"), (b"content-length", str(len(report)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": start})
        await send({"type": "http.response.body", "body": report})

    async def _run(self, body: bytes, content_type: str, request_id: str) -> bytes:
        try:
            return await asyncio.to_thread(lambda: self.tool.run(body, content_type).model_dump_json().encode())
        except FigurineError:
            raise
        except Exception:
            logger.exception("%s failed in request %s", self.tool.route, request_id)
            raise ModelFailed("The tool failed on this file; the log has the reason.") from None
