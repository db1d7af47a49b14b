import threading

import pytest

from tests.conftest import Serve
from tests.serving import until


def test_a_ready_server_says_so_on_every_probe(serve: Serve) -> None:
    client = serve("Nap")
    for path in ("/health", "/health/ready", "/health/live", "/health/startup"):
        assert client.get(path).status == 200


def test_before_it_is_ready_a_server_lives_and_says_what_it_waits_for(serve: Serve) -> None:
    client = serve("Slow", ready=False)
    assert client.get("/health/live").status == 200
    until(lambda: "warm up" in client.get("/health/ready").json()["reason"])
    reply = client.get("/health/ready")
    assert (reply.status, reply.json()["status"]) == (503, "starting")
    assert 0 < reply.json()["progress"] < 1
    assert client.get("/health/startup").status == 503


def test_startup_shows_each_phase_with_its_seconds(serve: Serve) -> None:
    phases = serve("Nap").get("/health/startup").json()["phases"]
    assert {phase["name"] for phase in phases} == {"import", "read", "load", "warm up", "port"}
    assert all(phase["began"] > 0 and phase["seconds"] >= 0 for phase in phases)


def test_a_failed_bring_up_stays_up_and_says_why(serve: Serve) -> None:
    client = serve("Broken", ready=False)
    until(lambda: client.get("/health/ready").json()["status"] != "starting")
    reply = client.get("/health/ready")
    assert (reply.status, reply.json()["status"]) == (503, "failed")
    assert reply.json()["reason"] == "The file broken.safetensors is missing; run scripts/weights."
    assert client.get("/health/live").status == 200
    assert client.post("/broken", {}).status == 503


@pytest.mark.parametrize("path", ["/health", "/health/ready", "/health/live", "/health/startup"])
def test_head_answers_as_get_without_a_body(serve: Serve, path: str) -> None:
    reply = serve("Nap").request("HEAD", path)
    assert (reply.status, reply.body) == (200, b"")


def test_probes_answer_while_the_lane_is_busy(serve: Serve) -> None:
    client = serve("Nap")
    nap = threading.Thread(target=client.post, args=("/nap", {"seconds": 0.5}))
    nap.start()
    answers = 0
    while nap.is_alive():
        assert client.get("/health/ready").status == 200
        answers += 1
    assert answers > 1


def test_a_lane_without_progress_is_not_live(serve: Serve) -> None:
    client = serve("Stuck", stuck_s=0.05)
    work = threading.Thread(target=client.post, args=("/stuck", {"seconds": 1}))
    work.start()
    while client.get("/health/live").status == 200:
        assert work.is_alive()
    assert client.get("/health/live").json()["status"] == "stuck"
    work.join()
