"""The application: mounts the routes, starts the bring-up, drains at the end; nothing else."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from function.engine import Engine
from function.engine.startup import Ahead
from function.http.answers import links_for
from function.http.events import Events
from function.http.guards import Guard
from function.http.health import probes
from function.http.index import Index, openapi, refuse
from function.http.models import Models
from function.http.predict import Predict
from function.http.results import Results
from function.http.scrape import Scrape
from function.http.tools import RunTool
from function.observe.ledger import Ledger
from function.observe.logs import RequestLog
from function.observe.metrics import Metrics
from function.results.store import ResultStore
from function.settings import Settings, SettingsError, load_settings

NO_TELEMETRY: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False, "auto_configure": False}


def create_app(settings: Settings | None = None, ahead: Ahead | None = None) -> FastAPI:
    """The whole function as an ASGI app; settings come from the environment when none are given. `ahead`: weights already being read.

    Raises `SettingsError`.
    """
    settings = settings or load_settings()
    metrics = Metrics()
    ledger = Ledger(metrics, RequestLog(settings.log_format, settings.log_level))
    results = _open_results(settings.results)
    engine = Engine(settings, results, metrics, ahead)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        engine.start()
        yield
        await engine.drain(settings.grace_s)
        engine.close()
        ledger.settle()

    app = FastAPI(title="Figurine", docs_url=None, redoc_url=None, lifespan=lifespan, telemetry=NO_TELEMETRY)
    app.state.engine, app.state.results, app.state.settings, app.state.metrics = engine, results, settings, metrics
    app.router.redirect_slashes = False
    metrics.gauges["queue_length"] = ("Jobs waiting for the lane", lambda: engine.waiting)
    metrics.gauges["jobs_admitted"] = ("Jobs under way, waiting ones included", lambda: engine.admitted)
    metrics.gauges["ready"] = ("1 when calls are taken", lambda: engine.ready)
    app.router.routes[:0] = _routes(engine, results, settings, ledger)
    app.openapi = lambda: openapi(app)  # type: ignore[method-assign]
    app.add_exception_handler(404, refuse)
    app.add_exception_handler(405, refuse)
    app.add_middleware(
        Guard,
        patience=settings.idle_timeout_s,
        tenant_header=settings.tenant_header,
        begin=metrics.begin,
        end=ledger.enter,
        closing=lambda: engine.draining,
        routes={route.endpoint: route.path for route in app.routes if isinstance(route, Route)},
        direct={
            ("POST", route.path): route.endpoint for route in app.routes if isinstance(route, Route) and isinstance(route.endpoint, Predict)
        },
    )
    return app


def _open_results(url: str) -> ResultStore:
    from obstore.exceptions import BaseError

    try:
        return ResultStore.open(url)
    except (BaseError, OSError, ValueError) as error:
        reason = str(error).partition("\n")[0]
        raise SettingsError(
            f"FUNCTION_RESULTS: results cannot be kept at {url!r} ({reason}). Give a folder that can be written."
        ) from error


def _routes(engine: Engine, results: ResultStore, settings: Settings, ledger: Ledger) -> list[BaseRoute]:
    """Every route, the busiest first."""
    links = links_for(settings)
    routes: list[BaseRoute] = []
    for model in engine.models.values():
        max_body = settings.max_body_bytes or model.limits.max_body
        routes.append(
            Route(model.route, Predict(model, engine, max_body=max_body, max_timeout=settings.max_timeout_s, links=links), methods=["POST"])
        )
    routes += [Route(path, probe, methods=["GET"]) for path, probe in probes(engine).items()]
    routes += [Route(tool.route, RunTool(tool), methods=["POST"]) for model in engine.models.values() for tool in model.tools]
    routes.append(Route("/results/{id}/{name}", Results(results, settings.results_key.encode()).get, methods=["GET"]))
    events = Events(engine, results, settings, links)
    routes += [Route(path, partial(events), methods=["POST"]) for path in ("/", "/events")]  # two endpoints, to be told apart in the log
    pages: dict[str, ASGIApp] = {"/metrics": Scrape(ledger), "/models": Models(engine), "/": Index(engine)}
    routes += [Route(path, page, methods=["GET"]) for path, page in pages.items()]
    return routes
