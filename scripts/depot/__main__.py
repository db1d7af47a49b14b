"""Converts published checkpoints to safetensors, checks weights, and moves them between folders and buckets."""

import argparse
import signal
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

from deployment.console import Console
from deployment.failure import Failure
from depot.converter import CONVERTERS, Converter, find_converter
from function.errors import NotReady
from function.weights import prefetch

EXAMPLES = """examples:
  scripts/weights convert motion --checkpoint ckpts/HY-Motion-1.0 --qwen3 ckpts/Qwen3-8B \\
      --clip ckpts/clip-vit-large-patch14 --release HY-Motion-1.0 --to weights --dtype bf16
  scripts/weights verify weights
  scripts/weights push weights s3://bucket/weights
  scripts/weights list s3://bucket/weights
  scripts/weights pull s3://bucket/weights /mnt/weights motion/1.0
  scripts/weights use s3://bucket/weights motion/1.0/2
  scripts/weights prune s3://bucket/weights --keep 2 --dry-run

A root of weights has folders <model>/<variant>/<version>/, and in each variant a file `latest` that names the version to serve.
FUNCTION_WEIGHTS is set to a root. Buckets take their credentials from the variables of their own tools: AWS_ACCESS_KEY_ID, AWS_ENDPOINT,
GOOGLE_APPLICATION_CREDENTIALS and so on.

exit codes: 0 done, all as it should be; 1 failed, or something is wrong; 2 wrong arguments; 130 interrupted, go on with the same command"""
COMMANDS = {
    "convert": "make a weights folder of published checkpoints",
    "verify": "read weights, wherever they are, and say what is damaged or does not fit the model",
    "push": "copy weights to a bucket or a folder",
    "pull": "copy weights from a bucket or a folder to a folder; what is there already is left alone",
    "list": "show what is where",
    "use": "say which version servers take when they start",
    "prune": "delete old versions, never the latest",
}
WHAT = "MODEL, MODEL/VARIANT or MODEL/VARIANT/VERSION"


def main(argv: Sequence[str]) -> int:
    """The exit code."""
    console = Console("--json" in argv, "--yes" in argv)
    try:
        options = parser(_converter(argv)).parse_args(argv)
        return int(import_module(f"depot.{options.module}").run(options, console) or 0)
    except (Failure, NotReady, OSError) as failure:
        if console.json:
            console.say("failed", what=str(failure))
        else:
            print(failure, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrupted. What was done stays, and the same command goes on from here.", file=sys.stderr)
        return 130


def parser(converter: Converter | None = None) -> argparse.ArgumentParser:
    """All commands and options; `convert` takes those of its converter."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--json", action="store_true", help="results, and events on the way, as JSON on stdout")
    top = argparse.ArgumentParser(
        prog="scripts/weights", description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, told in COMMANDS.items():
        aliases = ["prefetch"] if name == "pull" else []
        one = commands.add_parser(name, aliases=aliases, parents=[common], help=told, description=told.capitalize() + ".")
        one.set_defaults(module=name)
        OPTIONS[name](one)
        if name == "convert" and converter:
            converter.add_options(one)
    return top


def _converter(argv: Sequence[str]) -> Converter | None:
    """The one that the arguments name, whose options the parser needs."""
    named = argv[1] if len(argv) > 1 and argv[0] == "convert" and not argv[1].startswith("-") else None
    converter = find_converter(named) if named else None
    if named and not converter:
        raise Failure(f"There is no converter for {named}.", f"one of {', '.join(CONVERTERS)}, or your own as package.module:object")
    return converter


def _convert_options(one: argparse.ArgumentParser) -> None:
    one.add_argument("model", metavar="MODEL", help=f"{', '.join(CONVERTERS)}, or a converter of your own as package.module:object")
    one.add_argument("--to", type=Path, default=Path("weights"), metavar="ROOT", help="root of the weights (default: %(default)s)")
    one.add_argument("--variant", default="", help="name of the variant (default: the one that has these sizes)")
    one.add_argument("--version", default="1", help="name of the version (default: %(default)s)")
    one.add_argument("--shard-size", type=_size, default=1 << 30, metavar="BYTES", help="of a file at most, for example 512M (default: 1G)")
    _latest_option(one)


def _verify_options(one: argparse.ArgumentParser) -> None:
    one.add_argument("where", metavar="WHERE", help="a folder, or a URL with s3://, gs://, az://, https:// or file://")
    one.add_argument("what", metavar="WHAT", nargs="*", help=f"{WHAT} (default: what `latest` names, of all)")
    one.add_argument("--quick", action="store_true", help="only sizes and tensors, without reading everything")
    one.add_argument("--converter", default="", metavar="NAME", help="the converter that knows the network (default: the model's)")


def _push_options(one: argparse.ArgumentParser) -> None:
    one.add_argument("source", metavar="FROM", help="a root of weights")
    one.add_argument("to", metavar="TO", help="a folder, or a URL with s3://, gs://, az:// or file://")
    one.add_argument("what", metavar="WHAT", nargs="*", help=f"{WHAT} (default: what `latest` names, of all)")
    _latest_option(one)


def _list_options(one: argparse.ArgumentParser) -> None:
    one.add_argument("where", metavar="WHERE", help="a folder, or a URL with s3://, gs://, az:// or file://")
    one.add_argument("what", metavar="WHAT", nargs="?", default="", help=f"{WHAT} (default: everything)")


def _use_options(one: argparse.ArgumentParser) -> None:
    one.add_argument("where", metavar="WHERE", help="a folder, or a URL with s3://, gs://, az:// or file://")
    one.add_argument("what", metavar="MODEL/VARIANT/VERSION", help="the version")


def _prune_options(one: argparse.ArgumentParser) -> None:
    _list_options(one)
    one.add_argument("--keep", type=int, default=2, metavar="N", help="newest versions of each variant that stay (default: %(default)s)")
    one.add_argument("--unfinished", action="store_true", help="also what is not all there; make sure that nobody is sending it")
    one.add_argument("--dry-run", action="store_true", help="say what would be deleted, and delete nothing")
    one.add_argument("--yes", action="store_true", help="do not ask")


def _latest_option(one: argparse.ArgumentParser) -> None:
    one.add_argument("--keep-latest", action="store_true", help="leave the pointer `latest` where it is")


OPTIONS: dict[str, Callable[[argparse.ArgumentParser], None]] = {
    "convert": _convert_options,
    "verify": _verify_options,
    "push": _push_options,
    "pull": prefetch.add_arguments,
    "list": _list_options,
    "use": _use_options,
    "prune": _prune_options,
}


def _size(text: str) -> int:
    unit = {"K": 10, "M": 20, "G": 30}.get(text[-1:].upper(), 0)
    return int(text[:-1] if unit else text) << unit


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _interrupt)
    sys.exit(main(sys.argv[1:]))
