import json

import pytest
from cloudevents.core.v1.event import CloudEvent

from function.errors import InvalidRequest, PayloadTooLarge, UnsupportedMediaType
from function.http.cloudevents import BATCH, STRUCTURED, decode, decode_batch, encode, encode_batch, extensions, json_data, mode_of

ATTRIBUTES = {"specversion": "1.0", "id": "1", "source": "/s", "type": "t"}
HEADERS = {f"ce-{name}": value for name, value in ATTRIBUTES.items()}


def structured(**fields: object) -> bytes:
    return json.dumps({**ATTRIBUTES, **fields}).encode()


@pytest.mark.parametrize(
    ("content_type", "mode"),
    [
        ("", "binary"),
        ("application/json", "binary"),
        ("application/cloudevents+json", "structured"),
        ("Application/CloudEvents+JSON; charset=utf-8", "structured"),
        ("application/cloudevents-batch+json", "batch"),
    ],
)
def test_the_content_type_tells_the_mode(content_type: str, mode: str) -> None:
    assert mode_of(content_type) == mode


@pytest.mark.parametrize("content_type", ["application/cloudevents", "application/cloudevents+avro", "application/cloudevents-batch+xml"])
def test_another_event_format_is_not_supported(content_type: str) -> None:
    with pytest.raises(UnsupportedMediaType):
        mode_of(content_type)


def test_binary_data_stays_the_bytes_that_came() -> None:
    event = decode("binary", {**HEADERS, "content-type": "application/json"}, b'{"a" : 1.10}')
    assert (event.get_id(), json_data(event)) == ("1", b'{"a" : 1.10}')


def test_a_structured_event_has_the_same_data_as_json_or_base64() -> None:
    assert json_data(decode("structured", {}, structured(data={"a": 1}))) == b'{"a":1}'
    assert json_data(decode("structured", {}, structured(data_base64="eyJhIjoxfQ=="))) == b'{"a":1}'
    assert json_data(decode("structured", {}, structured(data=None, subject=None))) == b""


@pytest.mark.parametrize("name", list(ATTRIBUTES))
def test_a_missing_attribute_is_named_and_never_made_up(name: str) -> None:
    without = {key: value for key, value in ATTRIBUTES.items() if key != name}
    with pytest.raises(InvalidRequest, match=f"has no {name}:"):
        decode("binary", {f"ce-{key}": value for key, value in without.items()}, b"{}")
    with pytest.raises(InvalidRequest, match=f"has no {name}:"):
        decode("structured", {}, json.dumps(without).encode())
    with pytest.raises(InvalidRequest, match=f"has no {name}:"):
        decode("binary", {**HEADERS, f"ce-{name}": ""}, b"{}")


def test_an_event_needs_no_time() -> None:
    assert decode("binary", HEADERS, b"{}").get_id() == "1"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"text"',
        b"\xff",
        b"[" * 10_000,
        structured(specversion="0.3"),
        structured(specversion=1.0),
        structured(id=5),
        structured(id={"a": 1}),
        structured(time="yesterday"),
        structured(time="2026-01-01T00:00:00"),
        structured(time=5),
        structured(subject=""),
        structured(Upper="x"),
        structured(list=[1]),
        structured(fraction=1.5),
        structured(long="x" * 2049),
        structured(**{f"e{n}": "x" for n in range(61)}),
        structured(data={}, data_base64="e30="),
        structured(data_base64="{}"),
        structured(data_base64=5),
        structured()[:-1] + b', "data": NaN}',
    ],
)
def test_what_is_no_event_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidRequest):
        decode("structured", {}, body)


@pytest.mark.parametrize(
    "headers", [{"ce-specversion": "9.9"}, {"ce-time": "soon"}, {"ce-time": "%00"}, {"ce-data": "x"}, {"ce-a_b": "x"}, {"ce-": "x"}]
)
def test_headers_that_are_no_event_are_refused(headers: dict[str, str]) -> None:
    with pytest.raises(InvalidRequest):
        decode("binary", HEADERS | headers, b"{}")


@pytest.mark.parametrize(
    "content_type", ["application/json", "application/json; charset=utf-8", "APPLICATION/JSON", "application/vnd.order+json"]
)
def test_json_data_is_taken(content_type: str) -> None:
    assert json_data(decode("binary", HEADERS | {"content-type": content_type}, b"{}")) == b"{}"


@pytest.mark.parametrize("content_type", ["text/plain", "application/xml", "image/jpeg", "json"])
def test_other_data_is_not_supported(content_type: str) -> None:
    with pytest.raises(UnsupportedMediaType):
        json_data(decode("binary", HEADERS | {"content-type": content_type}, b"{}"))


def test_extensions_are_text() -> None:
    event = decode("structured", {}, structured(flag=True, count=3, word="a b", none=None, data={}))
    assert extensions(event) == {"flag": "true", "count": "3", "word": "a b"}


def test_an_encoded_event_reads_back_in_both_modes() -> None:
    event = CloudEvent({**ATTRIBUTES, "subject": 'snow \u2603 "%"', "datacontenttype": "application/json"}, b'{"a": [1, 2]}')
    binary = encode("binary", event)
    assert binary.body == b'{"a": [1, 2]}'
    assert decode("binary", binary.headers, binary.body).get_attributes() == event.get_attributes()
    whole = encode("structured", event)
    assert whole.headers == {"content-type": STRUCTURED}
    assert json.loads(whole.body)["data"] == {"a": [1, 2]}
    assert decode("structured", {}, whole.body).get_attributes() == event.get_attributes()


def test_a_header_cannot_be_smuggled_through_an_attribute() -> None:
    event = CloudEvent({**ATTRIBUTES, "subject": "a\r\nset-cookie: b"}, b"{}")
    assert all("\r" not in value and "\n" not in value for value in encode("binary", event).headers.values())


def test_a_batch_has_its_bad_members_in_their_places() -> None:
    members = decode_batch(b"[" + structured() + b", 5, {}, " + structured(id="4", data={}) + b"]")
    assert [type(member) for member in members] == [CloudEvent, InvalidRequest, InvalidRequest, CloudEvent]
    assert decode_batch(b"[]") == []


def test_a_batch_is_a_list_of_bounded_length() -> None:
    with pytest.raises(InvalidRequest):
        decode_batch(structured())
    with pytest.raises(PayloadTooLarge):
        decode_batch(b"[" + b",".join([b"{}"] * 101) + b"]")


def test_an_encoded_batch_is_a_list_of_events() -> None:
    event = CloudEvent({**ATTRIBUTES}, b"{}")
    message = encode_batch([event, event])
    assert message.headers == {"content-type": BATCH}
    assert [member["id"] for member in json.loads(message.body)] == ["1", "1"]
    assert json.loads(encode_batch([]).body) == []


@pytest.mark.parametrize("digits", [10, 5000, 50_000])
def test_an_integer_of_more_than_32_bits_is_refused(digits: int) -> None:
    body = structured(number=0).replace(b'"number": 0', b'"number": ' + b"9" * digits)
    with pytest.raises(InvalidRequest, match=r"integer of 32 bits|not valid JSON"):
        decode("structured", {}, body)
