import json

import pytest

from function.errors import InvalidRequest, Overloaded
from function.http.problem import problem, problem_json


def test_a_problem_has_the_members_of_the_design() -> None:
    assert json.loads(problem_json(InvalidRequest("Too short."), "abc")) == {
        "type": "urn:figurine:error:invalid_request",
        "title": "The request is malformed",
        "status": 400,
        "detail": "Too short.",
        "code": "invalid_request",
        "request_id": "abc",
    }


@pytest.mark.parametrize("detail", ["x" * 5000, "\x01" * 5000, '"' * 5000, "\u00e4" * 5000])
def test_no_problem_is_longer_than_a_broker_bears(detail: str) -> None:
    body = problem_json(InvalidRequest(detail), "i" * 128)
    assert len(body) <= 768
    assert json.loads(body)["detail"].endswith("...")


@pytest.mark.parametrize(("seconds", "shown"), [(0.01, "1"), (1.2, "2"), (30, "30")])
def test_retry_after_is_in_whole_seconds(seconds: float, shown: str) -> None:
    assert problem(Overloaded("Full.", retry_after=seconds), "abc").headers["retry-after"] == shown
