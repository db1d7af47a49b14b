"""Starts a built image as a strict cluster does, asks it for a motion, and stops it."""

import http.client
import json
import os
import random
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from imaging.engine import Container, Engine, ImagingError, Launch

LONGEST_S = 120.0
LOCAL = "127.0.0.1"
QUESTION = {"prompt": "a person walks forward, then waves", "duration": 2, "seed": 7}


def check(engine: Engine, image: str) -> Iterator[str]:
    """A line for each thing that is as it should be. Raises `ImagingError` at the first that is not."""
    told = engine.configuration(image)
    user, entry = told.get("User") or "root", told.get("Entrypoint") or []
    _demand(user.replace(":", "").isdecimal() and not user.startswith("0"), f"a cluster cannot tell its user {user} from root")
    _demand(bool(entry) and not entry[0].endswith("sh"), f"its entry point {entry} is a shell, which hands no signal on")
    yield f"user {user}, entry point {' '.join(entry)}"
    with tempfile.TemporaryDirectory() as folder:
        launch = Launch(random.randint(10_000, 60_000), Path(folder, "log"), _free_port())
        with engine.start(image, launch) as container:
            yield from _serve(container, launch)


def _serve(container: Container, launch: Launch) -> Iterator[str]:
    begun = time.monotonic()
    while (health := _ask(launch, "GET", "/health/ready"))[0] != 200:
        hope = container.process.poll() is None and time.monotonic() < begun + LONGEST_S and b'"failed"' not in health[1]
        _demand(hope, f"it was never ready:\n{launch.log.read_text()}")
        time.sleep(0.05)
    yield f"ready after {time.monotonic() - begun:.1f} s on port {launch.port}, as user {launch.user}, root read-only, no capabilities"
    status, body = _ask(launch, "POST", "/generate", QUESTION)
    _demand(status == 200 and body.startswith(b"glTF"), f"/generate answered {status}: {body[:300]!r}")
    yield f"/generate answered {len(body):,} bytes of GLB"
    os.kill(container.pid, signal.SIGTERM)
    try:
        code = container.process.wait(LONGEST_S)
    except subprocess.TimeoutExpired:
        raise ImagingError(f"The image is not right: SIGTERM did not end it within {LONGEST_S:.0f} s.") from None
    _demand(code == 0, f"its exit code after SIGTERM is {code}:\n{launch.log.read_text()}")
    yield "SIGTERM ended it, exit code 0"


def _ask(launch: Launch, method: str, path: str, value: object = None) -> tuple[int, bytes]:
    """Status and body; status 0 when nobody answers."""
    connection = http.client.HTTPConnection(LOCAL, launch.port, timeout=LONGEST_S)
    try:
        connection.request(method, path, json.dumps(value), {"content-type": "application/json", "accept": "model/gltf-binary"})
        response = connection.getresponse()
        return response.status, response.read()
    except (OSError, http.client.HTTPException):
        return 0, b""
    finally:
        connection.close()


def _demand(true: bool, otherwise: str) -> None:
    if not true:
        raise ImagingError(f"The image is not right: {otherwise}.")


def _free_port() -> int:
    with socket.create_server((LOCAL, 0)) as taken:
        return int(taken.getsockname()[1])
