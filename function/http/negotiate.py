"""What the caller wants to get: `Accept` (RFC 9110, section 12.5.1) against what can be produced. Knows no route."""

import functools

from function.errors import NotAcceptable

LONGEST_ACCEPT = 1000


@functools.lru_cache(maxsize=256)
def choose(accept: str, offers: tuple[str, ...]) -> str:
    """The best of `offers` (preferred first) for an `Accept` header; the first one for an empty header.

    The most specific range that covers an offer gives its quality. Raises `NotAcceptable` naming the offers.
    """
    if not accept:
        return offers[0]
    ranges = _ranges(accept[:LONGEST_ACCEPT])
    best = max(offers, key=lambda offer: _quality(offer, ranges))
    if _quality(best, ranges) <= 0:
        raise NotAcceptable("None of the accepted types can be produced; possible are " + ", ".join(offers) + ".")
    return best


def _quality(offer: str, ranges: dict[str, float]) -> float:
    for candidate in (offer, offer.partition("/")[0] + "/*", "*/*"):
        if candidate in ranges:
            return ranges[candidate]
    return 0.0


def _ranges(accept: str) -> dict[str, float]:
    """Media ranges in lower case with their quality; parameters other than `q` are ignored."""
    ranges: dict[str, float] = {}
    for part in accept.lower().split(","):
        range_, *parameters = (piece.strip() for piece in part.split(";"))
        quality = next((value.strip() for name, _, value in (p.partition("=") for p in parameters) if name.strip() == "q"), "1")
        if range_:
            ranges[range_] = max(ranges.get(range_, 0.0), _number(quality))
    return ranges


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        return 0.0
    return value if 0 <= value <= 1 else 0.0
