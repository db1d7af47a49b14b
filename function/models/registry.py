"""From the names in `FUNCTION_MODELS` to model classes: built-in ones by name, plug-ins as `package.module:Class`.

Importing a class must not import torch: what is heavy belongs into `load`.
"""

from difflib import get_close_matches
from importlib import import_module
from inspect import isclass
from typing import Any

from pydantic import BaseModel

from function.models.model import Model
from function.settings import SettingsError

BUILT_IN = {"motion": "function.models.motion.model:Motion"}


def find_models(names: str) -> dict[str, type[Model]]:
    """Model classes by their names, in the order given (`names` is separated by commas). Raises `SettingsError`."""
    found: dict[str, type[Model]] = {}
    routes: dict[str, str] = {}
    for name in filter(None, (part.strip() for part in names.split(","))):
        model: type[Model] = _import(BUILT_IN.get(name, name))
        _check(model, name)
        if model.name in found:
            raise SettingsError(f"FUNCTION_MODELS serves the name {model.name!r} twice. Leave one of them out.")
        for route in (model.route, *(tool.route for tool in model.tools)):
            if route in routes:
                raise SettingsError(f"FUNCTION_MODELS: {routes[route]} and {model.name} both use the route {route}. Change one of them.")
            routes[route] = model.name
        found[model.name] = model
    if not found:
        raise SettingsError(f"FUNCTION_MODELS names no model. Known ones: {', '.join(BUILT_IN)}.")
    return found


def _import(path: str) -> Any:
    module, colon, attribute = path.partition(":")
    if not colon:
        near = get_close_matches(path, BUILT_IN, 1)
        hint = f"Did you mean {near[0]!r}? " if near else ""
        raise SettingsError(
            f"FUNCTION_MODELS: there is no model {path!r}. {hint}Known: {', '.join(BUILT_IN)}. A plug-in is named package.module:Class."
        )
    try:
        found = getattr(import_module(module), attribute)
    except Exception as error:
        raise SettingsError(f"FUNCTION_MODELS: {path} cannot be imported ({type(error).__name__}: {error}).") from error
    return found


def _check(model: Any, named: str) -> None:
    """Raises `SettingsError` saying which of `name`, `route`, `Input`, `Facts` and `predict` is missing or wrong."""
    complaint = None
    if not (isclass(model) and issubclass(model, Model)):
        complaint = "must be a subclass of function.models.model.Model"
    elif not str(getattr(model, "name", "")).isidentifier():
        complaint = 'must state its name, a plain word such as name = "thing"'
    elif not str(getattr(model, "route", "")).startswith("/"):
        complaint = 'must state its route, such as route = "/thing"'
    elif not (isclass(getattr(model, "Input", None)) and issubclass(model.Input, BaseModel)):
        complaint = "must state Input, a subclass of function.models.model.StrictModel"
    elif model.stored and not (isclass(getattr(model, "Facts", None)) and issubclass(model.Facts, BaseModel)):
        complaint = "must state Facts, a subclass of pydantic.BaseModel, because its results are stored"
    elif model.predict is Model.predict:
        complaint = "must define predict(batch, progress)"
    if complaint:
        raise SettingsError(f"FUNCTION_MODELS: {named} {complaint}.")
