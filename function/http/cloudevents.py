"""CloudEvents 1.0 on HTTP, in and out: binary, structured and batch (HTTP binding and JSON format 1.0.2 of github.com/cloudevents/spec).

The SDK carries attributes to headers and back and checks them; data stays bytes, so that JSON is parsed once (by the model's input) and
never becomes base64. What the SDK lets pass or makes up (broken JSON, no id, a list for an object) is refused. Knows no model.
"""

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Literal

from cloudevents.core.base import BaseCloudEvent
from cloudevents.core.bindings.http import HTTPMessage, from_binary, to_binary, to_structured
from cloudevents.core.exceptions import CloudEventValidationError
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from pydantic_core import from_json, to_json

from function.errors import InvalidRequest, PayloadTooLarge, UnsupportedMediaType
from function.http.attributes import CORE, REQUIRED

Mode = Literal["binary", "structured", "batch"]

STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
JSON_TYPE = re.compile(r"application/([a-z0-9.-]+\+)?json", re.IGNORECASE)
INTEGERS = range(-(1 << 31), 1 << 31)
LARGEST_BATCH = 100
MOST_ATTRIBUTES, LONGEST = 64, 2048  # so that a reply to the event fits into headers


class ByteData(JSONFormat):
    """The SDK's JSON format, with data that is JSON in bytes on both ways."""

    def read_data(self, body: bytes, datacontenttype: str | None) -> bytes:  # noqa: ARG002
        """The body as it came."""
        return body

    def write(self, event: BaseCloudEvent) -> bytes:
        """The event as JSON, its data put in as it is."""
        attributes = {name: _plain(value) for name, value in event.get_attributes().items()}
        data = event.get_data()
        assert isinstance(data, bytes)
        return json.dumps(attributes)[:-1].encode() + b', "data": ' + data + b"}"


FORMAT = ByteData()


def mode_of(content_type: str) -> Mode:
    """How a message carries its event. Raises `UnsupportedMediaType` for an event format other than JSON."""
    media_type = _media_type(content_type)
    if not media_type.startswith("application/cloudevents"):
        return "binary"
    if media_type == STRUCTURED:
        return "structured"
    if media_type == BATCH:
        return "batch"
    raise UnsupportedMediaType(f"Events are taken as {STRUCTURED}, {BATCH} or in binary mode.")


def decode(mode: Mode, headers: Mapping[str, str], body: bytes) -> CloudEvent:
    """The one event of a binary or structured message, its data as bytes. Raises `InvalidRequest`."""
    if mode == "structured":
        return _from_document(_parse(body))
    _check_required({name: headers.get(f"ce-{name}") for name in REQUIRED})
    with _refusing():
        event = from_binary(HTTPMessage(dict(headers), body), FORMAT, CloudEvent)
    assert isinstance(event, CloudEvent)
    _check_size(event.get_attributes())
    return event


def decode_batch(body: bytes) -> list[CloudEvent | InvalidRequest]:
    """Each member's event, or what is wrong with it. Raises `InvalidRequest` or `PayloadTooLarge` when it is no list or too long."""
    documents = _parse(body)
    if not isinstance(documents, list):
        raise InvalidRequest("A batch should be a JSON list of events.")
    if len(documents) > LARGEST_BATCH:
        raise PayloadTooLarge(f"The batch has {len(documents)} events; {LARGEST_BATCH} are allowed.")
    return [_member(document) for document in documents]


def json_data(event: CloudEvent) -> bytes:
    """The event's data, which should be JSON. Raises `UnsupportedMediaType` when it says to be something else."""
    media_type = _media_type(event.get_datacontenttype() or "application/json")
    if not JSON_TYPE.fullmatch(media_type):
        raise UnsupportedMediaType("The data of the event should be application/json.")
    data = event.get_data()
    return data if isinstance(data, bytes) else b""


def extensions(event: CloudEvent) -> dict[str, str]:
    """Attributes beyond the specification's own, as text."""
    return {name: str(_plain(value)) for name, value in event.get_attributes().items() if name not in CORE}


def encode(mode: Mode, event: CloudEvent) -> HTTPMessage:
    """The event as headers and body. Its data should be JSON in bytes."""
    return to_binary(event, FORMAT) if mode == "binary" else to_structured(event, FORMAT)


def encode_batch(events: Sequence[CloudEvent]) -> HTTPMessage:
    """The events as one list."""
    return HTTPMessage({"content-type": BATCH}, b"[" + b", ".join(map(FORMAT.write, events)) + b"]")


def _member(document: Any) -> CloudEvent | InvalidRequest:
    try:
        return _from_document(document)
    except InvalidRequest as error:
        return error


def _from_document(document: Any) -> CloudEvent:
    if not isinstance(document, dict):
        raise InvalidRequest("An event should be a JSON object.")
    data, encoded = document.pop("data", None), document.pop("data_base64", None)
    if data is not None and encoded is not None:
        raise InvalidRequest("An event has data or data_base64, not both.")
    attributes = {name: value for name, value in document.items() if value is not None}
    _check_required(attributes)
    _check_size(attributes)
    wrong = next((name for name, value in attributes.items() if not _allowed(value)), None)
    if wrong is not None:
        raise InvalidRequest(f'The event\'s "{wrong[:40]}" should be a string, a boolean or an integer of 32 bits.')
    content = _bytes(encoded) if encoded is not None else b"" if data is None else to_json(data)
    with _refusing():
        if "time" in attributes:
            attributes["time"] = datetime.fromisoformat(attributes["time"])
        return CloudEvent(attributes, content)


@contextmanager
def _refusing() -> Iterator[None]:
    """What the SDK raises, as `InvalidRequest`."""
    try:
        yield
    except CloudEventValidationError as error:
        raise InvalidRequest(f'The event\'s "{next(iter(error.errors))[:40]}" is not what CloudEvents 1.0 allows.') from None
    except (ValueError, TypeError):
        raise InvalidRequest('The event\'s "time" should be an RFC 3339 timestamp.') from None


def _bytes(encoded: Any) -> bytes:
    try:
        return base64.b64decode(encoded, validate=True)
    except (TypeError, ValueError, binascii.Error):
        raise InvalidRequest("The event's data_base64 is not base64.") from None


def _check_required(attributes: Mapping[str, Any]) -> None:
    missing = [name for name in REQUIRED if not attributes.get(name)]
    if missing:
        raise InvalidRequest(f"The event has no {', '.join(missing)}: give ce- headers, or a body of type {STRUCTURED}.")
    if attributes["specversion"] != "1.0":
        raise InvalidRequest(f'The event\'s specversion is "{str(attributes["specversion"])[:10]}"; 1.0 is served.')


def _allowed(value: object) -> bool:
    return isinstance(value, str) or (isinstance(value, int) and value in INTEGERS)


def _check_size(attributes: Mapping[str, Any]) -> None:
    if len(attributes) > MOST_ATTRIBUTES:
        raise InvalidRequest(f"The event has {len(attributes)} attributes; {MOST_ATTRIBUTES} are allowed.")
    long = next((name for name, value in attributes.items() if isinstance(value, str) and len(value) > LONGEST), None)
    if long is not None:
        raise InvalidRequest(f'The event\'s "{long[:40]}" is longer than the {LONGEST} characters that are allowed.')


def _parse(body: str | bytes) -> Any:
    try:
        return from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise InvalidRequest(f"The event is not valid JSON: {error}.") from None


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return str(value).lower() if isinstance(value, bool) else str(value)


def _media_type(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()
