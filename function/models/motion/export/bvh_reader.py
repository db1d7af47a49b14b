"""Reads a BVH file of any program: any channel order, any joint names, any unit. Knows no skeleton of ours.

Bounds are checked before anything large is made, and every refusal is an `InvalidInput` that says what was wrong.
"""

from dataclasses import dataclass
from math import isfinite

import numpy as np

from function.errors import InvalidInput
from function.models.motion.export.clip import Float64Array

MAX_BYTES = 16 << 20
MAX_FRAMES = 20_000
MAX_JOINTS = 256
MAX_HEAD = 1 << 20  # characters of the HIERARCHY section
MAX_NUMBERS = 1_500_000
MAX_POSES = 500_000  # frames times joints

_CHANNELS = frozenset(axis + kind for axis in "xyz" for kind in ("position", "rotation"))


@dataclass(frozen=True)
class Recording:
    """A BVH file: a joint tree and its movement, in the file's own unit.

    `offsets` (J, 3); `ends` maps a joint to the offset of its end site; `rotations` (F, J, 3, 3) and `positions` (F, J, 3) are
    relative to the parent.
    """

    names: tuple[str, ...]
    parents: tuple[int, ...]
    offsets: Float64Array
    ends: dict[int, tuple[float, ...]]
    rotations: Float64Array
    positions: Float64Array
    frame_time: float

    def world(self) -> tuple[Float64Array, Float64Array]:
        """World positions (F, J, 3) and rotations (F, J, 3, 3)."""
        joints, turns = self.positions.copy(), self.rotations.copy()
        for joint, parent in enumerate(self.parents):
            if parent >= 0:
                joints[:, joint] = joints[:, parent] + np.einsum("fij,fj->fi", turns[:, parent], self.positions[:, joint])
                turns[:, joint] = turns[:, parent] @ self.rotations[:, joint]
        return joints, turns


def read(data: bytes) -> Recording:
    """Read a BVH file. Raises InvalidInput."""
    if len(data) > MAX_BYTES:
        raise InvalidInput(f"The BVH file has {len(data)} bytes; at most {MAX_BYTES} are read.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput("The BVH file is not text in UTF-8.") from error
    head, found, body = text.partition("MOTION")
    if not found:
        raise InvalidInput("The BVH file has no MOTION section.")
    if len(head) > MAX_HEAD:
        raise InvalidInput(f"The BVH hierarchy has {len(head)} characters; at most {MAX_HEAD} are read.")
    tree = _Tree(head)
    tree.read()
    values, frame_time = _motion(body, sum(map(len, tree.channels)), len(tree.names))
    offsets = np.array(tree.offsets)
    rotations, positions = _local(tree.channels, values, offsets)
    return Recording(tuple(tree.names), tuple(tree.parents), offsets, tree.ends, rotations, positions, frame_time)


class _Tree:
    """The HIERARCHY section, word by word."""

    def __init__(self, text: str) -> None:
        self.words = iter(text.split())
        self.names: list[str] = []
        self.parents: list[int] = []
        self.offsets: list[tuple[float, ...]] = []
        self.channels: list[tuple[str, ...]] = []
        self.ends: dict[int, tuple[float, ...]] = {}

    def read(self) -> None:
        """Walk the section; `open_joints` is the path from the root, an end site standing on it as -1."""
        self._expect("HIERARCHY")
        self._expect("ROOT")
        open_joints = [self._joint(-1)]
        while open_joints:
            word = self._word()
            if word == "JOINT" and open_joints[-1] >= 0:
                open_joints.append(self._joint(open_joints[-1]))
            elif word == "End" and open_joints[-1] >= 0:
                self._expect("Site")
                self._expect("{")
                self._expect("OFFSET")
                self.ends[open_joints[-1]] = self._numbers(3)
                open_joints.append(-1)
            elif word == "}":
                open_joints.pop()
            else:
                raise InvalidInput(f"The BVH hierarchy has {word[:40]!r} where JOINT, End Site or a closing brace belongs.")
        if next(self.words, None) is not None:
            raise InvalidInput("The BVH hierarchy goes on after its root is closed; one root is read.")

    def _joint(self, parent: int) -> int:
        if len(self.names) == MAX_JOINTS:
            raise InvalidInput(f"The BVH file has more than {MAX_JOINTS} joints.")
        self.names.append(self._name())
        self.parents.append(parent)
        self._expect("OFFSET")
        self.offsets.append(self._numbers(3))
        self._expect("CHANNELS")
        count = self._word()
        if count not in "0123456":
            raise InvalidInput(f"A BVH joint states {count[:40]!r} channels; 0 to 6 are possible.")
        channels = tuple(self._word().lower() for _ in range(int(count)))
        if not _CHANNELS.issuperset(channels) or len(set(channels)) < len(channels):
            raise InvalidInput(f"The BVH joint {self.names[-1]!r} has unknown or repeated channels.")
        self.channels.append(channels)
        return len(self.names) - 1

    def _name(self) -> str:
        words = [self._word()]
        while (word := self._word()) != "{" and len(words) < 8:
            words.append(word)
        if word != "{":
            raise InvalidInput(f"The BVH joint {words[0][:40]!r} is not followed by an opening brace.")
        return " ".join(words)[:80]

    def _word(self) -> str:
        word = next(self.words, None)
        if word is None:
            raise InvalidInput("The BVH hierarchy ends before its last brace is closed.")
        return word

    def _expect(self, wanted: str) -> None:
        word = self._word()
        if word != wanted:
            raise InvalidInput(f"The BVH hierarchy has {word[:40]!r} where {wanted!r} belongs.")

    def _numbers(self, count: int) -> tuple[float, ...]:
        words = [self._word() for _ in range(count)]
        try:
            numbers = tuple(map(float, words))
        except ValueError as error:
            raise InvalidInput(f"A BVH offset reads {' '.join(words)[:80]!r}; it should be three numbers.") from error
        if not all(isfinite(number) and abs(number) < 1e6 for number in numbers):
            raise InvalidInput("A BVH offset is not a finite number of sensible size.")
        return numbers


def _motion(text: str, columns: int, joints: int) -> tuple[Float64Array, float]:
    """The numbers (F, columns) and the seconds of a frame."""
    words = text.split(maxsplit=5)
    if len(words) < 5 or words[0] != "Frames:" or words[2:4] != ["Frame", "Time:"]:
        raise InvalidInput("The BVH MOTION section should begin with 'Frames: <count>' and 'Frame Time: <seconds>'.")
    try:
        frames, frame_time = int(words[1]), float(words[4])
    except ValueError as error:
        raise InvalidInput("The BVH frame count or frame time is not a number.") from error
    if not 1 <= frames <= MAX_FRAMES:
        raise InvalidInput(f"The BVH file states {frames} frames; 1 to {MAX_FRAMES} are read.")
    if not 1e-3 <= frame_time <= 1:
        raise InvalidInput("The BVH frame time should be between 0.001 and 1 second.")
    if frames * columns > MAX_NUMBERS or frames * joints > MAX_POSES:
        raise InvalidInput(f"The BVH motion is too large; at most {MAX_NUMBERS} numbers and {MAX_POSES} poses of a joint are read.")
    rest = words[5] if len(words) > 5 else ""
    return _table(rest, frames, columns), frame_time


def _table(text: str, frames: int, columns: int) -> Float64Array:
    words = text.split(None, frames * columns)
    if len(words) != frames * columns:
        many = "more" if len(words) > frames * columns else str(len(words))
        raise InvalidInput(f"{frames} BVH frames of {columns} channels need {frames * columns} numbers; the file has {many}.")
    try:
        values = np.array(list(map(float, words))).reshape(frames, columns)
    except ValueError as error:
        raise InvalidInput("The BVH motion holds something that is not a number.") from error
    if not np.all(np.abs(values) < 1e6):
        raise InvalidInput("The BVH motion holds a number that is not finite or beyond a million.")
    return values


def _local(channels: list[tuple[str, ...]], values: Float64Array, offsets: Float64Array) -> tuple[Float64Array, Float64Array]:
    """Rotations (F, J, 3, 3) and positions (F, J, 3) relative to the parent; rotation channels multiply from left to right.

    Position channels replace the offset, as most programs read them.
    """
    frames, joints = len(values), len(channels)
    rotations = np.tile(np.eye(3), (frames, joints, 1, 1))
    positions = np.tile(offsets, (frames, 1, 1))
    column = 0
    for joint, names in enumerate(channels):
        for name in names:
            axis = "xyz".index(name[0])
            if name.endswith("position"):
                positions[:, joint, axis] = values[:, column]
            else:
                rotations[:, joint] = rotations[:, joint] @ _about(axis, np.radians(values[:, column]))
            column += 1
    return rotations, positions


def _about(axis: int, angles: Float64Array) -> Float64Array:
    """Rotation matrices (F, 3, 3) about a coordinate axis."""
    turn = np.zeros((len(angles), 3, 3))
    one, two = (axis + 1) % 3, (axis + 2) % 3
    turn[:, axis, axis] = 1
    turn[:, one, one] = turn[:, two, two] = np.cos(angles)
    turn[:, two, one] = np.sin(angles)
    turn[:, one, two] = -turn[:, two, one]
    return turn
