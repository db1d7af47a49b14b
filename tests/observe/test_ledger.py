import asyncio
import io

from function.observe.ledger import Ledger
from function.observe.logs import RequestLog
from function.observe.metrics import Metrics
from function.observe.record import Record


def books() -> tuple[Ledger, io.BytesIO]:
    out = io.BytesIO()
    return Ledger(Metrics(), RequestLog("text", out=out)), out


def test_what_ended_is_entered_without_being_asked_for() -> None:
    ledger, out = books()

    async def enter() -> None:
        ledger.enter(Record("id-1", status=200))
        await asyncio.sleep(0.1)

    asyncio.run(enter())
    assert b"id=id-1" in out.getvalue()
    assert b'figurine_requests_total{code="ok",route="none",status="200"} 1.0' in ledger.metrics.render()[0]


def test_settling_enters_each_request_once() -> None:
    ledger, out = books()

    async def enter() -> None:
        ledger.enter(Record("id-1"))
        ledger.settle()
        await asyncio.sleep(0.1)

    asyncio.run(enter())
    assert out.getvalue().count(b"id=id-1") == 1


def test_a_quiet_request_is_counted_but_not_logged() -> None:
    ledger, out = books()

    async def enter() -> None:
        ledger.enter(Record("id-1", status=200, quiet=True))
        ledger.settle()

    asyncio.run(enter())
    assert (out.getvalue(), b'status="200"} 1.0' in ledger.metrics.render()[0]) == (b"", True)
