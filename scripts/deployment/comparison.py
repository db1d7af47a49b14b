"""Measures revisions beside each other: real traffic while it is watched, and requests of our own. Judges nothing."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from http.client import HTTPException

from deployment.readings import Readings
from deployment.sources import Arm, Source
from deployment.trial import Trial
from deployment.web import Web

SAMPLE_S = 5.0
WAKE_PAUSE_S = 1.0


@dataclass(frozen=True, slots=True)
class Comparison:
    """`web` reaches them, `source` reads what they measure themselves, `trial` is what we ask of them."""

    web: Web
    source: Source
    trial: Trial

    def measure(self, *arms: Arm, seconds: float = 0, look: Callable[[dict[str, Readings]], None] = lambda _: None) -> dict[str, Readings]:
        """Readings by revision: requests of our own first, then so many seconds of real traffic. `look` may end it by raising."""
        self.source.begin(*arms)
        own = self.trial.run(*arms)
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            time.sleep(min(SAMPLE_S, left))
            look(self._read(arms))
        return {revision: _joined(one, own[revision]) for revision, one in self._read(arms).items()}

    def wake(self, arm: Arm, seconds: float) -> str:
        """Ask until a pod answers; why none did, empty when one does.

        The old pod may have to leave before the new one can start; until then a request waits in the activator, or is given up there.
        """
        end, reason = time.monotonic() + seconds, "there was no time"
        while (left := end - time.monotonic()) > 0:
            try:
                reply = self.web.send(f"{arm.url}/health", seconds=left)
            except (OSError, HTTPException) as error:
                reason = str(error) or type(error).__name__
            else:
                if reply.status == 200:
                    return ""
                reason = f"/health answered {reply.status}"
            time.sleep(min(WAKE_PAUSE_S, left))
        return reason

    def _read(self, arms: tuple[Arm, ...]) -> dict[str, Readings]:
        return {arm.revision: self.source.read(arm) for arm in arms}


def _joined(measured: Readings, own: Readings) -> Readings:
    """What the process says with what our own requests met."""
    return replace(measured, latency={**measured.latency, **own.latency}, quality=own.quality, faults=own.faults)
