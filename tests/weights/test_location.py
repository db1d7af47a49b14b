from pathlib import Path

import pytest

from function.errors import NotReady
from function.weights.location import find_folder


def folders(root: Path, *names: str) -> None:
    for name in names:
        (root / name).mkdir(parents=True)


def test_finds_the_only_version(tmp_path: Path) -> None:
    folders(tmp_path, "thing/tiny/3")
    assert find_folder(str(tmp_path), "thing", "tiny") == tmp_path / "thing/tiny/3"


def test_finds_the_version_that_latest_names(tmp_path: Path) -> None:
    folders(tmp_path, "thing/tiny/3", "thing/tiny/4")
    (tmp_path / "thing/tiny/latest").write_text("3\n")
    assert find_folder(str(tmp_path), "thing", "tiny") == tmp_path / "thing/tiny/3"


def test_finds_nothing_for_a_model_that_ships_none(tmp_path: Path) -> None:
    assert find_folder(str(tmp_path), "thing", "tiny") is None
    assert find_folder("embedded", "thing", "tiny") is None


def test_a_missing_root_is_named_with_the_mend(tmp_path: Path) -> None:
    with pytest.raises(NotReady, match=r"FUNCTION_WEIGHTS is not a folder\. .*unset FUNCTION_WEIGHTS") as failure:
        find_folder(str(tmp_path / "none"), "thing", "tiny")
    assert str(tmp_path) not in failure.value.detail


def test_a_missing_variant_is_named_with_those_there(tmp_path: Path) -> None:
    folders(tmp_path, "thing/lite/1", "thing/tiny/1")
    with pytest.raises(NotReady, match=r"no weights of thing huge \(there: lite, tiny\)"):
        find_folder(str(tmp_path), "thing", "huge")


@pytest.mark.parametrize("variant", ["..", "../tiny", "/etc", ""])
def test_a_variant_never_leaves_the_folder(tmp_path: Path, variant: str) -> None:
    folders(tmp_path, "thing/tiny/1")
    with pytest.raises(NotReady):
        find_folder(str(tmp_path), "thing", variant)


def test_several_versions_need_a_choice(tmp_path: Path) -> None:
    folders(tmp_path, "thing/tiny/1", "thing/tiny/2")
    with pytest.raises(NotReady, match="versions 1, 2: write the one to serve into a file named latest"):
        find_folder(str(tmp_path), "thing", "tiny")


@pytest.mark.parametrize("version", ["9", "../1", ""])
def test_latest_must_name_a_version_that_is_there(tmp_path: Path, version: str) -> None:
    folders(tmp_path, "thing/tiny/1")
    (tmp_path / "thing/tiny/latest").write_text(version)
    with pytest.raises(NotReady, match="latest"):
        find_folder(str(tmp_path), "thing", "tiny")


def test_an_empty_variant_has_no_weights(tmp_path: Path) -> None:
    folders(tmp_path, "thing/tiny")
    with pytest.raises(NotReady, match="no weights of thing tiny"):
        find_folder(str(tmp_path), "thing", "tiny")
