"""Converts published checkpoints to safetensors, checks weights, and moves them between folders and buckets."""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from deployment.console import Console
from deployment.failure import Failure
from depot.converter import CONVERTERS, Converter, find_converter
from function.errors import NotReady

COMMANDS = {
    "convert": "make a weights folder of published checkpoints",
}


def main(argv: Sequence[str]) -> int:
    """The exit code."""
    console = Console("--json" in argv, "--yes" in argv)
    try:
        converter = find_converter(argv[1]) if argv[:1] == ["convert"] and len(argv) > 1 and not argv[1].startswith("-") else None
        options = parser(converter).parse_args(argv)
        return int(import_module(f"depot.{options.command}").run(options, console) or 0)
    except (Failure, NotReady) as failure:
        return _fail(console, failure)
    except KeyboardInterrupt:
        print("Interrupted. What was done stays, and the same command goes on from here.", file=sys.stderr)
        return 130


def parser(converter: Converter | None = None) -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="scripts/weights", description=__doc__)
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    one = commands.add_parser("convert")
    one.add_argument("model", metavar="MODEL", help=", ".join(CONVERTERS))
    one.add_argument("--to", type=Path, default=Path("weights"))
    one.add_argument("--variant", default="")
    one.add_argument("--version", default="1")
    one.add_argument("--shard-size", type=int, default=1 << 30)
    one.add_argument("--keep-latest", action="store_true")
    one.add_argument("--json", action="store_true")
    if converter:
        converter.add_options(one)
    return top


def _fail(console: Console, failure: Failure | NotReady) -> int:
    if console.json:
        console.say("failed", what=str(failure))
    print(failure, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
