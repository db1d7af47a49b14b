"""`GET /models`: what is served, with which weights, and what of it is on the device."""

import json
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from function.engine import Engine
from function.models.model import Model


class Models:
    """ASGI endpoint."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        models = [_describe(self.engine, model) for model in self.engine.models.values()]
        body = {"device_memory": int(self.engine.settings.device_memory), "models": models}
        await Response(json.dumps(body).encode(), media_type="application/json", headers={"cache-control": "no-store"})(
            scope, receive, send
        )


def _describe(engine: Engine, model: Model) -> dict[str, Any]:
    """`variant` and `version` are null until the model is up; `bytes` are those on the device, of which each part says its own."""
    loaded, places = engine.loaded(model.name), engine.places(model.name)
    parts = [{"name": place.part, "where": place.where, "bytes": place.size} for place in places]
    return {
        "name": model.name,
        "route": model.route,
        "variant": loaded.variant if loaded else None,
        "version": loaded.version if loaded else None,
        "bytes": sum(place.size for place in places),
        "parts": parts,
    }
