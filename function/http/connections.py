"""Connections that lead to nothing: those that stay silent, stop in the middle of a header or do not take their answer are closed, and when
there are too many the one that has waited longest makes room. uvicorn's own HTTP protocol has no such bounds.
"""

import asyncio
from collections.abc import Iterable
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

AT_ONCE = 512
"""Bytes above which uvloop sends what it was given now, and not when the loop has nothing else in hand: a head with its body, but not a
head alone. Of the answers to a batch, the first is on its way while the last is being written.
"""


class Waiting:
    """The connections of one server on which no request is running, in the order of their coming, each with the time it may wait until."""

    def __init__(self, patience: float, most: int) -> None:
        self.patience, self.most = patience, most
        self.until: dict[PatientProtocol, float] = {}
        self.unsent: dict[Any, tuple[int, float]] = {}

    def close_late(self, now: float) -> None:
        """Close the connections whose time is over; to be called about once a second."""
        for connection in [connection for connection, until in self.until.items() if until < now]:
            connection.give_up()

    def close_stalled(self, now: float, connections: Iterable[Any]) -> None:
        """Cut the connections of which the other side has taken nothing of its answer for as long as the patience lasts."""
        before, self.unsent = self.unsent, {}
        for connection in list(connections):
            left = connection.transport.get_write_buffer_size()
            size, since = before.get(connection, (0, now))
            if left and left == size and since + self.patience < now:
                connection.transport.abort()
            elif left:
                self.unsent[connection] = (left, since if left == size else now)

    def make_room(self, connections: int) -> bool:
        """With more open `connections` than allowed, close the one that has waited longest; false when all are busy."""
        if connections <= self.most:
            return True
        longest = next(iter(self.until), None)
        if longest is None:
            return False
        longest.give_up()
        return True


class PatientProtocol(HttpToolsProtocol):
    """uvicorn's protocol, entered in `waiting` while no request runs. Keep-alive connections between requests wait as uvicorn is set to."""

    waiting: Waiting

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        transport.set_write_buffer_limits(high=AT_ONCE)
        if not self.waiting.make_room(len(self.connections)):
            self.give_up()
            return
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        self.waiting.until.pop(self, None)
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if self in self.waiting.until:
            self._wait()

    def on_headers_complete(self) -> None:
        self.waiting.until.pop(self, None)
        super().on_headers_complete()

    def on_response_complete(self) -> None:
        if not self.transport.is_closing() and not self.pipeline:
            self.waiting.until[self] = float("inf")
        super().on_response_complete()

    def give_up(self) -> None:
        """Close the connection without a word."""
        self.waiting.until.pop(self, None)
        self.transport.close()

    def _wait(self) -> None:
        self.waiting.until[self] = self.loop.time() + self.waiting.patience
