"""`scripts/weights` as a process of its own, past the launcher that makes the environment."""

import os
import subprocess
import sys

from tests.process import ROOT

ENVIRON = {**os.environ, "PYTHONPATH": f"{ROOT / 'scripts'}:{ROOT}", "OMP_NUM_THREADS": "1"}
COMMAND = (sys.executable, "-m", "depot")


def start(*arguments: object) -> subprocess.Popen[str]:
    argv = (*COMMAND, *map(str, arguments))
    return subprocess.Popen(argv, env=ENVIRON, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def run(*arguments: object) -> tuple[int, str, str]:
    """Exit code, stdout and stderr."""
    process = start(*arguments)
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err
