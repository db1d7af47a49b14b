"""What an image installs, and what it does without."""

import re
from pathlib import Path

from imaging.dependencies import left_out, requirements
from tests.imaging.built import ROOT

PROJECT = ROOT / "pyproject.toml"


def names(target: str) -> list[str]:
    return requirements(target, PROJECT)


def test_each_image_names_its_own_build_of_torch() -> None:
    pinned = re.search(r"^torch==(.+)$", (ROOT / "scripts/constraints.txt").read_text(), re.MULTILINE)
    assert pinned
    assert f"torch=={pinned[1]}+cpu" in names("cpu")
    assert f"torch==={pinned[1]}" in names("gpu")


def test_the_cpu_image_has_no_cuda_library() -> None:
    assert not any("gpu" in line for line in names("cpu"))
    assert any(line.startswith("onnxruntime>") and "== 'x86_64'" in line for line in names("cpu"))


def test_no_image_has_the_cluster_client() -> None:
    assert not any(line.startswith("kubernetes") for target in ("cpu", "gpu") for line in names(target))


def test_all_else_is_what_the_package_asks_for() -> None:
    assert "fastapi" in "".join(names("cpu"))
    assert len(names("cpu")) == len(names("gpu")) > 10


def test_what_nothing_asks_for_is_left_out_once(tmp_path: Path) -> None:
    for name in ("torch/include/a.h", "torch/bin/protoc", "torch/bin/torch_shm_manager", "numpy/core/tests/tests/x.py", "numpy/core/lib.a"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    found = [str(path.relative_to(tmp_path)) for path in left_out(tmp_path)]
    assert found == ["numpy/core/lib.a", "numpy/core/tests", "torch/bin/protoc", "torch/include"]
