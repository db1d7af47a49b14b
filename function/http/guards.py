"""The outermost layer: identifies each request, keeps slow and oversized ones in bounds, answers what nobody caught, and reports the end.

Plain ASGI, so that a request costs a few microseconds. Knows no route and no model.
"""

import asyncio
import logging
import re
import secrets
import time
from collections.abc import Callable, Mapping

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from function.errors import Cancelled, FigurineError, InvalidRequest, ModelFailed
from function.http.problem import problem
from function.observe.record import KEY, Record

SAFE_ID = re.compile(rb"[A-Za-z0-9._:/+=@-]{1,128}")
SAFE_TENANT = re.compile(rb"[A-Za-z0-9._:@-]{1,64}")
SLOWEST_BODY = 16 << 10  # bytes a second that a body must at least bring, on average
LINGER_S = 2.0  # how long the rest of a refused body is read, so that its sender gets to see the answer

logger = logging.getLogger("figurine.http")


class Guard:
    """ASGI middleware. `patience`: seconds a body may pause. `begin` and `end` are told of each request.

    `closing`: whether connections should end with their next answer. `routes`: the path pattern of each endpoint, for the record.
    `direct`: endpoints by method and path that need no router.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        patience: float,
        tenant_header: str,
        begin: Callable[[], None],
        end: Callable[[Record], None],
        closing: Callable[[], bool],
        routes: Mapping[object, str],
        direct: Mapping[tuple[str, str], ASGIApp],
    ) -> None:
        self.app = app
        self.patience = patience
        self.tenant_header = tenant_header.lower().encode()
        self.begin, self.end, self.closing, self.routes, self.direct = begin, end, closing, routes, direct

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        exchange = Exchange(scope, receive, send, self)
        record = exchange.record
        self.begin()
        app = scope["endpoint"] = self.direct.get((scope["method"], scope["path"]), self.app)
        try:
            await app(scope, exchange.receive, exchange.send)
        except FigurineError as error:
            await exchange.refuse(error)
        except Exception:
            logger.exception("request %s failed", record.id)
            await exchange.refuse(ModelFailed("The server failed to answer; its log has the reason."))
        finally:
            record.route = self.routes.get(scope.get("endpoint"), record.route)
            record.status = record.status or Cancelled.status
            record.seconds, record.ended = time.perf_counter() - record.started, time.time()
            self.end(record)


class Exchange:
    """One request and its answer on the way through the guard."""

    __slots__ = ("_begun", "_closing", "_patience", "_receive", "_received", "_scope", "_send", "_unread", "_withheld", "record", "started")

    def __init__(self, scope: Scope, receive: Receive, send: Send, guard: Guard) -> None:
        self._scope, self._receive, self._send = scope, receive, send
        self._patience, self._closing = guard.patience, guard.closing
        self._unread = self._withheld = self.started = False
        self._begun = self._received = 0.0
        self.record = scope[KEY] = Record(id="", method=scope["method"])
        for name, value in scope["headers"]:
            if name == b"x-request-id" and SAFE_ID.fullmatch(value):
                self.record.id = value.decode()
            elif name == guard.tenant_header and SAFE_TENANT.fullmatch(value):
                self.record.tenant = value.decode()
            elif (name == b"content-length" and value != b"0") or name == b"transfer-encoding":
                self._unread = True
            elif name == b"expect":
                self._withheld = True
        self.record.id = self.record.id or secrets.token_hex(16)

    async def receive(self) -> Message:
        """The next message; a body that comes too slowly is an `InvalidRequest`, after which the connection is closed."""
        if not self._unread:
            return await self._receive()
        now = asyncio.get_running_loop().time()
        self._begun = self._begun or now
        latest = min(now, self._begun + self._received / SLOWEST_BODY) + self._patience
        try:
            async with asyncio.timeout_at(latest):
                message = await self._receive()
        except TimeoutError:
            self._withheld = True
            raise InvalidRequest(f"The body came too slowly: nothing for {self._patience:g} s, or too little.") from None
        self._received += len(message.get("body", b""))
        self._unread = message.get("more_body", False)
        return message

    async def send(self, message: Message) -> None:
        """Pass the answer on, with the headers that every answer has; read the rest of an unwanted body before the end."""
        if message["type"] == "http.response.start":
            self.started = True
            self.record.status = message["status"]
            headers = [*message["headers"], (b"x-request-id", self.record.id.encode()), (b"x-content-type-options", b"nosniff")]
            if self._unread or self._closing():
                headers.append((b"connection", b"close"))
            message["headers"] = headers
        elif self._unread and not message.get("more_body", False):
            await self._send({**message, "more_body": True})
            await self._linger()
            message = {"type": "http.response.body", "body": b"", "more_body": False}
        await self._send(message)

    async def refuse(self, error: FigurineError) -> None:
        """Answer with the problem; when an answer has begun already, break it off by raising."""
        self.record.code = error.code
        if self.started:
            raise error
        await problem(error, self.record.id)(self._scope, self.receive, self.send)

    async def _linger(self) -> None:
        """Read what is still to come, unless the caller holds it back."""
        if self._withheld:
            return
        try:
            async with asyncio.timeout(LINGER_S):
                while (await self._receive()).get("more_body", False):
                    pass
        except TimeoutError:
            return
