"""Rendering a kustomization with the program that is there."""

from pathlib import Path

import pytest

from manifests import rendering
from manifests.rendering import RenderingError, render
from tests.manifests.kustomizing import COMPONENTS, KNATIVE, text


def test_manifests_come_in_the_order_of_the_output() -> None:
    assert [one["kind"] for one in render(KNATIVE / "motion")] == ["ServiceAccount", "Service"]


@pytest.mark.parametrize("component", COMPONENTS)
def test_rendering_twice_gives_the_same_bytes(component: str) -> None:
    assert text("motion", component) == text.__wrapped__("motion", component)


def test_a_folder_that_is_no_kustomization_is_named(tmp_path: Path) -> None:
    with pytest.raises(RenderingError, match=str(tmp_path)):
        render(tmp_path)


def test_without_a_program_the_mend_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(rendering, "OWN", str(tmp_path))
    with pytest.raises(RenderingError, match="scripts/install-kustomize"):
        render(KNATIVE / "motion")
