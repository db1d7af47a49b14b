"""A small API server on loopback: the subset of Kubernetes that the deploy command speaks, with faults on demand. Knows no Knative."""

import json
import re
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.deployment.store import Key, Object, Refused, Store, merge, patch

KINDS = {
    "v1": "Namespace! Node! Pod Secret ConfigMap ServiceAccount PersistentVolumeClaim ResourceQuota LimitRange Service",
    "apps/v1": "Deployment",
    "coordination.k8s.io/v1": "Lease",
    "scheduling.k8s.io/v1": "PriorityClass!",
    "storage.k8s.io/v1": "StorageClass!",
    "node.k8s.io/v1": "RuntimeClass!",
    "networking.k8s.io/v1": "NetworkPolicy",
    "authorization.k8s.io/v1": "SelfSubjectAccessReview!",
    "serving.knative.dev/v1": "Service Revision",
    "serving.knative.dev/v1beta1": "DomainMapping",
    "networking.internal.knative.dev/v1alpha1": "ClusterDomainClaim!",
    "eventing.knative.dev/v1": "Broker Trigger",
    "sources.knative.dev/v1": "SinkBinding",
    "autoscaling.internal.knative.dev/v1alpha1": "PodAutoscaler",
}
"""Kinds by group version; `!` marks those without a namespace."""
PATH = re.compile(
    r"/(?:api|apis/(?P<group>[^/]+))/(?P<version>[^/]+)(?:/namespaces/(?P<namespace>[^/]+))?/(?P<plural>[^/]+)(?:/(?P<name>[^/]+))?(?P<rest>/.*)?"
)
VERBS = {"GET": "get", "POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}


def plural(kind: str) -> str:
    return {"NetworkPolicy": "networkpolicies"}.get(kind, kind.lower() + ("es" if kind.endswith("ss") else "s"))


def resource(group_version: str, kind: str) -> str:
    """`services.serving.knative.dev`."""
    group = group_version.rpartition("/")[0]
    return plural(kind) + (f".{group}" if group else "")


@dataclass
class Fault:
    """Happens to the next `times` requests of a verb to a resource. `act`: `status`, `drop` (no answer), `lose` (done, no answer), `slow`,
    `cut` (a watch ends in the middle), `gone` (a watch says 410)."""

    verb: str
    resource: str
    act: str = "status"
    status: int = 500
    message: str = "injected"
    times: int = 1
    before: Callable[[], None] = field(default=lambda: None)


class ApiServer:
    """Runs until `close`. `admit(new, live)` is the webhook: it fills in defaults, or raises `Refused`."""

    def __init__(self) -> None:
        self.store = Store()
        self.faults: list[Fault] = []
        self.denied: set[tuple[str, str]] = set()
        self.unknown: set[str] = set()
        self.requests: list[tuple[str, str]] = []
        self.admit: Callable[[str, Object, Object], Object] = lambda _resource, new, _live: new
        self.pods: Callable[[str], int] = lambda _pod: 0
        """The loopback port of a pod's container."""
        self.watched: Counter[str] = Counter()
        """Open watches by resource."""
        self.closing = False
        handler = type("Handler", (_Handler,), {"api": self})
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.http.daemon_threads = True
        self.port = self.http.server_address[1]
        self._thread = threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def close(self) -> None:
        self.closing = True
        with self.store.changed:
            self.store.changed.notify_all()
        self.http.shutdown()
        self.http.server_close()
        self._thread.join()

    def kubeconfig(self) -> Object:
        """The text of a kubeconfig for this server, as a dict."""
        return {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "test",
            "clusters": [{"name": "test", "cluster": {"server": f"http://127.0.0.1:{self.port}"}}],
            "users": [{"name": "anna", "user": {"token": "anna"}}],
            "contexts": [{"name": "test", "context": {"cluster": "test", "user": "anna", "namespace": "default"}}],
        }

    def add(self, manifest: Object) -> Object:
        """An object that is already there."""
        metadata = manifest["metadata"]
        key = Key(resource(manifest["apiVersion"], manifest["kind"]), metadata.get("namespace", ""), metadata["name"])
        return self.store.create(key, manifest)

    def get(self, kind: str, name: str, namespace: str = "default") -> Object:
        """`kind` with its group, as `services.serving.knative.dev`."""
        return self.store.get(Key(kind, namespace, name))

    def fault(self, verb: str, resource: str) -> Fault | None:
        """The fault that is due, if any; it counts as used."""
        found = next((one for one in self.faults if one.times and (one.verb, one.resource) == (verb, resource)), None)
        if found:
            found.times -= 1
        return found


class _Handler(BaseHTTPRequestHandler):
    api: ApiServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        body = self.rfile.read(length)
        url = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        try:
            self._answer(unquote(url.path), query, body)
        except Refused as refused:
            status = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": refused.reason, "code": refused.status}
            self._send(refused.status, {**status, "message": refused.message})
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815

    def log_message(self, *_: object) -> None:
        pass

    def _answer(self, path: str, query: dict[str, str], body: bytes) -> None:
        if path in ("/version", "/apis", "/api/v1") or re.fullmatch("/apis/[^/]+/[^/]+", path):
            return self._send(200, self._discovery(path))
        found = PATH.fullmatch(path)
        if not found:
            raise Refused(404, "NotFound", "the server could not find the requested resource")
        group, namespace, name = found["group"] or "", found["namespace"] or "", found["name"] or ""
        kind = found["plural"] + (f".{group}" if group else "")
        if found["plural"] == "namespaces" or (namespace and not found["plural"]):
            kind = "namespaces"
        verb = VERBS[self.command] if name or self.command != "GET" else "watch" if query.get("watch") else "list"
        rest = found["rest"] or ""
        about = f"pods/{rest.split('/')[1]}" if rest else kind
        self.api.requests.append((verb, about))
        if (verb, about) in self.api.denied:
            group_text = f'in API group "{group}" in the namespace "{namespace}"'
            raise Refused(403, "Forbidden", f'{kind} "{name}" is forbidden: User "anna" cannot {verb} resource "{about}" {group_text}')
        fault = self.api.fault(verb, about)
        if fault:
            fault.before()
            if fault.act == "status":
                raise Refused(fault.status, "Injected", fault.message)
            if fault.act == "drop":
                self.close_connection = True
                return None
            if fault.act == "slow":
                time.sleep(0.3)
        if rest:
            return self._pod(name, rest)
        key = Key(kind, namespace, name)
        if verb == "watch":
            return self._watch(key, query, fault)
        if verb == "list":
            items = [item for item in self.api.store.find(kind, namespace) if _chosen(item, query)]
            kind_of = next(one.strip("!") for one in KINDS[_version(found)].split() if plural(one.strip("!")) == found["plural"])
            listed = {"apiVersion": _version(found), "kind": f"{kind_of}List", "metadata": {"resourceVersion": str(self.api.store.version)}}
            return self._send(200, {**listed, "items": items})
        result = self._change(key, verb, query, json.loads(body) if body else {})
        if fault and fault.act == "lose":
            self.close_connection = True
            return None
        return self._send(201 if verb == "create" else 200, result)

    def _change(self, key: Key, verb: str, query: dict[str, str], body: Any) -> Object:
        store, manager = self.api.store, query.get("fieldManager", "unnamed")
        if verb == "get":
            return store.get(key)
        if verb == "delete":
            return store.delete(key)
        if key.resource.startswith("selfsubjectaccessreviews"):
            asked = body["spec"]["resourceAttributes"]
            about = (
                asked["resource"]
                + (f".{asked['group']}" if asked.get("group") else "")
                + (f"/{asked['subresource']}" if asked.get("subresource") else "")
            )
            return {**body, "status": {"allowed": (asked["verb"], about) not in self.api.denied}}
        with store.changed:
            if verb == "create":
                key = key._replace(name=body["metadata"]["name"])
                return store.create(key, self.api.admit(key.resource, body, {}), manager)
            kind = self.headers.get("content-type", "")
            if "apply-patch" in kind:
                return store.apply(
                    key,
                    body,
                    manager,
                    force=query.get("force") == "True" or query.get("force") == "true",
                    admit=lambda new, live: self.api.admit(key.resource, new, live),
                    dry_run="dryRun" in query,
                )
            live = store.get(key)
            new = body if verb == "update" else patch(live, body) if "json-patch" in kind else merge(live, body)
            return store.replace(key, self.api.admit(key.resource, {**new, "status": live.get("status", {})}, live), manager)

    def _watch(self, key: Key, query: dict[str, str], fault: Fault | None) -> None:
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        store, version = self.api.store, int(query.get("resourceVersion") or 0)
        if (fault and fault.act == "gone") or version < store.oldest:
            status = {"kind": "Status", "code": 410, "reason": "Expired", "message": "too old resource version"}
            return self._chunk({"type": "ERROR", "object": status}, last=True)
        if fault and fault.act == "cut":
            self.wfile.write(b'40\r\n{"type": ')
            self.close_connection = True
            return None
        end = time.monotonic() + float(query.get("timeoutSeconds", 60))
        with store.changed:
            self.api.watched[key.resource] += 1
            store.changed.notify_all()
        try:
            self._stream(key, query, version, end)
        finally:
            self.api.watched[key.resource] -= 1

    def _stream(self, key: Key, query: dict[str, str], version: int, end: float) -> None:
        store = self.api.store
        while not self.api.closing and time.monotonic() < end:
            with store.changed:
                events = list(store.events(key.resource, version))
                if not events:
                    store.changed.wait(0.2)
            for at, type, item in events:
                version = at
                if key.namespace in ("", item["metadata"].get("namespace")) and _chosen(item, query):
                    self._chunk({"type": type, "object": item})
        return self._chunk({"type": "BOOKMARK", "object": {"metadata": {"resourceVersion": str(version)}}}, last=True)

    def _pod(self, pod: str, rest: str) -> None:
        name = pod.partition(":")[0]
        if rest == "/log":
            return self._raw(200, f'{{"pod": "{name}"}}\n'.encode())
        connection = HTTPConnection("127.0.0.1", self.api.pods(name), timeout=10)
        try:
            connection.request("GET", rest.removeprefix("/proxy"))
            answer = connection.getresponse()
            return self._raw(answer.status, answer.read())
        except OSError:
            raise Refused(503, "ServiceUnavailable", "error trying to reach service: connection refused") from None
        finally:
            connection.close()

    def _discovery(self, path: str) -> Object:
        if path == "/version":
            return {"major": "1", "minor": "34", "gitVersion": "v1.34.1"}
        known = {version: kinds for version, kinds in KINDS.items() if version.rpartition("/")[0] not in self.api.unknown}
        if path == "/apis":
            groups: dict[str, list[Object]] = {}
            for version in known:
                if "/" in version:
                    groups.setdefault(version.partition("/")[0], []).append({"groupVersion": version, "version": version.partition("/")[2]})
            return {
                "kind": "APIGroupList",
                "groups": [{"name": name, "versions": all, "preferredVersion": all[0]} for name, all in groups.items()],
            }
        version = path.removeprefix("/apis/").removeprefix("/api/")
        if version not in known:
            raise Refused(404, "NotFound", "the server could not find the requested resource")
        kinds = [(kind.strip("!"), not kind.endswith("!")) for kind in known[version].split()]
        verbs = ["create", "delete", "get", "list", "patch", "update", "watch"]
        resources = [
            {"name": plural(kind), "singularName": "", "namespaced": inside, "kind": kind, "verbs": verbs} for kind, inside in kinds
        ]
        return {"kind": "APIResourceList", "groupVersion": version, "resources": resources}

    def _send(self, status: int, body: Object) -> None:
        self._raw(status, json.dumps(body).encode())

    def _raw(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _chunk(self, event: Object, *, last: bool = False) -> None:
        line = json.dumps(event).encode() + b"\n"
        self.wfile.write(b"%x\r\n%s\r\n" % (len(line), line) + (b"0\r\n\r\n" if last else b""))
        self.wfile.flush()


def _version(found: re.Match[str]) -> str:
    return f"{found['group']}/{found['version']}" if found["group"] else str(found["version"])


def _chosen(item: Object, query: dict[str, str]) -> bool:
    labels = item["metadata"].get("labels", {})
    wanted = [pair.split("=", 1) for pair in query.get("labelSelector", "").split(",") if pair]
    field = query.get("fieldSelector", "")
    return all(labels.get(name) == value for name, value in wanted) and (not field or field == f"metadata.name={item['metadata']['name']}")
