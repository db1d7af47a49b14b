"""JSON bytes to a model's input, and a wrong input to one sentence that says what would be right.

Shared by the predict routes and the events, so that both refuse with the same words. Knows no request.
"""

import json
import typing
from collections.abc import Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from function.errors import InvalidRequest

Input = TypeVar("Input", bound=BaseModel)

SHOWN = 3  # problems named in one detail
NAME_LENGTH = 40


def parse_input(model: type[Input], body: bytes) -> Input:
    """The input that `body` (strict JSON, UTF-8) describes. Raises `InvalidRequest` with one sentence."""
    if not body.strip():
        raise InvalidRequest(f"The body is empty; it should be {_shape(model)}.")
    try:
        input = model.model_validate_json(body, strict=True, extra="forbid")
    except ValidationError as error:
        raise InvalidRequest(describe(error, model)) from None
    if b"NaN" in body or b"Infinity" in body:
        json.loads(body, parse_constant=_refuse_constant)  # pydantic takes them for numbers; as words of a sentence they may stay
    return input


def _refuse_constant(name: str) -> typing.NoReturn:
    raise InvalidRequest(f"The body is not valid JSON: it has no {name}; send a number.")


def describe(error: ValidationError, model: type[BaseModel]) -> str:
    """One sentence for what is wrong with an input of `model`: the first problems by field, the nearest known name of an unknown one."""
    found = error.errors(include_url=False, include_input=False)
    problems = [problem for problem in found if problem["type"] != "default_factory_not_called"]  # only ever follows from another one
    shown = "; ".join(_problem(problem, model) for problem in problems[:SHOWN])
    left = len(problems) - SHOWN
    if left > 0:
        shown += f"; and {left} more"
    return shown if shown.endswith((".", "?")) else shown + "."


def _problem(problem: Any, model: type[BaseModel]) -> str:
    kind, where, context = problem["type"], problem["loc"], problem.get("ctx", {})
    if kind == "json_invalid":
        return f"The body is not valid JSON: {context['error']}"
    if kind == "model_type" and not where:
        return f"The body should be {_shape(model)}"
    if kind == "extra_forbidden":
        return _unknown(where, model)
    name = _path(where)
    if kind == "missing":
        return f'"{name}" is missing'
    text = str(context["error"]) if kind == "value_error" else problem["msg"][:1].lower() + problem["msg"][1:]
    return f'"{name}": {text}' if name else text


def _unknown(where: Sequence[int | str], model: type[BaseModel]) -> str:
    import difflib

    known = _fields(model, where[:-1])
    nearest = difflib.get_close_matches(str(where[-1]), known, n=1, cutoff=0.5)
    hint = f'did you mean "{nearest[0]}"?' if nearest else "the fields are " + ", ".join(known)
    return f'"{_path(where)}" is not a known field; {hint}'


def _fields(model: type[BaseModel], where: Sequence[int | str]) -> list[str]:
    """Names of the fields of the model that stands at `where` inside of `model`."""
    for step in where:
        field = next((field for name, field in model.model_fields.items() if step in (name, field.alias)), None)
        if field is not None:
            model = next(_models(field.annotation), model)
    return [field.alias or name for name, field in model.model_fields.items()]


def _models(annotation: Any) -> typing.Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in typing.get_args(annotation):
        yield from _models(part)


def _path(where: Sequence[int | str]) -> str:
    return ".".join(str(step)[:NAME_LENGTH] for step in where)


def _shape(model: type[BaseModel]) -> str:
    needed = [f'"{field.alias or name}"' for name, field in model.model_fields.items() if field.is_required()]
    return "a JSON object with " + " and ".join(needed) if needed else "a JSON object"
