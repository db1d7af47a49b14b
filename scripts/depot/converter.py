"""What a converter is, and which there are. Knows no checkpoint."""

from argparse import ArgumentParser, Namespace
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

from deployment.failure import Failure

if TYPE_CHECKING:
    from depot.checkpoint import Dropped
    from depot.shards import Planned
    from function.weights.weights import Weights

CONVERTERS = {"motion": "depot.motion:CONVERTER"}


@dataclass(frozen=True, slots=True)
class Plan:
    """A weights folder to be. `tensors` are by the stem of their files' names; `facts` go into the manifest."""

    model: str
    variant: str
    texts: Mapping[str, bytes]
    tensors: "Mapping[str, Sequence[Planned]]"
    dropped: "Sequence[Dropped]"
    facts: Mapping[str, Any]
    sources: Sequence[Path]


class Converter(Protocol):
    """Of one model's published files. Importing its module imports no torch."""

    model: str

    def add_options(self, parser: ArgumentParser) -> None:
        """Where the published files are."""
        ...

    def plan(self, options: Namespace) -> Plan:
        """What will be written, `options.variant` if that is not empty. Reads no tensor's bytes. Raises `Failure`."""
        ...

    def check(self, weights: "Weights") -> None:
        """Whether the model can be built of them; tensors have no values. Raises `NotReady`."""
        ...


def find_converter(name: str) -> Converter | None:
    """The one of a model, or of your own as `package.module:object`; None when there is none. Raises `Failure`."""
    module, separator, attribute = CONVERTERS.get(name, name).partition(":")
    if not separator:
        return None
    try:
        return cast("Converter", getattr(import_module(module), attribute))
    except (ImportError, AttributeError) as error:
        raise Failure(f"The converter {name} cannot be imported: {error}.", "PYTHONPATH=<its folder> before the command") from None
