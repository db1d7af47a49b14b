"""Wrong requests over real HTTP: each has a clear code, and nothing else is disturbed."""

import socket

import pytest

from tests.serving import Client

GOOD = b'{"prompt":"a person walks"}'


@pytest.fixture(autouse=True)
def _still_serving(clip: Client) -> object:
    yield
    assert clip.send("/clip", GOOD).status == 200
    assert clip.get("/health").status == 200


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"", 'The body is empty; it should be a JSON object with "prompt".'),
        (b"null", 'The body should be a JSON object with "prompt".'),
        (b'{"prompt": 3}', '"prompt": '),
        (b'{"prompt":"walk","duration":0}', '"duration": '),
        (b'{"prompt":"walk","duration":13}', '"duration": '),
        (b'{"prompt":"walk","duration":"5"}', '"duration": '),
        (b'{"prompt":"walk","duration":NaN}', '"duration": '),
        (b'{"prompt":"walk","weight":NaN}', "NaN"),
        (b'{"prompt":"walk","weight":-Infinity}', "Infinity"),
        (b'{"prompt":"walk","promt":"x"}', 'did you mean "prompt"?'),
        (b'{"prompt":"' + b"walk " * 61 + b'"}', "has 61 words"),
        (b'{"prompt":"wa', "not valid JSON"),
        (b"prompt=walk", "not valid JSON"),
        (b'{"prompt":"\xff"}', "not valid JSON"),
        (b"[" * 100_000, "not valid JSON"),
        (b'{"prompt":"walk","weight":' + b"[" * 50_000 + b"NaN", "not valid JSON"),
    ],
)
def test_a_wrong_body_is_400_with_one_sentence(clip: Client, body: bytes, detail: str) -> None:
    reply = clip.send("/clip", body)
    problem = reply.json()
    assert (reply.status, reply.headers["content-type"]) == (400, "application/problem+json")
    assert (problem["code"], problem["type"], problem["status"]) == ("invalid_request", "urn:figurine:error:invalid_request", 400)
    assert problem["request_id"] == reply.headers["x-request-id"]
    assert detail in problem["detail"]
    assert len(reply.body) <= 768


def test_the_words_nan_and_infinity_may_be_said(clip: Client) -> None:
    assert clip.send("/clip", b'{"prompt":"NaN and Infinity walk"}').status == 200


@pytest.mark.parametrize("content_type", ["text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "nonsense"])
def test_another_content_type_is_415(clip: Client, content_type: str) -> None:
    reply = clip.send("/clip", GOOD, content_type)
    assert (reply.status, reply.json()["code"]) == (415, "unsupported_media_type")
    assert "application/json" in reply.json()["detail"]


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "Application/JSON", "application/vnd.thing+json"])
def test_json_by_another_name_is_taken(clip: Client, content_type: str) -> None:
    assert clip.send("/clip", GOOD, content_type).status == 200


def test_another_charset_is_415(clip: Client) -> None:
    assert clip.send("/clip", GOOD, "application/json; charset=utf-16").status == 415


def test_a_compressed_body_is_415(clip: Client) -> None:
    reply = clip.request("POST", "/clip", GOOD, {"content-type": "application/json", "content-encoding": "gzip"})
    assert reply.status == 415


def test_five_megabytes_are_413_and_the_sender_gets_to_see_it(clip: Client) -> None:
    reply = clip.send("/clip", b'{"prompt":"' + b"a" * (5 << 20) + b'"}')
    assert (reply.status, reply.json()["code"], reply.headers["connection"]) == (413, "payload_too_large", "close")


def test_a_chunked_body_is_stopped_at_the_limit(clip: Client) -> None:
    chunk = b"10000\r\n" + b"a" * 65536 + b"\r\n"
    with clip.connect() as connection:
        connection.sendall(b"POST /clip HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n")
        for _ in range(20):
            connection.sendall(chunk)
        assert connection.recv(4096).startswith(b"HTTP/1.1 413 ")


def test_a_chunked_body_within_the_limit_is_taken(clip: Client) -> None:
    with clip.connect() as connection:
        connection.sendall(b"POST /clip HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n")
        for piece in (GOOD[:5], GOOD[5:]):
            connection.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))
        connection.sendall(b"0\r\n\r\n")
        assert connection.recv(4096).startswith(b"HTTP/1.1 200 ")


def test_a_body_is_not_asked_for_when_it_would_be_refused(clip: Client) -> None:
    with clip.connect() as connection:
        head = (
            b"POST /clip HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 99999999\r\nexpect: 100-continue\r\n\r\n"
        )
        connection.sendall(head)
        assert connection.recv(4096).startswith(b"HTTP/1.1 413 ")


def test_a_body_that_ends_early_disturbs_nobody(clip: Client) -> None:
    with clip.connect() as connection:
        connection.sendall(b'POST /clip HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{"prompt":')
        connection.shutdown(socket.SHUT_WR)
        connection.recv(4096)


def test_a_request_that_is_no_http_is_refused(clip: Client) -> None:
    with clip.connect() as connection:
        connection.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
        assert connection.recv(4096).startswith(b"HTTP/1.1 400 ")


def test_an_unknown_address_is_404_with_the_known_ones(clip: Client) -> None:
    reply = clip.get("/clips")
    assert (reply.status, reply.json()["code"]) == (404, "not_found")
    assert "/clip," in reply.json()["detail"]


def test_an_unknown_method_is_405_with_the_known_ones(clip: Client) -> None:
    reply = clip.get("/clip")
    assert (reply.status, reply.json()["code"], reply.headers["allow"]) == (405, "method_not_allowed", "POST")


def test_both_methods_of_the_root_are_named(clip: Client) -> None:
    assert clip.request("DELETE", "/").headers["allow"] == "GET, HEAD, POST"


def test_no_answer_lets_a_browser_guess_its_type(clip: Client) -> None:
    for path in ("/", "/clips", "/health/live", "/openapi.json"):
        assert clip.get(path).headers["x-content-type-options"] == "nosniff"
