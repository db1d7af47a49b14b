"""Connections that bring nothing, too little, or come in too great a number."""

import json
import time
from contextlib import ExitStack, suppress

from tests.conftest import Serve
from tests.http.models import BIG


def test_a_connection_that_sends_nothing_is_closed(serve: Serve) -> None:
    client = serve("Nap", idle_timeout_s=0.2)
    with client.connect() as connection:
        assert connection.recv(100) == b""


def test_a_header_that_never_ends_is_closed(serve: Serve) -> None:
    client = serve("Nap", idle_timeout_s=0.2)
    with client.connect() as connection:
        connection.sendall(b"POST /nap HTTP/1.1\r\nhost: x\r\n")
        assert connection.recv(100) == b""


def test_a_body_that_never_comes_is_400_and_the_end(serve: Serve) -> None:
    client = serve("Nap", idle_timeout_s=0.2)
    with client.connect() as connection:
        connection.sendall(b"POST /nap HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 14\r\n\r\n{")
        answer = b""
        while piece := connection.recv(4096):
            answer += piece
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["detail"].startswith("The body came too slowly")


def test_a_connection_stays_open_between_requests(serve: Serve) -> None:
    client = serve("Nap", idle_timeout_s=0.2)
    with client.connect() as connection:
        for _ in range(2):
            connection.sendall(b"GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n")
            assert connection.recv(4096).startswith(b"HTTP/1.1 200 ")
            time.sleep(1.5)


def test_an_answer_that_nobody_takes_is_cut(serve: Serve) -> None:
    client = serve("Big", idle_timeout_s=0.2)
    with client.connect() as connection:
        connection.sendall(
            b"POST /big HTTP/1.1\r\nhost: x\r\naccept: text/plain\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}"
        )
        time.sleep(3.5)
        taken = 0
        with suppress(ConnectionResetError):
            while piece := connection.recv(1 << 20):
                taken += len(piece)
    assert 0 < taken < BIG


def test_work_that_takes_longer_than_the_patience_is_not_cut(serve: Serve) -> None:
    assert serve("Nap", idle_timeout_s=0.1).post("/nap", {"seconds": 1.5}).status == 200


def test_a_thousand_silent_connections_disturb_nobody(serve: Serve) -> None:
    client = serve("Nap")
    with ExitStack() as silent:
        for _ in range(1000):
            silent.enter_context(client.connect())
        for _ in range(10):
            assert client.post("/nap", {}).status == 200
        assert client.get("/health/ready").status == 200
    assert client.post("/nap", {}).status == 200


def test_when_there_are_too_many_the_one_that_waits_longest_makes_room(serve: Serve) -> None:
    client = serve("Nap", max_connections=20)
    with ExitStack() as silent:
        connections = [silent.enter_context(client.connect()) for _ in range(60)]
        assert client.post("/nap", {}).status == 200
        assert connections[0].recv(100) == b""
