"""Golden cases: found by what their JSON file says they are, in the folder that `PARITY_MOTION` names or the copies here."""

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

from function.models.motion.config import NETWORK_MODULE, PIPELINE, PipelineConfig, parse_config
from function.models.motion.ground import height_basis
from function.models.motion.network import MotionNetwork
from function.models.motion.skeleton import Skeleton

HERE = Path(__file__).parent / "motion"
FOLDER = Path(os.environ.get("PARITY_MOTION", HERE))


@dataclass(frozen=True)
class Case:
    """One golden case: its facts, and the tensors in the files that share its name."""

    path: Path
    facts: dict[str, Any]

    @property
    def name(self) -> str:
        return self.path.stem

    def io(self) -> dict[str, Tensor]:
        path = self.path.with_suffix(".io.safetensors")
        return load_file(path if path.is_file() else self.path.with_suffix(".safetensors"))

    def weights(self) -> dict[str, Tensor]:
        return load_file(self.path.with_suffix(".weights.safetensors"))

    def tolerance(self, of: str, default: float) -> float:
        suggested = self.facts.get("suggested_atol", default)
        return float(suggested.get(of, default) if isinstance(suggested, dict) else suggested)


def cases(kind: str) -> list[Case]:
    """All cases of a kind."""
    found = []
    for path in sorted(FOLDER.glob("*.json")):
        facts = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(facts, dict) and facts.get("kind", _kind_of(facts)) == kind:
            found.append(Case(path, facts))
    return found


def _kind_of(facts: dict[str, Any]) -> str | None:
    sizes = all(isinstance(value, dict) and "shapes" in value for value in facts.values())
    return "parameter_shapes" if sizes else None


def each(kind: str) -> pytest.MarkDecorator:
    """Run a test for every case of a kind."""
    return pytest.mark.parametrize("case", cases(kind), ids=lambda case: case.name)


def config_of(case: Case) -> PipelineConfig:
    """The configuration that a case's facts describe."""
    args = case.facts.get("train_pipeline_args") or {"train_frames": case.facts["derived"]["text_rope_start"]}
    layout = {"network_module": NETWORK_MODULE, "train_pipeline": PIPELINE, "train_pipeline_args": args}
    return parse_config({**layout, "network_module_args": case.facts["network_module_args"]})


def network_of(case: Case) -> MotionNetwork:
    """The case's network; weights of the transformer alone leave the null features at zero."""
    network = MotionNetwork(config_of(case).network)
    weights = case.weights()
    if "mean" in weights:
        network.load_state_dict(weights)
    else:
        prefix = "motion_transformer."
        network.motion_transformer.load_state_dict({name.removeprefix(prefix): value for name, value in weights.items()})
    return network.eval().requires_grad_(False)


def mesh_of(case: Case) -> tuple[Skeleton, Tensor]:
    """Skeleton and height basis of the mesh that a case was decoded with."""
    named = re.search(r"[\w.-]+\.safetensors", case.facts["mesh"])
    assert named, f"{case.name} names no mesh"
    mesh = load_file(FOLDER / named[0])
    parents = tuple(mesh["parents"].tolist())
    skeleton = Skeleton(tuple(map(str, range(len(parents)))), parents, mesh["j_template"].numpy())
    return skeleton, height_basis(skeleton, *(mesh[key].numpy() for key in ("v_template", "skin_indices", "skin_weights")))


def assert_near(ours: Tensor, golden: Tensor, atol: float, what: str) -> None:
    """Same shape and values within `atol`, with a message that says what differs and by how much."""
    assert ours.shape == golden.shape, f"{what}: shape {tuple(ours.shape)}, golden {tuple(golden.shape)}"
    worst = (ours.double() - golden.double()).abs().max().item() if golden.numel() else 0.0
    assert worst <= atol, f"{what}: differs by {worst:.3g}, allowed {atol:.3g}"
    assert torch.isfinite(ours).all(), f"{what}: not finite"
