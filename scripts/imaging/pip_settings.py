"""What pip on this machine is told, made ready for pip in a build: index, certificates, folders of wheels. Knows no engine."""

import ast
import os
import shutil
import ssl
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

CARRIED = ("index-url", "extra-index-url", "no-index", "trusted-host", "proxy", "timeout", "default-timeout", "retries")
SECTIONS = ("global", "install", ":env:")
"""The later wins."""


def build_options(folder: Path) -> list[str]:
    """Write pip.conf, ca.pem and the wheels into `folder`: the options that lend them to a build."""
    told = _told()
    lines = {name: _elsewhere(told[name]) for name in CARRIED if name in told}
    lines["find-links"] = f"/wheels {_elsewhere(told.get('find-links', ''))}".strip()
    wheels = folder / "wheels"
    wheels.mkdir()
    for source in _here(told.get("find-links", "")):
        for wheel in source.glob("*.whl"):
            shutil.copy(wheel, wheels)
    options = [f"--build-context=wheels={wheels}", f"--secret=id=pip.conf,src={folder / 'pip.conf'}"]
    if bundle := certificates(told):
        shutil.copy(bundle, folder / "ca.pem")
        options.append(f"--secret=id=ca.pem,src={folder / 'ca.pem'}")
        lines["cert"] = "/run/secrets/ca.pem"
    (folder / "pip.conf").write_text("".join(["[global]\n", *(f"{name} = {value}\n" for name, value in lines.items() if value)]))
    return options


def certificates(told: Mapping[str, str] | None = None) -> str | None:
    """The file of authorities that pip trusts here, or else the one that this machine does."""
    return (_told() if told is None else told).get("cert") or os.environ.get("REQUESTS_CA_BUNDLE") or ssl.get_default_verify_paths().cafile


def _told() -> dict[str, str]:
    """By pip's own account; nothing where there is no pip."""
    listed = subprocess.run([sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False).stdout
    pairs = [line.split("=", 1) for line in listed.splitlines() if "=" in line]
    values = {tuple(key.rsplit(".", 1)): ast.literal_eval(value) for key, value in pairs}
    return {name: values[wanted, name] for wanted in SECTIONS for section, name in values if section == wanted}


def _here(places: str) -> list[Path]:
    """The folders of this machine among the places."""
    paths = [Path(unquote(urlsplit(place).path)) for place in places.split() if urlsplit(place).scheme in ("", "file")]
    return [path for path in paths if path.is_dir()]


def _elsewhere(value: str) -> str:
    """Without the paths of this machine, which a build does not see."""
    return " ".join(word for word in value.split() if not word.startswith(("/", ".", "~", "file:")))
