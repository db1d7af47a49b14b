import pytest

from tests.serving import Client


def test_a_tool_answers_its_report(clip: Client) -> None:
    reply = clip.send("/count", b"one two three", "text/plain")
    assert (reply.status, reply.json()) == (200, {"words": 3, "seed": 0})


def test_a_file_that_cannot_be_read_is_422(clip: Client) -> None:
    reply = clip.send("/count", b"\xff\xfe", "text/plain")
    assert (reply.status, reply.json()["code"]) == (422, "invalid_input")


def test_another_media_type_is_415_with_the_known_ones(clip: Client) -> None:
    reply = clip.send("/count", b"one", "image/png")
    assert (reply.status, reply.json()["detail"]) == (415, "The content type should be text/plain or text/csv.")


def test_a_larger_file_than_allowed_is_413(clip: Client) -> None:
    assert clip.send("/count", b"a" * 1001, "text/plain").status == 413


def test_a_tool_that_breaks_is_500_without_details(clip: Client) -> None:
    reply = clip.send("/count", b"break", "text/plain")
    assert (reply.status, reply.json()["code"]) == (500, "model_failed")
    assert b"division" not in reply.body


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_a_tool_takes_only_post(clip: Client, method: str) -> None:
    assert clip.request(method, "/count").status == 405
