"""Published files to a weights folder: shard by shard, each kept once it is whole, the manifest and `latest` last."""

import hashlib
import json
import shutil
from argparse import Namespace
from dataclasses import asdict
from pathlib import Path
from typing import Any

from deployment.console import Console
from deployment.failure import Failure
from depot.converter import Converter, Plan, find_converter
from depot.meters import meters
from depot.outline import Outline
from depot.shards import Shard, cut, write
from function.errors import NotReady
from function.weights.filling import Version, drop, filling, point, show
from function.weights.manifest import describe_file, read_manifest, write_manifest
from function.weights.meter import amount

CONVERTER = "figurine 1"
"""Changes when the same input gives other files."""


def run(options: Namespace, console: Console) -> None:
    """Convert. Raises `Failure`."""
    converter = find_converter(options.model)
    assert converter
    plan = converter.plan(options)
    version = Version(plan.model, plan.variant, options.version)
    shards = [shard for stem, tensors in plan.tensors.items() for shard in cut(stem, tensors, options.shard_size)]
    _check(converter, plan, version, shards)
    for left in plan.dropped:
        said = f"Left out: {left.what}, {left.tensors} tensor{'' if left.tensors == 1 else 's'}, {amount(left.size)}."
        console.say("left out" if console.json else said, **asdict(left))
    root: Path = options.to
    source = _digest(plan, shards)
    with filling(root, version) as place:
        if (root / version.path).exists():
            _same(root, version, source)
            drop(place)
        else:
            _fill(place, source, plan, shards, console)
            write_manifest(place / "files", **asdict(version), **plan.facts, converter=CONVERTER, source=source)
            show(root, version, place)
    if not options.keep_latest:
        point(root, version)
    size = sum(shard.size for shard in shards)
    facts = {**asdict(version), "folder": str(root / version.path), "bytes": size, "files": len(shards), "dtype": plan.facts["dtype"]}
    console.show(f"{version} is in {root / version.path}: {amount(size)}, {plan.facts['dtype']}.", facts)


def _check(converter: Converter, plan: Plan, version: Version, shards: list[Shard]) -> None:
    """Let the model's own loader judge what would be written, before it is."""
    files = {shard.name: shard for shard in shards}
    manifest = {**asdict(version), **plan.facts, "files": [{"name": name} for name in (*plan.texts, *files)]}
    header = lambda name: ((tensor.name, tensor.dtype, tensor.shape) for tensor in files[name].tensors)  # noqa: E731
    try:
        converter.check(Outline(manifest, plan.texts.__getitem__, header))
    except NotReady as error:
        raise Failure(str(error), "the files as they were published, all of one release") from None


def _fill(place: Path, source: str, plan: Plan, shards: list[Shard], console: Console) -> None:
    folder, journal = place / "files", place / "journal"
    done = _finished(folder, journal, source)
    for path in folder.iterdir():
        if path.name not in done:
            path.unlink()
    left = [shard for shard in shards if shard.name not in done]
    if done:
        console.say(f"kept {len(done)} files of an interrupted run", files=sorted(done))
    need, free = sum(shard.size for shard in left), shutil.disk_usage(place).free
    if need > free:
        raise Failure(f"{amount(need)} are to be written to {place}, and {amount(free)} are free.", "--to with a folder on a larger disk")
    for name, content in plan.texts.items():
        (folder / name).write_bytes(content)
    with journal.open("a") as lines, meters(console)("converting", need) as meter:
        for shard in left:
            digest = write(folder, shard, meter.advance)
            lines.write(json.dumps([source, shard.name, digest]) + "\n")
            lines.flush()
            if console.json:
                console.say("written", name=shard.name, size=shard.size, sha256=digest)


def _finished(folder: Path, journal: Path, source: str) -> set[str]:
    """The shards that an earlier run of the same work has written and that are still as it wrote them."""
    kept = set()
    for line in journal.read_text().splitlines() if journal.exists() else ():
        try:
            of, name, digest = json.loads(line)
        except ValueError:  # the last line of a run that was killed
            continue
        if of == source and (folder / name).exists() and describe_file(folder / name).sha256 == digest:
            kept.add(str(name))
    return kept


def _digest(plan: Plan, shards: list[Shard]) -> str:
    """What the result depends on: two runs of the same digest write the same bytes."""
    sources = [(path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in plan.sources]
    layout = [(shard.name, [(tensor.name, tensor.dtype, tensor.shape) for tensor in shard.tensors]) for shard in shards]
    texts = {name: hashlib.sha256(content).hexdigest() for name, content in plan.texts.items()}
    facts: list[Any] = [CONVERTER, sources, layout, texts, dict(plan.facts)]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def _same(root: Path, version: Version, source: str) -> None:
    manifest = read_manifest(root / version.path, "")
    if manifest.model_dump().get("source") != source:
        raise Failure(f"{version} is in {root} already, made of other files or options.", "the same command with another --version")
