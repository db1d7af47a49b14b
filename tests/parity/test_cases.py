"""The goldens themselves."""

import json

import pytest

from tests.parity.cases import FOLDER, HERE, cases

KINDS = (
    *("network_forward", "generate_end_to_end", "decode", "unit_values", "cpu_noise_from_seed"),
    *("llm_text_template", "causal_lm_hidden_state", "clip_text_pooled", "skeleton", None),
)


def test_the_folder_to_compare_holds_goldens() -> None:
    assert any(cases(kind) for kind in KINDS if kind), f"no golden case in {FOLDER}"


@pytest.mark.parametrize("kind", KINDS)
def test_a_copy_of_every_kind_is_in_the_repository(kind: str | None) -> None:
    assert kind in {json.loads(path.read_text(encoding="utf-8")).get("kind") for path in HERE.glob("*.json")}
