"""Answers of deterministic models, kept under a hash of what made them. A store that fails costs time or links, never the answer."""

import hashlib
import json
import logging
from typing import Any

from pydantic import BaseModel

from function import __version__
from function.errors import FigurineError
from function.models.model import Artifact, Loaded, Result
from function.results.store import DamagedResult, ResultStore

log = logging.getLogger(__name__)


def address(loaded: Loaded, input: BaseModel) -> str:
    """SHA-256 (hex) of all that decides the result: this package, model, variant, version, weights and the input's canonical JSON."""
    parts = [__version__, loaded.model.name, loaded.variant, loaded.version, loaded.digest, input.model_dump(mode="json")]
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


class StoredMemo:
    """A model's `Memo` in the results store."""

    def __init__(self, store: ResultStore) -> None:
        self._store = store

    def get(self, name: str) -> bytes | None:
        """None too when the store does not answer."""
        try:
            return self._store.get_memo(name)
        except Exception as error:
            log.warning("memo %s cannot be read from the store: %s", name, error)
            return None

    def put(self, name: str, value: bytes) -> None:
        """A store that fails costs the value, never the answer."""
        try:
            self._store.put_memo(name, value)
        except Exception as error:
            log.warning("memo %s could not be stored: %s", name, error)


async def find_result(store: ResultStore, id: str, loaded: Loaded) -> Result | None:
    """The result that the store holds at this address, if it is whole and the store answers."""
    try:
        found = await store.load(id)
        if found is None:
            return None
        files = [Artifact(file.name, file.media_type, await store.read(found, file)) for file in found.files]
        facts = loaded.model.Facts.model_validate(found.answer["facts"])
        return Result(facts, tuple(files), tuple(found.answer["warnings"]))
    except (FigurineError, DamagedResult, KeyError, ValueError) as error:
        log.warning("result %s cannot be read from the store: %s", id, error)
        return None


async def keep_result(store: ResultStore, id: str, loaded: Loaded, result: Result) -> bool:
    """Save a result at its address; False when the store failed."""
    record: dict[str, Any] = {
        "model": loaded.model.name,
        "variant": loaded.variant,
        "version": loaded.version,
        "facts": result.facts.model_dump(mode="json"),
        "warnings": list(result.warnings),
    }
    try:
        await store.save(id, record, result.artifacts)
    except Exception as error:
        log.error("result %s could not be stored: %s", id, error)
        return False
    return True
