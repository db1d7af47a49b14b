"""The `cpu` image, built for real, once for all tests.

As root on Debian or Ubuntu only packages are needed: buildah builds on a base that debootstrap makes, so no registry. Elsewhere docker or
podman builds on the published base. What root builds stays in runs/images, and only changed layers are built again.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from imaging.engine import ImagingError
from imaging.engines import find_engine
from imaging.pip_settings import certificates
from tests.imaging.built import ROOT, Built, run

STORE = ROOT / "runs/images"
BASE = "docker.io/library/debian:bookworm-slim"
NOT_SLIM = (
    "etc/hostname",
    "etc/resolv.conf",
    "usr/share/doc",
    "usr/share/info",
    "usr/share/locale",
    "usr/share/man",
    "var/cache/apt",
    "var/lib/apt/lists",
)
TOOLS = ("buildah", "debootstrap")
MARK = "left-by-the-build.invalid"


@pytest.fixture(scope="session")
def image(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    """Built with a pip.conf and a CA bundle that have `MARK` in them."""
    folder = tmp_path_factory.mktemp("image")
    with pytest.MonkeyPatch.context() as patch:
        alone = os.geteuid() == 0 and shutil.which("apt-get") is not None
        if alone:
            _prepare(patch, folder / "base")
        _mark_settings(patch, folder / "ca.pem")
        try:
            built = Built(find_engine("buildah" if alone else None))
        except ImagingError as error:
            pytest.fail(f"{error}. As root these tests install it: sudo scripts/test tests/imaging", pytrace=False)
        run("scripts/image", "--engine", built.engine.name, "build", "cpu", "--tag", built.name)
        yield built


def _prepare(patch: pytest.MonkeyPatch, base: Path) -> None:
    """buildah, with a store of the tests' own and the base image in it. overlay copies less than vfs, which works anywhere."""
    if missing := [tool for tool in TOOLS if not shutil.which(tool)]:
        run("apt-get", "update", "-qq")
        run("apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing)
    STORE.mkdir(parents=True, exist_ok=True)
    places = {"--root": STORE / "storage", "--runroot": STORE / "run"}
    options = [word for option, place in places.items() for word in (option, place)]
    overlay = subprocess.run(["buildah", "--storage-driver=overlay", *options, "info"], capture_output=True, check=False).returncode == 0
    lines = ["[storage]", f'driver = "{"overlay" if overlay else "vfs"}"', f'graphroot = "{STORE}/storage"', f'runroot = "{STORE}/run"']
    (STORE / "storage.conf").write_text("\n".join(lines))
    patch.setenv("CONTAINERS_STORAGE_CONF", str(STORE / "storage.conf"))
    patch.setenv("BUILDAH_ISOLATION", "chroot")
    if BASE not in run("buildah", "images", "--format", "{{.Name}}:{{.Tag}}"):
        _make_base(base)


def _make_base(folder: Path) -> None:
    """What the registry has under the name `BASE`, near enough."""
    run("debootstrap", "--variant=minbase", "bookworm", str(folder))
    for name in NOT_SLIM:
        run("rm", "-rf", str(folder / name))
    holder = run("buildah", "from", "scratch").strip()
    run("buildah", "copy", "--quiet", holder, str(folder), "/")
    run("buildah", "commit", "--quiet", "--rm", holder, BASE)
    shutil.rmtree(folder)


def _mark_settings(patch: pytest.MonkeyPatch, bundle: Path) -> None:
    trusted = certificates()
    bundle.write_text(f"# {MARK}\n{Path(trusted).read_text() if trusted else ''}")
    patch.setenv("PIP_CERT", str(bundle))
    patch.setenv("PIP_TRUSTED_HOST", f"{os.environ.get('PIP_TRUSTED_HOST', '')} {MARK}")
