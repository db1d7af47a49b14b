"""What is where, which version is served, what is deleted, and what is wrong."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from depot.__main__ import main
from function.weights.location import EMBEDDED
from tests.depot.command import ENVIRON
from tests.depot.folders import CHUNK, damage, write_version
from tests.process import ROOT

LARGE = "large.bin.safetensors"
Say = pytest.CaptureFixture[str]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Versions 1 to 4, made in this order; 2 is served."""
    for age, version in enumerate("1234"):
        folder = write_version(tmp_path, version, latest=version == "2")
        os.utime(folder / "manifest.json", (1e9 + age, 1e9 + age))
    return tmp_path


def versions(root: Path) -> list[str]:
    return sorted(path.name for path in (root / "thing/small").iterdir() if path.is_dir())


def test_a_list_says_what_is_where(root: Path, capsys: Say) -> None:
    assert main(["list", str(root)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["model", "variant", "version", "latest", "size", "dtype", "licence"]
    assert [line.split()[2:4] for line in lines[1:]] == [["1", "96.3"], ["2", "latest"], ["3", "96.3"], ["4", "96.3"]]


def test_a_list_for_machines(root: Path, capsys: Say) -> None:
    assert main(["list", str(root), "thing/small/2", "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["version"], row["latest"], row["dtype"], row["licence"]) == ("2", True, "bf16", "Apache-2.0")


def test_a_list_shows_what_is_not_all_there(root: Path, capsys: Say) -> None:
    (root / "thing/small/3/manifest.json").unlink()
    assert main(["list", str(root), "thing/small/3"]) == 0
    assert capsys.readouterr().out.splitlines()[1].endswith("(not all there)")


def test_use_moves_the_pointer(root: Path) -> None:
    assert main(["use", str(root), "thing/small/4"]) == 0
    assert (root / "thing/small/latest").read_text() == "4\n"


def test_use_names_only_what_is_whole(root: Path, capsys: Say) -> None:
    assert main(["use", str(root), "thing/small/5"]) == 1
    assert capsys.readouterr().err.startswith("There is no whole thing small 5 in ")
    assert (root / "thing/small/latest").read_text() == "2"


def test_prune_keeps_the_newest_and_the_latest(root: Path) -> None:
    assert main(["prune", str(root), "--keep", "1", "--yes"]) == 0
    assert versions(root) == ["2", "4"]


def test_prune_asks(root: Path, capsys: Say) -> None:
    assert main(["prune", str(root), "--keep", "2"]) == 1
    assert capsys.readouterr().err.startswith("Delete thing small 1 (")
    assert versions(root) == ["1", "2", "3", "4"]


def test_prune_can_only_say(root: Path, capsys: Say) -> None:
    assert main(["prune", str(root), "--keep", "1", "--dry-run", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"would_delete": ["thing/small/3", "thing/small/1"]}
    assert versions(root) == ["1", "2", "3", "4"]


def test_prune_leaves_what_is_on_its_way(root: Path) -> None:
    (root / "thing/small/1/manifest.json").unlink()
    assert main(["prune", str(root), "--keep", "0", "--yes"]) == 0
    assert versions(root) == ["1", "2"]
    assert main(["prune", str(root), "--unfinished", "--yes"]) == 0
    assert versions(root) == ["2"]


def test_verify_finds_the_embedded_weights_right(capsys: Say) -> None:
    assert main(["verify", str(EMBEDDED)]) == 0
    assert capsys.readouterr().out.startswith("motion tiny 1: every byte is right and the tensors fit the model, ")


def test_verify_names_file_and_chunk(root: Path, capsys: Say) -> None:
    damage(root / "thing/small/2" / LARGE, 3 * CHUNK + 1)
    assert main(["verify", root.as_uri(), "--json"]) == 1
    (fault,) = json.loads(capsys.readouterr().out.splitlines()[-1])["faults"]
    assert fault.startswith(f"{LARGE}: its chunk 4 of 10 does not have the SHA-256")


@pytest.mark.parametrize("more", [[], ["--quick"]])
def test_verify_finds_tensors_that_the_model_does_not_take(tmp_path: Path, capsys: Say, more: list[str]) -> None:
    import torch
    from safetensors.torch import load_file, save_file

    from function.weights.manifest import write_manifest

    source, folder = EMBEDDED / "motion/tiny/1", tmp_path / "motion/tiny/1"
    folder.mkdir(parents=True)
    for name in ("config.json", "vocabulary.json", "text.safetensors"):
        (folder / name).symlink_to(source / name)
    save_file({**load_file(source / "network.safetensors"), "mean": torch.zeros(7)}, folder / "network.safetensors")
    write_manifest(folder, model="motion", variant="tiny", version="1", licence="", origin="")
    assert main(["verify", str(tmp_path), *more]) == 1
    assert "has another shape for 1 tensors: mean" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["list", "."], ["verify", "."], ["convert", "motion", "--help"], ["pull", "--help"]])
def test_torch_is_not_imported_where_no_tensor_is_read(root: Path, arguments: list[str]) -> None:
    program = (
        "import sys\nfrom depot.__main__ import main\n"
        "try:\n    main(sys.argv[1:])\nexcept SystemExit:\n    pass\nsys.exit('torch' in sys.modules)"
    )
    argv = [sys.executable, "-c", program, *(str(root) if one == "." else one for one in arguments)]
    assert subprocess.run(argv, env=ENVIRON, stdout=subprocess.DEVNULL, timeout=60, check=False).returncode == 0


def test_no_other_file_opens_pickles_of_others() -> None:
    opening = {}
    for path in (path for folder in ("function", "scripts") for path in (ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {"torch.load", "pickle.load", "pickle.loads"}:
                opening[str(path.relative_to(ROOT))] = {key.arg: ast.unparse(key.value) for key in node.keywords}
    assert opening == {
        "scripts/depot/checkpoint.py": {"map_location": "'cpu'", "weights_only": "True", "mmap": "True"},
        "scripts/training/__main__.py": {"weights_only": "True"},  # what the training itself has written
    }
