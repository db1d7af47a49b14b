"""What all tests share: a server on a free port, given small models."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.serving import Client, serving

Serve = Callable[..., Client]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """`serve("Clip,Nap", **settings)` starts a server and gives its client; it ends with the test."""
    with ExitStack() as stack:
        yield lambda models, **settings: stack.enter_context(serving(models, **{"results": str(tmp_path / "results"), **settings}))


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """One server of the models `Clip` and `Picture` for all tests of a file."""
    with serving("Clip,Picture", results=str(tmp_path_factory.mktemp("results"))) as client:
        yield client
