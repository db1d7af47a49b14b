import pytest

from function.errors import NotAcceptable
from function.http.negotiate import choose

OFFERS = ("application/json", "text/x-bvh", "model/gltf-binary")


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("model/*", "model/gltf-binary"),
        ("text/x-bvh, */*;q=0.1", "text/x-bvh"),
        ("text/html, application/xhtml+xml, */*;q=0.8", "application/json"),
        ("application/json;q=0, */*", "text/x-bvh"),
        ("Model/GLTF-Binary", "model/gltf-binary"),
        ("text/x-bvh;q=0.3, model/*;q=0.3", "text/x-bvh"),
        ("text/x-bvh; charset=utf-8; q=1, application/json; q=0.9", "text/x-bvh"),
    ],
)
def test_the_best_offer_is_chosen(accept: str, chosen: str) -> None:
    assert choose(accept, OFFERS) == chosen


@pytest.mark.parametrize("accept", ["image/png", "*/*;q=0", "application/json;q=oops", "application/json;q=2", ";;;,,,", "text"])
def test_nothing_acceptable_names_the_offers(accept: str) -> None:
    with pytest.raises(NotAcceptable, match="application/json, text/x-bvh, model/gltf-binary"):
        choose(accept, OFFERS)
