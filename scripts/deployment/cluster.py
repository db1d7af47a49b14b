"""The API server through the published client: objects are plain dicts, every error is a `Failure`. Knows no meaning of any object."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import urllib3
from kubernetes import client, watch
from kubernetes.dynamic import DynamicClient
from kubernetes.dynamic.exceptions import ResourceNotFoundError

from deployment.connection import connect
from deployment.failure import Call, Failure, Unreachable, explain, unreachable

Object = dict[str, Any]
MANAGER = "figurine-deploy"
"""Field manager of what manifests say."""
ROLLOUT_MANAGER = "figurine-rollout"
"""Field manager of what a rollout decides: traffic, and its state."""
CONNECT_S = 10.0
ANSWER_S = 60.0
STREAM_S = 240
PAUSES_S = (0.1, 0.3, 1.0)


class Kind(NamedTuple):
    """`apiVersion` and `kind` of an object."""

    api_version: str
    kind: str

    @classmethod
    def of(cls, manifest: Mapping[str, Any]) -> "Kind":
        return cls(manifest["apiVersion"], manifest["kind"])


class Cluster:
    """One context of the kubeconfig. Reads and writes are tried again when the server is overloaded or the connection drops."""

    def __init__(self, kubeconfig: str | None = None, context: str | None = None, namespace: str = "") -> None:
        self._api, self.namespace = connect(kubeconfig, context)
        self.namespace = namespace or self.namespace
        self.host = str(self._api.configuration.host)
        with TemporaryDirectory() as private:  # discovery is not kept: a file in /tmp may be stale, and anybody's
            self._dynamic: Any = self._guard(
                Call("reach", "version", "the API server"), lambda: DynamicClient(self._api, cache_file=f"{private}/discovery.json")
            )

    @property
    def version(self) -> str:
        """Of Kubernetes: `v1.34.1`."""
        return str(self._dynamic.version["kubernetes"].get("gitVersion", ""))

    def knows(self, kind: Kind) -> bool:
        """Whether the cluster serves this kind."""
        try:
            self._resource(kind)
        except Failure:
            return False
        return True

    def namespaced(self, kind: Kind) -> bool:
        return bool(self._resource(kind).namespaced)

    def plural(self, kind: Kind) -> str:
        """`services.serving.knative.dev`, as rights and commands name it."""
        group = kind.api_version.rpartition("/")[0]
        return f"{self._resource(kind).name}.{group}" if group else str(self._resource(kind).name)

    def get(self, kind: Kind, name: str, namespace: str | None = None) -> Object | None:
        """The object, or None where there is none."""
        return self._maybe("get", kind, name, namespace, lambda resource, where: resource.get(name=name, **where))

    def list(self, kind: Kind, namespace: str | None = None, labels: str = "", name: str = "") -> tuple[list[Object], str]:
        """The objects, and the version from which a watch continues. Namespace `""` is all of them."""
        field = f"metadata.name={name}" if name else None
        found = self._do(
            "list", kind, "", namespace, lambda resource, where: resource.get(label_selector=labels or None, field_selector=field, **where)
        )
        items = [{"apiVersion": kind.api_version, "kind": kind.kind, **item} for item in found.get("items", [])]
        return items, found["metadata"].get("resourceVersion", "0")

    def create(self, body: Object) -> Object:
        """Raises `Exists`."""
        return self._write("create", body, lambda resource, where: resource.create(body=body, **where))

    def apply(self, body: Object, *, force: bool = False, dry_run: bool = False, manager: str = MANAGER) -> Object:
        """Server-side apply: what the manifest says is set, what it no longer says is removed, the rest is left alone."""
        options = {"field_manager": manager, "force_conflicts": force, "dry_run": "All" if dry_run else None}
        return self._write("patch", body, lambda resource, where: resource.server_side_apply(body=body, **where, **options))

    def merge(self, kind: Kind, name: str, body: Object, namespace: str | None = None) -> Object:
        """Merge patch by a rollout. With `metadata.resourceVersion` in it, raises `Conflict` when the object has changed since."""
        options = {"content_type": "application/merge-patch+json", "field_manager": ROLLOUT_MANAGER}
        return self._do("patch", kind, name, namespace, lambda resource, where: resource.patch(body=body, name=name, **where, **options))

    def replace(self, body: Object) -> Object:
        """The whole object; raises `Conflict` when it has changed since its `resourceVersion`."""
        return self._write("update", body, lambda resource, where: resource.replace(body=body, **where))

    def delete(self, kind: Kind, name: str, namespace: str | None = None) -> bool:
        """Ask for its removal, and that of all that it owns first. False where there was none."""
        options = {"propagation_policy": "Foreground"}
        return self._maybe("delete", kind, name, namespace, lambda res, where: res.delete(name=name, **where, **options)) is not None

    def watch(
        self, kind: Kind, version: str, seconds: float, namespace: str | None = None, labels: str = "", name: str = ""
    ) -> Iterator[Object]:
        """Events after `version` until the server ends the stream. Raises `Expired`, and `Unreachable` when the connection drops."""
        resource = self._resource(kind)
        limit = max(1, min(STREAM_S, int(seconds)))
        call = self._call("watch", kind, name, namespace)
        events = watch.Watch().stream(
            resource.get,
            **self._where(resource, namespace),
            serialize=False,
            label_selector=labels or None,
            field_selector=f"metadata.name={name}" if name else None,
            resource_version=version,
            allow_watch_bookmarks=True,
            timeout_seconds=limit,
            _request_timeout=(CONNECT_S, limit + CONNECT_S),
        )
        while True:
            event = self._guard(call, lambda: next(events, None), pauses=())
            if event is None:
                return
            yield event

    def pod_get(self, pod: str, path: str, port: int) -> tuple[int, str]:
        """Status and body of a GET to a pod through the API server. It wakes no pod, and reaches one that is not ready."""
        call = Call("get", "pods/proxy", "Pod", pod, self.namespace)
        url = f"/api/v1/namespaces/{self.namespace}/pods/{pod}:{port}/proxy/{path}"

        def ask() -> tuple[int, str]:
            try:
                answer = self._dynamic.request("get", url, serialize=False, _request_timeout=(CONNECT_S, CONNECT_S))
            except client.ApiException as error:
                if error.status == 403:
                    raise
                body = error.body or ""
                return int(error.status or 0), body if isinstance(body, str) else body.decode(errors="replace")
            return int(answer.status), answer.data.decode(errors="replace")

        found: tuple[int, str] = self._guard(call, ask, pauses=())
        return found

    def pod_log(self, pod: str, container: str, *, follow: bool, lines: int) -> Iterator[str]:
        """The last lines of a container, and then, if wanted, each one as it is written. As they are: the typed client would read JSON."""
        call = Call("get", "pods/log", "Pod", pod, self.namespace)
        url = f"/api/v1/namespaces/{self.namespace}/pods/{pod}/log"
        query = [("container", container), ("tailLines", str(lines)), ("follow", str(follow).lower())]
        limits = (CONNECT_S, None if follow else ANSWER_S)
        ask = partial(self._dynamic.request, "get", url, query_params=query, serialize=False, _request_timeout=limits)
        written = iter(self._guard(call, ask))
        while (line := self._guard(call, lambda: next(written, None), pauses=())) is not None:
            yield line.decode(errors="replace").rstrip("\n")

    def _write(self, verb: str, body: Object, act: Callable[..., Any]) -> Object:
        metadata = body.get("metadata", {})
        return self._do(verb, Kind.of(body), metadata.get("name", ""), metadata.get("namespace"), act)

    def _do(self, verb: str, kind: Kind, name: str, namespace: str | None, act: Callable[..., Any]) -> Object:
        resource = self._resource(kind)
        where = self._where(resource, namespace) | {"_request_timeout": (CONNECT_S, ANSWER_S)}
        pauses = PAUSES_S if verb != "create" else ()
        done = self._guard(self._call(verb, kind, name, namespace), lambda: act(resource, where), pauses)
        return dict(done.to_dict())

    def _maybe(self, verb: str, kind: Kind, name: str, namespace: str | None, act: Callable[..., Any]) -> Object | None:
        def unless_missing(resource: Any, where: Object) -> Any:
            try:
                return act(resource, where)
            except client.ApiException as error:
                if error.status == 404:
                    return _Nothing()
                raise

        return self._do(verb, kind, name, namespace, unless_missing) or None

    def _resource(self, kind: Kind) -> Any:
        group, _, version = kind.api_version.rpartition("/")
        call = Call("find", kind.kind.lower(), f"the kind {kind.kind}")
        where = {"prefix": "apis", "group": group} if group else {"prefix": "api"}
        try:
            return self._guard(call, lambda: self._dynamic.resources.get(api_version=version, kind=kind.kind, **where))
        except ResourceNotFoundError:
            raise Failure(f"The cluster knows no {kind.kind} of {kind.api_version}.", _installation(group)) from None

    def _where(self, resource: Any, namespace: str | None) -> Object:
        return {"namespace": self.namespace if namespace is None else namespace or None} if resource.namespaced else {}

    def _call(self, verb: str, kind: Kind, name: str, namespace: str | None) -> Call:
        where = self._where(self._resource(kind), namespace).get("namespace") or ""
        return Call(verb, self.plural(kind), kind.kind, name, where)

    def _guard(self, call: Call, act: Callable[[], Any], pauses: tuple[float, ...] = PAUSES_S) -> Any:
        """Run one request; try again after each pause when the failure is one that passes."""
        for pause in (*pauses, None):
            try:
                return act()
            except client.ApiException as error:
                failure = explain(call, int(error.status or 0), error.body or error.reason, self.host)
            except (urllib3.exceptions.HTTPError, ConnectionError, TimeoutError, json.JSONDecodeError) as error:
                failure = unreachable(call, error, self.host)
            if pause is None or not isinstance(failure, Unreachable):
                raise failure
            time.sleep(pause)
        raise AssertionError


class _Nothing:
    def to_dict(self) -> Object:
        return {}


def _installation(group: str) -> str:
    pages = {"serving.knative.dev": "serving", "eventing.knative.dev": "eventing", "sources.knative.dev": "eventing"}
    if page := pages.get(group):
        return f"an installation of Knative, https://knative.dev/docs/install/ ({page})"
    return f"kubectl api-resources --api-group={group}"
