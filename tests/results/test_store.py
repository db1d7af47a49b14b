import asyncio
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from function.errors import Unavailable
from function.models.model import Artifact
from function.results.store import DamagedResult, ResultStore

ID = "0123456789abcdef" * 4
BVH = Artifact("motion.bvh", "model/vnd.bvh", b"HIERARCHY")
GLB = Artifact("motion.glb", "model/gltf-binary", bytes(range(256)) * 20_000)


@pytest.fixture(params=["folder", "file", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ResultStore:
    return ResultStore.open({"folder": str(tmp_path / "new"), "file": f"file://{tmp_path}/new", "memory": "memory:///"}[request.param])


async def drain(store: ResultStore, name: str, part: tuple[int, int] | None = None) -> bytes:
    result = await store.load(ID)
    assert result is not None
    file = result.file(name)
    assert file is not None
    pieces = store.part(result, file, *part) if part else store.stream(result, file)
    return b"".join([piece async for piece in pieces])


def test_a_saved_result_is_loaded_again(store: ResultStore) -> None:
    async def story() -> None:
        saved = await store.save(ID, {"facts": {"seed": 7}}, [BVH, GLB])
        loaded = await store.load(ID)
        assert loaded == saved
        assert loaded.answer == {"facts": {"seed": 7}}
        assert [(file.name, file.media_type, file.size) for file in loaded.files] == [
            ("motion.bvh", "model/vnd.bvh", 9),
            ("motion.glb", "model/gltf-binary", 5_120_000),
        ]
        assert [await store.read(loaded, file) for file in loaded.files] == [BVH.data, GLB.data]

    asyncio.run(story())


def test_a_file_streams_whole_and_in_parts(store: ResultStore) -> None:
    async def story() -> None:
        await store.save(ID, {}, [GLB, Artifact("empty", "text/plain", b"")])
        assert await drain(store, "motion.glb") == GLB.data
        assert await drain(store, "motion.glb", (3, 1_000_000)) == GLB.data[3:1_000_000]
        assert await drain(store, "empty") == b""

    asyncio.run(story())


def test_what_was_never_saved_is_none(store: ResultStore) -> None:
    assert asyncio.run(store.load(ID)) is None
    assert asyncio.run(store.get_event("/source", "1")) is None


@pytest.mark.parametrize("id", ["", "../../etc", "A" * 32, "0" * 31, "0" * 65, "0" * 32 + "/x", "0" * 32 + "\n"])
def test_an_id_that_is_no_address_never_reaches_the_store(store: ResultStore, id: str) -> None:
    assert asyncio.run(store.load(id)) is None
    with pytest.raises(ValueError):
        asyncio.run(store.save(id, {}))


@pytest.mark.parametrize("name", ["", "..", ".hidden", "a/b", "a\\b", "a b", "a\n", "x" * 101])
def test_an_unsafe_name_is_not_saved(store: ResultStore, name: str) -> None:
    with pytest.raises(ValueError):
        asyncio.run(store.save(ID, {}, [Artifact(name, "text/plain", b"x")]))
    assert asyncio.run(store.load(ID)) is None


def test_a_result_without_its_record_is_not_there(tmp_path: Path) -> None:
    store = ResultStore.open(str(tmp_path))
    asyncio.run(store.save(ID, {}, [BVH]))
    (tmp_path / "results" / ID / "record.json").unlink()
    assert asyncio.run(store.load(ID)) is None


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"id":"' + b"f" * 64 + b'","answer":{},"files":[]}'])
def test_a_broken_record_is_not_there(tmp_path: Path, body: bytes) -> None:
    store = ResultStore.open(str(tmp_path))
    asyncio.run(store.save(ID, {}))
    (tmp_path / "results" / ID / "record.json").write_bytes(body)
    assert asyncio.run(store.load(ID)) is None


@pytest.mark.parametrize("damage", ["missing", "short"])
def test_a_result_that_lost_bytes_is_not_there(tmp_path: Path, damage: str) -> None:
    store = ResultStore.open(str(tmp_path))
    asyncio.run(store.save(ID, {}, [BVH]))
    (file,) = tmp_path.glob(f"results/{ID}/*motion.bvh")
    file.unlink() if damage == "missing" else file.write_bytes(BVH.data[:-1])
    assert asyncio.run(store.load(ID)) is None


def test_changed_bytes_are_noticed_when_read_and_kept_back_when_streamed(tmp_path: Path) -> None:
    store = ResultStore.open(str(tmp_path))
    result = asyncio.run(store.save(ID, {}, [GLB]))
    (path,) = tmp_path.glob(f"results/{ID}/*motion.glb")
    path.write_bytes(b"\xff" + GLB.data[1:])
    got = []

    async def stream() -> None:
        async for piece in store.stream(result, result.files[0]):
            got.append(len(piece))

    with pytest.raises(DamagedResult):
        asyncio.run(store.read(result, result.files[0]))
    with pytest.raises(DamagedResult):
        asyncio.run(stream())
    assert sum(got) < len(GLB.data)


def test_writers_of_the_same_id_never_mix_their_files(store: ResultStore) -> None:
    async def story() -> None:
        versions = [[Artifact(name, "text/plain", f"{name} {turn}".encode() * 5000) for name in ("a", "b")] for turn in range(20)]
        await asyncio.gather(*(store.save(ID, {"turn": turn}, files) for turn, files in enumerate(versions)))
        result = await store.load(ID)
        assert result is not None
        assert [await store.read(result, file) for file in result.files] == [file.data for file in versions[result.answer["turn"]]]

    asyncio.run(story())


def test_an_event_is_known_by_source_and_id(store: ResultStore) -> None:
    async def story() -> None:
        await store.put_event("/a", "1", b"first")
        await store.put_event("/a", "2/../1", b"second")
        assert await store.get_event("/a", "1") == b"first"
        assert await store.get_event("/a", "2/../1") == b"second"
        assert await store.get_event("/a1", "") is None

    asyncio.run(story())


def test_a_store_that_cannot_write_is_unavailable(tmp_path: Path) -> None:
    store = ResultStore.open(str(tmp_path))
    (tmp_path / "results").write_text("a file where a folder should be")
    with pytest.raises(Unavailable):
        asyncio.run(store.save(ID, {}, [BVH]))


def test_an_unknown_scheme_is_refused() -> None:
    with pytest.raises(ValueError):
        ResultStore.open("ftp://somewhere/results")


def test_a_folder_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    ResultStore.open(str(tmp_path / "new"))
    assert (tmp_path / "new").stat().st_mode & 0o077 == 0


def test_a_folder_that_another_user_has_put_into_the_temporary_one_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(os, "getuid", lambda: tmp_path.stat().st_uid + 1)
    with pytest.raises(PermissionError, match="belongs to another user"):
        ResultStore.open(str(tmp_path / "results"))


AS_NOBODY = """
import os, sys
import obstore.store
from function.results.store import ResultStore
if os.getuid() == 0:
    os.setuid(65534)
ResultStore.open(sys.argv[1])
"""


def test_a_folder_that_this_user_cannot_write_is_refused() -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o555)
        command = [sys.executable, "-c", AS_NOBODY, folder]
        done = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False)
    assert "PermissionError: this user cannot write there" in done.stderr
