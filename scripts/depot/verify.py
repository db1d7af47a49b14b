"""Are weights whole, and does the model take them? Reads everything, wherever it is, and names the file and the chunk that is wrong."""

import json
from argparse import Namespace
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from typing import Any

from deployment.console import Console
from depot.converter import Converter, find_converter
from depot.meters import meters
from function.errors import NotReady
from function.weights.depot import Depot, pieces, read_piece, reason
from function.weights.filling import Version
from function.weights.manifest import Manifest
from function.weights.meter import amount
from function.weights.plan import Piece

NAMED = 5  # faults of a version that are told


def run(options: Namespace, console: Console) -> int:
    """1 when something is wrong. Raises `NotReady` when there is nothing to look at, `Failure` for a converter that there is not."""
    depot, wrong = Depot.open(options.where), False
    for version in depot.served(options.what):
        _, manifest = depot.manifest(version)
        converter = find_converter(options.converter or version.model)
        faults = [] if options.quick else _damages(depot, version, manifest, console)
        mend = f"scripts/weights pull --check FROM {options.where} {version.path}, where FROM has it whole"
        if converter and not faults:
            faults = _misfits(depot, version, manifest, converter)
            mend = "scripts/weights convert, with the files as they were published"
        wrong = wrong or bool(faults)
        size = sum(file.size for file in manifest.files)
        looked = [*([] if options.quick else ["every byte is right"]), *(["the tensors fit the model"] if converter else [])]
        facts = {**asdict(version), "ok": not faults, "looked_at": looked, "faults": faults, "files": len(manifest.files), "bytes": size}
        good = f"{version}: {' and '.join(looked) or 'nothing was looked at'}, {len(manifest.files)} files of {amount(size)}."
        console.show(_told(version, faults, mend) if faults else good, facts)
    return int(wrong)


def _told(version: Version, faults: list[str], mend: str) -> str:
    more = f"; and {len(faults) - NAMED} more" if len(faults) > NAMED else ""
    return f"{version}: {'; '.join(faults[:NAMED])}{more}. Mend it with: {mend}"


def _damages(depot: Depot, version: Version, manifest: Manifest, console: Console) -> list[str]:
    todo = pieces(manifest)
    with meters(console)(f"reading {version}", sum(piece.size for piece in todo)) as meter:

        def judge(piece: Piece) -> str | None:
            try:
                for _, step in read_piece(depot, version, piece):
                    meter.advance(len(step))
            except (OSError, ValueError) as error:
                return f"{piece.file.name}: {reason(error)}"
            return None

        with ThreadPoolExecutor(depot.source.threads) as pool:
            return [fault for fault in pool.map(judge, todo) if fault]


def _misfits(depot: Depot, version: Version, manifest: Manifest, converter: Converter) -> list[str]:
    """What the model's own loader says."""
    from depot.outline import Outline

    sizes = {file.name: file.size for file in manifest.files}

    def read(file: str) -> bytes:
        return _range(depot, version, file, sizes[file], 0, sizes[file])

    try:
        converter.check(Outline(manifest.model_dump(), read, lambda file: _tensors(depot, version, file, sizes[file])))
    except (NotReady, OSError, ValueError) as error:
        return [reason(error).rstrip(".")]
    except (KeyError, TypeError) as error:
        return [f"the header of a file does not describe its tensors in a known way ({error})"]
    return []


def _tensors(depot: Depot, version: Version, file: str, size: int) -> Iterator[tuple[str, str, tuple[int, ...]]]:
    """What the header of a safetensors file says. Raises `ValueError`."""
    length = int.from_bytes(_range(depot, version, file, size, 0, 8), "little")
    if 8 + length > size:
        raise ValueError(f"{file} is not a safetensors file")
    header: dict[str, Any] = json.loads(_range(depot, version, file, size, 8, length))
    entries = {name: entry for name, entry in header.items() if name != "__metadata__"}
    if max((entry["data_offsets"][1] for entry in entries.values()), default=0) != size - 8 - length:
        raise ValueError(f"{file} does not have the size that its header says")
    for name, entry in entries.items():
        yield name, entry["dtype"], tuple(entry["shape"])


def _range(depot: Depot, version: Version, file: str, size: int, offset: int, length: int) -> bytes:
    content = bytearray(length)
    depot.source.fill(f"{version.path}/{file}", size, offset, memoryview(content))
    return bytes(content)
