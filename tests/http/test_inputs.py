import pytest
from pydantic import Field, field_validator

from function.errors import InvalidRequest
from function.http.inputs import parse_input
from function.models.model import StrictModel


class Part(StrictModel):
    amount: int = 1


class Order(StrictModel):
    prompt: str
    duration: float = Field(4.0, ge=0.67, le=12)
    parts: tuple[Part, ...] = ()

    @field_validator("prompt")
    @classmethod
    def short(cls, value: str) -> str:
        if len(value.split()) > 60:
            raise ValueError(f"has {len(value.split())} words; 60 are allowed")
        return value


def refusal(body: bytes) -> str:
    with pytest.raises(InvalidRequest) as caught:
        parse_input(Order, body)
    return caught.value.detail


def test_a_right_input_is_the_model() -> None:
    assert parse_input(Order, b'{"prompt":"walk","duration":3,"parts":[{"amount":2}]}') == Order(
        prompt="walk", duration=3.0, parts=(Part(amount=2),)
    )


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", 'The body is empty; it should be a JSON object with "prompt".'),
        (b"[1]", 'The body should be a JSON object with "prompt".'),
        (b"{}", '"prompt" is missing.'),
        (b'{"promt":"walk"}', '"prompt" is missing; "promt" is not a known field; did you mean "prompt"?'),
        (b'{"prompt":"walk","zzz":1}', '"zzz" is not a known field; the fields are prompt, duration, parts.'),
        (b'{"prompt":"walk","parts":[{"amont":1}]}', '"parts.0.amont" is not a known field; did you mean "amount"?'),
        (b'{"prompt":"walk","duration":"3"}', '"duration": input should be a valid number.'),
        (b'{"prompt":"walk","duration":0}', '"duration": input should be greater than or equal to 0.67.'),
        (b'{"prompt":3}', '"prompt": input should be a valid string.'),
        (b'{"prompt":"' + b"a " * 61 + b'"}', '"prompt": has 61 words; 60 are allowed.'),
    ],
)
def test_a_wrong_input_is_one_sentence(body: bytes, sentence: str) -> None:
    assert refusal(body) == sentence


@pytest.mark.parametrize("body", [b'{"prompt":', b"\xff\xfe", b'{"prompt":"walk"} trailing', b"[" * 100_000])
def test_broken_json_is_named_as_such(body: bytes) -> None:
    assert refusal(body).startswith("The body is not valid JSON: ")


def test_not_a_number_is_refused() -> None:
    assert '"duration"' in refusal(b'{"prompt":"walk","duration":NaN}')


def test_a_huge_unknown_name_is_cut() -> None:
    assert len(refusal(b'{"prompt":"walk","' + b"x" * 10_000 + b'":1}')) < 200


def test_many_problems_are_counted() -> None:
    body = b'{"prompt":"walk",' + b",".join(b'"k%d":1' % i for i in range(9)) + b"}"
    assert refusal(body).endswith("; and 6 more.")
