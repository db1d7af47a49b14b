"""The two small programs that manifests carry, run as the pod would run them."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.manifests.kustomizing import only, rendered
from tests.serving import Client, until


def _argv(container: dict[str, Any]) -> list[str]:
    assert container["command"] == ["python", "-c"]
    return [sys.executable, "-c", *container["args"]]


def test_prefetch_copies_a_bucket(tmp_path: Path) -> None:
    bucket, disk = tmp_path / "bucket", tmp_path / "disk"
    files = {"motion/1.0/1/manifest.json": b"{}", "motion/1.0/1/network.safetensors": os.urandom(1 << 20), "motion/1.0/latest": b"1"}
    for name, data in files.items():
        (bucket / name).parent.mkdir(parents=True, exist_ok=True)
        (bucket / name).write_bytes(data)
    (prefetch,) = only(rendered("motion", "prefetch"), "Service")["spec"]["template"]["spec"]["initContainers"]
    subprocess.run(_argv(prefetch), env={"WEIGHTS_FROM": bucket.as_uri(), "WEIGHTS_TO": str(disk)}, check=True, timeout=60)
    assert {str(path.relative_to(disk)): path.read_bytes() for path in disk.rglob("*") if path.is_file()} == files


def test_a_dead_letter_is_a_line_of_the_log() -> None:
    pod = only(rendered("motion", "events"), "Deployment")["spec"]["template"]["spec"]
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen(_argv(pod["containers"][0]), env={"PORT": str(port)}, stdout=subprocess.PIPE, text=True)
    try:
        until(lambda: _open(port))
        reply = Client(port).request("POST", "/", b"x" * 3000, {"ce-id": "1", "ce-type": "a.b", "ce-knativeerrorcode": "422"})
        assert (reply.status, reply.body) == (202, b"")
        assert process.stdout is not None
        line = json.loads(process.stdout.readline())
    finally:
        process.terminate()
        process.communicate(timeout=60)
    assert line == {"dead_letter": {"id": "1", "type": "a.b", "knativeerrorcode": "422"}, "data": "x" * 2000}


def _open(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True
