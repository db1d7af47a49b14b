"""Finds a text by its hash in somebody's Python files, which are parsed and never run."""

import ast
import hashlib
import warnings
from collections.abc import Iterator
from pathlib import Path

from deployment.failure import Failure


def find_text(release: Path, sha256: str) -> str:
    """The string constant with this SHA-256 in a Python file or a folder of them. Raises `Failure` when there is none."""
    files = [release] if release.is_file() else sorted(release.rglob("*.py"))
    for file in files:
        for text in _texts(file):
            if hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest() == sha256:
                return text
    raise Failure(
        f"No text in the {len(files)} Python files of {release} has the SHA-256 {sha256}, as the template of this checkpoint has.",
        "--release with a folder of the code that was published with the checkpoint, unchanged",
    )


def _texts(file: Path) -> Iterator[str]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about how others write their code
            tree = ast.parse(file.read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
