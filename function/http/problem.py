"""Errors as problem+json (RFC 9457), small enough for every broker (under 768 bytes). Knows no route."""

import math

from pydantic import BaseModel, Field
from starlette.responses import Response

from function.errors import FigurineError

MEDIA_TYPE = "application/problem+json"
LONGEST = 768  # bytes


class Problem(BaseModel):
    """What every refusal looks like."""

    type: str = Field(description="`urn:figurine:error:<code>`.")
    title: str
    status: int
    detail: str = Field(description="What was wrong and what would be right, in one sentence.")
    code: str
    request_id: str


def problem_json(error: FigurineError, request_id: str) -> bytes:
    """The body that says what was wrong. A detail that would make it longer than `LONGEST` bytes is cut."""
    kind = f"urn:figurine:error:{error.code}"
    detail = error.detail
    while True:
        body = Problem(
            type=kind, title=error.title, status=error.status, detail=detail, code=error.code, request_id=request_id
        ).model_dump_json()
        if len(body.encode()) <= LONGEST:
            return body.encode()
        detail = detail[: len(detail) * 3 // 4] + "..."


def problem(error: FigurineError, request_id: str, headers: dict[str, str] | None = None) -> Response:
    """The whole response. `retry_after` becomes `Retry-After` in whole seconds, at least 1."""
    response = Response(problem_json(error, request_id), error.status, headers, MEDIA_TYPE)
    if error.retry_after is not None:
        response.headers["retry-after"] = str(max(1, math.ceil(error.retry_after)))
    return response
