"""SIGTERM under load: what was admitted is answered, and the process ends with 0."""

import http.client
import json
import threading
import time
from pathlib import Path

import pytest

from tests.process import Process

CLIENTS = 8
ROUNDS = 50


class Load:
    """Clients that keep asking until the server is gone. Each outcome is the number of the request and how it ended."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.answered: set[int] = set()
        self.refused: set[int] = set()
        self.unclear: set[int] = set()
        self._next = iter(range(1_000_000))
        self._threads = [threading.Thread(target=self._ask_on) for _ in range(CLIENTS)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def join(self) -> None:
        for thread in self._threads:
            thread.join(timeout=20)
            assert not thread.is_alive()

    def _ask_on(self) -> None:
        """On one connection for as long as the server keeps it."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=15)
        try:
            while self._ask(connection, next(self._next)):
                pass
        finally:
            connection.close()

    def _ask(self, connection: http.client.HTTPConnection, number: int) -> bool:
        body = json.dumps({"number": number})
        try:
            connection.request("POST", "/tick", body, {"content-type": "application/json"})
            response = connection.getresponse()
            answer = json.loads(response.read())
        except ConnectionRefusedError:
            return False
        except (http.client.HTTPException, OSError):
            self.unclear.add(number)
            return False
        if response.status == 200:
            assert answer["facts"]["number"] == number
            self.answered.add(number)
            return True
        assert (response.status, answer["code"]) == (503, "draining")
        self.refused.add(number)
        return False


@pytest.mark.parametrize("round", range(ROUNDS))
def test_no_admitted_request_is_lost(tmp_path: Path, round: int) -> None:
    process = Process(tmp_path, "tests.process:Ticks", max_batch="2")
    try:
        process.until("/health")
        load = Load(process.client.port)
        load.start()
        time.sleep(0.05 + 0.003 * round)
        process.stop()
        assert process.code() == 0
        load.join()
    finally:
        process.kill()
    executed = {int(line) for line in (tmp_path / "ticks").read_text().split()}
    assert load.answered
    assert executed == load.answered
