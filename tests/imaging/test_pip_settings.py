"""What pip on this machine is told reaches pip in a build, by the paths that it has there."""

from pathlib import Path

import pytest

from imaging.pip_settings import build_options


@pytest.fixture
def given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An index, a bundle and a folder of wheels, told to pip in both of its ways."""
    (tmp_path / "wheels").mkdir()
    (tmp_path / "wheels/a-1-py3-none-any.whl").touch()
    (tmp_path / "wheels/not-a-wheel").touch()
    (tmp_path / "bundle.pem").write_text("a certificate")
    (tmp_path / "pip.conf").write_text("[global]\nindex-url = https://one.invalid/simple\ntimeout = 7\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    monkeypatch.setenv("PIP_CERT", str(tmp_path / "bundle.pem"))
    monkeypatch.setenv("PIP_FIND_LINKS", f"{tmp_path / 'wheels'} https://two.invalid/wheels")
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", "https://three.invalid/simple file:///nowhere/simple")
    monkeypatch.setenv("PIP_INDEX_URL", "https://four.invalid/simple")
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


def test_the_environment_wins_over_the_file_and_this_machines_paths_stay_here(given: Path) -> None:
    build_options(given)
    assert set((given / "pip.conf").read_text().splitlines()) >= {
        "[global]",
        "index-url = https://four.invalid/simple",
        "extra-index-url = https://three.invalid/simple",
        "timeout = 7",
        "cert = /run/secrets/ca.pem",
        "find-links = /wheels https://two.invalid/wheels",
    }


def test_wheels_are_a_context_and_the_rest_are_secrets(given: Path) -> None:
    assert set(build_options(given)) == {
        f"--build-context=wheels={given}/wheels",
        f"--secret=id=ca.pem,src={given}/ca.pem",
        f"--secret=id=pip.conf,src={given}/pip.conf",
    }
    assert [path.name for path in (given / "wheels").iterdir()] == ["a-1-py3-none-any.whl"]
    assert (given / "ca.pem").read_text() == "a certificate"


def test_where_pip_is_told_nothing_the_machines_own_certificates_are_given(given: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_CERT", "")
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.setenv("SSL_CERT_FILE", str(given.parent / "bundle.pem"))
    build_options(given)
    assert (given / "ca.pem").read_text() == "a certificate"
