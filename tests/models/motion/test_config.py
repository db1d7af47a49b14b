"""What a configuration may say, and how it is refused."""

import json
from pathlib import Path
from typing import Any

import pytest

from function.models.motion.config import NETWORK_MODULE, PIPELINE, ConfigError, parse_config, parse_network, read_config

NETWORK = {
    "input_dim": 201,
    "feat_dim": 1280,
    "num_heads": 20,
    "num_layers": 27,
    "vtxt_input_dim": 768,
    "mask_mode": "narrowband",
    "time_factor": 1000.0,
    "apply_rope_to_single_branch": False,
}


def layout(**pipeline: Any) -> dict[str, Any]:
    args = {"network_module_args": NETWORK, "train_pipeline_args": {"enable_ctxt_null_feat": True, **pipeline}}
    return {"network_module": NETWORK_MODULE, "train_pipeline": PIPELINE, **args}


def test_the_published_values_are_read() -> None:
    config = parse_config(layout(random_generator_on_gpu=False, test_cfg={"text_guidance_scale": 5.0}))
    network = config.network
    assert (network.head_dim, network.double_layers, network.mlp_dim) == (64, 9, 5120)
    assert (network.half_window, network.text_start, network.rope_over_text) == (60, 360, True)
    assert (config.steps, config.guidance, config.null_context, config.noise_on_gpu) == (50, 5.0, True, False)


def test_absent_keys_have_the_defaults_of_the_published_code() -> None:
    network = parse_network({"input_dim": 201, "feat_dim": 768, "vtxt_input_dim": 768})
    assert (network.num_heads, network.num_layers, network.mask_mode) == (16, 12, "none")
    assert (network.rope_over_text, network.time_factor, network.mlp_ratio) == (False, 1.0, 4.0)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("mask_mode", "blockwise"),
        ("mlp_act_type", "relu"),
        ("qk_norm_type", "layer"),
        ("qkv_bias", False),
        ("norm_type", "rms"),
        ("text_refiner_cfg", {"num_layers": 3}),
        ("insert_start_token", True),
        ("with_long_skip_connection", True),
        ("dropout", 0.1),
        ("output_dim", 135),
        ("num_layers", 10),
        ("num_heads", 7),
        ("feat_dim", "1280"),
        ("a_new_switch", 1),
    ],
)
def test_a_value_that_would_have_to_be_guessed_is_refused_by_name(key: str, value: Any) -> None:
    with pytest.raises(ConfigError, match=key):
        parse_network({**NETWORK, key: value})


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        ({"network_module": "other"}, "network_module"),
        ({"train_pipeline_args": {"uncondition_mode": True}}, "uncondition_mode"),
        ({"train_pipeline_args": {"motion_type": "h3d"}}, "motion_type"),
        ({"train_pipeline_args": {"noise_scheduler_cfg": {"method": "rk4"}}}, "method"),
        ({"train_pipeline_args": {"test_cfg": [1]}}, "test_cfg"),
    ],
)
def test_another_pipeline_is_refused_by_name(broken: dict[str, Any], says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        parse_config({**layout(), **broken})


def test_json_of_the_same_layout_is_read(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps(layout(train_frames=120)))
    assert read_config(tmp_path).network.text_start == 120


def test_a_folder_without_configuration_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="config"):
        read_config(tmp_path)
