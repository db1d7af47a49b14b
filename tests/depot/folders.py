"""Weights folders of random bytes with small chunks, and what is in a root."""

import hashlib
import random
from pathlib import Path

from function.weights.manifest import MANIFEST, Manifest
from function.weights.weights import WeightFile

CHUNK = 10_000
SIZES = {"large.bin.safetensors": 95_000, "small.json": 12, "empty.txt": 0}


def write_version(root: Path, version: str = "1", *, seed: int = 0, latest: bool = True) -> Path:
    """`<root>/thing/small/<version>`. Another seed is another content."""
    folder = root / "thing" / "small" / version
    folder.mkdir(parents=True)
    files = []
    for name, size in SIZES.items():
        content = random.Random(f"{seed} {name}").randbytes(size)
        (folder / name).write_bytes(content)
        chunks = (hashlib.sha256(content[at : at + CHUNK]).hexdigest() for at in range(0, size, CHUNK))
        files.append(WeightFile(name, size, hashlib.sha256(content).hexdigest(), tuple(chunks)))
    facts = {"licence": "Apache-2.0", "origin": "a test", "dtype": "bf16"}
    manifest = Manifest(model="thing", variant="small", version=version, files=tuple(files), chunk=CHUNK, **facts)
    (folder / MANIFEST).write_text(manifest.model_dump_json())
    if latest:
        (folder.parent / "latest").write_text(version)
    return folder


def damage(path: Path, at: int) -> None:
    """Change one byte."""
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


def content(root: Path) -> dict[str, bytes]:
    """All files of a root, hidden ones aside, the pointers without white space."""
    files = {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}
    return {name: data.strip() if name.endswith("/latest") else data for name, data in files.items() if not name.startswith(".")}
