"""A CloudEvent from its headers and body to an event, and from a reply to headers and body. No server is in between.

Floor: the body's JSON read once. The peer is the SDK alone, with its own JSON format.
"""

import json
import timeit
from collections.abc import Callable
from functools import partial

from cloudevents.core.bindings.http import HTTPMessage, from_binary, to_binary
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from benchmarks.rows import Rounds, Row, interleave
from function.http.cloudevents import decode, encode, json_data, mode_of
from function.http.replies import Replies

TIMES = 2000
BODY = b'{"prompt":"a person walks forward, then waves with the right hand","duration":5,"seed":7}'
HEADERS = {
    "host": "motion.default.svc.cluster.local",
    "content-type": "application/json",
    "prefer": "reply",
    "ce-specversion": "1.0",
    "ce-id": "0b6a1e3c-8a8f-4d6e-9c55-0f6f8b2f7a11",
    "ce-source": "/studio/7",
    "ce-type": "figurine.motion.requested",
    "ce-time": "2026-01-01T00:00:00Z",
    "ce-subject": "clip 7",
    "ce-traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
}
FACTS = {"id": "0" * 64, "facts": {"frames": 150, "fps": 30, "seed": 7}, "warnings": [], "stored": False}
ANSWER = json.dumps(FACTS).encode()
REPLIES = Replies("motion")


def ours() -> HTTPMessage:
    """Decode a request, make the reply, encode it."""
    event = decode(mode_of(HEADERS["content-type"]), HEADERS, BODY)
    json_data(event)
    return encode("binary", REPLIES.completed(event, "motion", ANSWER))


def plain() -> HTTPMessage:
    """The same by the SDK alone, with its own JSON format."""
    form = JSONFormat()
    event = from_binary(HTTPMessage(HEADERS, BODY), form, CloudEvent)
    attributes = {name: event.get_attributes()[name] for name in ("subject", "traceparent")}
    attributes |= {"type": "figurine.motion.completed", "source": "motion", "correlationid": event.get_id()}
    return to_binary(CloudEvent({**attributes, "datacontenttype": "application/json"}, FACTS), form)


def measure(rounds: Rounds) -> list[Row]:
    """Microseconds of one."""
    arms: dict[str, Callable[[], object]] = {"ours": ours, "sdk": plain, "floor": lambda: json.loads(BODY)}
    taken = interleave(rounds.count, {name: partial(_microseconds, arm) for name, arm in arms.items()})
    what = "CloudEvent decode + reply encode, binary, small"
    return [Row(what, "us", 50.0, taken["ours"], peer="SDK alone", beside=taken["sdk"], floor=taken["floor"])]


def _microseconds(work: Callable[[], object]) -> float:
    return timeit.timeit(work, number=TIMES) / TIMES * 1e6
