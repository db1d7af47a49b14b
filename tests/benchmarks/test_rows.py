"""The table of bars: verdicts, ratios, and rounds that take turns."""

from collections.abc import Iterator

from benchmarks.rows import Row, as_json, interleave, table


def test_an_upper_bar_is_met_up_to_its_value() -> None:
    assert Row("start", "s", 0.35, 0.35).met is True
    assert Row("start", "s", 0.35, 0.36).met is False


def test_a_lower_bar_is_met_from_its_value_on() -> None:
    assert Row("rate", "/s", 5500, 5500, least=True).met is True
    assert Row("rate", "/s", 5500, 5499, least=True).met is False


def test_what_was_not_measured_is_neither_met_nor_missed() -> None:
    row = Row("rate", "/s", 5500, None, note="wrk is missing")
    assert row.met is None
    assert "not measured: wrk is missing" in table([row])


def test_the_ratio_is_to_the_peer() -> None:
    assert as_json([Row("rate", "/s", 5500, 6000, peer="FastAPI", beside=5000)])[0]["ratio"] == 1.2


def test_arms_take_turns_and_the_first_round_does_not_count() -> None:
    turns: list[str] = []
    ours, theirs = iter([100.0, 1.0, 9.0, 2.0]), iter([0.0, 5.0, 4.0, 6.0])

    def arm(name: str, values: Iterator[float]) -> float:
        turns.append(name)
        return next(values)

    medians = interleave(3, {"a": lambda: arm("a", ours), "b": lambda: arm("b", theirs)})
    assert medians == {"a": 2.0, "b": 5.0}
    assert turns == ["a", "b"] * 4
