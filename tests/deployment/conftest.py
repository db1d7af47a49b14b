"""An API server with Knative in it, and a kubeconfig that leads there."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from deployment.cluster import Cluster
from tests.deployment.apiserver import ApiServer
from tests.deployment.knative import Knative


@pytest.fixture
def api() -> Iterator[ApiServer]:
    server = ApiServer()
    yield server
    server.close()


@pytest.fixture
def knative(api: ApiServer) -> Iterator[Knative]:
    controller = Knative(api)
    yield controller
    controller.close()


@pytest.fixture
def kubeconfig(api: ApiServer, tmp_path: Path) -> str:
    path = tmp_path / "kubeconfig"
    path.write_text(yaml.safe_dump(api.kubeconfig()))
    return str(path)


@pytest.fixture
def cluster(kubeconfig: str) -> Cluster:
    return Cluster(kubeconfig)
