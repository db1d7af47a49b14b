"""The server as a process: how it ends, and with which exit code. Knows no route and no model."""

import logging
import os
import resource
import sys
from threading import Timer
from types import FrameType
from typing import NoReturn

from fastapi import FastAPI

from function.http.server import Server
from function.settings import Settings

FAILED = 1
MARGIN_S = 0.5
"""Beyond the grace period, for the last answers to leave."""
SPARE_FILES = 256

log = logging.getLogger(__name__)


class Process(Server):
    """Serves until SIGTERM or SIGINT and the drain after it. A second signal, or the end of the grace period, ends the process at once."""

    def __init__(self, app: FastAPI, settings: Settings) -> None:
        super().__init__(app, settings)
        self.settings = settings
        self.exit_code = 0
        _allow_files(settings.max_connections + SPARE_FILES)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """First signal: drain. Second: end."""
        if self.should_exit:
            _leave(FAILED)
        limit = Timer(self.settings.grace_s + MARGIN_S, self._give_up)
        limit.daemon = True
        limit.start()
        super().handle_exit(sig, frame)

    async def on_tick(self, counter: int) -> bool:
        if self.settings.exit_on_failed_startup and self.engine.status.failure:
            self.exit_code = FAILED
            return True
        return await super().on_tick(counter)

    def end(self) -> NoReturn:
        """After `run`: leave with the exit code."""
        _leave(self.exit_code)

    def _give_up(self) -> None:
        log.error("not all requests were finished within the grace period of %g s", self.settings.grace_s)
        _leave(FAILED)


def _leave(code: int) -> NoReturn:
    """End now: threads in foreign code (an import, a kernel) can neither hold that up nor crash it."""
    logging.shutdown()
    sys.stdout.flush()
    os._exit(code)


def _allow_files(count: int) -> None:
    """Raise the limit of open files where it is too low for the connections and may be raised."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = count if hard == resource.RLIM_INFINITY else min(count, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
