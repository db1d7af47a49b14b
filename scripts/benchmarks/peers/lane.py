"""The floor of batching in Python: uvloop, one thread that takes a batch's time, the same bytes for whatever is sent. No HTTP is read."""

import asyncio
import sys
import threading
import time
from queue import SimpleQueue
from typing import cast

import uvloop

from benchmarks.models import FIXED_S, ITEM_S
from benchmarks.peers.fixed import ANSWER

MOST = 16
RETURN_S = 0.004  # what the callers of a batch get to come back

Batch = list[asyncio.WriteTransport]


class Waiting:
    """Who waits for the thread. A batch starts when it is full, or when everybody is back; two are with the thread at most."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.callers: Batch = []
        self.running, self.known = 0, 1
        self.inbox: SimpleQueue[Batch] = SimpleQueue()
        threading.Thread(target=self._work, daemon=True).start()

    def add(self, caller: asyncio.WriteTransport) -> None:
        """One more."""
        self.callers.append(caller)
        self._start(self.known)

    def _start(self, enough: int) -> None:
        while (len(self.callers) >= MOST and self.running < 2) or (len(self.callers) >= enough and not self.running):
            self.running += 1
            self.inbox.put(self.callers[:MOST])
            del self.callers[:MOST]

    def _ended(self, batch: Batch) -> None:
        self.running -= 1
        self.known = len(batch) + len(self.callers)
        for caller in batch:
            if not caller.is_closing():
                caller.write(ANSWER)
        self._start(self.known)
        self.loop.call_later(RETURN_S, self._start, 1)

    def _work(self) -> None:
        while True:
            batch = self.inbox.get()
            time.sleep(FIXED_S + ITEM_S * len(batch))
            self.loop.call_soon_threadsafe(self._ended, batch)


class Caller(asyncio.Protocol):
    """One connection."""

    def __init__(self, waiting: Waiting) -> None:
        self.waiting = waiting

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.WriteTransport", transport)
        self.transport.set_write_buffer_limits(0)

    def data_received(self, _data: bytes) -> None:
        self.waiting.add(self.transport)


async def serve(port: int) -> None:
    """Until the process is ended."""
    waiting = Waiting()
    server = await asyncio.get_running_loop().create_server(lambda: Caller(waiting), "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1])))
