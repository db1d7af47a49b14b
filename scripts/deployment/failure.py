"""What can go wrong with a cluster, as a sentence and the command that mends it. Knows the API's error bodies, no object of ours."""

import json
import re
from dataclasses import dataclass
from typing import Any


class Failure(Exception):
    """Something the user has to know: one sentence or two, and the command that mends it."""

    def __init__(self, what: str, mend: str = "") -> None:
        super().__init__(f"{what} Mend it with: {mend}" if mend else what)
        self.what = what
        self.mend = mend


class Conflict(Failure):
    """The object has changed since it was read (409): read it again and decide anew."""


class Exists(Failure):
    """There is one of that name already (409)."""


class Forbidden(Failure):
    """The caller lacks a right (403)."""


class Expired(Failure):
    """The watch's starting point is no longer kept (410): list again."""


class Unreachable(Failure):
    """No answer, or one that passes: overload, a dropped connection, a server that restarts."""


@dataclass(frozen=True, slots=True)
class Call:
    """What was being asked of the API. `resource` is plural with its group (`services.serving.knative.dev`)."""

    verb: str
    resource: str
    kind: str
    name: str = ""
    namespace: str = ""

    def __str__(self) -> str:
        where = f" in namespace {self.namespace}" if self.namespace else ""
        return f"{self.kind} {self.name}{where}" if self.name else f"{self.kind} objects{where}"


def explain(call: Call, status: int, body: str | bytes | None, host: str) -> Failure:
    """The failure that an error status of the API server means."""
    message = _message(body)
    if status == 0:
        return Failure(f"The API server at {host} cannot be trusted, or does not speak TLS ({message}).", "kubectl cluster-info")
    if status == 401:
        return Failure(f"The cluster at {host} does not accept your credentials.", "kubectl auth whoami, then log in again")
    if status == 403 and "admission webhook" not in message:
        return Forbidden(f"You may not {call.verb} {call}.", _grant(call, message))
    if status == 404:
        return Failure(f"There is no {call} ({message}).", f"kubectl get {call.resource}{_in(call)}")
    if status == 409:
        return _conflict(call, message)
    if status == 410:
        return Expired(f"The watch of {call} is too old.")
    if status in (429, 500, 502, 503, 504):
        return Unreachable(
            f"The API server at {host} could not {call.verb} {call} (status {status}: {message}).", "kubectl get --raw /readyz"
        )
    return Failure(f"The cluster refuses {call}: {message}.", "scripts/deploy preflight")


def unreachable(call: Call, reason: object, host: str) -> Unreachable:
    """No answer at all."""
    text = str(reason).strip().partition("\n")[0]
    return Unreachable(f"The API server at {host} does not answer ({text}), asked to {call.verb} {call}.", "kubectl cluster-info")


def _conflict(call: Call, message: str) -> Failure:
    if "already exists" in message:
        return Exists(f"There is a {call} already.", f"kubectl get {call.resource} {call.name}{_in(call)}")
    if fields := _contested(message):
        return Failure(f"Another tool also sets fields of {call}: {fields}.", "the same command with --force, which takes them over")
    return Conflict(f"{call} was changed by somebody else at the same time.", "the same command once more")


def _contested(message: str) -> str:
    """`kubectl: .spec.a, .spec.b` of a server-side apply's conflict; empty when it is another kind of conflict."""
    owners = re.findall(r'conflicts? with "([^"]+)"', message)
    paths = re.findall(r"(?<!\w)(\.[\w.\[\]\"=/-]+)", message)
    return f"{', '.join(dict.fromkeys(owners))} owns {', '.join(dict.fromkeys(paths))}" if owners else ""


def _grant(call: Call, message: str) -> str:
    """The commands of an admin that give the missing right."""
    user = (
        found[1] if (found := re.search(r'User "([^"]+)"', message)) else "$(kubectl auth whoami -o jsonpath={.status.userInfo.username})"
    )
    role, suffix = ("role", _in(call)) if call.namespace else ("clusterrole", "")
    name = f"figurine-{call.verb}-{call.resource.partition('.')[0].replace('/', '-')}"
    return (
        f"kubectl create {role} {name} --verb={call.verb} --resource={call.resource}{suffix} && "
        f"kubectl create {role}binding {name} --{role}={name} --user={user}{suffix}"
    )


def _in(call: Call) -> str:
    return f" -n {call.namespace}" if call.namespace else ""


def _message(body: str | bytes | None) -> str:
    """The `message` of a Status object, or the beginning of whatever came."""
    text = body.decode(errors="replace") if isinstance(body, bytes) else body or ""
    try:
        status: Any = json.loads(text)
    except ValueError:
        return text.strip()[:300]
    return str(status.get("message", text)).strip().rstrip(".") if isinstance(status, dict) else text[:300]
