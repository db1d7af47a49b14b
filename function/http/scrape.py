"""`GET /metrics`: the Prometheus text, made in a worker thread because its first use imports the client."""

import asyncio

from starlette.types import Receive, Scope, Send

from function.observe.ledger import Ledger
from function.observe.record import record_of


class Scrape:
    """ASGI endpoint."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        record_of(scope).quiet = True
        self.ledger.settle()
        body, content_type = await asyncio.to_thread(self.ledger.metrics.render)
        headers = [(b"content-type", content_type.encode()), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})
