"""`scripts/plan` end to end."""

import csv
import json
from pathlib import Path

import pytest

from planning.__main__ import main

FIGURES = ("--cold-start", "20s", "--fixed", "1", "--item", "0.5", "--max-batch", "4")
SWEEP = ("burst:size=20,every=5m", "--for", "20m", *FIGURES, "--window", "30s,60s", "--max-scale", "3", "--workers", "1")


def test_one_configuration_is_told_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["poisson:rate=2", "--for", "10m", *FIGURES, "--gpu-price", "3"]) == 0
    told = capsys.readouterr().out
    for part in ("poisson:rate=2, 0.1", "p50 ", "p95 ", "p99 ", "answered", "timed out", "1 from zero", "GPU-hours", "price"):
        assert part in told


def test_the_same_question_has_the_same_answer(capsys: pytest.CaptureFixture[str]) -> None:
    answers = []
    for _ in range(2):
        main(["users:count=5,think=10s", "--for", "10m", *FIGURES, "--seed", "4", "--json"])
        answers.append(capsys.readouterr().out)
    assert answers[0] == answers[1]


def test_a_sweep_prints_the_annotations_of_the_best_beside_constant_pods(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*SWEEP, "--p95", "40"]) == 0
    told = capsys.readouterr().out
    assert 'autoscaling.knative.dev/max-scale: "3"' in told
    assert 'autoscaling.knative.dev/window: "' in told
    assert "always 1 pod\n" in told
    assert "always 3 pods\n" in told


def test_a_sweep_writes_its_table_and_its_picture(tmp_path: Path) -> None:
    table, picture = tmp_path / "plan.csv", tmp_path / "plan.png"
    assert main([*SWEEP, "--csv", str(table), "--png", str(picture), "--json"]) == 0
    rows = list(csv.DictReader(table.read_text().splitlines()))
    assert [row["annotations"] for row in rows[:2]] == ["window=30s max-scale=3", "window=60s max-scale=3"]
    assert [row["fixed"] for row in rows] == ["0", "0", "1", "2", "3"]
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_a_target_that_nothing_reaches_is_exit_code_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*SWEEP, "--p95", "0.1"]) == 1
    assert "allow more pods (--max-scale, --gpus) or more time (--p95)" in capsys.readouterr().out


def test_json_has_no_infinity(capsys: pytest.CaptureFixture[str]) -> None:
    main(["poisson:rate=20", "--for", "2m", *FIGURES, "--max-scale", "1", "--timeout", "60s", "--json"])
    told = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
    assert told["points"][0]["p99"] is None


def test_a_recorded_load_is_replayed_and_its_decisions_written(tmp_path: Path) -> None:
    arrivals, ticks = tmp_path / "arrivals.csv", tmp_path / "ticks.csv"
    arrivals.write_text("second,count\n0,0\n10,3\n")
    assert main([str(arrivals), "--for", "1m", *FIGURES, "--ticks", str(ticks)]) == 0
    rows = list(csv.DictReader(ticks.read_text().splitlines()))
    assert [row["second"] for row in rows[:3]] == ["0", "2", "4"]
    assert {row["desired"] for row in rows[:5]} == {"0"}
    assert max(int(row["pods"]) for row in rows) > 0


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["nothing"], "neither a file nor a pattern"),
        (["poisson"], "--cold-start"),
        (["poisson", *FIGURES, "--window", "60"], "window cannot be '60'"),
        (["poisson", *FIGURES, "--window", "30s,60"], "window cannot be '60'"),
        (["poisson", *FIGURES, "--metrics", "missing.txt"], "missing.txt"),
        (["poisson", *FIGURES, "--min-scale", "3", "--gpus", "2"], "min-scale 3 needs more GPUs"),
    ],
)
def test_a_wrong_question_is_exit_code_2_and_one_sentence(words: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    told = capsys.readouterr()
    assert message in told.err
    assert told.err.count("\n") == 1
    assert not told.out


def test_help_shows_every_pattern(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    told = capsys.readouterr().out
    for name in ("steady", "poisson", "diurnal", "burst", "step", "users"):
        assert f"  {name}:" in told
