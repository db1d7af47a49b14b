"""The end of a pod as Knative arranges it: long requests are under way, the sidecar's readiness fails while it passes on what still
arrives, and only then the function gets SIGTERM. For real: `DRILL_SECONDS=5,20,40 scripts/test -s tests/test_drill.py`.
"""

import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.http.eventing.broker import Broker
from tests.process import Process
from tests.serving import Reply

SECONDS = tuple(float(part) for part in os.environ.get("DRILL_SECONDS", "0.5,1,2").split(","))
EVENT = {"specversion": "1.0", "source": "/drill", "type": "figurine.stuck.requested", "data": {}}


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Process]:
    """Serves a model that keeps the lane for as long as it is told to, one request after the other, without a sign of life."""
    patience = f"{sum(SECONDS) + 60}"
    process = Process(tmp_path, "tests.http.models:Stuck", timeout_s=patience, grace_s=patience)
    yield process
    process.kill()


def admitted(process: Process, count: int) -> None:
    process.until("/metrics", lambda reply: f"figurine_jobs_admitted {count}.0\n" in reply.body.decode())


def test_long_requests_outlive_sigterm(process: Process) -> None:
    client, broker = process.client, Broker(f"http://127.0.0.1:{process.client.port}/")
    process.until("/health")
    begun = time.monotonic()

    def say(text: str) -> None:
        print(f"{time.monotonic() - begun:5.1f} s  {text}")

    def ask(seconds: float) -> Reply:
        reply = client.post("/stuck", {"seconds": seconds})
        say(f"the request of {seconds:g} s is answered: {reply.status}")
        return reply

    with ThreadPoolExecutor(len(SECONDS) + 1) as callers:
        requests = [callers.submit(ask, seconds) for seconds in SECONDS]
        admitted(process, len(SECONDS))
        say("all requests are under way; the sidecar fails its readiness, the function hears nothing of it")
        assert client.get("/health/ready").status == 200
        event = callers.submit(broker.deliver, {**EVENT, "id": "late"})
        admitted(process, len(SECONDS) + 1)
        say("an event that still arrives is taken")

        process.stop()
        process.until("/health/ready", lambda reply: reply.json()["status"] == "draining")
        refused, refused_event = client.post("/stuck", {}), broker.deliver({**EVENT, "id": "too late"}, retry=0)
        say(f"SIGTERM: not ready; a new request gets {refused.status} {refused.json()['code']}, a new event {refused_event.status}")
        assert (refused.status, refused.json()["code"], refused_event.status) == (503, "draining", 503)
        assert refused.headers["retry-after"] == "1"
        assert client.get("/health/live").status == 200

        assert [request.result().status for request in requests] == [200] * len(SECONDS)
        assert event.result().reply is not None
        say("the event is answered")
    assert process.code() == 0
    say("exit code 0")
