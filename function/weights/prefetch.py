"""Copies weights from a bucket into a folder, every chunk checked: fills a volume or a node's disk before the function starts.

    python -m function.weights.prefetch s3://bucket/weights /weights motion/1.0

What is there already is left alone, and what an interrupted copy has left is used. Never imports torch.
"""

import argparse
import hashlib
import os
import shutil
import signal
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any

from function.errors import NotReady
from function.weights.cache import Cache
from function.weights.depot import Depot, pieces, read_piece, reason, steps
from function.weights.filling import Version, drop, filling, point, show
from function.weights.manifest import MANIFEST, Manifest
from function.weights.meter import Begin, Meter, amount
from function.weights.plan import Piece, allocate


def fetch(depot: Depot, version: Version, root: Path, begin: Begin, *, thorough: bool = False) -> bool:
    """Make `root` hold a version; False when it did. `thorough`: read what is there, and mend it. Raises `NotReady`."""
    content, manifest = depot.manifest(version)
    folder = root / version.path
    if _there(folder, content, manifest, thorough=thorough):
        return False
    with filling(root, version) as place:
        files = place / "files"
        if folder.exists():
            if _there(folder, content, manifest, thorough=thorough):  # another process has just finished
                drop(place)
                return False
            shutil.rmtree(files)
            folder.rename(files)
        (files / MANIFEST).write_bytes(content)
        _copy(depot, version, manifest, files, begin)
        show(root, version, place)
    return True


def warm(depot: Depot, version: Version, cache: Cache, begin: Begin) -> bool:
    """Make a node's cache hold the pieces of a version; False when it did. Raises `NotReady`."""
    _, manifest = depot.manifest(version)
    missing = [piece for piece in pieces(manifest) if not _cached(cache, piece)]
    if not missing:
        return False
    with begin(str(version), sum(piece.size for piece in missing)) as meter:

        def take(piece: Piece) -> None:
            content = allocate(piece.size)
            for offset, step in read_piece(depot, version, piece):
                content[offset - piece.offset :][: len(step)] = step
            cache.keep(piece.sha256, content)
            meter.advance(piece.size)

        _all(take, depot, version, missing)
    if lost := sum(not _cached(cache, piece) for piece in missing):
        raise NotReady(f"{lost} of {len(missing)} pieces of {version} are not in the cache: make room on its disk, or raise --cache-bytes.")
    return True


def _cached(cache: Cache, piece: Piece) -> bool:
    """A piece of this size is there, and is not the next one to go; who reads it checks its hash."""
    try:
        cache.fill(piece.sha256, piece.size, 0, memoryview(b""))
    except (OSError, ValueError):
        return False
    cache.touch(piece.sha256)
    return True


def follow(depot: Depot, version: Version, root: Path) -> None:
    """Make `latest` name this version where it does so in the depot, or where nothing is named there."""
    named = depot.get(version.pointer)
    if (named is None or named.decode(errors="replace").strip() == version.version) and _pointed(root, version) != version.version:
        point(root, version)


def _pointed(root: Path, version: Version) -> str:
    pointer = root / version.pointer
    return pointer.read_text().strip() if pointer.exists() else ""


def _there(folder: Path, content: bytes, manifest: Manifest, *, thorough: bool) -> bool:
    try:
        found = (folder / MANIFEST).read_bytes()
    except FileNotFoundError:
        return False
    if found != content:
        raise NotReady(f"{folder} has another content. Push the new one as a version of its own, or remove the old one: rm -r {folder}")
    if any(not (path := folder / file.name).exists() or path.stat().st_size != file.size for file in manifest.files):
        return False
    with ThreadPoolExecutor() as pool:
        return not thorough or all(pool.map(lambda piece: _right(folder, piece), pieces(manifest)))


def _right(folder: Path, piece: Piece) -> bool:
    """The piece is in the folder as it should be."""
    digest = hashlib.sha256()
    with (folder / piece.file.name).open("rb") as file:
        file.seek(piece.offset)
        for _, size in steps(piece):
            digest.update(file.read(size))
    return digest.hexdigest() == piece.sha256


def _copy(depot: Depot, version: Version, manifest: Manifest, files: Path, begin: Begin) -> None:
    """All pieces that are not there yet, several at a time."""
    for path in files.iterdir():
        if path.is_file() and path.name not in {MANIFEST, *(file.name for file in manifest.files)}:
            path.unlink()
    total = sum(file.size for file in manifest.files)
    with ExitStack() as opened, begin(str(version), total) as meter:
        handles: dict[str, int] = {}
        there: dict[str, int] = {}
        for file in manifest.files:
            handle = handles[file.name] = os.open(files / file.name, os.O_RDWR | os.O_CREAT, 0o644)
            opened.callback(os.close, handle)
            os.ftruncate(handle, there.setdefault(file.name, min(os.fstat(handle).st_size, file.size)))
        need, free = total - sum(there.values()), shutil.disk_usage(files).free
        if need > free:
            raise NotReady(f"{version} needs {amount(need)} more in {files.parents[2]}, and {amount(free)} are free. Make room there.")

        def take(piece: Piece) -> None:
            handle = handles[piece.file.name]
            if piece.offset + piece.size > there[piece.file.name] or not _right(files, piece):
                for offset, step in read_piece(depot, version, piece):
                    os.pwrite(handle, step, offset)
            meter.advance(piece.size)

        _all(take, depot, version, pieces(manifest))
        for handle in handles.values():
            os.fsync(handle)


def _all(take: Callable[[Piece], None], depot: Depot, version: Version, todo: list[Piece]) -> None:
    """Raises `NotReady` for the first piece that fails; the others are given up."""
    with ThreadPoolExecutor(depot.source.threads) as pool:
        works = {pool.submit(take, piece): piece for piece in todo}
        try:
            ended, _ = wait(works, return_when=FIRST_EXCEPTION)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
    for work in ended:
        if not work.cancelled() and isinstance(error := work.exception(), Exception):
            raise NotReady(f"{works[work].name} of {version} cannot be copied from {depot.where}: {reason(error)}.") from error


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What both this module and `scripts/weights` take."""
    parser.add_argument("source", metavar="FROM", help="a folder, or a URL with s3://, gs://, az://, https:// or file://")
    parser.add_argument("to", metavar="TO", type=Path, help="the folder to fill")
    parser.add_argument(
        "what", metavar="WHAT", nargs="*", help="MODEL, MODEL/VARIANT or MODEL/VARIANT/VERSION (default: what `latest` names, of all)"
    )
    parser.add_argument("--check", action="store_true", help="read what is there already too, and mend what is damaged")
    parser.add_argument("--cache", action="store_true", help="TO is the cache of a node, as FUNCTION_WEIGHTS_CACHE names it")
    parser.add_argument("--cache-bytes", type=int, default=64 << 30, metavar="BYTES", help="its size at most (default: %(default)s)")


def fill(options: argparse.Namespace, begin: Begin) -> list[dict[str, Any]]:
    """Do what the arguments say; gives what is there now. Raises `NotReady`."""
    depot, done = Depot.open(options.source), []
    for version in depot.served(options.what):
        if options.cache:
            copied = warm(depot, version, Cache(options.to, options.cache_bytes), begin)
        else:
            copied = fetch(depot, version, options.to, begin, thorough=options.check)
            follow(depot, version, options.to)
        done.append({**asdict(version), "copied": copied})
    return done


def told(one: dict[str, Any]) -> str:
    """An outcome of `fill` as a sentence."""
    return f"{one['model']} {one['variant']} {one['version']} {'is there now' if one['copied'] else 'was there already'}."


def main(argv: Sequence[str]) -> int:
    """0 when everything is there and right, 1 when not."""
    parser = argparse.ArgumentParser("python -m function.weights.prefetch", description="Fill a folder with checked weights.")
    add_arguments(parser)

    def tell(text: str, **_: Any) -> None:
        sys.stderr.write(f"{text}\n")

    try:
        done = fill(parser.parse_args(argv), lambda what, total: Meter(what, total, tell, bar=False))
    except (NotReady, OSError) as error:
        tell(str(error))
        return 1
    for one in done:
        tell(told(one))
    return 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: os._exit(143))  # as the first process of a container it would not hear it by default
    sys.exit(main(sys.argv[1:]))
