"""A picture of motions to look at: one row a sentence, one figure a moment, left to right in time.

Left limbs are blue, right limbs are orange; the line on the floor is the way that the pelvis goes. The camera follows the body.
"""

import argparse
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from benchmarks.motion_quality.bvh import read
from benchmarks.motion_quality.track import HEAD, JOINTS, LIMBS, NECK, PELVIS, MotionTrack, limb_joint, track

Array = NDArray[np.float64]
Colour = tuple[int, int, int]

CELL = (168, 218)  # pixels
CAPTION = 30
LEGEND = 14
MARGIN = 16
SMOOTH = 3  # drawn this much larger, then reduced
METRE = 84.0  # pixels
FLOOR = 0.80  # how far down a cell the floor under the body is
AZIMUTH, ELEVATION = math.radians(32), math.radians(14)  # the camera looks from the body's front left, a little from above
GRID = 0.5  # metres between lines of the floor

PAPER, CARD, LINE, TRAIL, INK, FAINT = (255, 255, 255), (246, 247, 249), (222, 226, 231), (214, 90, 110), (38, 44, 52), (128, 136, 146)
TRUNK: Colour = (122, 131, 143)
LIMB: dict[str, Colour] = {"left": (58, 122, 204), "right": (233, 134, 48)}
SHADOW: Colour = (226, 229, 233)

# start, end, radius in metres at each
_TRUNK = (
    ("Pelvis", "Spine1", 0.12, 0.10),
    ("Spine1", "Spine2", 0.10, 0.11),
    ("Spine2", "Spine3", 0.11, 0.12),
    ("Spine3", "Neck", 0.11, 0.045),
)
_LEG = (("Hip", "Knee", 0.075, 0.052), ("Knee", "Ankle", 0.05, 0.036))
_ARM = (("Shoulder", "Elbow", 0.045, 0.036), ("Elbow", "Wrist", 0.036, 0.026))


def sheet(motions: Sequence[tuple[str, str]], moments: int = 8) -> Image.Image:
    """The picture for pairs of caption and BVH text."""
    width, height = 2 * MARGIN + moments * CELL[0], 2 * MARGIN + len(motions) * (CELL[1] + CAPTION)
    picture = Image.new("RGB", (width, height + LEGEND), PAPER)
    _draw_legend(ImageDraw.Draw(picture), width - MARGIN - 4)
    for row, (caption, text) in enumerate(motions):
        top = LEGEND + MARGIN + row * (CELL[1] + CAPTION)
        motion = track(read(text))
        draw = ImageDraw.Draw(picture)
        draw.text((MARGIN + 4, top + 7), caption, fill=INK, font=ImageFont.load_default(15))
        draw.text((width - MARGIN - 4, top + 9), f"{motion.seconds:.1f} s", fill=FAINT, font=ImageFont.load_default(12), anchor="ra")
        for column, frame in enumerate(np.linspace(0, len(motion.joints) - 1, moments).round().astype(int)):
            picture.paste(_cell(motion, int(frame)), (MARGIN + column * CELL[0], top + CAPTION - 2))
    return picture


def _draw_legend(draw: ImageDraw.ImageDraw, right: int) -> None:
    """Which colour is which side, in the upper right corner."""
    font = ImageFont.load_default(13)
    for name in ("right", "left"):
        right -= round(draw.textlength(name, font=font))
        draw.text((right, 8), name, fill=INK, font=font)
        draw.ellipse((right - 16, 11, right - 6, 21), fill=LIMB[name])
        right -= 34


def _cell(motion: MotionTrack, frame: int) -> Image.Image:
    """One figure on its floor."""
    size = (CELL[0] * SMOOTH, CELL[1] * SMOOTH)
    image = Image.new("RGB", size, CARD)
    draw = ImageDraw.Draw(image)
    view = _View(motion.joints[frame, PELVIS])
    _draw_floor(draw, view)
    _draw_shadow(draw, view, motion.joints[frame])
    _draw_trail(draw, view, motion.joints[:, PELVIS], frame)
    for start, end, radii, colour in sorted(_bones(motion, frame), key=lambda bone: view.depth((bone[0] + bone[1]) / 2)):
        _draw_bone(draw, view, start, end, radii, colour)
    draw.rectangle((0, 0, size[0] - 1, size[1] - 1), outline=PAPER, width=3 * SMOOTH)
    draw.text((8 * SMOOTH, 7 * SMOOTH), f"{frame / motion.fps:.1f}", fill=FAINT, font=ImageFont.load_default(10 * SMOOTH))
    return image.resize(CELL, Image.Resampling.LANCZOS)


class _View:
    """World metres to pixels, parallel, with the pelvis above the middle of the cell's floor."""

    def __init__(self, pelvis: Array) -> None:
        self._centre = np.array([pelvis[0], 0.0, pelvis[2]])
        sin, cos = math.sin(AZIMUTH), math.cos(AZIMUTH)
        self._right = np.array([cos, 0.0, -sin])
        self._towards = np.array([sin * math.cos(ELEVATION), math.sin(ELEVATION), cos * math.cos(ELEVATION)])
        self._up = np.cross(self._towards, self._right)

    def pixel(self, point: Array) -> tuple[float, float]:
        away = point - self._centre
        scale = METRE * SMOOTH
        return CELL[0] * SMOOTH / 2 + scale * float(away @ self._right), CELL[1] * SMOOTH * FLOOR - scale * float(away @ self._up)

    def depth(self, point: Array) -> float:
        """Greater is nearer to the camera."""
        return float((point - self._centre) @ self._towards)

    @property
    def centre(self) -> Array:
        return self._centre


def _draw_floor(draw: ImageDraw.ImageDraw, view: _View) -> None:
    x, _, z = view.centre
    for step in range(-8, 9):
        one, two = (math.floor(x / GRID) + step) * GRID, (math.floor(z / GRID) + step) * GRID
        for start, end in (((one, z - 4), (one, z + 4)), ((x - 4, two), (x + 4, two))):
            points = [view.pixel(np.array([px, 0.0, pz])) for px, pz in (start, end)]
            draw.line(points, fill=LINE, width=SMOOTH)


def _draw_shadow(draw: ImageDraw.ImageDraw, view: _View, joints: Array) -> None:
    for name, radius in (("Pelvis", 0.24), ("L_Foot", 0.12), ("R_Foot", 0.12)):
        x, y = view.pixel(joints[JOINTS.index(name)] * np.array([1.0, 0.0, 1.0]))
        wide, tall = radius * METRE * SMOOTH, radius * METRE * SMOOTH * math.sin(ELEVATION) * 1.4
        draw.ellipse((x - wide, y - tall, x + wide, y + tall), fill=SHADOW)


def _draw_trail(draw: ImageDraw.ImageDraw, view: _View, pelvis: Array, frame: int) -> None:
    points = [view.pixel(point * np.array([1.0, 0.0, 1.0])) for point in pelvis[: frame + 1]]
    if len(points) > 1:
        draw.line(points, fill=TRAIL, width=2 * SMOOTH, joint="curve")


Bone = tuple[Array, Array, tuple[float, float], Colour]


def _bones(motion: MotionTrack, frame: int) -> list[Bone]:
    """The solids of the figure: start, end, radii, colour."""
    joints, turns = motion.joints[frame], motion.rotations[frame]
    bones: list[Bone] = [(joints[JOINTS.index(one)], joints[JOINTS.index(two)], (r1, r2), TRUNK) for one, two, r1, r2 in _TRUNK]
    skull = joints[HEAD] + turns[HEAD] @ np.array([0.0, 0.07, 0.01])
    crown = joints[HEAD] + turns[HEAD] @ np.array([0.0, 0.12, 0.005])
    nose = joints[HEAD] + turns[HEAD] @ np.array([0.0, 0.06, 0.125])
    bones += [(joints[NECK], skull, (0.045, 0.05), TRUNK), (skull, crown, (0.095, 0.1), TRUNK), (nose, nose, (0.025, 0.025), INK)]
    for side in LIMBS:
        colour = LIMB[side]

        def at(name: str, side: str = side) -> int:
            return limb_joint("left" if side == "left" else "right", name)

        bones.append((joints[at("Collar")], joints[at("Shoulder")], (0.05, 0.05), TRUNK))
        bones.append((joints[PELVIS], joints[at("Hip")], (0.1, 0.085), TRUNK))
        bones += [(joints[at(one)], joints[at(two)], (r1, r2), colour) for one, two, r1, r2 in (*_LEG, *_ARM)]
        hand = joints[at("Wrist")] + turns[at("Wrist")] @ np.array([0.09 if side == "left" else -0.09, 0.0, 0.0])
        heel = joints[at("Ankle")] + turns[at("Ankle")] @ np.array([0.0, -0.05, -0.03])
        toe = joints[at("Foot")] + turns[at("Foot")] @ np.array([0.0, 0.0, 0.06])
        bones += [
            (joints[at("Wrist")], hand, (0.028, 0.032), colour),
            (joints[at("Ankle")], heel, (0.036, 0.03), colour),
            (heel, joints[at("Foot")], (0.03, 0.026), colour),
            (joints[at("Ankle")], joints[at("Foot")], (0.034, 0.026), colour),
            (joints[at("Foot")], toe, (0.026, 0.02), colour),
        ]
    return bones


def _draw_bone(draw: ImageDraw.ImageDraw, view: _View, start: Array, end: Array, radii: tuple[float, float], colour: Colour) -> None:
    """A rounded, tapered limb with an edge, paler the farther it is from the camera."""
    depth = view.depth((start + end) / 2)
    fill = _blend(colour, CARD, min(0.35, max(0.0, 0.12 - 0.5 * depth)))
    edge = _blend(fill, INK, 0.35)
    one, two = view.pixel(start), view.pixel(end)
    for grow, paint in ((0.008, edge), (0.0, fill)):
        _draw_capsule(draw, one, two, [(radius + grow) * METRE * SMOOTH for radius in radii], paint)


def _draw_capsule(
    draw: ImageDraw.ImageDraw, one: tuple[float, float], two: tuple[float, float], radii: Sequence[float], paint: Colour
) -> None:
    for (x, y), radius in zip((one, two), radii, strict=True):
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=paint)
    length = math.hypot(two[0] - one[0], two[1] - one[1])
    if length > 1e-6:
        across = (one[1] - two[1]) / length, (two[0] - one[0]) / length
        corners = [(x + sign * across[0] * r, y + sign * across[1] * r) for (x, y), r, sign in _corners(one, two, radii)]
        draw.polygon(corners, fill=paint)


def _corners(one: tuple[float, float], two: tuple[float, float], radii: Sequence[float]) -> list[tuple[tuple[float, float], float, int]]:
    return [(one, radii[0], 1), (two, radii[1], 1), (two, radii[1], -1), (one, radii[0], -1)]


def _blend(colour: Colour, into: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(colour, into, strict=True))
    return red, green, blue


def main(argv: Sequence[str] | None = None) -> int:
    """Render the BVH files named on the command line, each captioned with its file name."""
    parser = argparse.ArgumentParser(prog="contact-sheet", description=__doc__)
    parser.add_argument("picture", type=Path, help="the PNG to write")
    parser.add_argument("motions", type=Path, nargs="+", help="BVH files, one row each")
    options = parser.parse_args(argv)
    sheet([(path.stem, path.read_text()) for path in options.motions]).save(options.picture)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
