"""One delivery over HTTP, as a broker makes it: no redirect followed, no second try."""

import http.client
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from sending.messages import Event, Message, read
from sending.verdicts import Verdict, judge, judge_member


@dataclass(frozen=True)
class Answer:
    """What came back and what a broker makes of it. `status` is 0 when nothing came; `events` are those in the answer.

    `problem` is a body that is no event, as text, or why nothing came.
    """

    status: int
    verdict: Verdict
    seconds: float
    headers: dict[str, str] = field(default_factory=dict)
    events: tuple[Event, ...] = ()
    problem: str = ""


def post(url: str, message: Message, timeout: float) -> tuple[int, Message]:
    """The status and the answer. Raises `OSError` or `HTTPException` when none comes within `timeout` seconds."""
    parts = urlsplit(url)
    connect: Any = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = connect(parts.hostname, parts.port, timeout=timeout)
    try:
        connection.request("POST", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""), message.body, dict(message.headers))
        response = connection.getresponse()
        return response.status, Message({name.lower(): value for name, value in response.getheaders()}, response.read())
    finally:
        connection.close()


def deliver(url: str, message: Message, timeout: float) -> Answer:
    """Post and judge."""
    begun = time.perf_counter()
    try:
        status, answer = post(url, message, timeout)
    except (OSError, http.client.HTTPException) as error:
        reason = f"no answer from {url} ({error or type(error).__name__})"
        return Answer(0, Verdict.RETRY, time.perf_counter() - begun, problem=reason)
    seconds = time.perf_counter() - begun
    found = read(answer)
    verdict = judge(status, answer).verdict
    if isinstance(found, list) and status == 200:
        verdict = max(map(judge_member, found), key=list(Verdict).index, default=Verdict.DONE)
    events = tuple(found if isinstance(found, list) else [found] if found else [])
    return Answer(status, verdict, seconds, dict(answer.headers), events, "" if events else answer.body.decode(errors="replace"))
