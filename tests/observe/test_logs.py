import asyncio
import hashlib
import io
import json
import logging
from typing import Any

import pytest
from pydantic import BaseModel

from function.engine import Timings
from function.observe.logs import JsonFormatter, RequestLog
from function.observe.record import Record
from tests.conftest import Serve

SAID = hashlib.sha256(b'{"text":"x"}').hexdigest()[:16]


class Said(BaseModel):
    text: str


def lines(form: str, *records: Record, level: str = "info") -> str:
    out = io.BytesIO()
    RequestLog(form, level, out).write(records)
    return out.getvalue().decode()


def test_a_request_is_one_json_line() -> None:
    record = Record("id-1", "POST", "/clip", 200, model="clip", version="7", input=Said(text="x"), tenant="ann", seconds=0.25)
    record.timings = Timings(queue=0.1, model=0.05, device=0.01, batch_size=2)
    line = json.loads(lines("json", record))
    assert {"request_id": "id-1", "route": "/clip", "status": 200, "code": "ok", "seconds": 0.25, "tenant": "ann"}.items() <= line.items()
    assert {"model": "clip", "version": "7", "prompt_sha256": SAID, "device_seconds": 0.01, "batch_size": 2}.items() <= line.items()


def test_a_line_can_be_text() -> None:
    assert lines("text", Record("id-1", "GET", "/clip", 405, "method_not_allowed", seconds=0.001)) == (
        "GET /clip 405 method_not_allowed 1.0 ms id=id-1\n"
    )


def test_a_level_above_info_leaves_only_the_failures() -> None:
    written = lines("text", Record("id-1", status=200), Record("id-2", status=503, code="not_ready"), level="warning")
    assert (written.count("\n"), "id=id-2" in written) == (1, True)


def test_an_output_that_nobody_reads_does_not_stop_the_server() -> None:
    out = io.BytesIO()
    out.close()

    log = RequestLog("json", out=out)
    log.write([Record("id-1")])
    log.write([Record("id-2")])


def test_a_message_with_a_traceback_is_one_json_line() -> None:
    try:
        raise ValueError("oops")
    except ValueError as error:
        record = logging.LogRecord("figurine", logging.ERROR, "file", 1, "it %s", ("broke",), (type(error), error, error.__traceback__))
    line: dict[str, Any] = json.loads(JsonFormatter().format(record))
    assert (line["level"], line["logger"], line["message"]) == ("error", "figurine", "it broke")
    assert "ValueError: oops" in line["trace"]


def test_what_a_caller_wrote_never_appears(
    serve: Serve, capfdbinary: pytest.CaptureFixture[bytes], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    client = serve("Clip,Raises", log_level="info")
    client.post("/clip", {"prompt": "tell nobody"})
    client.post("/clip", {"prompt": "tell nobody", "tell nobody": 1})
    client.post("/clip", {"prompt": ["tell nobody"]})
    client.send("/clip", b'{"prompt": "tell nobody')
    client.send("/count", b"tell nobody \xff", "text/plain")
    client.post("/raises", {"seconds": 0, "note": "tell nobody"})
    client.get("/tell nobody".replace(" ", "%20"))
    asyncio.run(asyncio.sleep(0.1))
    out, err = capfdbinary.readouterr()
    assert out.count(b'"message":"request"') == 7
    assert b"prompt_sha256" in out
    assert b"tell" not in out + err + caplog.text.encode()
