"""Weights from an object server that speaks S3 with signatures, and from a plain web server."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from function.errors import NotReady
from function.weights.manifest import write_manifest
from function.weights.reader import FolderWeights, open_weights
from tests.weights.folders import write_version
from tests.weights.objects import BUCKET, Objects, objects

MANY = bytes(range(256)) * (80 << 10)  # three chunks


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = write_version(tmp_path)
    (folder / "large.dat").write_bytes(MANY)
    write_manifest(folder, model="thing", variant="tiny", version="1", licence="", origin="")
    (folder.parent / "latest").write_text("1\n")
    return tmp_path


@pytest.fixture
def bucket(root: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Objects]:
    with objects(root) as server:
        for name, value in server.environ().items():
            monkeypatch.setenv(name, value)
        yield server


@pytest.fixture
def web(root: Path) -> Iterator[Objects]:
    with objects(root, signed=False) as server:
        yield server


def opened(url: str, patience: float = 20.0) -> FolderWeights:
    weights = open_weights(url, "thing", "tiny", required=True, patience=patience)
    assert weights is not None
    return weights


@pytest.fixture(params=["bucket", "web"])
def server(request: pytest.FixtureRequest) -> Objects:
    found: Objects = request.getfixturevalue(request.param)
    return found


def test_reads_all_files_in_ranges(server: Objects) -> None:
    weights = opened(server.url)
    weights.wait()
    assert (weights.version, weights.read("large.dat") == MANY, bytes(weights.read("words.json"))) == ("1", True, b'["walk"]')
    ranges = [asked for method, path, asked in server.asked if method == "GET" and path.endswith("large.dat")]
    assert sorted(ranges) == ["bytes=0-8388607", "bytes=16777216-20971519", "bytes=8388608-16777215"]


def test_reads_an_empty_file(root: Path, server: Objects) -> None:
    folder = root / "thing/tiny/1"
    (folder / "empty").touch()
    write_manifest(folder, model="thing", variant="tiny", version="1", licence="", origin="")
    server.hold(root)
    assert bytes(opened(server.url).read("empty")) == b""


def test_answers_that_end_early_are_asked_for_again(server: Objects) -> None:
    server.drops = 3
    opened(server.url).wait()
    assert server.drops == 0


def test_a_server_that_dies_while_it_is_read_is_reported(server: Objects) -> None:
    server.dies_after = 10 << 20
    with pytest.raises(NotReady, match=r"of thing tiny cannot be used: the store does not answer \(asked \d+ times\)\. See that"):
        opened(server.url, patience=0.5).wait()


def test_a_server_that_is_not_there_is_reported(server: Objects) -> None:
    server.die()
    with pytest.raises(NotReady, match=r"The weights of thing tiny cannot be used: the store does not answer .* scripts/weights list"):
        opened(server.url, patience=0.3)


def test_an_object_that_is_missing_is_named(server: Objects) -> None:
    del server.objects["weights/thing/tiny/1/words.json"]
    with pytest.raises(NotReady, match=r"words\.json of thing tiny cannot be used: it is not there\. .*scripts/weights push"):
        opened(server.url).wait()


def test_an_object_of_another_size_is_named(server: Objects) -> None:
    server.objects["weights/thing/tiny/1/large.dat"] += b"!"
    with pytest.raises(NotReady, match=r"large\.dat .* it has 20971521 bytes, not 20971520 as the manifest says"):
        opened(server.url).wait()


def test_an_object_with_a_flipped_bit_is_named_with_its_chunk(server: Objects) -> None:
    damaged = bytearray(MANY)
    damaged[9 << 20] ^= 4
    server.objects["weights/thing/tiny/1/large.dat"] = bytes(damaged)
    with pytest.raises(NotReady, match=r"large\.dat .* its chunk 2 of 3 does not have the SHA-256"):
        opened(server.url).wait()


def test_the_version_is_resolved_once(root: Path, server: Objects) -> None:
    weights = opened(server.url)
    server.objects["weights/thing/tiny/latest"] = b"2"
    weights.wait()
    assert weights.version == "1"
    assert sum(path.endswith("latest") for _, path, _ in server.asked) == 1


def test_a_store_whose_settings_are_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AZURE_STORAGE_ACCOUNT_NAME", raising=False)
    with pytest.raises(NotReady, match=r"FUNCTION_WEIGHTS cannot be opened: .*Account must be specified"):
        opened("az://models/weights")


def test_a_pointer_to_nothing_is_reported(server: Objects) -> None:
    server.objects["weights/thing/tiny/latest"] = b"9"
    with pytest.raises(NotReady, match=r"The weights folder thing/tiny/9 has no manifest\.json"):
        opened(server.url)


def test_a_wrong_key_is_refused(bucket: Objects, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another")
    with pytest.raises(NotReady, match=r"thing tiny cannot be used: the store denies access\. Give the pod credentials"):
        opened(bucket.url)
    assert not bucket.asked


def test_a_key_that_may_not_list_is_refused_at_once(bucket: Objects) -> None:
    bucket.lists = False
    del bucket.objects["weights/thing/tiny/latest"]
    with pytest.raises(NotReady, match=r"the store denies access\. Give the pod credentials"):
        opened(bucket.url)
    assert len(bucket.asked) <= 3


def test_the_only_version_in_a_bucket_needs_no_pointer(bucket: Objects) -> None:
    del bucket.objects["weights/thing/tiny/latest"]
    assert opened(bucket.url).version == "1"


def test_several_versions_in_a_bucket_need_one(bucket: Objects) -> None:
    del bucket.objects["weights/thing/tiny/latest"]
    bucket.objects["weights/thing/tiny/2/manifest.json"] = b""
    with pytest.raises(NotReady, match="versions 1, 2: write the one to serve into a file named latest"):
        opened(bucket.url)


def test_a_bucket_without_the_model_has_none(bucket: Objects) -> None:
    assert open_weights(f"s3://{BUCKET}/other", "thing", "tiny", required=False) is None


def test_a_pickle_in_a_bucket_is_named(bucket: Objects) -> None:
    bucket.objects = {"weights/thing/tiny/1/model.ckpt": b""}
    with pytest.raises(NotReady, match=r"model\.ckpt is a pickle"):
        opened(bucket.url)


def test_a_web_server_needs_the_pointer(web: Objects) -> None:
    del web.objects["weights/thing/tiny/latest"]
    with pytest.raises(NotReady, match="cannot be listed: it needs a file latest in thing/tiny"):
        opened(web.url)
