"""`POST /` and `POST /events`: CloudEvents in, reply events out. Knows no model by name.

The status is the contract with a broker. 2xx: done, and the body is the `completed` event. 4xx: poison, to the dead-letter sink at once.
429, 503 and other 5xx: try again. An error's body is the problem itself, headed as the `failed` event: the dead letter's
`knativeerrordata` then says what was wrong, and any other caller gets an event. Never 404, 408, 409 (brokers retry those), and never
more than 768 bytes (longer ones crash a broker's dispatcher). A batch, which no broker delivers, is answered with 200 and a list in its
order, a `completed` or `failed` event for each member.

The answer carries the reply whether or not the sender says `Prefer: reply`: one that says it (every broker does) forwards the reply,
another may drop it (Knative's delivery contract leaves that to the sender) or read it, as a person with curl does. Nothing is sent to
`K_SINK`: that is for events without a caller.
"""

import asyncio
import re
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from function.engine import Engine, Timings
from function.errors import FigurineError, InvalidInput, InvalidRequest, Unavailable
from function.http.answers import Links, cost_headers
from function.http.attributes import read_overrides
from function.http.body import read_body
from function.http.problem import problem, problem_json
from function.observe.record import Record, record_of
from function.results.store import ResultStore
from function.settings import Settings

if TYPE_CHECKING:
    from cloudevents.core.v1.event import CloudEvent

    from function.http.cloudevents import Mode
    from function.http.deliveries import Delivered, Deliveries

ENVELOPE = 64 << 10  # bytes for the attributes around structured data
TRACE = ("traceparent", "tracestate")
PRINTABLE = re.compile(r"[\x20-\x7e]{1,512}")


class Events:
    """The ASGI endpoint. `links` gives the link maker for a request's scope. Raises `SettingsError` for unusable overrides.

    The SDK is imported with the first event.
    """

    def __init__(self, engine: Engine, results: ResultStore, settings: Settings, links: Callable[[Scope], Links]) -> None:
        self.engine, self.results, self.settings, self.links = engine, results, settings, links
        self.overrides = read_overrides(settings.k_ce_overrides)

    @cached_property
    def deliveries(self) -> "Deliveries":
        """What runs the events."""
        from function.http.deliveries import Deliveries
        from function.http.replies import Replies

        replies = Replies(self.settings.source, self.overrides)
        max_body, max_timeout = self.settings.max_body_bytes, self.settings.max_timeout_s
        return Deliveries(self.engine, self.results, replies, max_body=max_body, max_timeout=max_timeout)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        from function.http.cloudevents import mode_of

        record, links = record_of(scope), self.links(scope)
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        mode = mode_of(headers.get("content-type", ""))
        limit = self.deliveries.limit(headers.get("ce-type"))
        body = await _read(receive, scope, limit if mode == "binary" else limit * 4 // 3 + ENVELOPE)
        if mode == "batch":
            response = await self._batch(body, headers, links, record)
        else:
            response = await self._single(mode, body, headers, links, record)
        await response(scope, receive, send)

    async def _single(self, mode: "Mode", body: bytes, headers: Mapping[str, str], links: Links, record: Record) -> Response:
        from function.http.cloudevents import decode, encode

        event = _traced(decode(mode, headers, body), headers)
        try:
            done = await self.deliveries.deliver(event, links, record)
        except FigurineError as error:
            return self._refusal(_for_brokers(error), event, record)
        message = encode(mode, done.reply)
        cost = {name.decode(): value.decode() for name, value in cost_headers(done.timings, done.version)}
        return Response(message.body, 200, message.headers | _trace(event) | cost)

    async def _batch(self, body: bytes, headers: Mapping[str, str], links: Links, record: Record) -> Response:
        """Half of the admitted jobs at most at once, so that a batch alone never fills the queue."""
        from function.http.cloudevents import decode_batch, encode_batch

        places = asyncio.Semaphore(max(1, self.settings.concurrency // 2))
        done: set[Delivered] = set()

        async def answer(place: int, member: "CloudEvent | FigurineError") -> "CloudEvent":
            if isinstance(member, FigurineError):
                return self.deliveries.replies.unreadable(place, problem_json(member, record.id))
            try:
                async with places:
                    delivered = await self.deliveries.deliver(_traced(member, headers), links, record)
                done.add(delivered)
                return delivered.reply
            except FigurineError as error:
                return self._failed(_for_brokers(error), member, record)

        members = decode_batch(body)
        message = encode_batch(await asyncio.gather(*(answer(place, member) for place, member in enumerate(members))))
        record.timings = Timings(model=sum(one.timings.model for one in done), device=sum(one.timings.device for one in done))
        return Response(message.body, 200, message.headers)

    def _refusal(self, error: FigurineError, event: "CloudEvent", record: Record) -> Response:
        """The error's status with the problem as body, headed as an event where the model is known."""
        from function.http.cloudevents import encode

        record.code = error.code
        if self.deliveries.model_of(event) is None:
            return problem(error, record.id)
        return problem(error, record.id, encode("binary", self._failed(error, event, record)).headers | _trace(event))

    def _failed(self, error: FigurineError, event: "CloudEvent", record: Record) -> "CloudEvent":
        model = self.deliveries.model_of(event)
        return self.deliveries.replies.failed(event, model.name if model else None, problem_json(error, record.id))


async def _read(receive: Receive, scope: Scope, limit: int) -> bytes:
    """The body. One that comes too slowly is no poison: another try may do better."""
    try:
        return await read_body(receive, dict(scope["headers"]), limit)
    except InvalidRequest as error:
        raise Unavailable(error.detail, retry_after=1) from None


def _for_brokers(error: FigurineError) -> FigurineError:
    """The error with a status that says to a broker what it means: try again, or never."""
    if error.status == 499:
        return Unavailable(error.detail, retry_after=1)
    if error.status in (404, 408, 409):
        return InvalidInput(error.detail)
    if error.status in (429, 503) and error.retry_after is None:
        error.retry_after = 1
    return error


def _traced(event: "CloudEvent", headers: Mapping[str, str]) -> "CloudEvent":
    """The event with the trace context of its request, unless it brings its own."""
    attributes = event.get_attributes()
    if "traceparent" not in attributes:
        attributes.update(_printable({name: headers.get(name) for name in TRACE}))
    return event


def _trace(event: "CloudEvent") -> dict[str, str]:
    """The trace context as headers."""
    return _printable({name: event.get_extension(name) for name in TRACE})


def _printable(given: Mapping[str, Any]) -> dict[str, str]:
    return {name: value for name, value in given.items() if isinstance(value, str) and PRINTABLE.fullmatch(value)}
