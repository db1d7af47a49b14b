"""Strict check of Kubernetes' own kinds against the published client's models: unknown fields and wrong shapes are named."""

import re
from collections.abc import Iterator
from typing import Any

from kubernetes.client import models

PLAIN: dict[str, type | tuple[type, ...]] = {"str": str, "int": int, "bool": bool, "float": (int, float), "object": object}


def wrong_fields(manifest: dict[str, Any]) -> list[str]:
    """Paths that the kind of the manifest does not have, or with a value of another type."""
    version = manifest["apiVersion"].rpartition("/")[2].capitalize()
    return list(_wrong(manifest, f"{version}{manifest['kind']}", manifest["kind"]))


def _wrong(value: Any, kind: str, path: str) -> Iterator[str]:
    if listed := re.fullmatch(r"List\[(.+)\]", kind):
        items = enumerate(value) if isinstance(value, list) else ()
        yield from (wrong for place, item in items for wrong in _wrong(item, listed[1], f"{path}[{place}]"))
        if not isinstance(value, list):
            yield path
    elif named := re.fullmatch(r"Dict\[str, (.+)\]", kind):
        yield from (wrong for name, item in value.items() for wrong in _wrong(item, named[1], f"{path}.{name}"))
    elif kind in PLAIN:
        if not isinstance(value, PLAIN[kind]):
            yield path
    else:
        model = getattr(models, kind)
        types = {field: model.openapi_types[name] for name, field in model.attribute_map.items()}
        for field, item in value.items():
            yield from _wrong(item, types[field], f"{path}.{field}") if field in types else [f"{path}.{field}"]
