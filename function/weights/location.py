"""Where a model's weights lie: inside the package, or below a folder as `<model>/<variant>/<version>/`."""

import re
from pathlib import Path

from function.errors import NotReady

EMBEDDED = Path(__file__).parent / "embedded"
LATEST = "latest"
PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def find_folder(root: str, model: str, variant: str) -> Path | None:
    """The folder of the version to serve: the one that the file `latest` names, or the only one. None when there is none for the model.

    `root` is `embedded` or a folder. Raises `NotReady` with what a person can do.
    """
    base = EMBEDDED if root == "embedded" else Path(root)
    if not base.is_dir() and root != "embedded":
        raise NotReady(f"FUNCTION_WEIGHTS is not a folder. {mend(root)}")
    if not (base / model).is_dir():
        return None
    if not PLAIN.fullmatch(variant) or not (base / model / variant).is_dir():
        there = ", ".join(sorted(path.name for path in (base / model).iterdir() if path.is_dir())) or "none"
        raise NotReady(f"There are no weights of {model} {variant} (there: {there}). {mend(root)}")
    return base / model / variant / _version(base / model / variant, f"{model} {variant}", root)


def mend(root: str) -> str:
    """What a person can do about weights at `root` that cannot be used."""
    if root == "embedded":
        return "Install the package again, or point FUNCTION_WEIGHTS at a folder with <model>/<variant>/<version>/."
    return "Copy the folder again, or unset FUNCTION_WEIGHTS to use the embedded tiny weights."


def _version(folder: Path, what: str, root: str) -> str:
    pointer = folder / LATEST
    if pointer.is_file():
        version = pointer.read_text().strip()
        if not PLAIN.fullmatch(version) or not (folder / version).is_dir():
            raise NotReady(f"The file {LATEST} of {what} names the version {version!r}, which is not there. {mend(root)}")
        return version
    versions = sorted(path.name for path in folder.iterdir() if path.is_dir())
    if len(versions) == 1:
        return versions[0]
    if versions:
        raise NotReady(f"{what} has the versions {', '.join(versions)}: write the one to serve into a file named {LATEST} beside them.")
    raise NotReady(f"There are no weights of {what}. {mend(root)}")
