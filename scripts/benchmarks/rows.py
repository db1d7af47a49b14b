"""The table of bars: what was measured, beside what, and whether it is good enough."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Rounds:
    """How long to measure: rounds of each measurement, seconds of load in each."""

    count: int = 5
    seconds: int = 4


@dataclass(frozen=True, slots=True)
class Row:
    """One bar. `measured` is None where `note` says why. `beside`: what a peer reached in the same run; `floor`: what nothing can beat."""

    what: str
    unit: str
    bar: float
    measured: float | None
    least: bool = False
    """The bar is a lower bound."""
    peer: str = ""
    beside: float | None = None
    floor: float | None = None
    note: str = ""

    @property
    def met(self) -> bool | None:
        """None when it was not measured."""
        if self.measured is None:
            return None
        return self.measured >= self.bar if self.least else self.measured <= self.bar

    @property
    def ratio(self) -> float | None:
        """Measured to the peer's."""
        return self.measured / self.beside if self.measured is not None and self.beside else None


def interleave(count: int, arms: Mapping[str, Callable[[], float]]) -> dict[str, float]:
    """The median of each arm over `count` rounds, A B A B, after one round that does not count."""
    rounds = [{name: arm() for name, arm in arms.items()} for _ in range(count + 1)][1:]
    return {name: median(one[name] for one in rounds) for name in arms}


def table(rows: Sequence[Row]) -> str:
    """All rows for a terminal."""
    head = ("what", "bar", "measured", "peer in this run", "ratio", "floor", "")
    cells = [head, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(head))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in cells)


def as_json(rows: Iterable[Row]) -> list[dict[str, object]]:
    """What `--json` writes."""
    return [{**asdict(row), "ratio": row.ratio, "met": row.met} for row in rows]


def _cells(row: Row) -> tuple[str, ...]:
    sign = ">=" if row.least else "<="
    beside = f"{row.peer} {_number(row.beside)}" if row.beside is not None else ""
    verdict = {True: "met", False: "MISSED", None: "not measured"}[row.met]
    return (
        row.what,
        f"{sign} {_number(row.bar)} {row.unit}",
        f"{_number(row.measured)} {row.unit}" if row.measured is not None else "",
        beside,
        f"{row.ratio:.2f} x" if row.ratio is not None else "",
        _number(row.floor),
        f"{verdict}: {row.note}" if row.note else verdict,
    )


def _number(value: float | None) -> str:
    """Three digits that count; whole from 100 on."""
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
