"""One route per model: JSON in, the model's artifact or JSON out. Plain ASGI, because a request through it should cost microseconds.

Another way to send an input (multipart) is another entry of `readers`.
"""

import asyncio
import hashlib
import math
import time
from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from typing import Any

from pydantic import BaseModel
from starlette.types import Message, Receive, Scope, Send

from function.engine import Answer, Call, Engine
from function.errors import Cancelled, InvalidRequest, ModelFailed
from function.http.answers import Links, answer_json, cost_headers
from function.http.body import check_type, read_body
from function.http.inputs import parse_input
from function.http.negotiate import choose
from function.models.model import Artifact, Model
from function.observe.record import record_of

JSON = "application/json"
FAST_S = 0.05  # answers that come sooner are not worth watching the caller for

Reader = Callable[[type[BaseModel], bytes], BaseModel]


class Predict:
    """The ASGI endpoint of one model. `links` gives the link maker for a request's scope."""

    def __init__(self, model: Model, engine: Engine, *, max_body: int, max_timeout: float, links: Callable[[Scope], Links]) -> None:
        self.model, self.engine = model, engine
        self.max_body, self.max_timeout = max_body, max_timeout
        self.links = links
        self.readers: dict[str, Reader] = {JSON: parse_input}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        record, headers = record_of(scope), dict(scope["headers"])
        record.model = self.model.name
        reader = self.readers[check_type(headers, self.readers)]
        timeout = self._timeout(headers)
        body = await read_body(receive, headers, self.max_body)
        input = reader(self.model.Input, body)
        record.input, record.duration = input, self.model.duration(input)
        media_type = choose(headers.get(b"accept", b"").decode("latin-1"), self._offers(input))
        deadline = None if timeout is None else time.monotonic() + timeout
        call = Call(self.model.name, input, record.id, record.tenant, deadline)
        answer = await while_present(self.engine.answer(call), receive)
        record.note(answer)
        await self._send(answer, media_type, scope, send)

    def _offers(self, input: BaseModel) -> tuple[str, ...]:
        """What the answer to this input can be, the model's usual answer first."""
        made, usual = self.model.makes(input), self.model.answer
        return tuple(sorted((JSON, *made) if usual == JSON else (*made, JSON), key=lambda offer: offer != usual))

    def _timeout(self, headers: Mapping[bytes, bytes]) -> float | None:
        text = headers.get(b"x-request-timeout")
        if text is None:
            return None
        try:
            seconds = float(text)
        except ValueError:
            seconds = math.nan
        if not 0 < seconds < math.inf:
            raise InvalidRequest("X-Request-Timeout should be a number of seconds above 0, such as 30.")
        return min(seconds, self.max_timeout)

    async def _send(self, answer: Answer, media_type: str, scope: Scope, send: Send) -> None:
        if media_type == JSON:
            body, headers = answer_json(answer, partial(self.links, scope)), []
        else:
            artifact = _artifact(answer, media_type)
            body, headers = artifact.data, _file_headers(artifact)
        start: Message = {
            "type": "http.response.start",
            "status": 200,
            "headers": [
                (b"content-type", media_type.encode()),
                (b"content-length", str(len(body)).encode()),
                (b"vary", b"accept"),
                *cost_headers(answer.timings, answer.version),
                *headers,
            ],
        }
        await send(start)
        await send({"type": "http.response.body", "body": body})


def _artifact(answer: Answer, media_type: str) -> Artifact:
    for artifact in answer.result.artifacts:
        if artifact.media_type == media_type:
            return artifact
    raise ModelFailed(f"The model made no {media_type} for this input.")


def _file_headers(artifact: Artifact) -> list[tuple[bytes, bytes]]:
    digest = hashlib.sha256(artifact.data).hexdigest()
    return [(b"etag", f'"{digest}"'.encode()), (b"content-disposition", f'inline; filename="{artifact.name}"'.encode())]


async def while_present(answer: Coroutine[Any, Any, Answer], receive: Receive) -> Answer:
    """The answer, unless the caller leaves first: then the work is cancelled and `Cancelled` raised.

    The caller is watched only when the answer takes longer than `FAST_S`. The request's body must have been read.
    """
    loop = asyncio.get_running_loop()
    worker = asyncio.current_task()
    assert worker is not None
    watch = Watch(worker, receive)
    timer = loop.call_later(FAST_S, watch.start)
    try:
        return await answer
    except asyncio.CancelledError:
        if watch.left and worker.uncancel() == 0:
            raise Cancelled("The caller left.") from None
        raise
    finally:
        timer.cancel()
        watch.stop()


class Watch:
    """Cancels the task that answers a request once its caller has left."""

    __slots__ = ("_receive", "_task", "_worker", "left")

    def __init__(self, worker: "asyncio.Task[object]", receive: Receive) -> None:
        self._worker, self._receive = worker, receive
        self._task: asyncio.Task[None] | None = None
        self.left = False

    def start(self) -> None:
        self._task = asyncio.ensure_future(self._watch())

    def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()

    async def _watch(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self.left = True
        self._worker.cancel()
