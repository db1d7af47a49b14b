"""The README says what is true: its settings table is the real one, its plug-in works when pasted."""

import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from function.settings import settings_table

README = (Path(__file__).parents[1] / "README.md").read_text()


def between(name: str) -> str:
    found = re.search(rf"<!-- {name} -->\n(.*?)<!-- /{name} -->", README, re.DOTALL)
    assert found
    return found[1]


def test_the_settings_table_is_the_one_that_help_prints() -> None:
    assert between("settings").strip() == settings_table().strip()
