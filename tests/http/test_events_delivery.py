"""What a broker does with our answers, by what a real one did with the same kind of answer (eventing/delivery.json)."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Serve
from tests.serving import Client, Reply, serving, until

CASES: dict[str, Any] = json.loads(Path(__file__).with_name("eventing").joinpath("delivery.json").read_text())["cases"]
EVENT = {"specversion": "1.0", "id": "1", "source": "/broker", "type": "figurine.draw.requested"}
FORWARDED, RETRIED, DEAD = "forwarded", "retried", "dead"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with serving("Draw", results=str(tmp_path_factory.mktemp("results"))) as client:
        yield client


def deliver(client: Client, data: Any, **attributes: str) -> Reply:
    """As a broker's filter does."""
    headers = {"content-type": "application/json", "prefer": "reply", "kn-namespace": "default"}
    headers |= {f"ce-{name}": value for name, value in (EVENT | attributes).items()}
    return client.request("POST", "/", json.dumps(data).encode(), headers)


def outcome(reply: Reply) -> str:
    """What the recorded broker did with such an answer."""
    case = CASES[case_of(reply)]
    if case["reply_forwarded"]:
        return FORWARDED
    return RETRIED if case["retried"] else DEAD if case["dead_lettered"] else "done"


def case_of(reply: Reply) -> str:
    if reply.status != 200:
        return f"s{reply.status}"
    if reply.headers["content-type"] == "application/cloudevents+json":
        return "struct"
    if reply.headers["content-type"] == "application/cloudevents-batch+json":
        return "batch"
    if "ce-specversion" not in reply.headers:
        return "b200"
    return "bin" if {"ce-id", "ce-source", "ce-type"} <= reply.headers.keys() else "noid"


def test_a_completed_event_is_forwarded_and_done(client: Client) -> None:
    assert outcome(deliver(client, {"text": "a"}, id="completed")) == FORWARDED


def test_a_structured_completed_event_is_forwarded(client: Client) -> None:
    body = json.dumps({**EVENT, "id": "structured", "data": {"text": "a"}}).encode()
    assert outcome(client.send("/", body, "application/cloudevents+json")) == FORWARDED


def test_a_duplicate_is_forwarded_and_done(client: Client) -> None:
    assert [outcome(deliver(client, {"text": "a"}, id="duplicate")) for _ in range(2)] == [FORWARDED] * 2


@pytest.mark.parametrize(
    ("status", "data", "attributes"),
    [
        (400, {"txet": "a"}, {}),
        (400, {"text": "a"}, {"specversion": "9.9"}),
        (413, {"text": "a" * (64 << 10)}, {}),
        (422, {"text": "a", "fault": "no_face"}, {}),
        (422, {"text": "a", "fault": "not_found"}, {}),
        (422, {"text": "a"}, {"type": "figurine.draw.completed"}),
    ],
)
def test_poison_goes_to_the_dead_letter_sink_at_once(client: Client, status: int, data: Any, attributes: dict[str, str]) -> None:
    reply = deliver(client, data, **attributes)
    assert (reply.status, outcome(reply)) == (status, DEAD)


def test_another_media_type_is_poison(client: Client) -> None:
    headers = {"content-type": "text/plain", **{f"ce-{name}": value for name, value in EVENT.items()}}
    reply = client.request("POST", "/", b"text", headers)
    assert (reply.status, outcome(reply)) == (415, DEAD)


@pytest.mark.parametrize(("status", "fault"), [(500, "bug"), (503, "memory"), (504, "late")])
def test_a_passing_failure_is_tried_again(client: Client, status: int, fault: str) -> None:
    reply = deliver(client, {"text": "a", "fault": fault})
    assert (reply.status, outcome(reply)) == (status, RETRIED)


def test_a_full_queue_is_tried_again(serve: Serve) -> None:
    client = serve("Draw", concurrency=1)
    with ThreadPoolExecutor(1) as threads:
        threads.submit(deliver, client, {"text": "first", "hold": True})
        until(lambda: client.model("draw").runs == ["first"])
        reply = deliver(client, {"text": "second"}, id="2")
        client.model("draw").go.set()
    assert (reply.status, outcome(reply)) == (429, RETRIED)


def test_a_reply_is_never_a_request(client: Client) -> None:
    replies = [deliver(client, data, id=f"loop{place}") for place, data in enumerate(({"text": "a"}, {}, {"text": "a", "fault": "bug"}))]
    assert [reply.headers["ce-type"] for reply in replies] == ["figurine.draw.completed", "figurine.draw.failed", "figurine.draw.failed"]


def test_a_dead_letter_can_be_read(client: Client) -> None:
    """The broker puts the error's body into `knativeerrordata`; more than 768 bytes of it crash the dispatcher."""
    reply = deliver(client, {"\u2603" * 5000: 1})
    assert len(reply.body) <= 768
    assert reply.json()["code"] == "invalid_request"


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_other_methods_are_not_tried_again(client: Client, method: str) -> None:
    reply = client.request(method, "/events")
    assert (reply.status, outcome(reply)) == (405, DEAD)
