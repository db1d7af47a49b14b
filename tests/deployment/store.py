"""What an API server keeps: objects with resource versions, a history to watch, and who set which field. Knows no HTTP and no kind."""

import copy
import json
import threading
from collections.abc import Iterator
from typing import Any, NamedTuple

Object = dict[str, Any]
Path = tuple[str, ...]


class Key(NamedTuple):
    """`resource` is plural with its group."""

    resource: str
    namespace: str
    name: str


class Refused(Exception):
    """An error answer: status, reason, message."""

    def __init__(self, status: int, reason: str, message: str) -> None:
        super().__init__(message)
        self.status, self.reason, self.message = status, reason, message


class Store:
    """All methods may be called from any thread."""

    def __init__(self) -> None:
        self.changed = threading.Condition(threading.RLock())
        self.version = 100
        self.oldest = 0
        self._objects: dict[Key, Object] = {}
        self._owners: dict[Key, dict[str, set[Path]]] = {}
        self._events: list[tuple[int, str, Key, Object]] = []

    def get(self, key: Key) -> Object:
        with self.changed:
            if key not in self._objects:
                raise Refused(404, "NotFound", f'{key.resource} "{key.name}" not found')
            return copy.deepcopy(self._objects[key])

    def find(self, resource: str, namespace: str = "") -> list[Object]:
        with self.changed:
            keys = sorted(key for key in self._objects if key.resource == resource and namespace in ("", key.namespace))
            return [copy.deepcopy(self._objects[key]) for key in keys]

    def create(self, key: Key, body: Object, manager: str = "") -> Object:
        with self.changed:
            if key in self._objects:
                raise Refused(409, "AlreadyExists", f'{key.resource} "{key.name}" already exists')
            return self._put(key, body, manager)

    def replace(self, key: Key, body: Object, manager: str = "") -> Object:
        """With a resourceVersion in the body, only if it is the present one."""
        with self.changed:
            live = self.get(key)
            wanted = body["metadata"].get("resourceVersion")
            if wanted and wanted != live["metadata"]["resourceVersion"]:
                text = f'Operation cannot be fulfilled on {key.resource} "{key.name}": the object has been modified'
                raise Refused(409, "Conflict", f"{text}; please apply your changes to the latest version and try again")
            return self._put(key, body, manager)

    def apply(self, key: Key, applied: Object, manager: str, *, force: bool, admit: Any, dry_run: bool) -> Object:
        """Server-side apply; lists are atomic, as in the CRDs of Knative."""
        with self.changed:
            live = copy.deepcopy(self._objects.get(key, {}))
            names = {"apiVersion": applied["apiVersion"], "kind": applied["kind"], "metadata": {"name": key.name}}
            owners = self._owners.setdefault(key, {})
            leaves = dict(_leaves(applied))
            contested = {
                (who, path)
                for who, paths in owners.items()
                if who != manager
                for path in paths
                if path in leaves and _at(live, path) != leaves[path]
            }
            if contested and not force:
                message = "; ".join(f'conflict with "{who}": .{".".join(path)}' for who, path in sorted(contested))
                raise Refused(409, "Conflict", f"Apply failed with {len(contested)} conflict(s): {message}")
            merged = copy.deepcopy(live) or names
            others = set().union(*(paths for who, paths in owners.items() if who != manager)) if owners else set()
            for path in owners.get(manager, set()) - leaves.keys() - others:
                _remove(merged, path)
            for path, value in leaves.items():
                _set(merged, path, value)
            merged = admit(merged, live)
            if dry_run:
                return merged
            for who in owners:
                owners[who] -= {path for _, path in contested}
            owners[manager] = set(leaves)
            return self._put(key, merged, "") if merged != live else live

    def delete(self, key: Key) -> Object:
        with self.changed:
            gone = self.get(key)
            del self._objects[key]
            self._owners.pop(key, None)
            self._note("DELETED", key, gone)
            return gone

    def status(self, key: Key, status: Object) -> None:
        """What a controller writes; no event when nothing changes."""
        with self.changed:
            live = self._objects[key]
            if live.get("status") != status:
                self._put(key, {**live, "status": status}, "")

    def forget(self) -> None:
        """Compact the history: watches from before now are answered with 410."""
        with self.changed:
            self.version += 1
            self.oldest = self.version

    def events(self, resource: str, after: int) -> Iterator[tuple[int, str, Object]]:
        """What has happened since a version."""
        with self.changed:
            yield from ((version, type, item) for version, type, key, item in self._events if version > after and key.resource == resource)

    def _put(self, key: Key, body: Object, manager: str) -> Object:
        live = self._objects.get(key)
        body = copy.deepcopy(body)
        metadata = body.setdefault("metadata", {})
        metadata |= {"name": key.name, "uid": (live or {}).get("metadata", {}).get("uid", f"uid-{self.version}")}
        metadata |= {"namespace": key.namespace} if key.namespace else {}
        metadata.setdefault("creationTimestamp", "2030-01-01T00:00:00Z")
        generation = (live or {}).get("metadata", {}).get("generation", 0)
        metadata["generation"] = generation + (live is None or live.get("spec") != body.get("spec"))
        if manager:
            self._own(key, manager, live or {}, body)
        self._note("ADDED" if live is None else "MODIFIED", key, body)
        self._objects[key] = body
        return copy.deepcopy(body)

    def _own(self, key: Key, manager: str, live: Object, body: Object) -> None:
        changed = {path for path, value in _leaves(body) if _at(live, path) != value and path[:1] != ("status",)}
        owners = self._owners.setdefault(key, {})
        for paths in owners.values():
            paths.difference_update(changed)
        owners.setdefault(manager, set()).update(changed)

    def _note(self, type: str, key: Key, body: Object) -> None:
        self.version += 1
        body["metadata"]["resourceVersion"] = str(self.version)
        self._events.append((self.version, type, key, copy.deepcopy(body)))
        self.changed.notify_all()


def merge(live: Any, patch: Any) -> Any:
    """JSON merge patch (RFC 7396)."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(live) if isinstance(live, dict) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge(merged.get(name), value)
    return merged


def patch(live: Object, operations: list[Object]) -> Object:
    """JSON patch (RFC 6902): add, replace, remove and test of members of objects."""
    patched = copy.deepcopy(live)
    for one in operations:
        path = tuple(part.replace("~1", "/").replace("~0", "~") for part in one["path"].split("/")[1:])
        if one["op"] == "test":
            if _at(patched, path) != one["value"]:
                raise Refused(422, "Invalid", f"the value at {one['path']} is not {json.dumps(one['value'])}")
        elif one["op"] == "remove":
            _remove(patched, path)
        else:
            _set(patched, path, one["value"])
    return patched


def _leaves(item: Object, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    for name, value in item.items():
        here = (*path, name)
        if path in ((), ("metadata",)) and name in ("apiVersion", "kind", "name", "namespace", "resourceVersion", "managedFields"):
            continue
        if isinstance(value, dict) and value:
            yield from _leaves(value, here)
        else:
            yield here, value


def _at(item: Any, path: Path) -> Any:
    for name in path:
        if not isinstance(item, dict) or name not in item:
            return None
        item = item[name]
    return item


def _set(item: Object, path: Path, value: Any) -> None:
    for name in path[:-1]:
        item = item.setdefault(name, {})
    item[path[-1]] = copy.deepcopy(value)


def _remove(item: Object, path: Path) -> None:
    inner = _at(item, path[:-1])
    if isinstance(inner, dict):
        inner.pop(path[-1], None)
