import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from function.results.links import sign
from tests.conftest import Serve
from tests.serving import Client, serving

KEY = "a key for the tests"
LARGE = 1 << 20
TEXT = b"abcdefghij"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("results")


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[Client]:
    with serving("Draw", results=str(folder), results_key=KEY) as client:
        yield client


def draw(client: Client, text: str = "abcdefghij", size: int = 1) -> str:
    """The link to a new file."""
    return str(client.post("/draw", {"text": text, "size": size}).json()["artifacts"][0]["url"])


@pytest.fixture(scope="module")
def link(client: Client) -> str:
    return draw(client)


def test_a_link_opens_the_file(client: Client, link: str) -> None:
    reply = client.get(link)
    assert (reply.status, reply.body) == (200, TEXT)
    assert reply.headers["content-type"] == "text/plain"
    assert reply.headers["content-disposition"] == 'attachment; filename="drawing.txt"'
    assert reply.headers["etag"] == f'"{hashlib.sha256(TEXT).hexdigest()}"'
    assert reply.headers["content-length"] == "10"


def test_the_file_is_cached_by_the_caller_until_the_link_ends(client: Client, link: str) -> None:
    private, age, immutable = client.get(link).headers["cache-control"].split(", ")
    assert (private, immutable) == ("private", "immutable")
    assert 3000 < int(age.removeprefix("max-age=")) <= 3600


def test_head_is_get_without_the_body(client: Client, link: str) -> None:
    head, whole = client.request("HEAD", link), client.get(link)
    assert (head.status, head.body) == (200, b"")
    assert {name: head.headers[name] for name in ("content-length", "etag", "content-type")} == {
        name: whole.headers[name] for name in ("content-length", "etag", "content-type")
    }


@pytest.mark.parametrize("condition", ["{etag}", "W/{etag}", '"other", {etag}', "*"])
def test_an_unchanged_file_is_not_sent_again(client: Client, link: str, condition: str) -> None:
    etag = client.get(link).headers["etag"]
    reply = client.get(link, if_none_match=condition.format(etag=etag))
    assert (reply.status, reply.body, reply.headers["etag"]) == (304, b"", etag)


def test_another_etag_gets_the_file(client: Client, link: str) -> None:
    assert client.get(link, if_none_match='"other"').status == 200


@pytest.mark.parametrize(
    ("range_", "content_range", "body"),
    [
        ("bytes=0-3", "bytes 0-3/10", TEXT[:4]),
        ("bytes=4-", "bytes 4-9/10", TEXT[4:]),
        ("bytes=-3", "bytes 7-9/10", TEXT[-3:]),
        ("bytes=8-99", "bytes 8-9/10", TEXT[8:]),
        ("bytes=-99", "bytes 0-9/10", TEXT),
        ("bytes=9-9", "bytes 9-9/10", TEXT[9:]),
    ],
)
def test_one_range_gives_a_part(client: Client, link: str, range_: str, content_range: str, body: bytes) -> None:
    reply = client.get(link, range=range_)
    assert (reply.status, reply.headers["content-range"], reply.body) == (206, content_range, body)
    assert reply.headers["content-length"] == str(len(body))


@pytest.mark.parametrize("range_", ["bytes=0-1,4-5", "bytes=", "bytes=-", "bytes=3-1", "lines=0-1", "bytes=a-b", "bytes=0-" + "9" * 5000])
def test_other_ranges_give_the_whole(client: Client, link: str, range_: str) -> None:
    reply = client.get(link, range=range_)
    assert (reply.status, reply.body) == (200, TEXT)


@pytest.mark.parametrize("range_", ["bytes=10-", "bytes=10-20", "bytes=-0"])
def test_a_range_beyond_the_end_is_refused(client: Client, link: str, range_: str) -> None:
    reply = client.get(link, range=range_)
    assert (reply.status, reply.headers["content-range"], reply.body) == (416, "bytes */10", b"")


def test_a_range_holds_only_for_the_same_file(client: Client, link: str) -> None:
    etag = client.get(link).headers["etag"]
    assert client.get(link, range="bytes=0-1", if_range=etag).status == 206
    assert client.get(link, range="bytes=0-1", if_range='"other"').status == 200


def test_a_large_file_comes_whole_and_in_parts(client: Client) -> None:
    link = draw(client, "0123456789", LARGE // 2)
    assert client.get(link).body == b"0123456789" * (LARGE // 2)
    assert client.get(link, range="bytes=1000003-4000007").body == (b"0123456789" * (LARGE // 2))[1000003:4000008]


def test_an_empty_file_is_empty(client: Client) -> None:
    link = draw(client, "empty", 0)
    assert (client.get(link).status, client.get(link).body) == (200, b"")
    assert client.get(link, range="bytes=0-").status == 416


@pytest.mark.parametrize("change", [("drawing.txt", "other.txt"), ("signature=", "signature=0"), ("expires=", "expires=9"), ("?", "?x=")])
def test_a_forged_link_is_forbidden(client: Client, link: str, change: tuple[str, str]) -> None:
    reply = client.get(link.replace(*change))
    assert (reply.status, reply.headers["content-type"], reply.json()["code"]) == (403, "application/problem+json", "forbidden")


def test_an_unsigned_or_expired_link_is_forbidden(client: Client, link: str) -> None:
    path = link.partition("?")[0]
    id = path.split("/")[-2]
    assert client.get(path).status == 403
    assert client.get(f"{path}?{sign(id, 'drawing.txt', 1_000_000, KEY.encode())}").status == 403


@pytest.mark.parametrize(
    ("id", "name"), [("0" * 64, "drawing.txt"), ("{id}", "other.txt"), ("{id}", "record.json"), ("..", "x"), ("{id}", ".x")]
)
def test_what_is_not_there_is_not_found(client: Client, link: str, id: str, name: str) -> None:
    id = id.format(id=link.split("/")[-2])
    reply = client.get(f"/results/{id}/{name}?{sign(id, name, 4_000_000_000, KEY.encode())}")
    assert (reply.status, reply.json()["code"]) == (404, "not_found")


def test_a_damaged_file_is_not_given_out(client: Client, folder: Path) -> None:
    link = draw(client, "damaged")
    (path,) = folder.glob(f"results/{link.split('/')[-2]}/*drawing.txt")
    path.write_bytes(b"DAMAGED")
    assert client.get(link).status == 404


def test_a_public_address_begins_the_links(serve: Serve) -> None:
    assert draw(serve("Draw", public_url="https://figurine.example/")).startswith("https://figurine.example/results/")
