"""Makes the virtual environment of an image: what serving needs, pinned, less what no request can use, compiled.

Runs inside the build with Debian's Python and pip alone: `dependencies.py cpu|gpu FOLDER`. Knows nothing of engines and layers.
"""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

SOURCE = Path(__file__).parent
"""In the build, pyproject.toml and constraints.txt lie here too."""
PIP_CONF = Path("/run/secrets/pip.conf")
NEVER_SERVED = ("kubernetes",)
LEFT_OUT = (
    "**/tests",
    "**/*.a",
    "nvidia/*/include",
    "nvidia/cu13/lib/libcusolverMg.so.*",
    "nvidia/cu13/lib/libnvrtc*.alt.so.*",
    "nvidia/nvshmem/lib/libnvshmem_device.*",
    "onnxruntime/capi/libonnxruntime.so.*",
    "torch/bin/*",
    "torch/include",
    "torch/test",
    "triton*",
)
"""Below site-packages: tests, headers, and what only a compiler or no library at all asks for. images/README.md has sizes and proofs."""
KEPT = ("torch/bin/torch_shm_manager",)


def main(target: str, folder: Path) -> None:
    """Make the environment `folder` of the image `target`, or exit with a sentence."""
    _python("-m", "venv", "--without-pip", folder)
    _install(target, folder)
    for path in left_out(next(folder.glob("lib/python*/site-packages"))):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    _python("-m", "compileall", "-qq", "-j0", "--invalidation-mode", "unchecked-hash", folder / "lib")  # fails for what later Pythons read


def requirements(target: str, project: Path) -> list[str]:
    """What the image `target` installs: the dependencies that the file `project` names, built for the processor or for CUDA."""
    named = tomllib.loads(project.read_text())["project"]["dependencies"]
    return [_built_for(target, line) for line in named if _name(line) not in NEVER_SERVED]


def left_out(packages: Path) -> list[Path]:
    """What an image does without, below the folder `packages`; nothing that lies in another of them."""
    found = {path for pattern in LEFT_OUT for path in packages.glob(pattern)} - {packages / kept for kept in KEPT}
    return sorted(path for path in found if found.isdisjoint(path.parents))


def _install(target: str, folder: Path) -> None:
    pip = ("-m", "pip", "--python", folder / "bin/python", "install", "-q", "--no-compile", "--no-cache-dir", "--only-binary=:all:")
    if _python(*pip, "--constraint", SOURCE / "constraints.txt", *requirements(target, SOURCE / "pyproject.toml")):
        sys.exit(f"pip cannot install what the {target} image needs; images/README.md says how to name an index or a folder of wheels.")


def _python(*arguments: str | Path) -> int:
    """Run Python; its exit code."""
    environ = {**os.environ, "PIP_ROOT_USER_ACTION": "ignore", **({"PIP_CONFIG_FILE": str(PIP_CONF)} if PIP_CONF.exists() else {})}
    return subprocess.run([sys.executable, *arguments], env=environ, check=False).returncode


def _built_for(target: str, line: str) -> str:
    """Three equals signs, since to two of them torch's CPU build is as good as the CUDA one."""
    if _name(line) == "torch":
        return f"{line}+cpu" if target == "cpu" else line.replace("==", "===")
    return line.replace("onnxruntime-gpu", "onnxruntime") if target == "cpu" else line


def _name(line: str) -> str:
    return re.split(r"[^\w.-]", line, maxsplit=1)[0]


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
