"""uvicorn, set up for this function: bounded connections, a drain that loses nothing, exit code 0 after SIGTERM."""

import asyncio
import time
from socket import socket
from types import FrameType

import uvicorn
from fastapi import FastAPI

from function.engine import Engine
from function.http.connections import PatientProtocol, Waiting
from function.settings import Settings

KEEP_ALIVE_S = 120  # longer than a proxy keeps idle connections: the side that reuses them should be the one that closes them
BACKLOG = 4096
SWEEP_S = 1.0


class Server(uvicorn.Server):
    """The first SIGTERM or SIGINT drains, a second one ends the process at once."""

    def __init__(self, app: FastAPI, settings: Settings) -> None:
        self.engine: Engine = app.state.engine
        self.grace = settings.grace_s
        self.waiting = Waiting(settings.idle_timeout_s, settings.max_connections)
        protocol = type("Protocol", (PatientProtocol,), {"waiting": self.waiting})
        super().__init__(
            uvicorn.Config(
                app,
                host=settings.host,
                port=settings.port,
                http=protocol,
                ws="none",
                backlog=BACKLOG,
                timeout_keep_alive=KEEP_ALIVE_S,
                timeout_graceful_shutdown=max(1, int(settings.grace_s)),
                proxy_headers=False,
                server_header=False,
                access_log=False,
                log_config=None,
            )
        )

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002
        """Unlike uvicorn's, remembers no signal to raise again at the end: a drained process exits with 0."""
        self.force_exit = self.should_exit
        self.should_exit = True
        self.engine.draining = True  # at once; the drain itself begins with the next turn of the main loop

    async def startup(self, sockets: list[socket] | None = None) -> None:
        began = time.monotonic()
        await super().startup(sockets)
        self.engine.status.record("port", began)
        self._sweep(asyncio.get_running_loop())

    def _sweep(self, loop: asyncio.AbstractEventLoop) -> None:
        """Until the loop ends, the shutdown included."""
        self.waiting.close_late(loop.time())
        self.waiting.close_stalled(loop.time(), self.server_state.connections)
        loop.call_later(SWEEP_S, self._sweep, loop)

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        """Refuse new work while the port is still open, so that nobody meets a closed door with an unread request; then close."""
        drained = asyncio.ensure_future(self.engine.drain(self.grace))
        while not (drained.done() or self.force_exit):
            await asyncio.wait([drained], timeout=0.05)
        await super().shutdown(sockets)
