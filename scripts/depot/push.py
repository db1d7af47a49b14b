"""From a folder to a bucket: every file checked while it is sent, the manifest after all files, `latest` after the manifest.

A version without a manifest is not seen by anybody. Who sends one first claims it with that manifest: the same content goes on where it
stopped, or is sent by several at once; another content is refused.
"""

import hashlib
from argparse import Namespace
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict

import obstore
from obstore.exceptions import AlreadyExistsError
from obstore.store import LocalStore

from deployment.console import Console
from deployment.failure import Failure
from depot.meters import meters
from depot.shelf import CLAIM, Shelf
from function.weights.depot import Depot, read_piece, reason
from function.weights.filling import Version
from function.weights.manifest import MANIFEST, Manifest
from function.weights.meter import Meter
from function.weights.plan import pieces_of
from function.weights.prefetch import told
from function.weights.weights import WeightFile

FILES = 4  # sent at the same time
PART = 16 << 20
DIGEST = "sha256"


def run(options: Namespace, console: Console) -> None:
    """Push. Raises `Failure` or `NotReady`."""
    depot, shelf = Depot.open(options.source), Shelf(options.to, make=True)
    for version in depot.served(options.what):
        content, manifest = depot.manifest(version)
        sent = _send(depot, shelf, version, content, manifest, console)
        if not options.keep_latest:
            shelf.point(version)
        facts = {**asdict(version), "copied": sent}
        console.show(told(facts), facts)


def _send(depot: Depot, shelf: Shelf, version: Version, content: bytes, manifest: Manifest, console: Console) -> bool:
    place, claim = f"{version.path}/{MANIFEST}", f"{version.path}/{CLAIM}"
    again = _claim(shelf, claim, content, version)
    there = shelf.get(place)
    if there is None:
        with (
            meters(console)(str(version), sum(file.size for file in manifest.files)) as meter,
            ThreadPoolExecutor(FILES) as pool,
        ):
            works = [pool.submit(_put, depot, shelf, version, file, manifest.chunk, meter, again=again) for file in manifest.files]
            for work in works:
                try:
                    work.result()
                except BaseException:
                    pool.shutdown(wait=False, cancel_futures=True)
                    raise
        shelf.put(place, content)
    with shelf.reaching(), suppress(FileNotFoundError):  # another push of the same content has finished
        obstore.delete(shelf.store, claim)
    if there not in {None, content}:
        raise _other(version, shelf)
    return there is None


def _claim(shelf: Shelf, claim: str, content: bytes, version: Version) -> bool:
    """Whether the same content has been claimed before, so that some of it may be there."""
    with shelf.reaching():
        try:
            obstore.put(shelf.store, claim, content, mode="create")
            return False
        except AlreadyExistsError:
            pass
    if shelf.get(claim) not in {None, content}:
        raise _other(version, shelf)
    return True


def _other(version: Version, shelf: Shelf) -> Failure:
    mend = f"another version for the new one, or: scripts/weights prune {shelf.where} {version.path} --keep 0 --unfinished"
    return Failure(f"{shelf.where} has another {version}, or one on its way.", mend)


def _put(depot: Depot, shelf: Shelf, version: Version, file: WeightFile, chunk: int, meter: Meter, *, again: bool) -> None:
    path = f"{version.path}/{file.name}"
    with shelf.reaching():
        if again and _stored(shelf, path, file):
            meter.advance(file.size)
            return
        attributes = None if isinstance(shelf.store, LocalStore) else {DIGEST: file.sha256}
        try:
            obstore.put(
                shelf.store, path, _content(depot, version, file, chunk, meter), attributes=attributes, chunk_size=PART, max_concurrency=4
            )
        except ValueError as error:
            raise Failure(f"{file.name} of {version}: {reason(error)}.", f"scripts/weights verify {depot.where} {version.path}") from None


def _stored(shelf: Shelf, path: str, file: WeightFile) -> bool:
    """The object is there with the right content: as it says itself, or as reading it says."""
    try:
        found = obstore.get(shelf.store, path, options={"head": True})
    except FileNotFoundError:
        return False
    if found.meta["size"] != file.size:
        return False
    if DIGEST in found.attributes:
        return bool(found.attributes[DIGEST] == file.sha256)
    digest = hashlib.sha256()
    for piece in obstore.get(shelf.store, path).stream(min_chunk_size=PART):
        digest.update(piece)
    return digest.hexdigest() == file.sha256


def _content(depot: Depot, version: Version, file: WeightFile, chunk: int, meter: Meter) -> Iterator[memoryview]:
    """Piece by piece; a damaged one ends it, and what was sent before is never seen."""
    for piece in pieces_of(file, chunk):
        for _, step in read_piece(depot, version, piece):
            yield step
            meter.advance(len(step))
