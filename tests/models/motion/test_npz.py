import io
import zipfile
from collections.abc import Callable
from contextlib import suppress

import numpy as np
import pytest

from function.errors import InvalidInput
from function.models.motion.export import npz
from function.models.motion.export.clip import world_joints
from tests.models.motion.clips import JOINTS, standing, wandering


def changed(**arrays: object) -> bytes:
    """A good file with some arrays replaced; None leaves one out."""
    with np.load(io.BytesIO(npz.write(standing(4)))) as good:
        whole = {**good, **arrays}
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, array in whole.items():
            if array is not None:
                with archive.open(name + ".npy", "w") as entry:
                    np.lib.format.write_array(entry, np.asarray(array), allow_pickle=False)
    return file.getvalue()


def with_entry(name: str, data: bytes, compression: int = zipfile.ZIP_STORED) -> bytes:
    """A good file with the raw bytes of one entry replaced."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(npz.write(standing(4)))) as good, zipfile.ZipFile(file, "w", compression) as bad:
        for entry in good.namelist():
            bad.writestr(entry, data if entry == name + ".npy" else good.read(entry))
    return file.getvalue()


def npy(shape: tuple[int, ...], data: bytes = b"", descr: str = "<f4") -> bytes:
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(file, {"descr": descr, "fortran_order": False, "shape": shape})
    return file.getvalue() + data


def test_numpy_reads_every_array_without_pickle() -> None:
    clip = wandering(12)
    with np.load(io.BytesIO(npz.write(clip)), allow_pickle=False) as file:
        assert np.array_equal(file["quaternions"], clip.quaternions)
        assert np.array_equal(file["root"], clip.root)
        assert np.array_equal(file["joints"], world_joints(clip))
        assert np.array_equal(file["rest"], clip.skeleton.rest)
        assert file["fps"] == 30.0
        assert tuple(file["names"]) == JOINTS
        assert tuple(file["parents"]) == clip.skeleton.parents


def test_a_clip_comes_back_as_it_was() -> None:
    clip = wandering(12)
    again = npz.read(npz.write(clip))
    assert np.array_equal(again.quaternions, clip.quaternions)
    assert np.array_equal(again.root, clip.root)
    assert again.skeleton.names == clip.skeleton.names
    assert again.skeleton.parents == clip.skeleton.parents
    assert again.fps == clip.fps


def test_the_same_clip_gives_the_same_bytes() -> None:
    assert npz.write(wandering(5)) == npz.write(wandering(5))


def test_a_compressed_file_of_numpy_is_read() -> None:
    file = io.BytesIO()
    with np.load(io.BytesIO(npz.write(standing(4)))) as good:
        np.savez_compressed(file, **good)
    assert npz.read(file.getvalue()).frames == 4


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        ({"root": None}, "no array 'root'"),
        ({"root": np.zeros((5, 3))}, "shape"),
        ({"root": np.full((4, 3), np.nan)}, "not finite"),
        ({"root": np.zeros((4, 3), dtype=complex)}, "numbers or text"),
        ({"root": np.full((4, 3), "a")}, "should hold numbers"),
        ({"quaternions": np.zeros((4, 22, 4))}, "length 1"),
        ({"quaternions": np.zeros(7)}, "shape"),
        ({"fps": 0.0}, "frame rate"),
        ({"names": np.arange(22)}, "hold text"),
        ({"parents": np.arange(22)}, "comes before"),
        ({"parents": np.full(22, -1)}, "comes before"),
        ({"parents": np.zeros(22)}, "whole numbers"),
    ],
)
def test_a_wrong_array_is_refused_with_the_reason(arrays: dict[str, object], words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        npz.read(changed(**arrays))


def test_a_pickle_is_refused_and_never_run() -> None:
    class Trap:
        def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
            return pytest.fail, ("the pickle ran",)

    file = io.BytesIO()
    np.lib.format.write_array(file, np.array([Trap()], dtype=object), allow_pickle=True)
    with pytest.raises(InvalidInput, match="numbers or text"):
        npz.read(with_entry("root", file.getvalue()))


def test_an_archive_that_unpacks_to_too_much_is_refused_unopened() -> None:
    bomb = with_entry("root", npy((4, 3), bytes(npz.MAX_ARRAY_BYTES)), zipfile.ZIP_DEFLATED)
    assert len(bomb) < 1 << 20
    with pytest.raises(InvalidInput, match="at most"):
        npz.read(bomb)


@pytest.mark.parametrize("shape", [(1 << 40, 3), (0, 1 << 60, 1 << 60), (4, 3)])
def test_a_shape_that_the_bytes_do_not_fill_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(InvalidInput):
        npz.read(with_entry("root", npy(shape)))


@pytest.mark.parametrize("data", [b"", b"PK", b"not a zip", b"\x93NUMPY"])
def test_bytes_that_are_no_archive_are_refused(data: bytes) -> None:
    with pytest.raises(InvalidInput, match="damaged"):
        npz.read(data)


def test_every_damaged_byte_is_read_or_refused() -> None:
    good = npz.write(standing(1))
    for place in (*range(0, len(good), 13), *range(len(good) - 600, len(good))):
        bad = bytearray(good)
        bad[place] ^= 0xFF
        with suppress(InvalidInput):
            npz.read(bytes(bad))
