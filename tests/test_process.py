"""The process as a container runtime sees it: what it prints, how it ends, with which code."""

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.test_shutdown import free_port

ROOT = Path(__file__).parents[1]

Start = Callable[..., "Process"]


class Process:
    """`python -m function` on a free port."""

    def __init__(self, folder: Path, settings: dict[str, str]) -> None:
        self.port = free_port()
        environ = {name: value for name, value in os.environ.items() if not name.startswith("FUNCTION_")}
        environ |= {"FUNCTION_RESULTS": str(folder / "results"), "PORT": str(self.port), "HOST": "127.0.0.1"}
        environ |= {f"FUNCTION_{name.upper()}": value for name, value in settings.items()}
        self.output = folder / "output"
        with self.output.open("wb") as output:
            self.popen = subprocess.Popen([sys.executable, "-m", "function"], env=environ, cwd=ROOT, stdout=output, stderr=output)

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Status and JSON."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, None if body is None else json.dumps(body), {"content-type": "application/json"})
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        finally:
            connection.close()

    def until(self, path: str, true: Callable[[int, Any], object]) -> None:
        """Ask for `path` until the answer is as wanted."""
        end = time.monotonic() + 30
        while time.monotonic() < end:
            try:
                if true(*self.ask("GET", path)):
                    return
            except OSError:
                assert self.popen.poll() is None, self.output.read_text()
            time.sleep(0.01)
        raise AssertionError(f"{path} never answered as wanted")

    def stop(self, signal: signal.Signals = signal.SIGTERM) -> None:
        self.popen.send_signal(signal)

    def code(self) -> int:
        """The exit code."""
        return self.popen.wait(timeout=30)


class Caller(threading.Thread):
    """A request under way."""

    def __init__(self, process: Process, path: str) -> None:
        super().__init__(daemon=True)
        self.process, self.path = process, path
        self.status: int | None = None
        self.start()

    def run(self) -> None:
        try:
            self.status = self.process.ask("POST", self.path, {"text": "x"})[0]
        except (OSError, http.client.HTTPException):
            self.status = 0


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    @contextmanager
    def running(models: str, settings: dict[str, str]) -> Iterator[Process]:
        process = Process(tmp_path, {"models": models, **settings})
        try:
            yield process
        finally:
            process.popen.kill()
            process.popen.wait()

    with ExitStack() as stack:
        yield lambda models, **settings: stack.enter_context(running(models, settings))


def ready(status: int, _body: Any) -> bool:
    return status == 200


def admitted(process: Process) -> None:
    """Wait until the request has reached the lane."""
    process.until("/health/live", lambda status, _: status == 503)  # the model reports no progress, and `stuck_s` is short


@pytest.mark.parametrize("which", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_with_0(start: Start, which: signal.Signals) -> None:
    process = start("tests.engine.models:Echo")
    process.until("/health", ready)
    process.stop(which)
    assert process.code() == 0


def test_admitted_work_is_finished_after_the_signal_and_new_work_refused(start: Start) -> None:
    process = start("tests.slow:Slow", stuck_s="0.1")
    process.until("/health", ready)
    old = Caller(process, "/slow")
    admitted(process)
    process.stop()
    process.until("/health/ready", lambda _, body: body["status"] == "draining")
    status, problem = process.ask("POST", "/slow", {"text": "x"})
    assert (status, problem["code"]) == (503, "draining")
    old.join()
    assert old.status == 200
    assert process.code() == 0


def test_a_second_signal_ends_it_at_once(start: Start) -> None:
    process = start("tests.slow:Endless", stuck_s="0.1")
    process.until("/health", ready)
    Caller(process, "/endless")
    admitted(process)
    process.stop()
    process.until("/health/ready", lambda _, body: body["status"] == "draining")
    process.stop()
    assert process.code() == 1


def test_the_end_of_the_grace_period_ends_it(start: Start) -> None:
    process = start("tests.slow:Endless", stuck_s="0.1", grace_s="0.2")
    process.until("/health", ready)
    Caller(process, "/endless")
    admitted(process)
    process.stop()
    assert process.code() == 1
    assert "grace period" in process.output.read_text()


def test_a_signal_during_the_bring_up_ends_it_with_0(start: Start) -> None:
    process = start("tests.slow:Heavy")
    process.until("/health/startup", lambda status, _: status == 503)
    process.stop()
    assert process.code() == 0


def test_a_failed_bring_up_stays_up_and_says_why(start: Start) -> None:
    process = start("tests.engine.models:Broken")
    process.until("/health/ready", lambda _, body: body["status"] == "failed")
    assert process.ask("GET", "/health/live")[0] == 200
    assert process.ask("GET", "/health")[1]["reason"] == "Bring-up failed: load broken (RuntimeError); the log says why."
    process.stop()
    assert process.code() == 0


def test_a_failed_bring_up_ends_it_where_the_settings_say_so(start: Start) -> None:
    assert start("tests.engine.models:Broken", exit_on_failed_startup="true").code() == 1


def test_every_line_of_the_log_is_json(start: Start) -> None:
    process = start("tests.engine.models:Broken", exit_on_failed_startup="true")
    process.code()
    lines = [json.loads(line) for line in process.output.read_text().splitlines()]
    assert any(line["level"] == "error" and "RuntimeError" in line.get("trace", "") for line in lines)


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"concurrency": "none"}, "FUNCTION_CONCURRENCY"),
        ({"concurency": "1"}, "FUNCTION_CONCURRENCY"),
        ({"echo_variant": "tiny"}, "FUNCTION_ECHO_VARIANT"),
        ({"results": "/dev/null/results"}, "FUNCTION_RESULTS"),
    ],
)
def test_a_bad_setting_is_one_line_and_code_2(start: Start, settings: dict[str, str], named: str) -> None:
    process = start("tests.engine.models:Echo", **settings)
    assert process.code() == 2
    assert named in process.output.read_text()
    assert process.output.read_text().count("\n") == 1


def test_help_names_every_setting() -> None:
    done = subprocess.run([sys.executable, "-m", "function", "--help"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "FUNCTION_CONCURRENCY" in done.stdout
