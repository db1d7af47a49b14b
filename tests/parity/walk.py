"""Walks the network's own pieces one by one and keeps every intermediate that the goldens name."""

import torch
from torch import Tensor

from function.models.motion.attention import attend, motion_mask, near_frames, text_mask
from function.models.motion.blocks import DoubleBlock, Heads, Memory
from function.models.motion.network import MotionTransformer


def walk(network: MotionTransformer, io: dict[str, Tensor]) -> dict[str, Tensor]:
    """Names of the goldens, such as `mid.single0`, to what the plain pass computes; padding included."""
    x, ctxt = io["in.x"], io["in.ctxt"]
    x_mask, ctxt_mask = io["in.x_mask"].bool(), io["in.ctxt_mask"].bool()
    seen = _entry(network, io)
    condition, motion, text = seen["adapter"], seen["motion_in"], seen["refiner.out"]
    by, text_by = network.motion_rotation(x.shape[1], x.device), network.text_rotation(ctxt.shape[1], x.device)
    near = near_frames(x.shape[1], network.config.mask_mode, network.config.half_window)
    mask, mask_text = motion_mask(near, x_mask, ctxt_mask, x.dtype), text_mask(ctxt_mask, x.dtype)
    assert mask_text is not None
    seen["visible"] = _visible(mask, mask_text)
    for index, block in enumerate(network.blocks):
        modulation = block.modulation(condition)
        if isinstance(block, DoubleBlock):
            heads = block.heads_of("motion", motion, modulation, by), block.heads_of("text", text, block.text_mod(condition), text_by)
            inside = {"motion_mod": modulation, **_attention(*heads, mask, mask_text)}
            seen |= {f"double{index}.{key}": value for key, value in inside.items()}
        text, memory = block.text(text, condition, text_by, mask_text)
        motion = block.motion(motion, modulation, memory, by, mask)
        if isinstance(block, DoubleBlock):
            seen |= {f"double{index}.motion": motion, f"double{index}.text": text}
        else:
            name = f"single{index - network.config.double_layers}"
            seen |= {f"{name}.mod": modulation, name: torch.cat((motion, text), dim=1)}
    velocity = network.final_layer(motion, network.final_layer.adaLN_modulation(condition))
    return {f"mid.{name}": value for name, value in seen.items()} | {"out.velocity": velocity}


def _entry(network: MotionTransformer, io: dict[str, Tensor]) -> dict[str, Tensor]:
    ctxt, vtxt, t, valid = io["in.ctxt"], io["in.vtxt"], io["in.timesteps"], io["in.ctxt_mask"].bool()
    refiner, context = network.text_refiner, network.ctxt_encoder(io["in.ctxt"])
    weight = valid[..., None].float()
    embedded = refiner.input_embedder(context)
    gates = refiner.condition(context, t, valid)[:, None]
    return {
        "timestep_feat": network.timestep_encoder(t)[:, None],
        "vtxt_feat": network.vtxt_encoder(vtxt),
        "adapter": network.adapter(t, vtxt),
        "ctxt_encoded": network.ctxt_encoder(ctxt),
        "motion_in": network.input_encoder(io["in.x"]),
        "refiner.timestep_feat": refiner.timestep_encoder(t)[:, None],
        "refiner.context_feat": refiner.context_encoder((context * weight).sum(1) / weight.sum(1)),
        "refiner.embedded": embedded,
        "refiner.block0": refiner.individual_token_refiner.blocks[0](embedded, gates, text_mask(valid, context.dtype)),
        "refiner.out": refiner(context, t, valid),
    }


def _attention(motion: Heads, text: Heads, mask: Tensor, mask_text: Tensor) -> dict[str, Tensor]:
    both = Heads(*(torch.cat(pair, dim=2) for pair in zip(motion, text, strict=True)))
    attended = torch.cat((attend(motion.query, both.key, both.value, mask), attend(*text, mask_text)), dim=1)
    return {"attn": attended} | {name: part.transpose(1, 2) for name, part in zip("qkv", both, strict=True)}


def _visible(mask: Tensor, mask_text: Tensor) -> Tensor:
    rows, frames = mask.shape[0], mask.shape[2]
    text_rows = mask_text[:, 0].expand(rows, mask_text.shape[-1], -1)
    hidden = torch.full((rows, text_rows.shape[1], frames), float("-inf"))
    return (torch.cat((mask[:, 0], torch.cat((hidden, text_rows), dim=2)), dim=1) == 0).to(torch.uint8)


def shown(name: str, golden: Tensor, x_mask: Tensor, ctxt_mask: Tensor) -> Tensor:
    """Where a golden counts: bool over its leading (rows, places), or (rows,) where it has no places."""
    places = {x_mask.shape[1]: x_mask, ctxt_mask.shape[1]: ctxt_mask}
    places[x_mask.shape[1] + ctxt_mask.shape[1]] = torch.cat((x_mask, ctxt_mask), dim=1)
    if golden.dim() < 3 or name == "mid.visible" or golden.shape[1] == 1:
        return torch.ones(golden.shape[:1], dtype=torch.bool)
    return places[golden.shape[1]]


def trimmed_motion(network: MotionTransformer, io: dict[str, Tensor], row: int) -> dict[str, Tensor]:
    """Motion intermediates of one sample by the sampling path, with only its valid frames and tokens; (L, ...) each."""
    x, ctxt = io["in.x"][row][io["in.x_mask"][row].bool()][None], io["in.ctxt"][row][io["in.ctxt_mask"][row].bool()][None]
    step = network.condition(io["in.timesteps"][row : row + 1], ctxt, io["in.vtxt"][row : row + 1]).at(0, torch.tensor([0]))
    by, mask = network.motion_rotation(x.shape[1], x.device), network.motion_mask(x, None, ctxt, None)
    seen, motion = {"mid.motion_in": network.input_encoder(x)}, network.input_encoder(x)
    for index, (block, (modulation, memory)) in enumerate(zip(network.blocks, step.blocks, strict=True)):
        motion = block.motion(motion, modulation, memory, by, mask)
        double = isinstance(block, DoubleBlock)
        seen |= {f"mid.double{index}.motion" if double else f"mid.single{index - network.config.double_layers}": motion}
        if double:
            seen |= _memory(f"mid.double{index}", memory)
    seen["out.velocity"] = network.velocity(x, step, by, mask)
    return {name: value[0] for name, value in seen.items()}


def _memory(name: str, memory: Memory) -> dict[str, Tensor]:
    return {f"{name}.{letter}": part.transpose(1, 2) for letter, part in zip("kv", memory, strict=True)}
