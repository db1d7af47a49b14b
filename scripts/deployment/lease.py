"""Never two rollouts of a Service at once: a Lease (coordination.k8s.io/v1) held while one runs, and renewed by a thread."""

import getpass
import os
import socket
import threading
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from deployment.cluster import Cluster, Kind, Object
from deployment.failure import Conflict, Exists, Failure

LEASE = Kind("coordination.k8s.io/v1", "Lease")
DURATION_S = 30
RENEW_S = 8.0


class Lease:
    """Use as a context. Raises `Failure` at the start when somebody holds it; `check` raises once it is lost.

    One whose holder has not renewed it for its duration is taken over: the holder is gone, or will stop at its next `check`, or at its next
    write, since every write of a rollout names the version that it has read.
    """

    def __init__(self, cluster: Cluster, service: str) -> None:
        self._cluster, self._service = cluster, service
        self.name = f"{service}-rollout"
        self.holder = f"{getpass.getuser()}@{socket.gethostname()}/{os.getpid()}"
        self._ended = threading.Event()
        self._lost = ""
        self._thread = threading.Thread(target=self._renew, daemon=True)

    def __enter__(self) -> Self:
        try:
            self._cluster.create(self._body({"acquireTime": _now(), "leaseTransitions": 0}))
        except Exists:
            self._take(self._read())
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._ended.set()
        self._thread.join()
        try:
            held = self._read()
            if held["spec"].get("holderIdentity") == self.holder:
                self._cluster.replace({**held, "spec": {**held["spec"], "holderIdentity": ""}})
        except Failure:
            pass  # it runs out by itself

    def check(self) -> None:
        """Raises `Failure` once another has it, or it could not be renewed in time."""
        if self._lost:
            raise Failure(f"This rollout of {self._service} was taken over ({self._lost}).", f"scripts/deploy status {self._service}")

    def _take(self, held: Object) -> None:
        spec = held["spec"]
        holder = spec.get("holderIdentity", "")
        age = (datetime.now(UTC) - _time(spec.get("renewTime"))).total_seconds()
        if holder and holder != self.holder and age < spec.get("leaseDurationSeconds", DURATION_S):
            mend = f"waiting: kubectl get lease {self.name} -n {self._cluster.namespace} -w (a dead holder's runs out after {DURATION_S} s)"
            raise Failure(f"{holder} is rolling out {self._service} now (sign of life {max(age, 0):.0f} s ago).", mend)
        times = {"acquireTime": _now(), "leaseTransitions": spec.get("leaseTransitions", 0) + 1}
        try:
            self._cluster.replace(self._body(times, held["metadata"]["resourceVersion"]))
        except Conflict:
            self._take(self._read())

    def _renew(self) -> None:
        renewed = datetime.now(UTC)
        while not self._ended.wait(RENEW_S):
            try:
                held = self._read()
                if (holder := held["spec"].get("holderIdentity")) != self.holder:
                    self._lost = f"by {holder}"
                    return
                self._cluster.replace({**held, "spec": {**held["spec"], "renewTime": _now()}})
                renewed = datetime.now(UTC)
            except Failure as failure:
                if (datetime.now(UTC) - renewed).total_seconds() > DURATION_S:
                    self._lost = failure.what
                    return

    def _read(self) -> Object:
        held = self._cluster.get(LEASE, self.name)
        if held is None:
            raise Failure(f"The Lease {self.name} was deleted.", "the same command once more")
        return held

    def _body(self, times: Object, version: str = "") -> Object:
        metadata = {"name": self.name, "namespace": self._cluster.namespace} | ({"resourceVersion": version} if version else {})
        spec = {"holderIdentity": self.holder, "leaseDurationSeconds": DURATION_S, "renewTime": _now(), **times}
        return {"apiVersion": LEASE.api_version, "kind": LEASE.kind, "metadata": metadata, "spec": spec}


def _now() -> str:
    """MicroTime."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _time(text: str | None) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00")) if text else datetime.min.replace(tzinfo=UTC)
