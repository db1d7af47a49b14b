"""Reads a BVH file and works out where its joints are.

It shares no code with the exporter on purpose: what it reads is what any other program would read.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_AXES = {"X": 0, "Y": 1, "Z": 2}
_CHANNELS = frozenset(f"{axis}{kind}" for axis in "XYZ" for kind in ("position", "rotation"))


class BvhError(ValueError):
    """The text is not a BVH file; the message says where it stops being one."""


@dataclass(frozen=True)
class Bvh:
    """A hierarchy and its frames. End sites are kept apart from the joints.

    `offsets` is (J, 3) in the file's unit; `parents` is -1 for the root; `channels` are the names of each joint in file order;
    `ends` maps a joint's index to the offset of its end site; `values` is (F, all channels), rotations in degrees.
    """

    names: tuple[str, ...]
    parents: tuple[int, ...]
    offsets: Array
    channels: tuple[tuple[str, ...], ...]
    ends: dict[int, tuple[float, float, float]]
    values: Array
    frame_time: float

    @property
    def fps(self) -> float:
        return 1.0 / self.frame_time

    def world(self) -> tuple[Array, Array]:
        """Joint positions (F, J, 3) and rotations (F, J, 3, 3) in world space; a column vector is turned by `rotation @ v`.

        Rotation channels multiply from left to right in file order. Position channels stand in for the joint's offset, which is
        what makes a difference only for a root whose offset is not zero.
        """
        frames, count = len(self.values), len(self.names)
        joints, rotations = np.zeros((frames, count, 3)), np.zeros((frames, count, 3, 3))
        column = 0
        for joint, (parent, names) in enumerate(zip(self.parents, self.channels, strict=True)):
            values = self.values[:, column : column + len(names)]
            column += len(names)
            place, turn = _local(names, values, self.offsets[joint])
            if parent < 0:
                joints[:, joint], rotations[:, joint] = place, turn
            else:
                joints[:, joint] = joints[:, parent] + np.einsum("fij,fj->fi", rotations[:, parent], place)
                rotations[:, joint] = rotations[:, parent] @ turn
        return joints, rotations


def world_joints(text: str) -> Array:
    """World positions (F, J, 3) of the joints of a BVH file. Raises BvhError."""
    return read(text).world()[0]


def read(text: str) -> Bvh:
    """Parse the text of a BVH file. Raises BvhError."""
    reader = _Reader(text)
    try:
        return reader.file()
    except IndexError as error:
        raise BvhError("the file ends too early") from error


def _local(channels: tuple[str, ...], values: Array, offset: Array) -> tuple[Array, Array]:
    """Translation (F, 3) and rotation (F, 3, 3) of one joint relative to its parent."""
    place = np.tile(offset, (len(values), 1))
    turn = np.tile(np.eye(3), (len(values), 1, 1))
    for name, column in zip(channels, values.T, strict=True):
        axis = _AXES[name[0]]
        if name.endswith("position"):
            place[:, axis] = column
        else:
            turn = turn @ _about(axis, np.radians(column))
    return place, turn


def _about(axis: int, angle: Array) -> Array:
    """Rotation matrices (F, 3, 3) about a coordinate axis, angle in radians."""
    one, two = (axis + 1) % 3, (axis + 2) % 3
    matrix = np.zeros((len(angle), 3, 3))
    matrix[:, axis, axis] = 1.0
    matrix[:, one, one] = matrix[:, two, two] = np.cos(angle)
    matrix[:, two, one] = np.sin(angle)
    matrix[:, one, two] = -np.sin(angle)
    return matrix


class _Reader:
    """The words of a BVH text, taken one after the other."""

    def __init__(self, text: str) -> None:
        self._words = text.split()
        self._at = 0
        self._names: list[str] = []
        self._parents: list[int] = []
        self._offsets: list[tuple[float, float, float]] = []
        self._channels: list[tuple[str, ...]] = []
        self._ends: dict[int, tuple[float, float, float]] = {}

    def file(self) -> Bvh:
        self._expect("HIERARCHY")
        self._expect("ROOT")
        self._joint(-1)
        self._expect("MOTION")
        self._expect("Frames:")
        frames = int(self._number())
        self._expect("Frame")
        self._expect("Time:")
        frame_time = self._number()
        return Bvh(
            tuple(self._names),
            tuple(self._parents),
            np.array(self._offsets),
            tuple(self._channels),
            dict(self._ends),
            self._frames(frames),
            frame_time,
        )

    def _joint(self, parent: int) -> None:
        index = len(self._names)
        self._names.append(self._word())
        self._parents.append(parent)
        self._expect("{")
        self._expect("OFFSET")
        self._offsets.append(self._vector())
        self._expect("CHANNELS")
        self._channels.append(tuple(self._channel() for _ in range(int(self._number()))))
        while (word := self._word()) != "}":
            if word == "JOINT":
                self._joint(index)
            elif word == "End":
                self._ends[index] = self._end_site()
            else:
                raise BvhError(f"JOINT, End Site or }} expected inside {self._names[index]}, found {word!r}")

    def _end_site(self) -> tuple[float, float, float]:
        for word in ("Site", "{", "OFFSET"):
            self._expect(word)
        offset = self._vector()
        self._expect("}")
        return offset

    def _frames(self, count: int) -> Array:
        width = sum(len(names) for names in self._channels)
        words = self._words[self._at :]
        if len(words) != count * width:
            raise BvhError(f"{count} frames of {width} channels need {count * width} numbers, found {len(words)}")
        try:
            values = np.array(words, dtype=np.float64).reshape(count, width)
        except ValueError as error:
            raise BvhError("a frame holds something that is not a number") from error
        if not np.isfinite(values).all():
            raise BvhError("a frame holds a number that is not finite")
        return values

    def _word(self) -> str:
        self._at += 1
        return self._words[self._at - 1]

    def _expect(self, expected: str) -> None:
        if (word := self._word()) != expected:
            raise BvhError(f"{expected} expected as word {self._at}, found {word!r}")

    def _number(self) -> float:
        word = self._word()
        try:
            return float(word)
        except ValueError as error:
            raise BvhError(f"a number expected as word {self._at}, found {word!r}") from error

    def _vector(self) -> tuple[float, float, float]:
        return self._number(), self._number(), self._number()

    def _channel(self) -> str:
        if (word := self._word()) not in _CHANNELS:
            raise BvhError(f"unknown channel {word!r}")
        return word
