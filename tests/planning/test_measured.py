"""Figures from what the function's own metrics say."""

from pathlib import Path
from typing import Any

import pytest

from function.engine import Timings
from function.observe.metrics import Metrics
from planning.measured import figures
from planning.settings import PlanError


def scrape(path: Path, *sizes: int, model: str = "motion", encode: float = 0.25) -> Path:
    """What a function says that ran batches of these sizes, at 6 s and 1 s a request."""
    metrics = Metrics()
    metrics.phase("import", 4.0)
    metrics.phase("load motion", 8.0)
    for size in sizes:
        metrics.batch(model, size, 6.0 + size)
        for _ in range(size):
            metrics.job(model, Timings(encode=encode), "ok")
    path.write_bytes(metrics.render()[0])
    return path


def ask(*scrapes: Path, **said: Any) -> Any:
    none = {"cold_start": None, "pod_start": 3.0, "fixed": None, "item": None, "max_batch": 8, "overhead": None, "model": ""}
    return figures(scrapes, **{**none, **said})


def test_two_scrapes_under_different_loads_tell_all_figures(tmp_path: Path) -> None:
    found = ask(scrape(tmp_path / "quiet", 1, 1), scrape(tmp_path / "busy", 8, 6, 8))
    assert (found.cold_start, found.fixed, found.item, found.overhead) == pytest.approx((15.0, 6.0, 1.0, 0.25))


def test_one_scrape_and_one_of_the_two_times_tell_the_other(tmp_path: Path) -> None:
    path = scrape(tmp_path / "quiet", 1)
    assert ask(path, fixed=6.0).item == pytest.approx(1.0)
    assert ask(path, item=1.0).fixed == pytest.approx(6.0)


def test_what_was_said_stands(tmp_path: Path) -> None:
    found = ask(scrape(tmp_path / "quiet", 1), cold_start=40.0, fixed=5.0, item=2.0, overhead=0.0)
    assert (found.cold_start, found.fixed, found.item, found.overhead) == (40.0, 5.0, 2.0, 0.0)


def test_scrapes_with_the_same_batches_do_not_tell_the_times_apart(tmp_path: Path) -> None:
    with pytest.raises(PlanError, match="under another load"):
        ask(scrape(tmp_path / "quiet", 1))


@pytest.mark.parametrize(("said", "missing"), [({}, "--cold-start"), ({"cold_start": 1.0}, "--fixed and --item")])
def test_figures_that_nobody_tells_are_asked_for(said: dict[str, float], missing: str) -> None:
    with pytest.raises(PlanError, match=missing):
        ask(**said)


def test_several_models_must_be_told_apart(tmp_path: Path) -> None:
    both = [scrape(tmp_path / name, 1, model=name) for name in ("motion", "face3d")]
    with pytest.raises(PlanError, match=r"--model \(face3d, motion\)"):
        ask(*both)


def test_a_file_that_is_no_scrape_is_named(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text("<html>")
    with pytest.raises(PlanError, match=r"page\.html is no Prometheus text"):
        ask(path)
