"""The programs that manifests start beside the function, run as the pod would run them."""

import json
import re
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.depot.folders import content, write_version
from tests.manifests.kustomizing import only, rendered
from tests.process import ROOT
from tests.serving import Client, until


def _argv(container: dict[str, Any], **environ: str) -> list[str]:
    """Command and arguments with this Python, `$(NAME)` replaced as the kubelet does it."""
    python, *rest = [*container["command"], *container["args"]]
    assert python == "python"
    return [sys.executable, *(re.sub(r"\$\((\w+)\)", lambda found: environ[found[1]], part) for part in rest)]


def test_prefetch_copies_a_bucket(tmp_path: Path) -> None:
    bucket, disk = tmp_path / "bucket", tmp_path / "disk"
    write_version(bucket)
    (prefetch,) = only(rendered("motion", "prefetch"), "Service")["spec"]["template"]["spec"]["initContainers"]
    (mount,) = prefetch["volumeMounts"]
    argv = _argv(prefetch, WEIGHTS_FROM=bucket.as_uri())
    subprocess.run([str(disk) if part == mount["mountPath"] else part for part in argv], check=True, timeout=60, cwd=ROOT)
    assert content(disk) == content(bucket)


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
