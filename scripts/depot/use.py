"""Moves the pointer `latest`: which version servers take when they start."""

from argparse import Namespace

from deployment.console import Console
from deployment.failure import Failure
from depot.shelf import Shelf
from function.weights.filling import Version
from function.weights.manifest import MANIFEST


def run(options: Namespace, console: Console) -> None:
    """Point. Raises `Failure`."""
    shelf = Shelf(options.where)
    named = options.what.split("/")
    if len(named) != 3:
        raise Failure(f"{options.what} does not name one version.", "MODEL/VARIANT/VERSION")
    version = Version(*named)
    if shelf.get(f"{version.path}/{MANIFEST}") is None:
        raise Failure(f"There is no whole {version} in {options.where}.", f"scripts/weights list {options.where}")
    shelf.point(version)
    console.show(f"{version} is the latest in {options.where} now.", {"latest": version.path})
