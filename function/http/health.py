"""Probes: live, ready, startup. They read a few fields of the engine and never wait, so that they answer while the device is busy."""

import json
from collections.abc import Callable
from typing import Any

from starlette.types import Receive, Scope, Send

from function.engine import Engine
from function.observe.record import record_of

State = tuple[bool, dict[str, Any]]


class Probe:
    """ASGI endpoint for GET and HEAD: 200 when `read` says true, else 503; the body is what else it says, as JSON."""

    def __init__(self, read: Callable[[], State]) -> None:
        self.read = read

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        record_of(scope).quiet = True
        well, state = self.read()
        body = json.dumps(state).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode()), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": 200 if well else 503, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


def probes(engine: Engine) -> dict[str, Probe]:
    """The probes by their paths."""
    ready = Probe(lambda: _ready(engine))
    return {
        "/health": ready,
        "/health/ready": ready,
        "/health/live": Probe(lambda: _live(engine)),
        "/health/startup": Probe(lambda: _startup(engine)),
    }


def _live(engine: Engine) -> State:
    if engine.live():
        return True, {"status": "live"}
    return False, {"status": "stuck", "reason": "The device makes no progress; the process has to be restarted."}


def _ready(engine: Engine) -> State:
    if engine.ready:
        return True, {"status": "ready"}
    startup = engine.status
    status = "draining" if engine.draining else "starting" if startup.failure is None and not startup.ready else "failed"
    return False, {"status": status, "reason": engine.reason, "progress": round(startup.progress, 3)}


def _startup(engine: Engine) -> State:
    startup = engine.status
    phases = [
        {"name": phase.name, "model": phase.model, "began": round(phase.began, 6), "seconds": round(phase.seconds, 6)}
        for phase in startup.phases
    ]
    status = "ready" if startup.ready else "failed" if startup.failure else "starting"
    return startup.ready, {"status": status, "reason": startup.reason, "progress": round(startup.progress, 3), "phases": phases}
