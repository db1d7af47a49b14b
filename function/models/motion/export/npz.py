"""NPZ: the arrays of a clip for numpy. The same clip gives the same bytes, and reading never unpickles."""

import io
import struct
import zipfile
import zlib
from math import prod
from typing import IO

import numpy as np

from function.errors import InvalidInput
from function.models.motion.export.clip import Clip, world_joints
from function.models.motion.skeleton import Skeleton

MAX_FRAMES = 20_000
MAX_JOINTS = 256
MAX_ARRAY_BYTES = 16 << 20

_DATE = (1980, 1, 1, 0, 0, 0)
_UNIX = 3
_DAMAGE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, RuntimeError, ValueError)  # what zipfile raises

Array = np.ndarray[tuple[int, ...], np.dtype[np.generic]]


def write(clip: Clip) -> bytes:
    """An uncompressed NPZ file of the clip.

    `quaternions` (F, J, 4) float32 xyzw relative to the parent, `root` (F, 3) and `joints` (F, J, 3) float32 world metres, `fps`
    float64, `names` (J,) text, `parents` (J,) int32 with -1 for the root, `rest` (J, 3) float32 metres.
    """
    arrays: dict[str, Array] = {
        "quaternions": clip.quaternions,
        "root": clip.root,
        "joints": world_joints(clip),
        "fps": np.array(clip.fps, dtype=np.float64),
        "names": np.array(clip.skeleton.names),
        "parents": np.array(clip.skeleton.parents, dtype=np.int32),
        "rest": clip.skeleton.rest,
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, array in arrays.items():
            archive.writestr(_entry(name), _npy(array))
    return file.getvalue()


def read(data: bytes) -> Clip:
    """The clip of a file that `write` made or another program in the same layout. Raises InvalidInput.

    `joints` may be missing; it follows from the others and is not read.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            arrays = {name: _member(archive, name) for name in ("quaternions", "root", "fps", "names", "parents", "rest")}
    except _DAMAGE as error:
        raise InvalidInput("The NPZ file is damaged or not an NPZ file.") from error
    return _clip(arrays)


def _clip(arrays: dict[str, Array]) -> Clip:
    frames, joints = (*arrays["quaternions"].shape, 0, 0)[:2]
    fitting = {
        "quaternions": (frames, joints, 4),
        "root": (frames, 3),
        "fps": (),
        "names": (joints,),
        "parents": (joints,),
        "rest": (joints, 3),
    }
    for name, shape in fitting.items():
        if arrays[name].shape != shape:
            raise InvalidInput(f"The NPZ array {name!r} has shape {arrays[name].shape}; {shape} fits the others.")
    if not 1 <= frames <= MAX_FRAMES or not 1 <= joints <= MAX_JOINTS:
        raise InvalidInput(f"The NPZ file has {frames} frames of {joints} joints; at most {MAX_FRAMES} of {MAX_JOINTS} are read.")
    quaternions, root, fps, rest = (_floats(arrays, name) for name in ("quaternions", "root", "fps", "rest"))
    if not 1 <= float(fps) <= 1000:
        raise InvalidInput("The NPZ frame rate `fps` should be between 1 and 1000.")
    if not np.all(np.abs(np.linalg.norm(quaternions, axis=-1) - 1) < 1e-2):
        raise InvalidInput("The NPZ array 'quaternions' holds quaternions that are not of length 1.")
    if arrays["names"].dtype.kind != "U" or arrays["parents"].dtype.kind not in "iu":
        raise InvalidInput("The NPZ array 'names' should hold text and 'parents' whole numbers.")
    parents = tuple(int(parent) for parent in arrays["parents"].tolist())
    if any((parent < 0) != (joint == 0) or parent >= joint for joint, parent in enumerate(parents)):
        raise InvalidInput("The NPZ array 'parents' should be -1 for the first joint and then name a joint that comes before.")
    names = tuple(str(name) for name in arrays["names"].tolist())
    return Clip(quaternions.astype(np.float32), root.astype(np.float32), float(fps), Skeleton(names, parents, rest.astype(np.float32)))


def _floats(arrays: dict[str, Array], name: str) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    if arrays[name].dtype.kind not in "fiu":
        raise InvalidInput(f"The NPZ array {name!r} should hold numbers.")
    values = arrays[name].astype(np.float64)
    if not np.all(np.abs(values) < 1e6):
        raise InvalidInput(f"The NPZ array {name!r} holds a number that is not finite or beyond a million.")
    return values


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name + ".npy", _DATE)
    entry.create_system, entry.external_attr = _UNIX, 0o644 << 16
    return entry


def _npy(array: Array) -> bytes:
    file = io.BytesIO()
    np.lib.format.write_array(file, array, version=(1, 0), allow_pickle=False)
    return file.getvalue()


def _member(archive: zipfile.ZipFile, name: str) -> Array:
    """One array. The stated size is checked before anything is decompressed; decompression stops at the stated size."""
    try:
        entry = archive.getinfo(name + ".npy")
    except KeyError as error:
        raise InvalidInput(f"The NPZ file has no array {name!r}.") from error
    if entry.file_size > MAX_ARRAY_BYTES:
        raise InvalidInput(f"The NPZ array {name!r} has {entry.file_size} bytes; at most {MAX_ARRAY_BYTES} are read.")
    with archive.open(entry) as file:
        return _array(file, name, entry.file_size)


def _array(file: IO[bytes], name: str, size: int) -> Array:
    try:
        version = np.lib.format.read_magic(file)
        header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, fortran, dtype = header(file)
    except ValueError as error:
        raise InvalidInput(f"The NPZ array {name!r} has no readable header.") from error
    if dtype.hasobject or dtype.kind not in "fiuU":
        raise InvalidInput(f"The NPZ array {name!r} should hold numbers or text.")
    bytes_stated = prod(shape) * dtype.itemsize
    data = file.read(bytes_stated) if 0 < bytes_stated <= size else b""
    if not data or len(data) < bytes_stated:
        raise InvalidInput(f"The NPZ array {name!r} states a shape that its bytes do not fill.")
    return np.frombuffer(data, dtype).reshape(shape, order="F" if fortran else "C")
