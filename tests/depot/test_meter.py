"""What a person sees of long work."""

import os
import subprocess
from pathlib import Path

import pytest

from function.weights.meter import amount, duration
from tests.depot.command import COMMAND, ENVIRON
from tests.depot.folders import write_version
from tests.process import ROOT


@pytest.mark.parametrize(
    ("count", "said"),
    [(0, "0 B"), (999, "999 B"), (1000, "1 kB"), (999_499, "999 kB"), (999_600, "1 MB"), (16_381_516_776, "16.4 GB"), (4e12, "4,000 GB")],
)
def test_bytes_are_told_in_three_digits(count: float, said: str) -> None:
    assert amount(count) == said


@pytest.mark.parametrize(("seconds", "said"), [(0.4, "0 s"), (59.4, "59 s"), (61, "1 min 1 s"), (7290, "2 h 1 min")])
def test_time_is_told_in_two_units(seconds: float, said: str) -> None:
    assert duration(seconds) == said


def test_a_terminal_shows_a_bar(tmp_path: Path) -> None:
    write_version(tmp_path / "here")
    ours, theirs = os.openpty()
    argv = [*COMMAND, "push", str(tmp_path / "here"), str(tmp_path / "there")]
    subprocess.run(argv, env=ENVIRON, cwd=ROOT, stderr=theirs, stdout=subprocess.DEVNULL, check=True, timeout=60)
    os.close(theirs)
    with os.fdopen(ours, "rb", buffering=0) as terminal:
        assert b"thing small 1: [########################] 95 kB of 95 kB, " in terminal.read(10_000)
