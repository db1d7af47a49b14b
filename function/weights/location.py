"""Which version of a model's weights is served: of `<model>/<variant>/<version>/` the one that `latest` names, or the only one."""

import re
from pathlib import Path

from function.errors import NotReady
from function.weights.source import Folder, Source, is_url

EMBEDDED = Path(__file__).parent / "embedded"
LATEST = "latest"
PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def find_folder(root: str, model: str, variant: str) -> Path | None:
    """The folder of the version to serve, for a root that is `embedded` or a folder. As `find_version`."""
    base = base_of(root)
    version = find_version(Folder(base), root, model, variant)
    return base / model / variant / version if version else None


def base_of(root: str) -> Path:
    """The folder that a root names which is no URL. Raises `NotReady`."""
    if root == "embedded":
        return EMBEDDED
    if not Path(root).is_dir():
        raise NotReady(f"FUNCTION_WEIGHTS is not a folder. {mend(root)}")
    return Path(root)


def find_version(source: Source, root: str, model: str, variant: str) -> str | None:
    """The version to serve; None when there are no weights of the model at all.

    Raises `NotReady` with what a person can do, and `OSError` when the source cannot be read.
    """
    if not PLAIN.fullmatch(variant):
        raise NotReady(f"{variant!r} cannot name a variant of {model}. Set FUNCTION_{model.upper()}_VARIANT.")
    pointer = _pointer(source, f"{model}/{variant}")
    if pointer and PLAIN.fullmatch(pointer) and is_url(root):
        return pointer  # whether it is there shows when its manifest is asked for: each question costs a way there and back
    try:
        variants = source.children(model)
        versions = (source.children(f"{model}/{variant}") if variants else None) or []
    except NotImplementedError:
        return None
    if variants is None:
        return None
    if variant not in variants:
        raise NotReady(f"There are no weights of {model} {variant} (there: {', '.join(variants) or 'none'}). {mend(root)}")
    return _choose(pointer, versions, f"{model} {variant}", root)


def needs_pointer(root: str, model: str, variant: str) -> str:
    """The end of a sentence about weights that were not found on a web server."""
    return f" (a web server cannot be listed: it needs a file {LATEST} in {model}/{variant})" if root.startswith("http") else ""


def mend(root: str, error: Exception | None = None) -> str:
    """What a person can do about weights at `root` that cannot be used, or cannot be read because of `error`."""
    if root == "embedded":
        return "Install the package again, or point FUNCTION_WEIGHTS at a folder with <model>/<variant>/<version>/."
    if isinstance(error, PermissionError):
        return "Give the pod credentials that may read them." if is_url(root) else "Let every user read them: chmod -R a+rX on the folder."
    if isinstance(error, ConnectionError):
        return "See that FUNCTION_WEIGHTS is right and that the pod reaches it: scripts/weights list."
    again = "Push them again (scripts/weights push)" if is_url(root) else "Copy the folder again (scripts/weights pull)"
    return f"{again}, or unset FUNCTION_WEIGHTS to use the embedded tiny weights."


def unusable(what: str, error: Exception, root: str) -> NotReady:
    """The sentence for a person when `what` cannot be used."""
    missing = isinstance(error, FileNotFoundError)
    reason = "it is not there" if missing else (isinstance(error, OSError) and error.strerror) or error
    return NotReady(f"{what} cannot be used: {reason}. {mend(root, error)}")


def _pointer(source: Source, folder: str) -> str | None:
    try:
        return source.get(f"{folder}/{LATEST}").decode(errors="replace").strip()
    except FileNotFoundError:
        return None


def _choose(pointer: str | None, versions: list[str], what: str, root: str) -> str:
    if pointer is not None:
        if not PLAIN.fullmatch(pointer) or pointer not in versions:
            raise NotReady(f"The file {LATEST} of {what} names the version {pointer!r}, which is not there. {mend(root)}")
        return pointer
    if len(versions) == 1:
        return versions[0]
    if versions:
        raise NotReady(f"{what} has the versions {', '.join(versions)}: write the one to serve into a file named {LATEST} beside them.")
    raise NotReady(f"There are no weights of {what}. {mend(root)}")
