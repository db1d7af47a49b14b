"""Signed links to stored files: who holds one may read that one file until it expires. Knows no store."""

import hashlib
import hmac
from urllib.parse import urlencode


def sign(id: str, name: str, expires: int, key: bytes) -> str:
    """The query string that opens file `name` of result `id` until `expires` (Unix time, seconds)."""
    return urlencode({"expires": expires, "signature": _signature(id, name, str(expires), key)})


def verify(id: str, name: str, expires: str, signature: str, *, key: bytes, now: float) -> bool:
    """Whether the link was signed with this key for this file and `now` (Unix time, seconds) is before its end."""
    right = hmac.compare_digest(_signature(id, name, expires, key).encode(), signature.encode())
    return right and expires.isascii() and expires.isdecimal() and int(expires) > now


def _signature(id: str, name: str, expires: str, key: bytes) -> str:
    return hmac.new(key, "\0".join((id, name, expires)).encode(), hashlib.sha256).hexdigest()
