"""The events that answer events: which attributes they carry, and how a kept one is given again. Knows no engine."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType

from cloudevents.core.v1.event import CloudEvent
from pydantic import ValidationError

from function.errors import FigurineError
from function.http.answers import Links, PredictAnswer
from function.http.cloudevents import decode, encode, extensions

OF_THE_REQUEST = ("dataref", "expirytime")  # say where its data is and how long it is of use; nothing about the reply


class Replies:
    """Makes the replies of this process: `source` is who sends them, `overrides` are extensions that all of them carry."""

    def __init__(self, source: str, overrides: Mapping[str, str] = MappingProxyType({})) -> None:
        self.source, self.overrides = source, overrides

    def completed(self, request: CloudEvent, model: str, data: bytes) -> CloudEvent:
        """The reply that carries a model's answer, JSON in bytes."""
        return self._reply(request, f"figurine.{model}.completed", data, "application/json")

    def failed(self, request: CloudEvent, model: str | None, data: bytes) -> CloudEvent:
        """The reply that carries a problem; `model` is None when the request names no served one."""
        return self._reply(request, f"figurine.{model}.failed" if model else "figurine.failed", data, "application/problem+json")

    def unreadable(self, place: int, data: bytes) -> CloudEvent:
        """The reply that carries a problem for the member of a batch that is no event."""
        request = CloudEvent({"specversion": "1.0", "id": f"{place} {data.decode()}", "source": self.source, "type": "unreadable"})
        reply = self.failed(request, None, data)
        del reply.get_attributes()["correlationid"]
        return reply

    def _reply(self, request: CloudEvent, type: str, data: bytes, content_type: str) -> CloudEvent:
        """The id depends on the request and the type only, so that a duplicate's reply is a duplicate.

        The request's subject and extensions (trace context included) are kept; what a broker added (`knative...`) is not, nor what would
        be said of the reply (`OF_THE_REQUEST`).
        """
        attributes = {
            "specversion": "1.0",
            "id": hashlib.sha256("\0".join((request.get_source(), request.get_id(), type)).encode()).hexdigest()[:32],
            "source": self.source,
            "type": type,
            "time": datetime.now(UTC),
            "datacontenttype": content_type,
            **({"subject": request.get_subject()} if request.get_subject() else {}),
            **{name: value for name, value in extensions(request).items() if _passed_on(name)},
            **self.overrides,
            "correlationid": request.get_id(),
        }
        return CloudEvent(attributes, data)


def _passed_on(name: str) -> bool:
    return name not in OF_THE_REQUEST and not name.startswith("knative")


def to_keep(reply: CloudEvent) -> bytes:
    """The reply as bytes for the store."""
    return encode("structured", reply).body


def from_kept(body: bytes, links: Links) -> tuple[CloudEvent, PredictAnswer] | None:
    """A kept reply with its answer, the links signed anew. None when it cannot be read."""
    try:
        reply = decode("structured", {}, body)
        data = reply.get_data()
        assert isinstance(data, bytes)
        answer = PredictAnswer.model_validate_json(data)
    except (FigurineError, ValidationError):
        return None
    answer.stored = True
    for artifact in answer.artifacts:
        if artifact.url:
            artifact.url = links.url(answer.id, artifact.name)
    return CloudEvent(reply.get_attributes(), answer.model_dump_json().encode()), answer
