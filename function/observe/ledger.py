"""What has ended, entered into metrics and log together a few milliseconds later: no answer waits for the books."""

import asyncio

from function.observe.logs import RequestLog
from function.observe.metrics import Metrics
from function.observe.record import Record

GATHER_S = 0.005


class Ledger:
    """The books of one app. To be used on its event loop."""

    def __init__(self, metrics: Metrics, log: RequestLog) -> None:
        self.metrics = metrics
        self._log = log
        self._ended: list[Record] = []

    def enter(self, record: Record) -> None:
        """A request has been answered, or its caller has left."""
        if not self._ended:
            asyncio.get_running_loop().call_later(GATHER_S, self.settle)
        self._ended.append(record)

    def settle(self) -> None:
        """Bring the books up to date now."""
        ended, self._ended = self._ended, []
        for record in ended:
            self.metrics.end(record)
        self._log.write(record for record in ended if not record.quiet)
