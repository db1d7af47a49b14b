"""Logs on standard output: one line a request, and the library's messages in the same form (JSON, or text for a person).

No line holds what a caller wrote, only its hash.
"""

import hashlib
import json
import logging
import sys
import time
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import BinaryIO

from pydantic_core import to_json

from function.observe.record import Record


class RequestLog:
    """Writes one line for each finished request; at a `level` above `info` only for those that failed here (status 500 and above)."""

    def __init__(self, form: str = "json", level: str = "info", out: BinaryIO | None = None) -> None:
        self._least_status = 0 if level in ("debug", "info") else 500
        self._line: Callable[[Record], bytes] = _json_line if form == "json" else _text_line
        self._out = out

    def write(self, records: Iterable[Record]) -> None:
        """Add the requests' lines."""
        lines = b"".join([self._line(record) for record in records if record.status >= self._least_status])
        if not lines:
            return
        out = self._out or sys.stdout.buffer
        try:
            out.write(lines)
            out.flush()
        except (OSError, ValueError):
            self._line = _no_line  # nobody reads: serving goes on without


def configure_logging(level: str = "info", form: str = "json") -> None:
    """Send the messages of the process to standard output in the wanted form."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonFormatter() if form == "json" else logging.Formatter("%(levelname)s %(name)s: %(message)s"))
    logging.root.handlers[:] = [handler]
    logging.root.setLevel(level.upper())


class JsonFormatter(logging.Formatter):
    """One JSON object a message; a traceback is its field `trace`."""

    def format(self, record: logging.LogRecord) -> str:
        fields = {"time": _stamp(record.created), "level": record.levelname.lower(), "logger": record.name, "message": record.getMessage()}
        if record.exc_info:
            fields["trace"] = self.formatException(record.exc_info)
        return json.dumps(fields)


def _json_line(record: Record) -> bytes:
    fields: dict[str, object] = {
        "time": _stamp(record.ended),
        "level": "info" if record.status < 500 else "error",
        "message": "request",
        "request_id": record.id,
        "method": record.method,
        "route": record.route,
        "status": record.status,
        "code": record.code,
        "seconds": round(record.seconds, 6),
    }
    if record.tenant:
        fields["tenant"] = record.tenant
    if record.model:
        fields["model"] = record.model
        fields["stored"] = record.stored
    if record.version:
        fields["version"] = record.version
    if record.input:
        fields["prompt_sha256"] = hashlib.sha256(record.input.model_dump_json().encode()).hexdigest()[:16]
    if record.timings:
        fields["queue_seconds"] = round(record.timings.queue, 6)
        fields["model_seconds"] = round(record.timings.model, 6)
        fields["device_seconds"] = round(record.timings.device, 6)
        fields["batch_size"] = record.timings.batch_size
    return to_json(fields) + b"\n"


def _text_line(record: Record) -> bytes:
    return f"{record.method} {record.route} {record.status} {record.code} {record.seconds * 1e3:.1f} ms id={record.id}\n".encode()


def _no_line(_record: Record) -> bytes:
    return b""


def _stamp(seconds: float) -> str:
    return f"{_second(int(seconds))}.{int(seconds % 1 * 1e6):06d}Z"


@lru_cache(maxsize=1)
def _second(seconds: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))
