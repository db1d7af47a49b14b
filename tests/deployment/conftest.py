"""An API server with Knative in it, and a kubeconfig that leads there."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import yaml

from deployment.cluster import Cluster
from tests.deployment.apiserver import ApiServer
from tests.deployment.world import World, world
from tests.serving import serving


@pytest.fixture
def api() -> Iterator[ApiServer]:
    server = ApiServer()
    yield server
    server.close()


@pytest.fixture
def kubeconfig(api: ApiServer, tmp_path: Path) -> str:
    path = tmp_path / "kubeconfig"
    path.write_text(yaml.safe_dump(api.kubeconfig()))
    return str(path)


@pytest.fixture
def cluster(kubeconfig: str) -> Cluster:
    return Cluster(kubeconfig)


@pytest.fixture(scope="session")
def functions(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, int]]:
    """The loopback port of a running function by the image that stands for it."""
    with ExitStack() as stack:
        ports = {}
        for name in ("Good", "Clumsy", "Failing"):
            results = str(tmp_path_factory.mktemp("results"))
            ports[f"example/{name.lower()}:1"] = stack.enter_context(serving(f"tests.deployment.models:{name}", results=results)).port
        ports["example/good:2"] = ports["example/good:3"] = ports["example/good:1"]
        yield ports


@pytest.fixture
def place(tmp_path: Path, functions: dict[str, int]) -> Iterator[World]:
    """A cluster with room for four GPU pods, where version 1 of a function serves."""
    with world(tmp_path, functions) as made:
        made.start("example/good:1")
        yield made
