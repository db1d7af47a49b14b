"""A small broker: delivers an event over HTTP, tries again, forwards replies and dead-letters as the recorded one does (delivery.json)."""

import base64
import http.client
from dataclasses import dataclass

from sending.delivery import post
from sending.messages import Event, Message, Mode, write
from sending.verdicts import Judgement, Verdict, judge

RETRY = 2
LONGEST_ERROR = 768  # bytes; a longer one crashes the dispatcher of the real one
NO_ANSWER = 500


@dataclass(frozen=True)
class Outcome:
    """`deliveries` tries; the event that went into the broker; the one that went to the dead-letter sink; the last status, 0 for none."""

    deliveries: int
    reply: Event | None
    dead_letter: Event | None
    status: int


class Broker:
    """One Trigger: its subscriber's address, in which format it delivers, and how many seconds it gives a try."""

    def __init__(self, subscriber: str, mode: Mode = "binary", timeout: float = 60.0) -> None:
        self.subscriber, self.mode, self.timeout = subscriber, mode, timeout

    def deliver(self, event: Event, retry: int = RETRY, traceparent: str = "") -> Outcome:
        """Until it is done, or for the dead-letter sink. Retries follow at once."""
        message = write(self.mode, event)
        headers = {**message.headers, "prefer": "reply", "kn-namespace": "default"} | ({"traceparent": traceparent} if traceparent else {})
        deliveries, judged = 0, Judgement(Verdict.RETRY)
        while judged.verdict is Verdict.RETRY and deliveries <= retry:
            deliveries += 1
            status, body, judged = self._try(Message(headers, message.body))
        if judged.verdict in (Verdict.DONE, Verdict.REPLIED):
            return Outcome(deliveries, judged.reply, None, status)
        return Outcome(deliveries, None, _dead_letter(event, self.subscriber, judged.code, body), status)

    def _try(self, message: Message) -> tuple[int, bytes, Judgement]:
        try:
            status, answer = post(self.subscriber, message, self.timeout)
        except TimeoutError:
            return 0, b"", Judgement(Verdict.RETRY)
        except (OSError, http.client.HTTPException):
            return 0, b"", Judgement(Verdict.RETRY, code=NO_ANSWER)
        assert status < 400 or len(answer.body) <= LONGEST_ERROR
        return status, answer.body, judge(status, answer)


def _dead_letter(event: Event, subscriber: str, code: int | None, body: bytes) -> Event:
    """The event with its attributes, and what the broker says of the failure where it says something."""
    if code is None:
        return event
    said = {"knativeerrordest": subscriber, "knativeerrorcode": code, "knativeerrordata": base64.b64encode(body).decode()}
    return {**event, **said}
