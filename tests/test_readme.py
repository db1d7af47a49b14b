"""The README says what is true: its settings table is the real one, its commands are answered, its plug-in works when pasted."""

import argparse
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from function.settings import settings_table
from tests.serving import Client, Reply, serving

README = (Path(__file__).parents[1] / "README.md").read_text()


def fenced(language: str) -> list[str]:
    """The code blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


def pasted(pattern: str) -> str:
    found = re.search(pattern, README, re.DOTALL | re.MULTILINE)
    assert found, pattern
    return found[1]


def curls(block: str) -> list[str]:
    return [line for line in block.replace("\\\n", "").splitlines() if line.startswith("curl ")]


BLOCKS = [block for block in map(curls, fenced("sh")) if block]
PAGES = re.findall(r"`(/[^`]+)`", pasted(r"^## Look at it\n(.*?)^## "))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("readme")


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[Client]:
    """What the README's last `scripts/serve` serves, with its plug-in beside it."""
    (plug_in,) = fenced("python")
    (folder / pasted(r"Save this as `([\w.]+)`")).write_text(plug_in)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(folder))
        with serving(pasted(r"^FUNCTION_MODELS=(\S+) scripts/serve"), results=str(folder / "results"), threads=1) as client:
            yield client


def curl(client: Client, command: str, folder: Path) -> Reply:
    """What curl does with these options; files are those of the folder."""
    parser = argparse.ArgumentParser(exit_on_error=False)
    for flag in ("-s", "-i"):
        parser.add_argument(flag, action="store_true")
    parser.add_argument("-H", action="append", default=[])
    parser.add_argument("-d")
    parser.add_argument("-o")
    parser.add_argument("--data-binary")
    parser.add_argument("url")
    given = parser.parse_args(shlex.split(command)[1:])
    body = (folder / given.data_binary.removeprefix("@")).read_bytes() if given.data_binary else given.d and given.d.encode()
    headers = {name: value.strip() for name, value in (header.split(":", 1) for header in given.H)}
    reply = client.request("GET" if body is None else "POST", given.url.removeprefix("localhost:8080"), body, headers)
    if given.o:
        (folder / given.o).write_bytes(reply.body)
    return reply


def test_the_settings_table_is_the_one_that_help_prints() -> None:
    assert pasted(r"<!-- settings -->\n(.*?)<!-- /settings -->").strip() == settings_table().strip()


@pytest.mark.parametrize("block", BLOCKS)
def test_commands_are_answered(client: Client, folder: Path, block: list[str]) -> None:
    for command in block:
        reply = curl(client, command, folder)
        assert reply.status == 200, reply.body


def test_there_are_commands_for_motion_validation_events_and_the_plug_in() -> None:
    for path in ("/generate", "/validate", "/events", "/shout"):
        assert any(f"localhost:8080{path} " in command for block in BLOCKS for command in block)


def test_the_plug_in_says_it_louder(client: Client, folder: Path) -> None:
    assert curl(client, BLOCKS[-1][-1], folder).json()["facts"] == {"text": "HELLO!"}


def test_the_event_is_answered_with_the_one_that_is_named(client: Client, folder: Path) -> None:
    (event,) = (command for block in BLOCKS for command in block if "/events" in command)
    assert f"`{curl(client, event, folder).headers['ce-type']}`" in README


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_there(client: Client, page: str) -> None:
    assert client.get(page).status == 200
