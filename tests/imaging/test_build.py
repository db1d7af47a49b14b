"""The image that `scripts/image build cpu` makes: it serves under a strict cluster's rules, and holds what it should."""

import json
import tomllib
from pathlib import Path

from imaging.engine import Launch
from tests.imaging.built import ROOT, USER, Built
from tests.imaging.conftest import MARK

CONFINED = """
import json, os
def refused(path):
    try: open(path, "w")
    except OSError as error: return error.strerror
status = dict(line.split(":\\t", 1) for line in open("/proc/self/status").read().splitlines() if ":\\t" in line)
print(json.dumps({
    "user": os.getuid(), "group": os.getgid(), "groups": os.getgroups(), "pid": os.getpid(),
    "capabilities": int(status["CapEff"], 16) | int(status["CapPrm"], 16), "no_new_privileges": status["NoNewPrivs"],
    "root": refused("/app/x"), "memory": refused("/tmp/x"),
}))
"""
LIBRARIES = """
import json, numpy, onnxruntime, torch
from onnxruntime.datasets import get_example
session = onnxruntime.InferenceSession(get_example("mul_1.onnx"), providers=["CPUExecutionProvider"])
(product,) = session.run(None, {session.get_inputs()[0].name: numpy.full((3, 2), 2, numpy.float32)})
print(json.dumps({"cuda": torch.version.cuda, "largest": float(product.max())}))
"""
FILES = """
import json
from pathlib import Path
print(json.dumps({
    "weights": [str(path) for path in Path("/").rglob("*.safetensors")],
    "sources": len(list(Path("/app").rglob("*.py"))), "compiled": len(list(Path("/app").rglob("*.pyc"))),
    "packages": sorted(path.name for path in Path("/opt/figurine").glob("lib/*/site-packages/*")),
}))
"""


def test_it_serves_as_any_user_on_a_read_only_root_and_ends_with_0(image: Built) -> None:
    said = image.tool("check")
    assert "bytes of GLB" in said
    assert "SIGTERM ended it, exit code 0" in said


def test_the_check_leaves_a_process_no_rights(image: Built, tmp_path: Path) -> None:
    found = image.python(CONFINED, tmp_path)
    expected = {"user": USER, "group": USER, "groups": [], "pid": 1, "capabilities": 0, "no_new_privileges": "1"}
    assert found == {**expected, "root": "Read-only file system", "memory": None}


def test_a_check_that_gives_up_leaves_no_process(image: Built, tmp_path: Path) -> None:
    with image.engine.start(image.name, Launch(USER, tmp_path / "log"), ["python", "-c", "import time; time.sleep(600)"]) as container:
        assert Path(f"/proc/{container.pid}").exists()
    assert not Path(f"/proc/{container.pid}").exists()


def test_torch_and_onnxruntime_run_and_know_no_cuda(image: Built, tmp_path: Path) -> None:
    found = image.python(LIBRARIES, tmp_path)
    assert found["cuda"] is None
    assert found["largest"] > 0


def test_it_holds_tiny_alone_compiled_and_no_installer(image: Built, tmp_path: Path) -> None:
    found = image.python(FILES, tmp_path)
    assert found["weights"]
    assert all(path.startswith("/app/function/weights/embedded/motion/tiny/") for path in found["weights"])
    assert found["compiled"] == found["sources"]
    assert not {"pip", "kubernetes", "pytest"} & set(found["packages"])


def test_nothing_of_the_builds_settings_is_left_in_any_layer(image: Built, tmp_path: Path) -> None:
    image.save(tmp_path)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert any(b"PYTHON" in path.read_bytes() for path in files)
    assert [path.name for path in files if MARK.encode() in path.read_bytes()] == []


def test_its_labels_say_which_code_it_is(image: Built) -> None:
    labels = image.engine.configuration(image.name)["Labels"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert labels["org.opencontainers.image.version"] == project["version"]
    assert labels["org.opencontainers.image.licenses"] == project["license"]


def test_it_is_weighed(image: Built) -> None:
    sizes = json.loads(image.tool("size", "--json"))
    assert sizes["size"] == sum(layer["size"] for layer in sizes["layers"])
    assert next(iter(sizes["packages"])) == "torch"
    assert sum(sizes["packages"].values()) < sizes["size"]
