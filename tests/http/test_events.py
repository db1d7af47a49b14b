import asyncio
import base64
import json
import re
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from function.http.attributes import read_overrides
from function.settings import SettingsError
from tests.conftest import Serve
from tests.serving import Client, Reply, serving, until

STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with serving("Draw,Echo", results=str(tmp_path_factory.mktemp("results"))) as client:
        yield client


def attributes(id: str, **more: Any) -> dict[str, Any]:
    return {"specversion": "1.0", "id": id, "source": "/tests", "type": "figurine.draw.requested", **more}


def send(client: Client, id: str, data: Any, *, headers: Mapping[str, str] = {}, path: str = "/", **more: Any) -> Reply:
    """In binary mode."""
    given = {f"ce-{name}": value for name, value in attributes(id, **more).items()}
    return client.request("POST", path, json.dumps(data).encode(), {"content-type": "application/json", **given, **headers})


def send_whole(client: Client, document: Any, content_type: str = STRUCTURED) -> Reply:
    return client.send("/", json.dumps(document).encode(), content_type)


def test_a_request_is_answered_with_the_completed_event(client: Client) -> None:
    reply = send(client, "plain", {"text": "a"})
    assert (reply.status, reply.headers["content-type"]) == (200, "application/json")
    assert {name: reply.headers[f"ce-{name}"] for name in ("specversion", "source", "type", "correlationid")} == {
        "specversion": "1.0",
        "source": "figurine",
        "type": "figurine.draw.completed",
        "correlationid": "plain",
    }
    assert {"ce-id", "ce-time"} <= reply.headers.keys()


def test_the_data_is_what_the_predict_route_answers(client: Client) -> None:
    event = send(client, "same", {"text": "same"}, path="/events").json()
    route = client.post("/draw", {"text": "same"}).json()
    assert event.keys() == route.keys()
    assert (event["id"], event["facts"], event["warnings"]) == (route["id"], route["facts"], route["warnings"])
    assert client.get(event["artifacts"][0]["url"]).body == b"same" * 10


def test_a_model_that_keeps_nothing_answers_too(client: Client) -> None:
    assert send(client, "echo", {"text": "hello"}, type="figurine.echo.requested").json()["facts"] == {"text": "hello"}


def test_a_reply_says_what_it_cost(client: Client) -> None:
    reply = send(client, "cost", {"text": "cost"})
    assert {"server-timing", "x-gpu-seconds", "x-model-version"} <= reply.headers.keys()
    assert float(reply.headers["x-gpu-seconds"]) > 0
    assert float(send(client, "cost", {"text": "cost"}).headers["x-gpu-seconds"]) == 0


def test_the_metrics_tell_the_two_addresses_apart(client: Client) -> None:
    for path in ("/", "/events"):
        send(client, "route", {"text": "a"}, path=path)
    metrics = client.get("/metrics").body.decode()
    for path in ("/", "/events"):
        assert f'figurine_requests_total{{code="ok",route="{path}",status="200"}}' in metrics


def test_a_structured_request_gets_a_structured_reply(client: Client) -> None:
    reply = send_whole(client, attributes("structured", data={"text": "b"}))
    assert (reply.status, reply.headers["content-type"]) == (200, STRUCTURED)
    assert (reply.json()["type"], reply.json()["correlationid"]) == ("figurine.draw.completed", "structured")
    assert reply.json()["data"]["facts"] == {"text": "b"}


def test_structured_data_may_be_base64(client: Client) -> None:
    document = attributes("base64", data_base64=base64.b64encode(b'{"text":"c"}').decode(), datacontenttype="application/json")
    assert send_whole(client, document).json()["data"]["facts"] == {"text": "c"}


def test_subject_trace_and_own_extensions_are_kept_and_the_brokers_are_not(client: Client) -> None:
    reply = send(client, "kept", {"text": "a"}, subject="clip 7", partitionkey="p", traceparent=TRACE, knativebrokerttl="254")
    assert (reply.headers["ce-subject"], reply.headers["ce-partitionkey"]) == ("clip%207", "p")
    assert (reply.headers["ce-traceparent"], reply.headers["traceparent"]) == (TRACE, TRACE)
    assert not any("knative" in name for name in reply.headers)


def test_the_trace_of_the_request_becomes_that_of_the_reply(client: Client) -> None:
    reply = send(client, "trace", {"text": "a"}, headers={"traceparent": TRACE, "tracestate": "a=b"})
    assert (reply.headers["ce-traceparent"], reply.headers["ce-tracestate"]) == (TRACE, "a=b")


@pytest.mark.parametrize("trace", ["x\r\nset-cookie: y", "\u2603", 5, True])
def test_a_trace_of_any_content_is_only_carried(client: Client, trace: Any) -> None:
    reply = send_whole(client, attributes(f"trace {trace}", data={"text": "a"}, traceparent=trace))
    assert (reply.status, reply.json()["traceparent"]) == (200, str(trace).replace("True", "true"))
    assert "set-cookie" not in reply.headers


def test_a_reply_id_depends_on_source_and_id_only(client: Client) -> None:
    first, again, other = (send(client, id, {"text": "a"}).headers["ce-id"] for id in ("reply", "reply", "reply2"))
    assert first == again != other


@pytest.mark.parametrize(
    ("headers", "body", "status", "code"),
    [
        ({"ce-id": ""}, b'{"text":"a"}', 400, "invalid_request"),
        ({"ce-type": ""}, b'{"text":"a"}', 400, "invalid_request"),
        ({"ce-source": ""}, b'{"text":"a"}', 400, "invalid_request"),
        ({"ce-specversion": "0.3"}, b'{"text":"a"}', 400, "invalid_request"),
        ({}, b"", 400, "invalid_request"),
        ({}, b'{"text":', 400, "invalid_request"),
        ({}, b'"text"', 400, "invalid_request"),
        ({}, b"[]", 400, "invalid_request"),
        ({}, b'{"text":"a","txet":"a"}', 400, "invalid_request"),
        ({}, b'{"text":"' + b"a" * (64 << 10) + b'"}', 413, "payload_too_large"),
        ({"content-type": "text/plain"}, b'{"text":"a"}', 415, "unsupported_media_type"),
        ({"content-type": "application/cloudevents+avro"}, b"", 415, "unsupported_media_type"),
        ({"content-type": STRUCTURED}, b'{"text":"a"}', 400, "invalid_request"),
        ({"content-type": STRUCTURED}, b"[]", 400, "invalid_request"),
        ({"content-type": STRUCTURED}, b"{", 400, "invalid_request"),
        ({"content-type": STRUCTURED}, b"{" + b" " * 300_000 + b"}", 413, "payload_too_large"),
        ({"content-type": BATCH}, b"{}", 400, "invalid_request"),
        ({"content-type": BATCH}, b"[", 400, "invalid_request"),
        ({"ce-type": "figurine.nothing.requested"}, b'{"text":"a"}', 422, "invalid_input"),
        ({"ce-type": "figurine.draw.completed"}, b'{"text":"a"}', 422, "invalid_input"),
        ({}, b'{"text":"a","fault":"no_face"}', 422, "no_face_found"),
        ({}, b'{"text":"a","fault":"not_found"}', 422, "invalid_input"),
        ({}, b'{"text":"a","fault":"memory"}', 503, "gpu_out_of_memory"),
        ({}, b'{"text":"a","fault":"late"}', 504, "deadline_exceeded"),
        ({}, b'{"text":"a","fault":"bug"}', 500, "model_failed"),
    ],
)
def test_what_cannot_be_answered_is_a_short_problem(client: Client, headers: dict[str, str], body: bytes, status: int, code: str) -> None:
    given = {"content-type": "application/json", **{f"ce-{name}": value for name, value in attributes("poison").items()}, **headers}
    reply = client.request("POST", "/", body, given)
    assert (reply.status, reply.json()["status"], reply.json()["code"]) == (status, status, code)
    assert reply.headers["content-type"] == "application/problem+json"
    assert len(reply.body) <= 768
    assert "/etc" not in reply.body.decode()


def test_a_problem_says_the_same_as_on_the_predict_route(client: Client) -> None:
    for data in ({}, {"txet": "a"}, {"text": 5}, {"text": "a", "size": "b"}):
        route = client.post("/draw", data)
        assert send(client, "words", data).json()["detail"] == route.json()["detail"]


@pytest.mark.parametrize("name", ["x" * 30_000, "\u2603" * 9_000, '"' * 9_000])
def test_an_error_is_short_whatever_was_sent(client: Client, name: str) -> None:
    for reply in (
        send(client, "long", {name: 1, name + "2": 1, name + "3": 1}),
        send_whole(client, attributes("long", **{name: [1], "data": {}})),
        send_whole(client, attributes("long", type=name, data={})),
        send_whole(client, attributes("long", specversion=name, data={})),
        send_whole(client, attributes("long", time=name, data={})),
    ):
        assert 400 <= reply.status < 500
        assert len(reply.body) <= 768


def test_an_error_is_headed_as_the_failed_event(client: Client) -> None:
    reply = send(client, "failing", {"text": "a", "fault": "no_face"}, subject="s")
    assert (reply.headers["ce-type"], reply.headers["ce-correlationid"], reply.headers["ce-subject"]) == (
        "figurine.draw.failed",
        "failing",
        "s",
    )
    assert reply.json()["detail"] == "There is no face in the photo."


def test_an_unknown_type_names_the_served_ones(client: Client) -> None:
    reply = send(client, "unknown", {"text": "a"}, type="figurine.nothing.requested")
    assert "figurine.draw.requested, figurine.echo.requested" in reply.json()["detail"]
    assert "ce-type" not in reply.headers


def test_a_batch_is_answered_in_its_order_and_a_bad_member_fails_alone(client: Client) -> None:
    members = [
        attributes("b0", data={"text": "zero"}),
        {"specversion": "1.0", "type": "figurine.draw.requested"},
        attributes("b2", data={"text": 2}),
        attributes("b3", data={"text": "three"}),
        attributes("b4", type="figurine.nothing.requested", data={}),
        attributes("b0", data={"text": "zero"}),
    ]
    reply = send_whole(client, members, BATCH)
    assert (reply.status, reply.headers["content-type"]) == (200, BATCH)
    assert [(member["type"], member.get("correlationid")) for member in reply.json()] == [
        ("figurine.draw.completed", "b0"),
        ("figurine.failed", None),
        ("figurine.draw.failed", "b2"),
        ("figurine.draw.completed", "b3"),
        ("figurine.failed", "b4"),
        ("figurine.draw.completed", "b0"),
    ]
    assert [member["data"].get("code") for member in reply.json()[1:3]] == ["invalid_request", "invalid_request"]
    assert client.model("draw").runs.count("zero") == 1


def test_an_empty_batch_is_answered_with_an_empty_one(client: Client) -> None:
    assert send_whole(client, [], BATCH).json() == []


def test_a_batch_longer_than_the_queue_is_answered_whole(serve: Serve) -> None:
    reply = send_whole(serve("Draw", concurrency=2), [attributes(f"{n}", data={"text": f"{n}"}) for n in range(20)], BATCH)
    assert [member["type"] for member in reply.json()] == ["figurine.draw.completed"] * 20


def test_every_member_of_a_batch_is_put_on_the_bill(serve: Serve) -> None:
    client = serve("Nap")
    requested = [attributes(f"{n}", type="figurine.nap.requested", data={"seconds": 0.02}) for n in range(3)]
    body = json.dumps([*requested, requested[0]]).encode()
    members = client.request("POST", "/", body, {"content-type": BATCH, "x-tenant": "studio"}).json()
    (bill,) = re.findall(r'figurine_gpu_seconds_total\{tenant="studio"\} (\S+)', client.get("/metrics").body.decode())
    cost = {member["correlationid"]: member["data"]["timings"]["device"] for member in members}
    assert float(bill) == pytest.approx(sum(cost.values()), abs=1e-5)


def test_a_duplicate_gets_the_first_reply_without_another_run(client: Client) -> None:
    first = send(client, "twice", {"text": "twice"}, type="figurine.echo.requested")
    again = send(client, "twice", {"text": "twice"}, type="figurine.echo.requested")
    assert (again.status, again.headers["ce-id"], again.headers["ce-time"]) == (200, first.headers["ce-id"], first.headers["ce-time"])
    assert again.json() == {**first.json(), "stored": True}
    assert client.model("echo").runs.count("twice") == 1


def test_a_duplicate_may_come_in_another_mode(client: Client) -> None:
    send(client, "mode", {"text": "mode"}, type="figurine.echo.requested")
    again = send_whole(client, attributes("mode", type="figurine.echo.requested", data={"text": "mode"}))
    assert again.json()["data"]["facts"] == {"text": "mode"}
    assert client.model("echo").runs.count("mode") == 1


def test_the_same_id_from_another_source_is_another_event(client: Client) -> None:
    for source in ("/one", "/two"):
        send(client, "sources", {"text": "sources"}, type="figurine.echo.requested", source=source)
    assert client.model("echo").runs.count("sources") == 2


def test_duplicates_at_the_same_time_share_one_run(client: Client) -> None:
    client.model("draw").go.clear()
    with ThreadPoolExecutor(8) as threads:
        waiting = [threads.submit(send, client, "held", {"text": "held", "hold": True}) for _ in range(8)]
        until(lambda: "held" in client.model("draw").runs)
        client.model("draw").go.set()
        assert {reply.result().status for reply in waiting} == {200}
        assert len({reply.result().headers["ce-id"] for reply in waiting}) == 1
    assert client.model("draw").runs.count("held") == 1


def test_a_broker_that_gave_up_finds_the_reply_on_its_next_try(client: Client) -> None:
    client.model("draw").go.clear()
    body = json.dumps(attributes("left", data={"text": "left", "hold": True})).encode()
    head = f"POST / HTTP/1.1\r\nhost: x\r\ncontent-type: {STRUCTURED}\r\ncontent-length: {len(body)}\r\n\r\n"
    with client.connect() as gone:
        gone.sendall(head.encode() + body)
        until(lambda: "left" in client.model("draw").runs)
    client.model("draw").go.set()
    assert send(client, "left", {"text": "left", "hold": True}).status == 200
    assert client.model("draw").runs.count("left") == 1


def test_the_reply_to_a_broker_that_gave_up_is_kept_before_the_end(tmp_path: Path) -> None:
    with serving("Echo", results=str(tmp_path)) as client:
        store = client.app.state.results
        put = store.put_event

        async def put_slowly(source: str, id: str, body: bytes) -> None:
            await asyncio.sleep(0.3)
            await put(source, id, body)

        store.put_event = put_slowly
        body = json.dumps(attributes("left", type="figurine.echo.requested", data={"text": "left"})).encode()
        head = f"POST / HTTP/1.1\r\nhost: x\r\ncontent-type: {STRUCTURED}\r\ncontent-length: {len(body)}\r\n\r\n"
        with client.connect() as gone:
            gone.sendall(head.encode() + body)
            until(lambda: client.model("echo").runs == ["left"])
    assert len(list(tmp_path.glob("events/*"))) == 1


def test_a_failure_is_not_kept(client: Client) -> None:
    for _ in range(2):
        assert send(client, "fails", {"text": "fails", "fault": "bug"}).status == 500
    assert client.model("draw").runs.count("fails") == 2


def test_a_duplicate_is_answered_after_a_restart_with_links_that_open(tmp_path: Path) -> None:
    with serving("Draw,Echo", results=str(tmp_path)) as client:
        first = send(client, "1", {"text": "kept"})
    with serving("Draw,Echo", results=str(tmp_path)) as client:
        again = send(client, "1", {"text": "kept"})
        assert (again.status, again.headers["ce-id"], again.json()["stored"]) == (200, first.headers["ce-id"], True)
        assert client.get(again.json()["artifacts"][0]["url"]).body == b"kept" * 10
        assert client.get(first.json()["artifacts"][0]["url"]).status == 403
        assert client.model("draw").runs == []


def test_a_duplicate_whose_files_are_gone_runs_again(serve: Serve, tmp_path: Path) -> None:
    client = serve("Draw", results=str(tmp_path))
    first = send(client, "1", {"text": "lost"}).json()
    for file in tmp_path.glob(f"results/{first['id']}/*"):
        file.unlink()
    again = send(client, "1", {"text": "lost"})
    assert client.get(again.json()["artifacts"][0]["url"]).body == b"lost" * 10
    assert client.model("draw").runs == ["lost", "lost"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"specversion":"1.0"}'])
def test_a_kept_reply_that_is_broken_is_made_again(serve: Serve, tmp_path: Path, body: bytes) -> None:
    client = serve("Echo", results=str(tmp_path))
    send(client, "1", {"text": "a"}, type="figurine.echo.requested")
    (kept,) = tmp_path.glob("events/*")
    kept.write_bytes(body)
    assert send(client, "1", {"text": "a"}, type="figurine.echo.requested").status == 200
    assert client.model("echo").runs == ["a", "a"]


def test_a_store_that_fails_asks_for_another_try(serve: Serve, tmp_path: Path) -> None:
    client = serve("Draw", results=str(tmp_path))
    (tmp_path / "events").write_text("a file where a folder should be")
    reply = send(client, "1", {"text": "a"})
    assert (reply.status, reply.headers["retry-after"]) == (503, "5")


def test_a_full_queue_asks_for_another_try(serve: Serve) -> None:
    client = serve("Draw", concurrency=1)
    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(send, client, "1", {"text": "first", "hold": True})
        until(lambda: client.model("draw").runs == ["first"])
        reply = send(client, "2", {"text": "second"})
        assert (reply.status, reply.json()["code"]) == (429, "overloaded")
        assert int(reply.headers["retry-after"]) >= 1
        assert len(reply.body) <= 768
        client.model("draw").go.set()
        assert first.result().status == 200


def test_a_cold_model_asks_for_another_try(serve: Serve) -> None:
    reply = send(serve("Slow", ready=False), "1", {}, type="figurine.slow.requested")
    assert (reply.status, reply.json()["code"]) == (503, "not_ready")
    assert int(reply.headers["retry-after"]) >= 1


def test_what_knative_gives_marks_every_reply(serve: Serve) -> None:
    client = serve("Draw", k_service="motion", k_ce_overrides='{"extensions": {"cluster": "blue", "team": "a"}}')
    for reply in (send(client, "1", {"text": "a"}, team="theirs"), send(client, "2", {})):
        assert [reply.headers[name] for name in ("ce-source", "ce-cluster", "ce-team")] == ["motion", "blue", "a"]


@pytest.mark.parametrize("text", ["{", "[]", '{"extensions": 5}', '{"extensions": {"type": "x"}}', '{"extensions": {"Upper": "x"}}'])
def test_overrides_that_cannot_be_used_are_named(text: str) -> None:
    with pytest.raises(SettingsError, match="K_CE_OVERRIDES"):
        read_overrides(text)


def test_overrides_may_be_absent() -> None:
    assert read_overrides("") == read_overrides("{}") == read_overrides('{"extensions": null}') == {}
