"""What is where: the index at `/`, the OpenAPI document, and the refusal of an address or a method that is not served."""

import json
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import Receive, Scope, Send

from function.engine import Engine
from function.errors import FigurineError, MethodNotAllowed, NotFound
from function.http.openapi import describe_events, describe_models, describe_probes, describe_results
from function.http.problem import problem
from function.observe.record import record_of


class Index:
    """ASGI endpoint of `GET /`: the routes of the models, and where to read more."""

    def __init__(self, engine: Engine) -> None:
        models = [{"name": model.name, "route": model.route, "summary": model.summary} for model in engine.models.values()]
        self.body = json.dumps({"models": models, "openapi": "/openapi.json", "health": "/health", "metrics": "/metrics"}).encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await Response(self.body, media_type="application/json")(scope, receive, send)


def openapi(app: FastAPI) -> dict[str, Any]:
    """The document of every route; made once."""
    if app.openapi_schema is None:
        engine: Engine = app.state.engine
        document = get_openapi(title=app.title, version=app.version, description=app.description, routes=[])
        models = list(engine.models.values())
        document |= describe_models(models)
        for part in (describe_events(models), describe_results(), describe_probes()):
            for path, operations in part["paths"].items():
                document["paths"].setdefault(path, {}).update(operations)
        app.openapi_schema = document
    return app.openapi_schema


async def refuse(request: Request, error: Exception) -> Response:
    """The app's handler for addresses that are not there and methods that they do not take; `OPTIONS` is told which they do."""
    assert isinstance(error, HTTPException)
    routes, scope = request.app.routes, request.scope
    allowed = sorted({method for route in routes if route.matches(scope)[0] is not Match.NONE for method in route.methods or ()})
    record = record_of(scope)
    refusal: FigurineError
    if allowed and request.method == "OPTIONS":
        return Response(status_code=204, headers={"allow": ", ".join(allowed)} | _handshake(request))
    if allowed:
        refusal = MethodNotAllowed(f"{request.url.path} takes {', '.join(allowed)}.")
    else:
        known = sorted({route.path for route in routes if getattr(route, "include_in_schema", True)})
        refusal = NotFound("Nothing is served here; known are " + ", ".join(known) + ".")
    record.code = refusal.code
    return problem(refusal, record.id, {"allow": ", ".join(allowed)} if allowed else None)


def _handshake(request: Request) -> dict[str, str]:
    """The consent that a sender of events asks for first (CloudEvents web hooks 1.0.2, section 4.2): everybody may, at any rate."""
    origin = request.headers.get("webhook-request-origin")
    return {"webhook-allowed-origin": origin, "webhook-allowed-rate": "*"} if origin else {}
