"""`scripts/image`: builds the images, checks that one runs as a strict cluster runs it, and weighs it."""

import argparse
import json
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from pathlib import Path

from imaging.checking import check
from imaging.engine import Engine, ImagingError
from imaging.engines import ENGINES, find_engine
from imaging.pip_settings import build_options
from imaging.sizes import measure, table

ROOT = Path(__file__).parents[2]
EXAMPLES = """examples:
  scripts/image build cpu                      build localhost/figurine:cpu
  scripts/image build gpu --tag registry.example/figurine:1
  scripts/image check localhost/figurine:cpu   start it, ask it for a motion, stop it
  scripts/image size localhost/figurine:cpu    its layers and largest packages

pip in the build is told what pip on this machine is told (its index, certificates, folders of wheels), and the image keeps no trace of it.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """0 when done, 1 when the image could not be built or is not right, 2 for what cannot be asked."""
    asked = _parser().parse_args(argv)
    try:
        engine = find_engine(asked.engine)
        if asked.verb == "build":
            _build(engine, asked)
        elif asked.verb == "check":
            for line in check(engine, asked.image):
                print(line, flush=True)
        else:
            sizes = measure(engine, asked.image)
            print(json.dumps(sizes) if asked.json else table(sizes))
    except ImagingError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/image", description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--engine", choices=ENGINES, help="default: the first of these that works here")
    verbs = parser.add_subparsers(dest="verb", required=True)
    build = verbs.add_parser("build", help="build the image for the processor or for NVIDIA GPUs")
    build.add_argument("target", choices=("cpu", "gpu"))
    build.add_argument("--tag", help="name of the image (default: localhost/figurine:TARGET)")
    build.add_argument(
        "--base", help="image to build on instead of the one in images/Containerfile: a Debian whose python3 is 3.11 or newer"
    )
    for name, does in (("check", "start an image as a strict cluster does, send it a request, stop it"), ("size", "weigh an image")):
        verb = verbs.add_parser(name, help=does)
        verb.add_argument("image")
    verb.add_argument("--json", action="store_true", help="bytes, for a machine to read")
    return parser


def _build(engine: Engine, asked: argparse.Namespace) -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    revision = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()
    options = [
        f"--target={asked.target}",
        f"--tag={asked.tag or f'localhost/figurine:{asked.target}'}",
        f"--file={ROOT / 'images/Containerfile'}",
    ]
    options += [
        f"--label=org.opencontainers.image.{name}={value}" for name, value in {"version": version, "revision": revision}.items() if value
    ]
    options += [f"--build-arg=BASE={asked.base}"] if asked.base else []
    with tempfile.TemporaryDirectory() as folder:
        engine.build([*options, *build_options(Path(folder))], ROOT)


if __name__ == "__main__":
    sys.exit(main())
