"""A request's body, read within its limit. Knows no format."""

from collections.abc import Collection, Mapping

from starlette.types import Receive

from function.errors import Cancelled, InvalidRequest, PayloadTooLarge, UnsupportedMediaType


async def read_body(receive: Receive, headers: Mapping[bytes, bytes], limit: int) -> bytes:
    """The whole body, at most `limit` bytes: a longer one is refused by its content-length, or when it passes the limit.

    Raises `PayloadTooLarge`, `UnsupportedMediaType` (a content-encoding), `InvalidRequest`, and `Cancelled` when the caller leaves.
    """
    check_size(headers, limit)
    message = await receive()
    if message["type"] == "http.request" and not message.get("more_body", False):
        return _checked(message.get("body", b""), limit)
    parts: list[bytes] = []
    size = 0
    while message["type"] == "http.request":
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > limit:
            raise _too_large(limit)
        if not message.get("more_body", False):
            return b"".join(parts)
        message = await receive()
    raise Cancelled("The caller left before the body was complete.")


def check_size(headers: Mapping[bytes, bytes], limit: int) -> None:
    """Refuse by the headers alone what is too large or compressed."""
    if headers.get(b"content-encoding", b"identity").lower() != b"identity":
        raise UnsupportedMediaType("A compressed body is not supported; send it without content-encoding.")
    length = headers.get(b"content-length")
    if length is None:
        return
    if not length.isdigit():
        raise InvalidRequest("The content-length is not a number.")
    if int(length) > limit:
        raise _too_large(limit)


def _checked(body: bytes, limit: int) -> bytes:
    if len(body) > limit:
        raise _too_large(limit)
    return body


def _too_large(limit: int) -> PayloadTooLarge:
    return PayloadTooLarge(f"The body has more than the {limit} bytes that are allowed here.")


def check_type(headers: Mapping[bytes, bytes], known: Collection[str]) -> str:
    """The media type of the body, one of `known` (the first when none is named; a `+json` type counts as JSON). UTF-8 only."""
    text = headers.get(b"content-type", b"").decode("latin-1").lower()
    media_type, _, parameters = text.partition(";")
    media_type = media_type.strip() or next(iter(known))
    if media_type not in known and media_type.endswith("+json"):
        media_type = "application/json"
    if media_type not in known:
        raise UnsupportedMediaType("The content type should be " + " or ".join(known) + ".")
    charset = parameters.partition("charset=")[2].partition(";")[0].strip('" ')
    if charset not in ("", "utf-8", "utf8", "us-ascii"):
        raise UnsupportedMediaType("The charset should be utf-8.")
    return media_type
