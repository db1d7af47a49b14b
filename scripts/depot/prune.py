"""Deletes old versions, never one that `latest` names."""

from argparse import Namespace
from itertools import groupby

from deployment.console import Console
from depot.shelf import Held, Shelf
from function.weights.meter import amount


def run(options: Namespace, console: Console) -> None:
    """Prune. Raises `Failure`."""
    shelf = Shelf(options.where)
    there = [one for one in shelf.held() if one.is_of(options.what)]
    doomed = surplus(there, options.keep) + [one for one in there if options.unfinished and not one.finished]
    told = ", ".join(f"{held.version} ({amount(held.size)})" for held in doomed)
    if doomed and not options.dry_run:
        console.confirm(f"Delete {told} from {options.where}?")
        for held in doomed:
            shelf.remove(held.version)
    verb = "Would delete" if options.dry_run else "Deleted"
    facts = {"deleted" if not options.dry_run else "would_delete": [held.version.path for held in doomed]}
    console.show(f"{verb} {told}." if doomed else "There is nothing to delete.", facts)


def surplus(all_held: list[Held], keep: int) -> list[Held]:
    """Whole versions beyond the `keep` newest of their variant. Unfinished ones are left: somebody may be at work on them."""
    whole = [held for held in all_held if held.finished]
    found = []
    for _, group in groupby(whole, key=lambda held: held.version.pointer):
        newest = sorted(group, key=lambda held: (held.finished, held.version), reverse=True)
        found += [held for held in newest[keep:] if not held.latest]
    return found
