import subprocess
import sys

import pytest

from function.models.registry import find_models
from function.settings import SettingsError

HERE = "tests.models.things"


def test_finds_a_plug_in_by_its_path() -> None:
    found = find_models(f" {HERE}:Right ,")
    assert list(found) == ["right"]
    assert found["right"].route == "/right"


def test_an_unknown_name_names_the_nearest_and_the_known() -> None:
    with pytest.raises(SettingsError, match=r"no model 'moton'\. Did you mean 'motion'\? Known: motion"):
        find_models("moton")


def test_no_name_at_all_names_the_known() -> None:
    with pytest.raises(SettingsError, match=r"names no model\. Known ones: motion"):
        find_models(" , ")


@pytest.mark.parametrize(
    ("names", "complaint"),
    [
        ("no.such:Thing", "no.such:Thing cannot be imported .ModuleNotFoundError"),
        (f"{HERE}:Missing", "cannot be imported .AttributeError"),
        (f"{HERE}:no_class", "must be a subclass"),
        (f"{HERE}:NoModel", "must be a subclass"),
        (f"{HERE}:NoName", "must state its name"),
        (f"{HERE}:NoRoute", "must state its route"),
        (f"{HERE}:NoInput", "must state Input"),
        (f"{HERE}:NoPredict", "must define predict"),
        (f"{HERE}:NoFacts", "must state Facts"),
        (f"{HERE}:Right,{HERE}:SameName", "the name 'right' twice"),
        (f"{HERE}:Right,{HERE}:SameRoute", "right and other both use the route /right"),
        (f"{HERE}:Right,{HERE}:ToolRoute", "right and tool both use the route /right"),
    ],
)
def test_a_model_that_cannot_be_served_is_named(names: str, complaint: str) -> None:
    with pytest.raises(SettingsError, match=complaint) as error:
        find_models(names)
    assert "\n" not in str(error.value)


def test_finding_models_imports_nothing_heavy() -> None:
    code = "import sys, function.engine, function.models.registry; print([m for m in ('torch', 'numpy', 'fastapi') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
