"""The motion model with its embedded weights, over real HTTP."""

import io
import json
import re
import socket
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pytest

from benchmarks.motion_quality import bvh
from function.models.motion.model import Motion
from tests.conftest import Serve
from tests.serving import Client, serving, until

SENTENCE = {"prompt": "a person walks forward, then waves with the right hand", "duration": 5, "seed": 7}
SHORT = {"prompt": "a person walks", "duration": 1, "steps": 2}
BVH, GLB, NPZ = "model/x-bvh", "model/gltf-binary", "application/x-npz"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with serving("motion", results=str(tmp_path_factory.mktemp("results")), threads=1) as client:
        yield client


@pytest.fixture(scope="module")
def answer(client: Client) -> Any:
    """What the sentence of the README gets."""
    reply = client.post("/generate", SENTENCE)
    assert (reply.status, reply.headers["content-type"]) == (200, "application/json")
    return reply.json()


def fetch(client: Client, answer: Any, media_type: str) -> bytes:
    """The first file of a type, by its link."""
    artifact = next(artifact for artifact in answer["artifacts"] if artifact["media_type"] == media_type)
    reply = client.get(artifact["url"])
    assert (reply.status, reply.headers["content-type"], len(reply.body)) == (200, media_type, artifact["size"])
    return reply.body


def arrays(file: bytes) -> dict[str, np.ndarray[Any, Any]]:
    with np.load(io.BytesIO(file)) as opened:
        return dict(opened)


def jobs(client: Client) -> float:
    """How many jobs the lane has done."""
    lines = client.get("/metrics").body.decode().splitlines()
    return sum(float(line.split()[-1]) for line in lines if line.startswith("figurine_batch_size_sum"))


def test_a_sentence_is_answered_with_facts_and_links(answer: Any) -> None:
    assert answer["model"] == {"name": "motion", "variant": "tiny", "version": "1"}
    assert {"frames": 150, "fps": 30, "seconds": 5.0, "seeds": [7]}.items() <= answer["facts"].items()
    assert [(artifact["name"], artifact["media_type"]) for artifact in answer["artifacts"]] == [("motion.bvh", BVH), ("motion.glb", GLB)]
    assert answer["stored"] is False


def test_the_sentence_is_understood(answer: Any) -> None:
    assert answer["facts"]["understood"] == "walk forward, then wave (right)"
    assert answer["warnings"] == []


def test_the_bvh_behind_its_link_can_be_read(client: Client, answer: Any) -> None:
    recording = bvh.read(fetch(client, answer, BVH).decode())
    assert (len(recording.values), round(recording.fps)) == (150, 30)


def test_the_glb_behind_its_link_is_one(client: Client, answer: Any) -> None:
    file = fetch(client, answer, GLB)
    assert file.startswith(b"glTF\x02\x00\x00\x00")
    assert int.from_bytes(file[8:12], "little") == len(file)


@pytest.mark.parametrize("media_type", [BVH, GLB])
def test_a_file_can_be_had_at_once(client: Client, answer: Any, media_type: str) -> None:
    reply = client.post("/generate", SENTENCE, accept=media_type)
    assert (reply.status, reply.headers["content-type"]) == (200, media_type)
    assert reply.body == fetch(client, answer, media_type)


def test_a_type_that_was_not_asked_to_be_made_is_406_before_any_work(client: Client) -> None:
    before = jobs(client)
    reply = client.post("/generate", SENTENCE | {"seed": 99}, accept=NPZ)
    assert (reply.status, reply.json()["code"], jobs(client)) == (406, "not_acceptable", before)


def test_requests_of_different_lengths_are_timed_apart(client: Client, answer: Any) -> None:
    client.post("/generate", SHORT)
    counts = re.findall(r'request_seconds_count{duration="(.*?)",route="/generate"}', client.get("/metrics").body.decode())
    assert {"up to 3 s", "3 to 6 s"} <= {*counts}


def test_of_the_accepted_types_the_one_that_is_made_is_answered(client: Client) -> None:
    reply = client.post("/generate", SENTENCE, accept=f"{NPZ}, {BVH};q=0.5")
    assert (reply.status, reply.headers["content-type"]) == (200, BVH)


def test_the_same_request_again_does_not_touch_the_lane(client: Client, answer: Any) -> None:
    before = jobs(client)
    again = client.post("/generate", SENTENCE).json()
    assert (again["id"], again["stored"], jobs(client)) == (answer["id"], True, before)
    assert [(one["name"], one["sha256"]) for one in again["artifacts"]] == [(one["name"], one["sha256"]) for one in answer["artifacts"]]


def test_the_same_seed_gives_the_same_bytes_when_made_anew(client: Client, answer: Any, serve: Serve) -> None:
    other = serve("motion", threads=1).post("/generate", SENTENCE).json()
    assert other["stored"] is False
    assert [artifact["sha256"] for artifact in other["artifacts"]] == [artifact["sha256"] for artifact in answer["artifacts"]]


def test_two_seeds_give_two_of_each_file(client: Client) -> None:
    answer = client.post("/generate", {**SHORT, "seeds": [4, 9]}).json()
    assert [artifact["name"] for artifact in answer["artifacts"]] == ["motion-4.bvh", "motion-4.glb", "motion-9.bvh", "motion-9.glb"]
    assert answer["facts"]["seeds"] == [4, 9]
    assert len({artifact["sha256"] for artifact in answer["artifacts"]}) == 4


def test_a_seed_left_out_is_said_and_gives_another_motion_each_time(client: Client) -> None:
    first, second = (client.post("/generate", SHORT).json() for _ in range(2))
    assert first["facts"]["seeds"] != second["facts"]["seeds"]
    assert first["artifacts"][0]["sha256"] != second["artifacts"][0]["sha256"]


def test_bvh_and_npz_have_the_same_joints_within_a_millimetre(client: Client) -> None:
    answer = client.post("/generate", {**SENTENCE, "formats": ["bvh", "npz"]}).json()
    recording, numbers = bvh.read(fetch(client, answer, BVH).decode()), arrays(fetch(client, answer, NPZ))
    places = recording.world()[0][:, [recording.names.index(name) for name in numbers["names"]]]
    assert places.shape == numbers["joints"].shape == (150, 22, 3)
    assert np.abs(places - numbers["joints"]).max() < 0.001


@pytest.mark.parametrize(("duration", "frames"), [(0.67, 20), (12, 360)])
def test_the_shortest_and_the_longest_motion_are_made(client: Client, duration: float, frames: int) -> None:
    answer = client.post("/generate", {**SHORT, "duration": duration, "formats": ["npz"]}).json()
    assert answer["facts"]["frames"] == frames
    numbers = arrays(fetch(client, answer, NPZ))
    assert numbers["quaternions"].shape == (frames, 22, 4)
    assert all(np.isfinite(numbers[name]).all() for name in ("quaternions", "root", "joints"))


@pytest.mark.parametrize("media_type", [BVH, NPZ])
def test_a_file_that_was_made_can_be_validated(client: Client, media_type: str) -> None:
    answer = client.post("/generate", {**SENTENCE, "formats": ["bvh", "npz"]}).json()
    reply = client.send("/validate", fetch(client, answer, media_type), media_type)
    assert (reply.status, reply.json()["frames"]) == (200, 150)
    assert 0 <= reply.json()["score"] <= 1


def test_a_file_that_is_no_motion_is_422(client: Client) -> None:
    assert client.send("/validate", b"HIERARCHY nothing", BVH).status == 422


def test_an_event_is_answered_with_the_completed_one(client: Client, answer: Any) -> None:
    event = {"ce-specversion": "1.0", "ce-id": "m1", "ce-source": "/tests", "ce-type": "figurine.motion.requested"}
    reply = client.request("POST", "/events", json.dumps(SENTENCE).encode(), {"content-type": "application/json", **event})
    assert (reply.status, reply.headers["ce-type"], reply.headers["ce-correlationid"]) == (200, "figurine.motion.completed", "m1")
    assert fetch(client, reply.json(), GLB) == fetch(client, answer, GLB)


@pytest.mark.parametrize("word", ["yodels", "somersaults"])
def test_words_that_it_does_not_know_are_named(client: Client, word: str) -> None:
    answer = client.post("/generate", {**SHORT, "prompt": f"a person {word} and walks"}).json()
    assert any(word in warning for warning in answer["warnings"])
    assert answer["facts"]["understood"]


@pytest.mark.parametrize(
    ("fields", "detail"),
    [
        ({"prompt": "walk " * 61}, '"prompt": has 61 words; 1 to 60 are right.'),
        ({"duration": 0}, '"duration": input should be greater than or equal to 0.67.'),
        ({"duration": 13}, '"duration": input should be less than or equal to 12.'),
        ({"duration": float("nan")}, '"duration": input should be less than or equal to 12.'),
        ({"duration": "five"}, '"duration": input should be a valid number.'),
        ({"prompt": 5}, '"prompt": input should be a valid string.'),
        ({"promt": "a person walks"}, '"promt" is not a known field; did you mean "prompt"?'),
        ({"seed": 1, "seeds": [2, 3]}, "give seed or seeds, not both."),
    ],
)
def test_a_wrong_request_is_400_with_what_would_be_right(client: Client, fields: dict[str, Any], detail: str) -> None:
    before = jobs(client)
    reply = client.post("/generate", {**SHORT, **fields})
    assert (reply.status, reply.headers["content-type"], reply.json()["code"]) == (400, "application/problem+json", "invalid_request")
    assert reply.json()["detail"] == detail
    assert jobs(client) == before


@pytest.mark.parametrize(
    ("body", "status"), [(b"", 400), (b'{"prompt": "a per', 400), (b'{"prompt": "' + b"walk " * (1 << 20) + b'"}', 413)]
)
def test_a_body_that_is_empty_cut_or_of_5_megabytes_is_refused(client: Client, body: bytes, status: int) -> None:
    reply = client.send("/generate", body)
    assert (reply.status, len(reply.body) <= 768) == (status, True)
    assert client.post("/generate", {**SHORT, "seed": 1}).status == 200


def test_a_body_that_ends_early_disturbs_nobody(client: Client) -> None:
    with client.connect() as connection:
        connection.sendall(b'POST /generate HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 900\r\n\r\n{"prompt":')
        connection.shutdown(socket.SHUT_WR)
        connection.recv(4096)
    assert client.post("/generate", {**SHORT, "seed": 1}).status == 200


class Watched(Motion):
    """Counts the sampler's steps that were taken for requests of more than two."""

    def __init__(self) -> None:
        self.steps = 0

    def predict(self, batch: Sequence[Any], progress: Any) -> Any:
        def counted(step: int, of: int) -> Any:
            self.steps += of > 2
            return progress(step, of)

        return super().predict(batch, counted)


def test_sampling_stops_when_the_caller_leaves(serve: Serve) -> None:
    client = serve(f"{__name__}:Watched", threads=1)
    body = json.dumps({"prompt": "a person walks", "duration": 12, "steps": 100, "seeds": list(range(8))}).encode()
    with client.connect() as connection:
        connection.sendall(
            b"POST /generate HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(body)
        )
        connection.sendall(body)
        until(lambda: client.model("motion").steps)
    assert client.post("/generate", SHORT).status == 200  # the lane is free again
    assert client.model("motion").steps < 50
    assert b'figurine_jobs_total{model="motion",outcome="cancelled"} 1.0' in client.get("/metrics").body
