"""Measures the function beside its peers on this machine, in the same run, and prints a table of bars."""

import argparse
import ast
import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from benchmarks.processes import wait_for_others
from benchmarks.rows import Rounds, Row, as_json, table

BENCHES = ("start", "echo", "batching", "patience", "events", "motion", "motion_network", "weights_reader", "planner")
ALONE = {"motion-quality": "benchmarks.motion_quality.run", "coldstart": "benchmarks.coldstart"}
"""Those with options of their own, by their modules."""
BUSY = 0.5


def main(argv: Sequence[str]) -> int:
    """0 when no bar was missed and no bench broke."""
    if argv and argv[0] in ALONE:
        code: int = import_module(ALONE[argv[0]]).main(argv[1:])
        return code
    parser = _parser()
    options = parser.parse_args(argv)
    if unknown := [name for name in options.names if name not in BENCHES]:
        parser.error(f"{unknown[0]} is none of {', '.join(BENCHES)}")
    wait_for_others()
    if (load := os.getloadavg()[0]) > BUSY:
        print(f"Other processes are busy (load {load:.1f}): the numbers will be worse than they should.", file=sys.stderr)
    rows: list[Row] = []
    broken = False
    for name in options.names or BENCHES:
        print(f"{name} ...", file=sys.stderr, flush=True)
        try:
            rows += import_module(f"benchmarks.{name}").measure(Rounds(options.rounds, options.seconds))
        except (RuntimeError, OSError, subprocess.SubprocessError) as error:
            print(f"{name} broke: {error}", file=sys.stderr)
            broken = True
    print(table(rows))
    if options.json:
        options.json.write_text(json.dumps(as_json(rows), indent=2) + "\n")
    return 1 if broken or any(row.met is False for row in rows) else 0


def _parser() -> argparse.ArgumentParser:
    told = "\n".join(f"  {name:15} {_first_line(name)}" for name in (*BENCHES, *ALONE))
    parser = argparse.ArgumentParser(
        prog="scripts/bench",
        description=f"{__doc__}\n\nBenches, all but the last two unless some are named:\n{told}",
        epilog=f"{' and '.join(ALONE)} stand alone and have options of their own: scripts/bench coldstart --help",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="benches to run")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of each measurement; medians are shown (default: %(default)s)")
    parser.add_argument("--seconds", type=int, default=4, help="seconds of load in a round (default: %(default)s)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the table here")
    return parser


def _first_line(name: str) -> str:
    """Of the bench's docstring; the module is not imported, since some bring torch."""
    path = Path(__file__).parents[1] / (ALONE.get(name, f"benchmarks.{name}").replace(".", "/") + ".py")
    return (ast.get_docstring(ast.parse(path.read_text())) or "").partition("\n")[0]


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that no server outlives its bench
    sys.exit(main(sys.argv[1:]))
