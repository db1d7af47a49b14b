"""The sweep as a picture: p95 against GPU-hours, the frontier, the best point, and constant numbers of pods beside them."""

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont

from planning.sweep import Point

SIZE = (1200, 800)
SMOOTH = 2
LEFT, TOP, RIGHT, BOTTOM = 96, 148, 40, 84
LOG_FROM = 6.0
"""Ratio of the largest to the smallest value from which an axis is logarithmic."""
PAPER, INK, FAINT, GRID = (255, 255, 255), (38, 44, 52), (110, 118, 128), (228, 231, 235)
DOT, EDGE, FIXED, BEST, TARGET = (176, 186, 198), (28, 104, 196), (226, 126, 38), (20, 140, 84), (204, 62, 80)
Colour = tuple[int, int, int]
SCALED, FRONTIER, CONSTANT, CHEAPEST, FAILING = "autoscaled", "frontier", "constant number of pods", "best", "too many requests fail"


@dataclass(frozen=True, slots=True)
class Axis:
    """Values to a place between 0 and 1."""

    low: float
    high: float
    log: bool

    @classmethod
    def over(cls, values: Sequence[float]) -> "Axis":
        """Room for all values; logarithmic when they are far apart."""
        low, high = min(values), max(values)
        if low > 0 and high / low >= LOG_FROM:
            return cls(low / (high / low) ** 0.06, high * (high / low) ** 0.06, True)
        return cls(0.0, high * 1.08 or 1.0, False)

    def place(self, value: float) -> float:
        if self.log:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)

    def ticks(self) -> list[float]:
        """Round values within, some five to ten."""
        if self.log:
            decades = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
            steps = (1, 2, 5) if self.high / self.low > 30 else (1, 1.5, 2, 3, 4, 5, 7)
            return [step * 10.0**decade for decade in decades for step in steps if self.low <= step * 10.0**decade <= self.high]
        rough = self.high / 8
        unit = 10.0 ** math.floor(math.log10(rough))
        step = next(unit * factor for factor in (1, 2, 2.5, 5, 10) if unit * factor >= rough)
        return [step * count for count in range(math.floor(self.high / step) + 1)]


def draw(
    points: Sequence[Point], edge: Sequence[Point], best: Point | None, most_failed: float, title: str, p95: float, price: float
) -> Image.Image:
    """The picture. Points that failed too often are crosses or hollow; those without a finite p95 stand at the upper edge."""
    heights = [one.p95 for one in points if one.p95 < math.inf] + [p95] * (p95 < math.inf)
    chart = _Chart(Axis.over([one.gpu_hours for one in points]), Axis.over(heights or [1.0]))
    chart.frame("GPU-hours" + (f", and their price at {price:g} an hour" if price else ""), "p95 latency, seconds", price)
    if p95 < math.inf:
        chart.target(p95)
    scaling, constant = ([one for one in points if bool(one.fixed) is fixed] for fixed in (False, True))
    failing = {one for one in points if one.failed > most_failed or one.p95 == math.inf}
    for one in scaling:
        (chart.cross if one in failing else chart.dot)(one, DOT)
    chart.stairs(edge)
    for one in constant:
        chart.square(one, hollow=one in failing)
    if best:
        chart.star(best)
    shown = {SCALED: scaling, FRONTIER: edge, CONSTANT: constant, CHEAPEST: best, FAILING: failing}
    about = f"{points[0].requests:,} requests in {points[0].hours:.3g} h; a dot is a configuration, below and to the left is better"
    chart.caption(title, about, _praise(best) if best else "", [name for name, some in shown.items() if some])
    return chart.image.resize(SIZE, Image.Resampling.LANCZOS)


def _praise(best: Point) -> str:
    return f"Best: {best.gpu_hours:.3g} GPU-hours, p95 {best.p95:.3g} s with " + best.annotations.replace(" ", ", ").replace("=", " ")


class _Chart:
    """Draws at `SMOOTH` times the size; coordinates are those of the picture."""

    def __init__(self, x: Axis, y: Axis) -> None:
        self.image = Image.new("RGB", (SIZE[0] * SMOOTH, SIZE[1] * SMOOTH), PAPER)
        self._draw = ImageDraw.Draw(self.image)
        self._x, self._y = x, y
        self._right, self._bottom = SIZE[0] - RIGHT, SIZE[1] - BOTTOM

    def frame(self, across: str, up: str, price: float) -> None:
        for value in self._x.ticks():
            x = LEFT + self._x.place(value) * (self._right - LEFT)
            self._line([(x, TOP), (x, self._bottom)], GRID, 1)
            self._text((x, self._bottom + 8), f"{value:g}", 15, FAINT, "ma")
            if price:
                self._text((x, self._bottom + 27), f"{value * price:,.4g}", 13, FAINT, "ma")
        for value in self._y.ticks():
            y = self._bottom - self._y.place(value) * (self._bottom - TOP)
            self._line([(LEFT, y), (self._right, y)], GRID, 1)
            self._text((LEFT - 10, y), f"{value:g}", 15, FAINT, "rm")
        self._line([(LEFT, TOP), (LEFT, self._bottom), (self._right, self._bottom)], INK, 1.5)
        self._text(((LEFT + self._right) / 2, SIZE[1] - 12), across, 16, INK, "mb")
        self._sideways(up)

    def target(self, p95: float) -> None:
        y = self._place(self._x.high, p95)[1]
        for x in range(LEFT, self._right, 14):
            self._line([(x, y), (min(x + 8, self._right), y)], TARGET, 1.5)
        self._text((self._right - 4, y - 5), f"target: p95 {p95:g} s", 15, TARGET, "rb")

    def stairs(self, edge: Sequence[Point]) -> None:
        """The frontier: between two points nothing is better than the cheaper one."""
        corners: list[tuple[float, float]] = []
        for one in edge:
            x, y = self._at(one)
            corners += [(x, corners[-1][1]), (x, y)] if corners else [(x, y)]
        if len(corners) > 1:
            self._line(corners, EDGE, 2.5)
        for one in edge:
            self.dot(one, EDGE)

    def dot(self, one: Point, colour: Colour) -> None:
        self._dot(*self._at(one), colour)

    def cross(self, one: Point, colour: Colour) -> None:
        self._cross(*self._at(one), colour)

    def _dot(self, x: float, y: float, colour: Colour) -> None:
        self._draw.ellipse(_scaled([(x - 4.5, y - 4.5), (x + 4.5, y + 4.5)]), fill=colour, outline=PAPER, width=SMOOTH)

    def _cross(self, x: float, y: float, colour: Colour) -> None:
        for sign in (1, -1):
            self._line([(x - 4, y - 4 * sign), (x + 4, y + 4 * sign)], colour, 1.5)

    def square(self, one: Point, *, hollow: bool) -> None:
        x, y = self._at(one)
        self._square(x, y, 9, hollow)
        self._text((x, y), f"{one.fixed}", 13, FIXED if hollow else PAPER, "mm")

    def star(self, one: Point) -> None:
        self._five(*self._at(one), 13)

    def caption(self, title: str, about: str, best: str, legend: Sequence[str]) -> None:
        """Above the chart, so that no mark is covered."""
        self._text((LEFT, 14), title, 24, INK, "la")
        self._text((LEFT, 46), about, 15, FAINT, "la")
        for row, line in enumerate(textwrap.wrap(best, 130, break_on_hyphens=False)[:2]):
            self._text((LEFT, 70 + 19 * row), line, 15, BEST, "la")
        x = LEFT + 8.0
        for name in legend:
            self._mark(name, x, TOP - 18)
            self._text((x + 17, TOP - 18), name, 15, INK, "lm")
            x += 56 + self._draw.textlength(name, font=_font(15)) / SMOOTH

    def _mark(self, name: str, x: float, y: float) -> None:
        """The sign of one line of the legend."""
        if name == SCALED:
            self._dot(x, y, DOT)
        elif name == FRONTIER:
            self._line([(x - 10, y), (x + 10, y)], EDGE, 2.5)
            self._dot(x, y, EDGE)
        elif name == CONSTANT:
            self._square(x, y, 8, hollow=False)
        elif name == CHEAPEST:
            self._five(x, y, 10)
        else:
            self._cross(x - 10, y, DOT)
            self._square(x + 5, y, 6, hollow=True)

    def _at(self, one: Point) -> tuple[float, float]:
        return self._place(one.gpu_hours, one.p95)

    def _place(self, gpu_hours: float, p95: float) -> tuple[float, float]:
        up = self._y.place(p95) * (self._bottom - TOP) if p95 < math.inf else self._bottom - TOP - 12
        return LEFT + self._x.place(gpu_hours) * (self._right - LEFT), self._bottom - up

    def _square(self, x: float, y: float, half: float, hollow: bool) -> None:
        box = _scaled([(x - half, y - half), (x + half, y + half)])
        self._draw.rounded_rectangle(box, 3 * SMOOTH, fill=PAPER if hollow else FIXED, outline=FIXED if hollow else PAPER, width=SMOOTH)

    def _five(self, x: float, y: float, radius: float) -> None:
        angles = [math.pi * (step / 5 - 0.5) for step in range(10)]
        reach = [radius * (1 if step % 2 == 0 else 0.45) for step in range(10)]
        outline = [(x + r * math.cos(a), y + r * math.sin(a)) for r, a in zip(reach, angles, strict=True)]
        self._draw.polygon(_scaled(outline), fill=BEST, outline=PAPER)

    def _line(self, corners: Sequence[tuple[float, float]], colour: Colour, width: float) -> None:
        self._draw.line(_scaled(corners), fill=colour, width=round(width * SMOOTH), joint="curve")

    def _text(self, spot: tuple[float, float], text: str, size: float, colour: Colour, anchor: str) -> None:
        self._draw.text(_scaled([spot])[0], text, fill=colour, font=_font(size), anchor=anchor)

    def _sideways(self, text: str) -> None:
        font = _font(16)
        box = font.getbbox(text)
        label = Image.new("RGB", (round(box[2]) + 8, round(box[3]) + 8), PAPER)
        ImageDraw.Draw(label).text((4, 4), text, fill=INK, font=font)
        turned = label.rotate(90, expand=True)
        middle = (TOP + self._bottom) / 2 * SMOOTH
        self.image.paste(turned, (14 * SMOOTH, round(middle - turned.height / 2)))


def _font(size: float) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size * SMOOTH)


def _scaled(spots: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    return [(x * SMOOTH, y * SMOOTH) for x, y in spots]
