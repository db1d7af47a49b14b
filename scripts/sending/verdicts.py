"""What a Knative broker (Eventing 1.22, channel-based) makes of a subscriber's answer, as recorded in tests/http/eventing/delivery.json.

Knows no connection.
"""

from dataclasses import dataclass
from enum import Enum

from sending.messages import Event, Message, read

RETRIED = (404, 408, 409, 429)
REFUSED_REPLY = 400


class Verdict(Enum):
    """What becomes of the event that was delivered."""

    DONE = "done"
    REPLIED = "done; the reply goes into the broker as a new event"
    POISON = "refused for good; the event goes to the dead-letter sink at once"
    RETRY = "failed for now; the event is delivered again, and goes to the dead-letter sink in the end"


@dataclass(frozen=True)
class Judgement:
    """`reply` is the event that goes back into the broker, `code` the `knativeerrorcode` of a dead letter."""

    verdict: Verdict
    reply: Event | None = None
    code: int | None = None


def judge(status: int, answer: Message) -> Judgement:
    """By status, headers (names in lower case) and body. What never came is to be tried again."""
    if not 200 <= status < 300:
        retried = status in RETRIED or status >= 500
        return Judgement(Verdict.RETRY if retried else Verdict.POISON, code=None if status == 304 else status)
    event = read(answer)
    if isinstance(event, dict):
        whole = all(event.get(name) for name in ("id", "source", "type"))
        return Judgement(Verdict.REPLIED, event) if whole else Judgement(Verdict.POISON, code=REFUSED_REPLY)
    return Judgement(Verdict.RETRY if answer.body else Verdict.DONE)


def judge_member(reply: Event) -> Verdict:
    """Of a batch, which no broker delivers: as if its event had come alone. A failed one carries its status in its problem."""
    data = reply.get("data")
    if str(reply.get("type")).endswith(".failed") and isinstance(data, dict):
        return judge(int(data.get("status", 500)), Message({})).verdict
    return Verdict.REPLIED
