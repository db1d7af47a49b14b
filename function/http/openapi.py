"""The OpenAPI document of the plain ASGI routes, made from the models' pydantic types. Knows no engine."""

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from function import errors
from function.errors import FigurineError
from function.http.answers import PredictAnswer
from function.http.problem import MEDIA_TYPE, Problem
from function.models.model import Model, Tool

Json = dict[str, Any]
Schemas = dict[Any, Json]
REF = "#/components/schemas/{model}"
READING = (errors.InvalidRequest, errors.PayloadTooLarge, errors.UnsupportedMediaType)
WORKING = (errors.NotAcceptable, errors.InvalidInput, errors.Overloaded, errors.NotReady, errors.ModelFailed, errors.DeadlineExceeded)


def describe_models(models: Iterable[Model]) -> Json:
    """`paths` and `components` of the predict routes and tools."""
    served = list(models)
    tools = [tool for model in served for tool in model.tools]
    types: list[type[BaseModel]] = [PredictAnswer, Problem, *(tool.Report for tool in tools)]
    for model in served:
        types += [model.Input, *([model.Facts] if hasattr(model, "Facts") else [])]
    refs, definitions = models_json_schema([(kind, "validation") for kind in dict.fromkeys(types)], ref_template=REF)
    schemas: Schemas = {kind: schema for (kind, _), schema in refs.items()}
    paths = {model.route: {"post": _predict(model, schemas)} for model in served}
    paths |= {tool.route: {"post": _tool(tool, schemas)} for tool in tools}
    return {"paths": paths, "components": {"schemas": definitions.get("$defs", {})}}


def describe_probes() -> Json:
    """`paths` of the probes and readings, which are the same in every function."""
    probe = {"200": {"description": "Yes."}, "503": {"description": "No; `reason` says why, `progress` (0 to 1) how far it is."}}
    meanings = {
        "/health": "Ready to take requests",
        "/health/ready": "Ready to take requests",
        "/health/live": "The device makes progress",
        "/health/startup": "The bring-up, phase by phase, in seconds",
    }
    paths: Json = {path: {"get": {"summary": text, "tags": ["health"], "responses": probe}} for path, text in meanings.items()}
    text = {"200": {"description": "Prometheus text.", "content": {"text/plain": {}}}}
    paths["/metrics"] = {"get": {"summary": "Metrics", "tags": ["health"], "responses": text}}
    paths["/models"] = {
        "get": {
            "summary": "Models, their weights, and where these are",
            "tags": ["health"],
            "responses": {"200": {"description": "By name."}},
        }
    }
    paths["/"] = {"get": {"summary": "Index", "tags": ["health"], "responses": {"200": {"description": "Where things are."}}}}
    return {"paths": paths}


def describe_results() -> Json:
    """`paths` of the stored files."""
    where = [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in ("id", "name")]
    signed = [{"name": name, "in": "query", "required": True, "schema": {"type": "string"}} for name in ("expires", "signature")]
    file = {"content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}}
    answers = {"200": {"description": "The file.", **file}, "206": {"description": "The part that `Range` asks for.", **file}}
    answers |= {"304": {"description": "Not changed since `If-None-Match`."}, **_problems(errors.Forbidden, errors.NotFound)}
    operation = {"summary": "A stored file, by its signed link", "tags": ["results"], "parameters": [*where, *signed], "responses": answers}
    return {"paths": {"/results/{id}/{name}": {"get": operation}}}


def describe_events(models: Iterable[Model]) -> Json:
    """`paths` of the CloudEvents (1.0, HTTP binding), with an example for each model that has one."""
    examples = {
        model.name: {
            "value": {"specversion": "1.0", "id": "1", "source": "example", "type": f"figurine.{model.name}.requested", "data": data}
        }
        for model in models
        for data in _examples(model.Input)[:1]
    }
    event: Json = {"schema": {"type": "object", "required": ["specversion", "id", "source", "type"]}}
    content = {
        "application/cloudevents+json": event | ({"examples": examples} if examples else {}),
        "application/cloudevents-batch+json": {"schema": {"type": "array", "items": event["schema"]}},
        "application/json": {"schema": {"type": "object", "description": "Binary mode: the data; attributes are `ce-` headers."}},
    }
    operation = {
        "summary": "Run a model by a CloudEvent",
        "description": "Takes `figurine.<model>.requested`, answers `figurine.<model>.completed`; the data are those of the model's route. "
        "The extension `expirytime` (RFC 3339) is the deadline.",
        "tags": ["events"],
        "requestBody": {"required": True, "content": content},
        "responses": {"200": {"description": "The reply event, in the mode of the request."}, **_problems(*READING, *WORKING[1:])},
    }
    return {"paths": {"/": {"post": operation}, "/events": {"post": operation}}}


def _predict(model: Model, schemas: Schemas) -> Json:
    content: Json = {"application/json": {"schema": _answer_schema(model, schemas)}}
    content |= {media_type: {"schema": {"type": "string", "format": "binary"}} for media_type in model.media_types}
    headers = {
        "X-Request-Id": "The request's id: the caller's own, or a new one.",
        "Server-Timing": "Milliseconds spent in queue, batch, model and encode.",
        "X-Gpu-Seconds": "This request's share of the device's time, in seconds.",
        "X-Model-Version": "Version of the weights that answered.",
    }
    described = {name: {"description": text, "schema": {"type": "string"}} for name, text in headers.items()}
    body: Json = {"schema": schemas[model.Input]}
    examples = _examples(model.Input)
    if examples:
        body["examples"] = {f"example {number}": {"value": value} for number, value in enumerate(examples, 1)}
    return {
        "operationId": model.name,
        "summary": model.summary or model.name,
        "tags": [model.name],
        "parameters": [
            _header("Accept", f"What to answer with; {model.answer} when nothing is said.", {"type": "string"}),
            _header("X-Request-Id", "Up to 128 letters, digits and . _ : / + = @ -", {"type": "string", "maxLength": 128}),
            _header("X-Request-Timeout", "Seconds after which the answer is of no use.", {"type": "number", "exclusiveMinimum": 0}),
        ],
        "requestBody": {"required": True, "content": {"application/json": body}},
        "responses": {"200": {"description": "The result.", "headers": described, "content": content}, **_problems(*READING, *WORKING)},
    }


def _tool(tool: Tool, schemas: Schemas) -> Json:
    file = {"schema": {"type": "string", "format": "binary"}}
    report = {"description": "The report.", "content": {"application/json": {"schema": schemas[tool.Report]}}}
    return {
        "summary": tool.summary,
        "tags": ["tools"],
        "requestBody": {"required": True, "content": dict.fromkeys(tool.media_types, file)},
        "responses": {"200": report, **_problems(*READING, errors.InvalidInput, errors.Overloaded, errors.ModelFailed)},
    }


def _answer_schema(model: Model, schemas: Schemas) -> Json:
    answer = schemas[PredictAnswer]
    if not hasattr(model, "Facts"):
        return answer
    return {"allOf": [answer, {"type": "object", "properties": {"facts": schemas[model.Facts]}}]}


def _examples(kind: type[BaseModel]) -> list[Any]:
    extra = kind.model_config.get("json_schema_extra")
    found = extra.get("examples", []) if isinstance(extra, dict) else []
    return list(found) if isinstance(found, list) else []


def _header(name: str, description: str, schema: Json) -> Json:
    return {"name": name, "in": "header", "required": False, "description": description, "schema": schema}


def _problems(*kinds: type[FigurineError]) -> Json:
    content = {MEDIA_TYPE: {"schema": {"$ref": REF.format(model="Problem")}}}
    return {str(kind.status): {"description": f"{kind.title} (`{kind.code}`).", "content": content} for kind in kinds}
