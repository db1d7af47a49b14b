"""The delivery matrix: what becomes of an event that a broker (checked against the recorded one) delivers, by the function's state."""

import base64
import json
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from sending.messages import Event, Mode
from tests.conftest import Serve
from tests.http.eventing.broker import RETRY, Broker, Outcome
from tests.serving import Client, serving, until

TRIES = RETRY + 1
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
LONG = 64 << 10
GOOD = {"text": "a"}
ids = count()


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    results, overrides = str(tmp_path_factory.mktemp("results")), '{"extensions": {"cluster": "blue"}}'
    with serving("Draw", results=results, k_ce_overrides=overrides) as client:
        yield client


def broker(client: Client, path: str = "/", mode: Mode = "binary", timeout: float = 60) -> Broker:
    return Broker(f"http://127.0.0.1:{client.port}{path}", mode, timeout)


def event(data: Any = GOOD, **attributes: Any) -> Event:
    """A new one. An attribute that is None is left out."""
    known = {"specversion": "1.0", "id": f"{next(ids)}", "source": "/tests", "type": "figurine.draw.requested", "data": data}
    return {name: value for name, value in {**known, **attributes}.items() if value is not None}


def in_seconds(seconds: float) -> str:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()


def problem(outcome: Outcome) -> Any:
    """What a person reads in the dead letter."""
    assert outcome.dead_letter is not None
    return json.loads(base64.b64decode(outcome.dead_letter["knativeerrordata"]))


def assert_done(outcome: Outcome, type: str = "figurine.draw.completed") -> None:
    assert (outcome.deliveries, outcome.dead_letter) == (1, None)
    assert outcome.reply is not None
    assert outcome.reply["type"] == type


def assert_poison(outcome: Outcome, status: int, code: str) -> None:
    assert (outcome.deliveries, outcome.reply, outcome.status) == (1, None, status)
    assert (problem(outcome)["status"], problem(outcome)["code"]) == (status, code)


def assert_retried(outcome: Outcome, status: int, code: str) -> None:
    assert (outcome.deliveries, outcome.reply, outcome.status) == (TRIES, None, status)
    assert (problem(outcome)["status"], problem(outcome)["code"]) == (status, code)


@pytest.mark.parametrize("path", ["/", "/events"])
@pytest.mark.parametrize("mode", ["binary", "structured"])
def test_a_good_event_is_done_and_its_reply_forwarded(client: Client, path: str, mode: Mode) -> None:
    assert_done(broker(client, path, mode).deliver(event()))


def test_the_reply_says_what_it_answers_and_keeps_the_context(client: Client) -> None:
    asked = event(subject="clip \u2603", partitionkey="7", team="blau\u00e4")
    reply = broker(client).deliver(asked, traceparent=TRACE).reply
    assert reply is not None
    assert {name: reply.get(name) for name in ("correlationid", "subject", "partitionkey", "team", "traceparent", "cluster")} == {
        "correlationid": asked["id"],
        "subject": "clip \u2603",
        "partitionkey": "7",
        "team": "blau\u00e4",
        "traceparent": TRACE,
        "cluster": "blue",
    }


def test_a_duplicate_is_done_with_the_same_reply_and_not_run_again(client: Client) -> None:
    again = event({"text": "again"})
    first, second = (broker(client).deliver(again) for _ in range(2))
    assert_done(second)
    assert first.reply is not None
    assert second.reply is not None
    assert first.reply["id"] == second.reply["id"]
    assert client.model("draw").runs.count("again") == 1


def test_a_reply_that_comes_back_goes_no_further(client: Client) -> None:
    """As it does when a Trigger's filter is too wide."""
    reply = broker(client).deliver(event()).reply
    assert reply is not None
    assert_poison(broker(client).deliver(reply), 422, "invalid_input")


POISON: list[tuple[Event, int, str]] = [
    (event(id=None), 400, "invalid_request"),
    (event(source=None), 400, "invalid_request"),
    (event(type=None), 400, "invalid_request"),
    (event(specversion=None), 400, "invalid_request"),
    (event(specversion="9.9"), 400, "invalid_request"),
    (event(time="yesterday"), 400, "invalid_request"),
    (event(None), 400, "invalid_request"),
    (event({"txet": "a"}), 400, "invalid_request"),
    (event(["a"]), 400, "invalid_request"),
    (event({"text": "a", "fault": "no_face"}), 422, "no_face_found"),
    (event({"text": "a", "fault": "not_found"}), 422, "invalid_input"),
    (event({"text": "a", "fault": "wordy"}), 422, "invalid_input"),
    (event(type="figurine.nothing.requested"), 422, "invalid_input"),
    (event(type="com.example.unrelated"), 422, "invalid_input"),
    (event(datacontenttype="image/png"), 415, "unsupported_media_type"),
    (event({"text": "a" * LONG}), 413, "payload_too_large"),
    (event(subject="a" * LONG), 400, "invalid_request"),
    (event(**{f"a{place}": "a" for place in range(64)}), 400, "invalid_request"),
    (event(None, dataref="https://elsewhere.example/photo.json"), 422, "invalid_input"),
    (event(expirytime=in_seconds(-1)), 422, "invalid_input"),
    (event(expirytime="tomorrow"), 400, "invalid_request"),
]


@pytest.mark.parametrize("mode", ["binary", "structured"])
@pytest.mark.parametrize(("asked", "status", "code"), POISON)
def test_poison_goes_to_the_dead_letter_sink_at_once(client: Client, mode: Mode, asked: Event, status: int, code: str) -> None:
    assert_poison(broker(client, mode=mode).deliver(asked), status, code)


@pytest.mark.parametrize("data_base64", [base64.b64encode(data).decode() for data in (b"{", b"\xff\xfe", b'{"text": NaN}')])
def test_data_that_is_no_json_is_poison(client: Client, data_base64: str) -> None:
    for mode in ("binary", "structured"):
        asked = event(None, data_base64=data_base64, datacontenttype="application/json")
        assert_poison(broker(client, mode=mode).deliver(asked), 400, "invalid_request")


@pytest.mark.parametrize(("fault", "status", "code"), [("bug", 500, "model_failed"), ("memory", 503, "gpu_out_of_memory")])
def test_a_failure_of_the_model_is_tried_again(client: Client, fault: str, status: int, code: str) -> None:
    assert_retried(broker(client).deliver(event({"text": "a", "fault": fault})), status, code)


def test_a_deadline_of_the_model_is_tried_again(client: Client) -> None:
    assert_retried(broker(client).deliver(event({"text": "a", "fault": "late"})), 504, "deadline_exceeded")


def test_an_event_that_expires_on_the_way_is_tried_again_and_then_poison(client: Client) -> None:
    draw = client.model("draw")
    draw.go.clear()
    outcome = broker(client).deliver(event({"text": "expires", "hold": True}, expirytime=in_seconds(0.3)))
    draw.go.set()
    assert (outcome.deliveries, outcome.status, problem(outcome)["detail"]) == (2, 422, "The event's expirytime has passed.")
    assert draw.runs.count("expires") == 1


def test_an_event_with_time_left_is_done(client: Client) -> None:
    outcome = broker(client).deliver(event(expirytime=in_seconds(60), dataref="https://elsewhere.example/copy.json"))
    assert_done(outcome)
    assert outcome.reply is not None
    assert not {"expirytime", "dataref"} & outcome.reply.keys()


def test_a_broker_without_patience_gets_the_reply_on_a_later_try(client: Client) -> None:
    draw = client.model("draw")
    draw.go.clear()
    asked = event({"text": "patience", "hold": True})
    given_up = broker(client, timeout=0.2).deliver(asked)
    assert (given_up.deliveries, given_up.dead_letter) == (TRIES, asked)
    draw.go.set()
    assert_done(broker(client).deliver(asked))
    assert draw.runs.count("patience") == 1


def test_a_busy_function_is_tried_again_until_it_is_free(serve: Serve) -> None:
    client = serve("Draw", concurrency=1)
    draw = client.model("draw")
    with ThreadPoolExecutor(2) as threads:
        held = threads.submit(broker(client).deliver, event({"text": "held", "hold": True}))
        until(lambda: draw.runs == ["held"])
        assert_retried(broker(client).deliver(event()), 429, "overloaded")
        later = threads.submit(broker(client).deliver, event(), retry=100_000)
        draw.go.set()
        assert_done(held.result())
        assert later.result().reply is not None


def test_a_cold_function_is_tried_again_until_it_is_ready(serve: Serve) -> None:
    client = serve("Gated", ready=False)
    asked = event({}, type="figurine.gated.requested")
    assert_retried(broker(client).deliver(asked), 503, "not_ready")
    client.model("gated").go.set()
    until(lambda: client.get("/health").status == 200)
    assert_done(broker(client).deliver(asked), "figurine.gated.completed")


def test_poison_is_told_from_a_cold_function(serve: Serve) -> None:
    client = serve("Gated", ready=False)
    assert_poison(broker(client).deliver(event({"txet": "a"}, type="figurine.gated.requested")), 400, "invalid_request")
    client.model("gated").go.set()


def test_a_function_that_never_comes_up_is_tried_again(serve: Serve) -> None:
    assert_retried(broker(serve("Broken", ready=False)).deliver(event({}, type="figurine.broken.requested")), 503, "not_ready")


def test_a_draining_function_is_tried_again_but_knows_what_it_has_answered(serve: Serve) -> None:
    client = serve("Draw")
    known = event()
    assert_done(broker(client).deliver(known))
    client.app.state.engine.draining = True
    assert_retried(broker(client).deliver(event()), 503, "draining")
    assert_done(broker(client).deliver(known))


def test_a_function_that_is_gone_is_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert broker(Client(port)).deliver(event()).deliveries == TRIES


def test_a_body_that_stops_on_the_way_is_tried_again(serve: Serve) -> None:
    client = serve("Draw", idle_timeout_s=0.2)
    head = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 14\r\n\r\n{"
    with client.connect() as connection:
        connection.sendall(head)
        answer = connection.recv(4096)
    assert answer.startswith(b"HTTP/1.1 503 ")
    assert b"\r\nretry-after: 1\r\n" in answer


@pytest.mark.parametrize("name", ["x" * 30_000, "\u2603" * 9_000, '"' * 9_000])
def test_a_dead_letter_can_be_read_whatever_was_sent(client: Client, name: str) -> None:
    for asked in (
        event({name: 1, name + "2": 1}),
        event(type=name),
        event(id=name),
        event(time=name),
        event({"text": name, "fault": name}),
    ):
        outcome = broker(client, mode="structured").deliver(asked)
        assert (outcome.deliveries, problem(outcome)["code"]) == (1, "invalid_request")


@pytest.mark.parametrize("id", ["\u2603 % \r\nx: y", "'\"\\", "\U0001f600" * 200])
def test_any_id_comes_back(client: Client, id: str) -> None:
    for data, mode in (({"text": "a"}, "binary"), ({"text": "b"}, "structured")):
        reply = broker(client, mode=mode).deliver(event(data, id=id, source=f"/{mode}")).reply
        assert reply is not None
        assert reply["correlationid"] == id


def test_a_batch_which_no_broker_delivers_would_be_taken_for_a_failure(client: Client) -> None:
    assert broker(client, mode="batch").deliver(event()).deliveries == TRIES


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_another_method_is_not_allowed(client: Client, method: str) -> None:
    reply = client.request(method, "/events")
    assert (reply.status, reply.headers["allow"]) == (405, "POST")


def test_a_sender_that_asks_first_may_send(client: Client) -> None:
    for path, allowed in (("/", "GET, HEAD, POST"), ("/events", "POST")):
        reply = client.request("OPTIONS", path, headers={"webhook-request-origin": "events.example.com"})
        assert (reply.status, reply.body, reply.headers["allow"]) == (204, b"", allowed)
        assert (reply.headers["webhook-allowed-origin"], reply.headers["webhook-allowed-rate"]) == ("events.example.com", "*")
