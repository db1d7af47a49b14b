"""The broker of these tests does with every recorded answer what the real one did."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.http.eventing.broker import RETRY, Broker
from tests.http.eventing.subscriber import TOO_LATE_S, subscribing

RECORDED = json.loads(Path(__file__).with_name("delivery.json").read_text())
EVENT = {"specversion": "1.0", "id": "1", "source": "/publisher", "type": "asked", "data": {}}
SOON_S = {"timeout": TOO_LATE_S / 2}


@pytest.fixture(scope="module")
def subscriber() -> Iterator[str]:
    with subscribing() as url:
        yield url


def test_it_retries_as_often_as_the_recorded_one() -> None:
    assert RECORDED["setup"]["retry"] == RETRY


@pytest.mark.parametrize("case", RECORDED["cases"], ids=lambda case: case["case"])
def test_it_does_what_was_recorded(subscriber: str, case: dict[str, Any]) -> None:
    outcome = Broker(subscriber + case["case"], **SOON_S).deliver(EVENT)
    assert {
        "deliveries": outcome.deliveries,
        "retried": outcome.deliveries > 1,
        "reply_forwarded": outcome.reply is not None,
        "dead_lettered": outcome.dead_letter is not None,
        "knativeerrorcode": (outcome.dead_letter or {}).get("knativeerrorcode"),
    } == {name: case[name] for name in ("deliveries", "retried", "reply_forwarded", "dead_lettered", "knativeerrorcode")}
