"""Events to jobs, each one once: a duplicate (same source and id) waits for the running one, or gets the kept reply. Knows no HTTP message.

A caller that leaves does not stop the job: a broker that gave up delivers again, and then finds the reply.

The deadline of a job is the event's extension `expirytime`, since a broker passes on no header that could say it.
"""

import asyncio
import logging
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from cloudevents.core.v1.event import CloudEvent

from function.engine import Call, Engine, Timings
from function.errors import FigurineError, InvalidInput, InvalidRequest, ModelFailed, PayloadTooLarge
from function.http.answers import Links, answer_json
from function.http.cloudevents import json_data
from function.http.inputs import parse_input
from function.http.replies import Replies, from_kept, to_keep
from function.models.model import Model
from function.observe.record import Record
from function.results.store import ResultStore

logger = logging.getLogger("figurine.events")


@dataclass(frozen=True, slots=True, eq=False)
class Delivered:
    """A `completed` reply, what it took (nothing, if it was kept) and the version of the weights."""

    reply: CloudEvent
    timings: Timings
    version: str


class Deliveries:
    """The events in hand. `max_body`: bytes of data that an event may carry; 0 is the model's own limit. `max_timeout`: seconds."""

    def __init__(self, engine: Engine, results: ResultStore, replies: Replies, *, max_body: int, max_timeout: float) -> None:
        self.engine, self.results, self.replies = engine, results, replies
        self.max_body, self.max_timeout = max_body, max_timeout
        self._models = {f"figurine.{name}.requested": model for name, model in engine.models.items()}
        self._running: dict[tuple[str, str], asyncio.Task[Delivered]] = {}

    def limit(self, type: str | None = None) -> int:
        """Bytes of data that an event of this type may carry; without a served type, the largest limit."""
        models = [self._models[type]] if type in self._models else list(self._models.values())
        return self.max_body or max((model.limits.max_body for model in models), default=0)

    def model_of(self, event: CloudEvent) -> Model | None:
        """The served model that the event asks for."""
        return self._models.get(event.get_type())

    async def deliver(self, event: CloudEvent, links: Links, record: Record) -> Delivered:
        """The event's reply. Raises a `FigurineError` for an event that cannot be answered, now or ever."""
        key = (event.get_source(), event.get_id())
        running = self._running.get(key)
        if running is None:
            running = self._running[key] = asyncio.create_task(self._answer(event, links, record))
            running.add_done_callback(lambda done: self._forget(key, done))
        return await asyncio.shield(running)

    def _forget(self, key: tuple[str, str], done: "asyncio.Task[Delivered]") -> None:
        del self._running[key]
        if not done.cancelled():
            done.exception()  # nobody may be left to ask for it

    async def _answer(self, event: CloudEvent, links: Links, record: Record) -> Delivered:
        try:
            return await self._kept(event, links, record) or await self._run(event, links, record)
        except FigurineError:
            raise
        except Exception as error:
            logger.exception("request %s failed", record.id)
            raise ModelFailed("The server failed on this event; the log has the reason.") from error

    async def _run(self, event: CloudEvent, links: Links, record: Record) -> Delivered:
        model = self.model_of(event)
        if model is None:
            raise InvalidInput(f"The event's type is not served; served are {', '.join(self._models)}.")
        record.model = model.name
        input = parse_input(model.Input, self._data(event))
        record.input, record.duration = input, model.duration(input)
        answer = await self.engine.answer(Call(model.name, input, record.id, record.tenant, self._deadline(event)))
        record.note(answer)
        reply = self.replies.completed(event, model.name, answer_json(answer, lambda: links))
        if answer.kept or not model.stored:
            await self._keep(event, reply)
        return Delivered(reply, answer.timings, answer.version)

    def _data(self, event: CloudEvent) -> bytes:
        data, limit = json_data(event), self.limit(event.get_type())
        if not data and event.get_extension("dataref"):
            raise InvalidInput("The event's data is behind a link (dataref), and links are not followed here; send the data itself.")
        if len(data) > limit:
            raise PayloadTooLarge(f"The event's data has more than the {limit} bytes that are allowed.")
        return data

    def _deadline(self, event: CloudEvent) -> float | None:
        """As a value of `time.monotonic()`. An event that came too late is poison: no other try comes sooner."""
        expiry = event.get_extension("expirytime")
        if expiry is None:
            return None
        try:
            left = (datetime.fromisoformat(str(expiry)) - datetime.now(UTC)).total_seconds()
        except (ValueError, TypeError):
            raise InvalidRequest('The event\'s "expirytime" should be an RFC 3339 timestamp.') from None
        if left <= 0:
            raise InvalidInput("The event's expirytime has passed.")
        return time.monotonic() + min(left, self.max_timeout)

    async def _kept(self, event: CloudEvent, links: Links, record: Record) -> Delivered | None:
        """The reply that was given before, unless the files it names are gone."""
        body = await self.results.get_event(event.get_source(), event.get_id())
        found = from_kept(body, links) if body else None
        if found is None:
            return None
        reply, answer = found
        if any(artifact.url for artifact in answer.artifacts) and await self.results.load(answer.id) is None:
            return None
        record.model, record.version, record.stored = answer.model.name, answer.model.version, True
        return Delivered(reply, Timings(), answer.model.version)

    async def _keep(self, event: CloudEvent, reply: CloudEvent) -> None:
        try:
            await self.results.put_event(event.get_source(), event.get_id(), to_keep(reply))
        except FigurineError:
            logger.warning("the reply to an event was not kept; a duplicate of it will run again", exc_info=True)
