"""Draws a cold start as a waterfall (PNG): from exec to the first answer, beside plain FastAPI that loads the same file in its lifespan.

The phases are those of `/health/startup`, to 10 ms; when answers came is what a client saw that asked every millisecond. Of the rounds the
one is drawn whose first answer came in the median time. Page cache: warm.
"""

import argparse
import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from benchmarks.processes import Server, Serving, answered, function, plain, ready, wait_for_others
from benchmarks.weights import write_weights

WIDTH, LEFT, RIGHT, ROW, BAR, TOP = 1200, 230, 110, 26, 16, 44
STEPS = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
INK, PALE, GRID = "#1c2430", "#6b7684", "#e3e7ec"
COLOURS = {"read": "#2a9d8f", "hash": "#e9a23b", "copy": "#7b61c9", "answer": "#c8453b"}
OTHER = "#3b6ea8"


@dataclass(frozen=True, slots=True)
class Bar:
    """Seconds after exec."""

    name: str
    began: float
    ended: float


@dataclass(frozen=True, slots=True)
class Start:
    """One start, its bars in order."""

    who: str
    bars: tuple[Bar, ...]

    @property
    def seconds(self) -> float:
        """Until the first answer."""
        return max(bar.ended for bar in self.bars)


def main(argv: Sequence[str]) -> int:
    """0 when it was drawn."""
    parser = argparse.ArgumentParser("scripts/bench coldstart", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("coldstart.png"), metavar="FILE", help="the picture (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="starts of each server (default: %(default)s)")
    options = parser.parse_args(argv)
    wait_for_others()
    with tempfile.TemporaryDirectory() as root:
        file = write_weights(Path(root))
        starts = [
            _median([_ours(function("benchmarks.models:Mlp", weights=root)) for _ in range(options.rounds)]),
            _median([_peer(plain("mlp", MLP_FILE=str(file))) for _ in range(options.rounds)]),
        ]
    draw(starts).save(options.out)
    for start in starts:
        print(f"{start.who}: first answer after {start.seconds:.2f} s")
        for bar in start.bars:
            print(f"  {bar.began:7.3f} - {bar.ended:7.3f} s  {bar.name}")
    print(f"Drawn in {options.out}.")
    return 0


def draw(starts: Sequence[Start]) -> Image.Image:
    """All starts below each other, on one axis of seconds."""
    longest = max(start.seconds for start in starts)
    height = TOP + sum(len(start.bars) + 2 for start in starts) * ROW
    image = Image.new("RGB", (WIDTH, height), "white")
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(13)

    def place(seconds: float) -> float:
        return LEFT + seconds / longest * (WIDTH - LEFT - RIGHT)

    step = next((step for step in STEPS if longest / step <= 12), STEPS[-1])
    for tick in range(int(longest / step) + 1):
        x = place(tick * step)
        pen.line((x, TOP - 8, x, height - ROW), fill=GRID)
        pen.text((x, TOP - 26), f"{tick * step:g} s", fill=PALE, font=font, anchor="ma")
    y = TOP
    for start in starts:
        pen.text((12, y + 3), f"{start.who}: {start.seconds:.2f} s", fill=INK, font=font)
        for bar in start.bars:
            y += ROW
            colour = COLOURS.get(bar.name.rpartition(" ")[2], COLOURS.get(bar.name.partition(" ")[0], OTHER))
            pen.text((LEFT - 12, y + 3), bar.name, fill=INK, font=font, anchor="ra")
            pen.rectangle((place(bar.began), y, max(place(bar.ended), place(bar.began) + 2), y + BAR), fill=colour)
            pen.text(
                (max(place(bar.ended), place(bar.began) + 2) + 6, y + 2), f"{(bar.ended - bar.began) * 1000:.0f} ms", fill=PALE, font=font
            )
        y += 2 * ROW
    return image


def _ours(serving: Serving) -> Start:
    with serving as server:
        probe = server.until("/health/live", answered, 0.001)
        up = server.until("/health/ready", ready, 0.001)
        bars = [Bar("first probe answered", probe, probe), _ask(server)]
        phases = json.loads(server.ask("GET", "/health/startup")[1])["phases"]
    early = max(*(one["began"] + one["seconds"] - up for one in phases), 0.0)  # the system's clock of processes has ticks
    for one in phases:
        began = max(one["began"] - early, 0.0)
        bars.append(Bar(f"{one['name']} {one['model']}".strip(), began, began + one["seconds"]))
    return Start("Figurine", tuple(sorted(bars, key=lambda bar: (bar.began, bar.ended))))


def _peer(serving: Serving) -> Start:
    with serving as server:
        probe = server.until("/health/ready", ready, 0.001)
        return Start("FastAPI", (Bar("imports, load, warm up, port", 0.0, probe), Bar("first probe answered", probe, probe), _ask(server)))


def _ask(server: Server) -> Bar:
    began = server.age()
    status, body = server.ask("POST", "/mlp", b'{"number": 0.5}')
    if status != 200:
        raise RuntimeError(f"answered {body!r}")
    return Bar("first answer", began, server.age())


def _median(starts: list[Start]) -> Start:
    return sorted(starts, key=lambda start: start.seconds)[len(starts) // 2]
