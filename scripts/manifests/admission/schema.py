"""The check of a manifest against the schema of its CustomResourceDefinition, unknown fields included."""

import json
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, ValidationError

from manifests.admission.findings import Finding

FOLDER = Path(__file__).parents[1] / "schemas"


def wrong_shapes(manifest: Mapping[str, Any]) -> Iterator[Finding]:
    """A finding for each missing field and each value of a wrong type."""
    for error in _errors(manifest):
        where = field_path(error.absolute_path)
        if error.validator == "required":
            for name in [name for name in error.validator_value if name not in error.instance]:
                yield Finding(join(where, name), f"{name} is missing.", f"Give {name}.")
        elif error.validator != "additionalProperties":
            yield Finding(where, f"{error.message[:200]}.", f"Give a value of {error.validator} {error.validator_value!r}.")


def unknown_fields(manifest: Mapping[str, Any]) -> Iterator[Finding]:
    """A finding for each field that the schema does not know."""
    for error in _errors(manifest):
        if error.validator == "additionalProperties":
            where, names = field_path(error.absolute_path), list(error.schema["properties"])
            for name in sorted(error.instance.keys() - names):
                near = get_close_matches(name, names, 1)
                mend = f"The nearest field is {near[0]}." if near else "Leave it out: Knative allows no such field here."
                yield Finding(join(where, name), f"{name} is not a field of {where or 'this kind'}.", mend)


def known(manifest: Mapping[str, Any]) -> bool:
    """Whether there is a schema for the manifest's kind."""
    return _file(manifest).is_file()


def _errors(manifest: Mapping[str, Any]) -> Iterable[ValidationError]:
    errors: Iterable[ValidationError] = _validator(_file(manifest)).iter_errors(manifest)
    return errors


@cache
def _validator(file: Path) -> Draft202012Validator:
    return Draft202012Validator(json.loads(file.read_text()))


def _file(manifest: Mapping[str, Any]) -> Path:
    return FOLDER / f"{manifest.get('apiVersion', '')}_{manifest.get('kind', '')}.json".replace("/", "_")


def join(path: str, name: str) -> str:
    """The path of a field below another."""
    return f"{path}.{name}" if path else name


def field_path(parts: Iterable[str | int]) -> str:
    """A path as Knative writes it: spec.containers[0].image."""
    path = ""
    for part in parts:
        path = f"{path}[{part}]" if isinstance(part, int) else join(path, part)
    return path
