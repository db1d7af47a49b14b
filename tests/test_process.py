"""The process as a container runtime sees it: what it prints, how it ends, with which code."""

import http.client
import json
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.process import ROOT, Process

Start = Callable[..., Process]


class Caller(threading.Thread):
    """A request under way."""

    def __init__(self, process: Process, path: str) -> None:
        super().__init__(daemon=True)
        self.process, self.path, self.status = process, path, 0
        self.start()

    def run(self) -> None:
        try:
            self.status = self.process.client.post(self.path, {}).status
        except (OSError, http.client.HTTPException):
            self.status = 0


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """`start("Slow", **settings)` starts a process with a class of `tests.process`."""
    with ExitStack() as stack:

        def start(model: str, **settings: str) -> Process:
            process = Process(tmp_path, f"tests.process:{model}", **settings)
            stack.callback(process.kill)
            return process

        yield start


def admitted(process: Process) -> None:
    """Wait until the request has reached the lane."""
    process.until("/health/live", lambda reply: reply.status == 503)  # the model reports no progress, and `stuck_s` is short


def draining(process: Process) -> None:
    process.until("/health/ready", lambda reply: reply.json()["status"] == "draining")


@pytest.mark.parametrize("which", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_with_0(start: Start, which: signal.Signals) -> None:
    process = start("Ticks")
    process.until("/health")
    process.stop(which)
    assert process.code() == 0


def test_admitted_work_is_finished_after_the_signal_and_new_work_refused(start: Start) -> None:
    process = start("Slow", stuck_s="0.1")
    process.until("/health")
    old = Caller(process, "/slow")
    admitted(process)
    process.stop()
    draining(process)
    refused = process.client.post("/slow", {})
    assert (refused.status, refused.json()["code"]) == (503, "draining")
    old.join()
    assert old.status == 200
    assert process.code() == 0


def test_a_second_signal_ends_it_at_once(start: Start) -> None:
    process = start("Endless", stuck_s="0.1")
    process.until("/health")
    Caller(process, "/endless")
    admitted(process)
    process.stop()
    draining(process)
    process.stop()
    assert process.code() == 1


def test_the_end_of_the_grace_period_ends_it(start: Start) -> None:
    process = start("Endless", stuck_s="0.1", grace_s="0.2")
    process.until("/health")
    Caller(process, "/endless")
    admitted(process)
    process.stop()
    assert process.code() == 1
    assert "grace period" in process.output.read_text()


def test_a_signal_during_the_bring_up_ends_it_with_0(start: Start) -> None:
    process = start("Heavy")
    process.until("/health/startup", lambda reply: reply.status == 503)
    process.stop()
    assert process.code() == 0


def test_a_failed_bring_up_stays_up_and_says_why(start: Start) -> None:
    process = start("Broken")
    process.until("/health/ready", lambda reply: reply.json()["status"] == "failed")
    assert process.client.get("/health/live").status == 200
    assert process.client.get("/health").json()["reason"] == "Bring-up failed: load broken (RuntimeError); the log says why."
    process.stop()
    assert process.code() == 0


def test_a_failed_bring_up_ends_it_where_the_settings_say_so(start: Start) -> None:
    assert start("Broken", exit_on_failed_startup="true").code() == 1


def test_every_line_of_the_log_is_json(start: Start) -> None:
    process = start("Broken", exit_on_failed_startup="true")
    process.code()
    lines = [json.loads(line) for line in process.output.read_text().splitlines()]
    assert any(line["level"] == "error" and "RuntimeError" in line.get("trace", "") for line in lines)


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"concurrency": "none"}, "FUNCTION_CONCURRENCY"),
        ({"concurency": "1"}, "FUNCTION_CONCURRENCY"),
        ({"ticks_variant": "tiny"}, "FUNCTION_TICKS_VARIANT"),
        ({"results": "/dev/null/results"}, "FUNCTION_RESULTS"),
    ],
)
def test_a_bad_setting_is_one_line_and_code_2(start: Start, settings: dict[str, str], named: str) -> None:
    process = start("Ticks", **settings)
    assert process.code() == 2
    assert named in process.output.read_text()
    assert process.output.read_text().count("\n") == 1


def test_help_names_every_setting() -> None:
    done = subprocess.run([sys.executable, "-m", "function", "--help"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "FUNCTION_CONCURRENCY" in done.stdout
