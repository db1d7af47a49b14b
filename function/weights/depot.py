"""A root of weights that is read: a folder or a bucket, its versions and their bytes, each piece checked. Never imports torch."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from function.errors import NotReady
from function.weights.filling import Version
from function.weights.location import PLAIN, find_version
from function.weights.manifest import MANIFEST, Manifest, parse_manifest
from function.weights.plan import Piece, check, pieces_of
from function.weights.source import Source, open_source

PATIENCE_S = 60.0
STEP = 8 << 20  # bytes that a thread holds
AGAIN = "Push that version again: scripts/weights push"


@dataclass(frozen=True, slots=True)
class Depot:
    """A root of weights that is read: a folder, or a bucket."""

    where: str
    source: Source

    @classmethod
    def open(cls, where: str, patience: float = PATIENCE_S) -> "Depot":
        """`where`: a folder, or a URL with `file://`, `s3://`, `gs://`, `az://` or `https://`. Raises `NotReady`."""
        folder = folder_of(where)
        if folder and not folder.is_dir():
            raise NotReady(f"There is no folder {folder}. Name one that holds <model>/<variant>/<version>/, or a URL.")
        try:
            return cls(where, open_source(str(folder or where), patience))
        except ValueError as error:
            raise NotReady(f"{where} cannot be opened: {error}. Give a folder, or s3://, gs://, az:// or https://.") from error

    def served(self, what: Sequence[str]) -> list[Version]:
        """What a server would take, of each MODEL, MODEL/VARIANT or MODEL/VARIANT/VERSION; of all models where none is named."""
        found = [version for one in what or ("",) for version in self._served(*filter(None, one.split("/")))]
        if not found:
            raise NotReady(f"There are no weights in {self.where}. See what is: scripts/weights list {self.where}")
        return found

    def children(self, folder: str) -> list[str]:
        """Names of the folders in a folder that can be a model or a variant. Raises `NotReady`."""
        try:
            return [name for name in self.source.children(folder) or () if PLAIN.fullmatch(name)]
        except NotImplementedError:
            raise NotReady(f"{self.where} cannot be listed. Name MODEL/VARIANT, for example motion/1.0.") from None
        except OSError as error:
            raise NotReady(f"{self.where} cannot be read: {reason(error)}.") from error

    def get(self, path: str) -> bytes | None:
        """A small file; None when there is none. Raises `NotReady`."""
        try:
            return self.source.get(path)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise NotReady(f"{path} of {self.where} cannot be read: {reason(error)}.") from error

    def manifest(self, version: Version) -> tuple[bytes, Manifest]:
        """The manifest of a version that is all there, as it was written and as it was read. Raises `NotReady`."""
        content = self.get(f"{version.path}/{MANIFEST}")
        if content is None:
            raise NotReady(f"{version} is not in {self.where}, or not all of it yet. See what is: scripts/weights list {self.where}")
        manifest = parse_manifest(content, AGAIN)
        if (named := (manifest.model, manifest.variant, manifest.version)) != (version.model, version.variant, version.version):
            raise NotReady(f"The folder of {version} in {self.where} holds {' '.join(named)}, as its manifest says. {AGAIN}")
        return content, manifest

    def _served(self, *named: str) -> Iterator[Version]:
        if len(named) > 3:
            raise NotReady(f"{'/'.join(named)} names no version. Name MODEL, MODEL/VARIANT or MODEL/VARIANT/VERSION.")
        if len(named) < 2:
            for name in self.children("/".join(named)):
                yield from self._served(*named, name)
        elif len(named) == 2:
            try:
                version = find_version(self.source, self.where, *named)
            except OSError as error:
                raise NotReady(f"{self.where} cannot be read: {reason(error)}.") from error
            if version is None:
                raise NotReady(f"There is no {' '.join(named)} in {self.where}.")
            yield Version(*named, version)
        else:
            yield Version(*named)


def folder_of(where: str) -> Path | None:
    """The folder that a path or a `file://` URL names; None for another URL."""
    if where.startswith("file://"):
        return Path(url2pathname(urlsplit(where).path))
    return None if "://" in where else Path(where)


def pieces(manifest: Manifest) -> list[Piece]:
    """All pieces of all files."""
    return [piece for file in manifest.files for piece in pieces_of(file, manifest.chunk)]


def read_piece(depot: Depot, version: Version, piece: Piece) -> Iterator[tuple[int, memoryview]]:
    """A piece in steps, each with its offset in the file. Raises `OSError`, or in the end `ValueError` when the piece is damaged."""
    digest, path = hashlib.sha256(), f"{version.path}/{piece.file.name}"
    for offset, size in steps(piece):
        step = memoryview(bytearray(size))
        depot.source.fill(path, piece.file.size, offset, step)
        digest.update(step)
        yield offset, step
    check(piece, digest.hexdigest())


def reason(error: Exception) -> str:
    """Why, for a person."""
    return str(error.strerror or error) if isinstance(error, OSError) else str(error)


def steps(piece: Piece) -> Iterator[tuple[int, int]]:
    """Offsets in the file and sizes of what is read at once."""
    end = piece.offset + piece.size
    for offset in range(piece.offset, end, STEP):
        yield offset, min(STEP, end - offset)
