from urllib.parse import parse_qs

import pytest

from function.results.links import sign, verify

ID, KEY = "a" * 32, b"key"


def opened(query: str, *, id: str = ID, name: str = "motion.bvh", key: bytes = KEY, now: float = 999.5) -> bool:
    values = parse_qs(query)
    return verify(id, name, values["expires"][0], values["signature"][0], key=key, now=now)


def test_a_signed_link_opens_its_file() -> None:
    assert opened(sign(ID, "motion.bvh", 1000, KEY))


def test_a_link_ends_when_it_expires() -> None:
    assert not opened(sign(ID, "motion.bvh", 1000, KEY), now=1000)


def test_a_link_opens_no_other_file() -> None:
    assert not opened(sign(ID, "motion.bvh", 1000, KEY), name="motion.glb")
    assert not opened(sign(ID, "motion.bvh", 1000, KEY), id="b" * 32)


def test_a_link_of_another_key_is_forged() -> None:
    assert not opened(sign(ID, "motion.bvh", 1000, b"other"))


@pytest.mark.parametrize("expires", ["2000", "", "x", "-1", "1e9", "\u0663", "9" * 5000])
def test_another_expiry_is_forged(expires: str) -> None:
    signature = parse_qs(sign(ID, "motion.bvh", 1000, KEY))["signature"][0]
    assert not verify(ID, "motion.bvh", expires, signature, key=KEY, now=0)


def test_a_signature_of_any_characters_is_only_wrong() -> None:
    assert not verify(ID, "motion.bvh", "1000", "\u00e9\U0001f600", key=KEY, now=0)
