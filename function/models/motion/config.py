"""What a published HY-Motion `config.yml` says, checked and typed.

`tiny` ships the same layout as JSON. A value that this implementation would have to guess about is refused by name. Knows no tensors
and no weight files beyond the configuration.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Literal, cast

MaskMode = Literal["narrowband", "causal", "none"]

NETWORK_MODULE = "hymotion/network/hymotion_mmdit.HunyuanMotionMMDiT"
PIPELINE = "hymotion/pipeline/motion_diffusion.MotionFlowMatching"

# Keys that change the network in a way that is not built here, with the only values accepted.
_FIXED_NETWORK: Mapping[str, tuple[Any, ...]] = {
    "mlp_act_type": (None, "gelu_tanh"),
    "qk_norm_type": (None, "rms"),
    "qkv_bias": (None, True),
    "norm_type": (None,),
    "text_refiner_module": (None,),
    "text_refiner_cfg": (None, {"num_layers": 2}),
    "final_layer_module": (None,),
    "final_layer_cfg": (None, {"act_type": "silu"}),
    "insert_start_token": (None, False),
    "with_long_skip_connection": (None, False),
    "dropout": (None, 0.0),
}
_READ_NETWORK = {
    *("input_dim", "feat_dim", "num_heads", "num_layers", "mlp_ratio", "ctxt_input_dim", "vtxt_input_dim", "mask_mode"),
    *("narrowband_length", "apply_rope_to_single_branch", "time_factor", "output_dim"),
}
_FIXED_PIPELINE: Mapping[str, tuple[Any, ...]] = {
    "uncondition_mode": (None, False),
    "motion_type": (None, "auto", "o6dp"),
}


class ConfigError(ValueError):
    """A configuration value that is missing or that this implementation refuses; the message names key and value."""


@dataclass(frozen=True)
class NetworkConfig:
    """Sizes and switches of the network, in the words of section 2 of the published configuration.

    `half_window` is in frames; `text_start` is the RoPE position of the first text token (the frames the model was trained on).
    """

    input_dim: int
    feat_dim: int
    num_heads: int
    num_layers: int
    ctxt_input_dim: int
    vtxt_input_dim: int
    mlp_ratio: float = 4.0
    mask_mode: MaskMode = "narrowband"
    half_window: int = 60
    rope_over_text: bool = True
    time_factor: float = 1000.0
    text_start: int = 360

    def __post_init__(self) -> None:
        if self.num_layers % 3:
            raise ConfigError(f"num_layers must divide by 3 (one third double blocks), got {self.num_layers}")
        if self.feat_dim % self.num_heads or (self.feat_dim // self.num_heads) % 2:
            raise ConfigError(f"feat_dim {self.feat_dim} must split into num_heads={self.num_heads} heads of even width")

    @property
    def head_dim(self) -> int:
        """Width of one attention head."""
        return self.feat_dim // self.num_heads

    @property
    def double_layers(self) -> int:
        """How many blocks keep separate motion and text weights; the rest share them."""
        return self.num_layers // 3

    @property
    def mlp_dim(self) -> int:
        """Hidden width of the blocks' MLPs."""
        return int(self.feat_dim * self.mlp_ratio)


@dataclass(frozen=True)
class TextConfig:
    """Which text encoders the weights were trained with, and where they cut."""

    llm_type: str = "qwen3"
    max_length_llm: int = 512
    sentence_emb_type: str = "clipl"
    max_length_sentence_emb: int = 77


@dataclass(frozen=True)
class PipelineConfig:
    """Everything a generation needs to know beside the weights.

    `fps` is the rate of the features; motion is always answered at 30 a second. `foot_contacts`: features 135 and 136 say whether the
    left and the right foot is planted (only weights of our own say so).
    """

    network: NetworkConfig
    text: TextConfig = TextConfig()
    train_frames: int = 360
    fps: int = 30
    steps: int = 50
    guidance: float = 1.0
    null_context: bool = False
    game_style: bool = False
    noise_on_gpu: bool = True
    foot_contacts: bool = False


def parse_config(layout: Mapping[str, Any]) -> PipelineConfig:
    """Read the published layout; raises `ConfigError` naming the key and value that is missing, unknown or refused."""
    if not isinstance(layout, Mapping):
        raise ConfigError("it should be a mapping")
    _expect(layout, "network_module", (NETWORK_MODULE,))
    _expect(layout, "train_pipeline", (PIPELINE,))
    args = _mapping(layout, "train_pipeline_args")
    for key, allowed in _FIXED_PIPELINE.items():
        _expect(args, key, allowed)
    _expect(_mapping(args, "noise_scheduler_cfg"), "method", (None, "euler"))
    train_frames = int(args.get("train_frames", 360))
    fps = int(args.get("output_mesh_fps", 30))
    return PipelineConfig(
        network=parse_network(_mapping(layout, "network_module_args"), text_start=train_frames, fps=fps),
        text=_parse_text(_mapping(args, "text_encoder_cfg")),
        train_frames=train_frames,
        fps=fps,
        steps=int(_mapping(args, "infer_noise_scheduler_cfg").get("validation_steps", 50)),
        guidance=float(_mapping(args, "test_cfg").get("text_guidance_scale", 1.0)),
        null_context=bool(args.get("enable_ctxt_null_feat", False)),
        game_style=bool(args.get("enable_special_game_feat", False)),
        noise_on_gpu=bool(args.get("random_generator_on_gpu", True)),
        foot_contacts=bool(args.get("foot_contacts", False)),
    )


def parse_network(args: Mapping[str, Any], text_start: int = 360, fps: int = 30) -> NetworkConfig:
    """Read `network_module_args`; raises `ConfigError` for an unknown key too, since it may change the network."""
    for key in args:
        if key not in _READ_NETWORK and key not in _FIXED_NETWORK:
            raise ConfigError(f"network_module_args.{key}={args[key]!r} is not a key that this implementation knows")
    for key, allowed in _FIXED_NETWORK.items():
        _expect(args, key, allowed)
    input_dim = _integer(args, "input_dim")
    _expect(args, "output_dim", (None, input_dim))
    _expect(args, "mask_mode", (None, "none", "narrowband", "causal"))
    return NetworkConfig(
        input_dim=input_dim,
        feat_dim=_integer(args, "feat_dim"),
        num_heads=_integer(args, "num_heads", 16),
        num_layers=_integer(args, "num_layers", 12),
        ctxt_input_dim=_integer(args, "ctxt_input_dim", 4096),
        vtxt_input_dim=_integer(args, "vtxt_input_dim"),
        mlp_ratio=float(args.get("mlp_ratio", 4.0)),
        mask_mode=cast("MaskMode", args.get("mask_mode") or "none"),
        half_window=round(float(args.get("narrowband_length", 2.0)) * fps),
        rope_over_text=not args.get("apply_rope_to_single_branch", True),
        time_factor=float(args.get("time_factor", 1.0)),
        text_start=text_start,
    )


def read_config(folder: Path) -> PipelineConfig:
    """Read `config.json` or `config.yml` of a weights folder; raises `ConfigError` when there is neither."""
    if (path := folder / "config.json").is_file():
        return parse_config(json.loads(path.read_text(encoding="utf-8")))
    if (path := folder / "config.yml").is_file():
        return parse_config(parse_yaml(path.read_text(encoding="utf-8")))
    raise ConfigError(f"no config.json or config.yml in {folder}")


def parse_yaml(text: str) -> Mapping[str, Any]:
    """The published `config.yml`; PyYAML is imported late. Raises `ConfigError`."""
    try:
        yaml = import_module("yaml")
    except ImportError as error:
        raise ConfigError("config.yml needs PyYAML to be read: pip install pyyaml") from error
    try:
        layout: Mapping[str, Any] = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ConfigError("config.yml is not YAML") from error
    return layout


def _parse_text(args: Mapping[str, Any]) -> TextConfig:
    default = TextConfig()
    return TextConfig(
        llm_type=str(args.get("llm_type", default.llm_type)),
        max_length_llm=int(args.get("max_length_llm", default.max_length_llm)),
        sentence_emb_type=str(args.get("sentence_emb_type", default.sentence_emb_type)),
        max_length_sentence_emb=int(args.get("max_length_sentence_emb", default.max_length_sentence_emb)),
    )


def _mapping(layout: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = layout.get(key) or {}
    if not isinstance(value, Mapping):
        raise ConfigError(f"{key} must be a mapping, got {value!r}")
    return value


def _integer(args: Mapping[str, Any], key: str, default: int | None = None) -> int:
    value = args.get(key, default)
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ConfigError(f"{key} must be a positive whole number, got {value!r}")
    return value


def _expect(args: Mapping[str, Any], key: str, allowed: tuple[Any, ...]) -> None:
    if args.get(key) not in allowed:
        known = " or ".join("absent" if value is None else repr(value) for value in allowed)
        raise ConfigError(f"{key}={args.get(key)!r} is not supported, only {known}")
