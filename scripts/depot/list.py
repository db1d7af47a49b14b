"""What is where."""

from argparse import Namespace
from dataclasses import asdict
from typing import Any

from deployment.console import Console
from depot.shelf import Held, Shelf
from function.errors import NotReady
from function.weights.manifest import MANIFEST, parse_manifest
from function.weights.meter import amount

HEAD = ("model", "variant", "version", "latest", "size", "dtype", "licence")


def run(options: Namespace, console: Console) -> None:
    """List. Raises `Failure`."""
    shelf = Shelf(options.where)
    rows = [_row(shelf, held) for held in shelf.held() if held.is_of(options.what)]
    if options.json:
        console.show("", rows)
        return
    shown = [{**row, "size": amount(row["size"]), "latest": "latest" if row["latest"] else ""} for row in rows]
    lines = [HEAD, *(tuple(str(row[name]) for name in HEAD) for row in shown)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    console.show("\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines), rows)


def _row(shelf: Shelf, held: Held) -> dict[str, Any]:
    row = {**asdict(held.version), "latest": held.latest, "size": held.size, "dtype": "", "licence": "", "finished": None}
    if held.finished is None:
        return {**row, "licence": "(not all there)"}
    try:
        manifest = parse_manifest(shelf.get(f"{held.version.path}/{MANIFEST}") or b"", "")
    except NotReady:
        return {**row, "licence": "(its manifest cannot be used)"}
    return {**row, "dtype": manifest.dtype, "licence": manifest.licence, "finished": held.finished.isoformat()}
