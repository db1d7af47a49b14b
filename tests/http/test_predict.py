import hashlib

import pytest

from tests.conftest import Serve
from tests.serving import Client, until

WAVE = {"prompt": "a person waves", "seed": 7}


def test_json_names_the_model_the_facts_and_the_files(clip: Client) -> None:
    answer = clip.post("/clip", WAVE).json()
    assert answer["model"] == {"name": "clip", "variant": "default", "version": "0"}
    assert answer["facts"] == {"words": 3, "seed": 7}
    assert answer["warnings"] == ["It is only text."]
    text, glb = answer["artifacts"]
    assert (text["name"], text["media_type"], text["size"]) == ("clip.txt", "text/plain", 14)
    assert glb["sha256"] == hashlib.sha256(b"glTFa person waves").hexdigest()
    assert set(answer["timings"]) == {"queue", "batch", "model", "encode", "device"}


def test_the_links_of_an_answer_open_the_files(clip: Client) -> None:
    url = clip.post("/clip", WAVE).json()["artifacts"][1]["url"]
    assert url.startswith(f"http://127.0.0.1:{clip.port}/")
    assert clip.get(url).body == b"glTFa person waves"


def test_a_repeated_input_is_answered_from_the_store(clip: Client) -> None:
    first, second = clip.post("/clip", {"prompt": "once"}).json(), clip.post("/clip", {"prompt": "once"}).json()
    assert (first["stored"], second["stored"], first["id"] == second["id"]) == (False, True, True)


def test_results_that_are_not_kept_have_no_links(clip: Client) -> None:
    answer = clip.post("/picture", WAVE, accept="application/json").json()
    assert [artifact["url"] for artifact in answer["artifacts"]] == [None, None]


@pytest.mark.parametrize(
    ("route", "accept", "content_type"),
    [
        ("/clip", "", "application/json"),
        ("/clip", "*/*", "application/json"),
        ("/clip", "text/plain", "text/plain"),
        ("/clip", "model/*", "model/gltf-binary"),
        ("/clip", "text/plain;q=0.5, model/gltf-binary;q=0.9", "model/gltf-binary"),
        ("/picture", "", "model/gltf-binary"),
        ("/picture", "*/*", "model/gltf-binary"),
        ("/picture", "application/json", "application/json"),
    ],
)
def test_accept_chooses_the_form_of_the_answer(clip: Client, route: str, accept: str, content_type: str) -> None:
    reply = clip.post(route, WAVE, accept=accept)
    assert (reply.status, reply.headers["content-type"]) == (200, content_type)
    assert reply.body.startswith({"application/json": b"{", "text/plain": b"a person", "model/gltf-binary": b"glTF"}[content_type])


def test_a_file_carries_its_hash_and_its_name(clip: Client) -> None:
    headers = clip.post("/clip", WAVE, accept="text/plain").headers
    assert headers["etag"] == f'"{hashlib.sha256(b"a person waves").hexdigest()}"'
    assert headers["content-disposition"] == 'inline; filename="clip.txt"'


def test_an_accept_that_nothing_meets_is_406_with_what_there_is(clip: Client) -> None:
    reply = clip.post("/clip", WAVE, accept="image/png")
    assert (reply.status, reply.json()["code"]) == (406, "not_acceptable")
    assert "application/json, text/plain, model/gltf-binary" in reply.json()["detail"]


def test_every_answer_tells_what_it_cost(clip: Client) -> None:
    headers = clip.post("/picture", WAVE).headers
    stages = [part.split(";")[0] for part in headers["server-timing"].split(", ")]
    assert stages == ["queue", "batch", "model", "encode"]
    assert float(headers["x-gpu-seconds"]) >= 0
    assert headers["x-model-version"] == "0"


def test_the_callers_request_id_comes_back(clip: Client) -> None:
    assert clip.post("/clip", WAVE, x_request_id="abc-123").headers["x-request-id"] == "abc-123"


@pytest.mark.parametrize("unsafe", ["a b", "x" * 129, '"quoted"', ""])
def test_an_unsafe_request_id_is_replaced(clip: Client, unsafe: str) -> None:
    given = clip.post("/clip", WAVE, x_request_id=unsafe).headers["x-request-id"]
    assert given != unsafe
    assert len(given) == 32


@pytest.mark.parametrize("text", ["0", "-1", "soon", "nan", "inf", ""])
def test_a_timeout_that_is_no_time_is_400(clip: Client, text: str) -> None:
    reply = clip.post("/clip", WAVE, x_request_timeout=text)
    assert (reply.status, reply.json()["code"]) == (400, "invalid_request")


def test_a_passed_deadline_is_504(serve: Serve) -> None:
    reply = serve("Nap").post("/nap", {"seconds": 20}, x_request_timeout="0.05")
    assert (reply.status, reply.json()["code"]) == (504, "deadline_exceeded")


def test_a_longer_timeout_than_allowed_is_cut(serve: Serve) -> None:
    reply = serve("Nap", max_timeout_s=0.05).post("/nap", {"seconds": 20}, x_request_timeout="1000")
    assert reply.status == 504


def test_an_input_that_the_model_refuses_is_422(clip: Client) -> None:
    reply = clip.post("/clip", {"prompt": "nothing"})
    assert (reply.status, reply.headers["content-type"]) == (422, "application/problem+json")
    assert reply.json()["detail"] == "There is nothing in this sentence."


def test_a_failure_of_the_model_tells_no_secret(serve: Serve) -> None:
    reply = serve("Raises").post("/raises", {})
    assert (reply.status, reply.json()["code"]) == (500, "model_failed")
    assert b"secret" not in reply.body


def test_before_the_model_is_ready_the_answer_is_503(serve: Serve) -> None:
    reply = serve("Slow", ready=False).post("/slow", {})
    assert (reply.status, reply.json()["code"], reply.headers["retry-after"]) == (503, "not_ready", "1")


def leave_a_long_nap(client: Client) -> None:
    with client.connect() as connection:
        connection.sendall(b'POST /nap HTTP/1.1\r\nhost: x\r\ncontent-length: 14\r\n\r\n{"seconds":30}')
        until(lambda: client.model("nap").steps >= 5)


def test_work_stops_when_the_caller_leaves(serve: Serve) -> None:
    client = serve("Nap")
    leave_a_long_nap(client)
    assert client.post("/nap", {"seconds": 0}, x_request_timeout="20").status == 200
    assert client.model("nap").steps < 4000


def test_a_caller_that_left_is_counted_as_such(serve: Serve) -> None:
    client = serve("Nap")
    leave_a_long_nap(client)
    until(lambda: b'figurine_requests_total{code="cancelled",route="/nap",status="499"} 1.0' in client.get("/metrics").body)
