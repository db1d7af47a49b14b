"""CloudEvents 1.0 to HTTP messages and back (HTTP binding 1.0.2), by the standard library alone, so that sending needs nothing installed.

An event is a dict as the JSON format has it: attributes, and `data` or `data_base64`. Nothing is checked: broken events may be wanted.
"""

import base64
import json
import string
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote, unquote

Event = dict[str, Any]
Mode = Literal["binary", "structured", "batch"]

STRUCTURED, BATCH = "application/cloudevents+json", "application/cloudevents-batch+json"
VERSIONS = ("1.0", "0.3")
DATA = ("data", "data_base64", "datacontenttype")
PLAIN = "".join(set(string.digits + string.ascii_letters + string.punctuation) - set('"%'))


@dataclass(frozen=True)
class Message:
    """Headers, their names in lower case, and body."""

    headers: Mapping[str, str]
    body: bytes = b""


def write(mode: Mode, *events: Event) -> Message:
    """The message that carries one event, or in batch mode any number of them."""
    if mode == "batch":
        return Message({"content-type": BATCH}, json.dumps(events).encode())
    (event,) = events
    if mode == "structured":
        return Message({"content-type": STRUCTURED}, json.dumps(event).encode())
    headers = {f"ce-{name}": quote(_text(value), safe=PLAIN) for name, value in event.items() if name not in DATA}
    return Message({"content-type": str(event.get("datacontenttype", "application/json")), **headers}, _data(event))


def read(message: Message) -> Event | list[Event] | None:
    """The event that a message carries, the list of a batch, or None where there is no event (of a known specversion)."""
    content_type = message.headers.get("content-type", "")
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type in (STRUCTURED, BATCH):
        found = _json(message.body)
        wanted = list if media_type == BATCH else dict
        return found if isinstance(found, wanted) else None
    if message.headers.get("ce-specversion") not in VERSIONS:
        return None
    event: Event = {name[3:]: unquote(value) for name, value in message.headers.items() if name.startswith("ce-")}
    if not message.body:
        return event
    data = _json(message.body) if media_type.endswith("json") else None
    content = {"data_base64": base64.b64encode(message.body).decode()} if data is None else {"data": data}
    return {**event, "datacontenttype": content_type, **content}


def _data(event: Mapping[str, Any]) -> bytes:
    if "data_base64" in event:
        return base64.b64decode(event["data_base64"])
    return json.dumps(event["data"]).encode() if "data" in event else b""


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None
