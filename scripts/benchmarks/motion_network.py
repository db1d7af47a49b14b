"""The published HY-Motion 1.0 network with random weights: 5 s of motion, 50 steps, guidance 5, on a GPU; a few blocks of it on a CPU.

The floor on an H200, for one seed (150 frames, so 300 rows with guidance; 20 text tokens):
- a step takes 326 GFLOP, 50 steps 16 TFLOP: 27 ms at 600 TFLOP/s, what large bfloat16 multiplications reach; the weights that a
  step touches, 1.06 GB, take 0.22 ms at 4.8 TB/s, 11 ms in all, and are hidden behind that;
- a step has some 550 launches (20 a block, of which 2 to 4 multiply): 50 steps launched one by one take 27,500 x 5 us = 140 ms, from a
  graph at about 2 us each 55 ms; the smallest kernels, not the multiplications, are what is left to win;
- the text stream and all modulations of 50 steps at once take 1.3 TFLOP: 3 ms, and about 1,400 launches of their own.
Eight seeds: 130 TFLOP, 220 ms. A prompt: 13.9 GB of Qwen3 weights are read once, 3 ms.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import pairwise
from statistics import median

import torch
from torch import Tensor

from benchmarks.rows import Rounds, Row, interleave
from function.models.motion.config import NetworkConfig
from function.models.motion.graphs import Graphs
from function.models.motion.network import MotionNetwork, rounded
from function.models.motion.sampler import Items, draw_noise, sample, time_grid
from function.models.motion.stepping import Eager, Shape
from function.models.motion.text.encodings import Encoding, Encodings, join_encodings
from function.models.motion.text.qwen3 import Qwen3, Qwen3Config

LAYERS, FEW = 27, 3
FRAMES, TOKENS, STEPS, FEW_STEPS, GUIDANCE = 150, 20, 50, 2, 5.0
TRAINED_FRAMES, MOST_TOKENS, PREFIX = 360, 128, 101
SEEDS = {1: 0.150, 8: 0.500}
NO_GPU = "there is no GPU"
QWEN3 = Qwen3Config(
    vocab_size=151936,
    hidden_size=4096,
    intermediate_size=12288,
    num_hidden_layers=36,
    num_attention_heads=32,
    num_key_value_heads=8,
    head_dim=128,
)


def measure(rounds: Rounds) -> list[Row]:
    """Seconds on a GPU where there is one, and what a CPU can tell."""
    return [*_sampling(rounds), *_encoding(rounds), _few_blocks(rounds)]


def network(layers: int, device: str, dtype: torch.dtype) -> MotionNetwork:
    """Random, of the published width."""
    config = NetworkConfig(input_dim=201, feat_dim=1280, num_heads=20, num_layers=layers, ctxt_input_dim=4096, vtxt_input_dim=768)
    torch.manual_seed(0)
    with torch.device(device):
        made = MotionNetwork(config).eval().requires_grad_(False)
    for name, parameter in made.named_parameters():
        if rounded(name):
            parameter.data = parameter.data.to(dtype)
    return made


def batch(seeds: int, device: str) -> Items:
    """One prompt, so many seeds."""
    noise = draw_noise(range(seeds), TRAINED_FRAMES, 201)[:, :FRAMES].to(device)
    ctxt, vtxt = torch.randn(1, TOKENS, 4096, device=device), torch.randn(1, 1, 768, device=device)
    return Items(noise, [FRAMES] * seeds, [0] * seeds, [GUIDANCE] * seeds, ctxt, [TOKENS], vtxt)


def plain_loop(model: MotionNetwork, items: Items, steps: int) -> Tensor:
    """The sampler as the paper tells it: all 360 frames and 128 tokens, text and modulations anew in each step."""
    room = torch.zeros(2, MOST_TOKENS, 4096)
    room[0], room[1, :TOKENS] = model.null_ctxt_input[0], items.ctxt[0]
    vtxt = torch.cat((model.null_vtxt_feat, items.vtxt))
    masks = {"x_mask": _first(FRAMES, TRAINED_FRAMES), "ctxt_mask": _first(TOKENS, MOST_TOKENS)}
    x, times = draw_noise([0], TRAINED_FRAMES, 201), time_grid(steps)
    for now, then in pairwise(times):
        without, given = model(x.repeat(2, 1, 1), room, vtxt, now.repeat(2), **masks).chunk(2)
        x = x + (then - now) * torch.lerp(without, given, GUIDANCE)
    return x[:, :FRAMES]


def _first(count: int, of: int) -> Tensor:
    return (torch.arange(of) < count).expand(2, -1)


def _sampling(rounds: Rounds) -> list[Row]:
    rows = {seeds: Row(f"HY-Motion 1.0, 5 s, 50 steps, seeds: {seeds}", "s", bar, None, note=NO_GPU) for seeds, bar in SEEDS.items()}
    if not torch.cuda.is_available():
        return [*rows.values()]
    model = network(LAYERS, "cuda", torch.bfloat16)
    graphs = Graphs(model.motion_transformer, torch.device("cuda"), [Shape(seeds, 152, 32, True) for seeds in SEEDS])
    graphs.warm()

    def run(seeds: int, runner: Eager) -> float:
        items = batch(seeds, "cuda")
        return _seconds(lambda: sample(model, items, STEPS, True, runner=runner).cpu())

    runners = {"graphs": graphs, "eager": Eager(model.motion_transformer)}
    for seeds, row in rows.items():
        taken = interleave(rounds.count, {name: partial(run, seeds, runner) for name, runner in runners.items()})
        rows[seeds] = replace(row, measured=taken["graphs"], peer="eager", beside=taken["eager"], note="")
    return [*rows.values()]


def _encoding(rounds: Rounds) -> list[Row]:
    device = "cuda" if torch.cuda.is_available() else "cpu"
    known = Encodings("bench", 1 << 20, None)
    known.add("a prompt", Encoding(torch.randn(TOKENS, 4096).bfloat16(), torch.randn(1, 768)))

    def look_up() -> None:
        found = known.find("a prompt")
        assert found
        join_encodings([found], device)

    cold = "a new prompt through Qwen3-8B"
    rows = [Row("a known prompt's encoding", "s", 0.001, median(_seconds(look_up) for _ in range(20 * rounds.count)))]
    if device == "cpu":
        return [Row(cold, "s", 0.050, None, note=NO_GPU), *rows]
    with torch.device("meta"):
        model = Qwen3(QWEN3).to(torch.bfloat16)
    model = model.to_empty(device=device).requires_grad_(False)
    for parameter in model.parameters():
        parameter.normal_(std=0.02)
    with torch.inference_mode():
        _, past = model(torch.zeros(1, PREFIX, dtype=torch.int64, device=device))
        ids = torch.ones(1, TOKENS, dtype=torch.int64, device=device)

        def encode() -> Tensor:
            states: Tensor = model(ids, past)[0].cpu()
            return states

        taken = [_seconds(encode) for _ in range(rounds.count + 1)]
    return [Row(cold, "s", 0.050, median(taken[1:])), *rows]


def _few_blocks(rounds: Rounds) -> Row:
    model, items = network(FEW, "cpu", torch.float32), batch(1, "cpu")
    with torch.inference_mode():
        arms = {
            "ours": lambda: _seconds(lambda: sample(model, items, FEW_STEPS, True)),
            "plain": lambda: _seconds(lambda: plain_loop(model, items, FEW_STEPS)),
        }
        taken = interleave(min(rounds.count, 3), arms)
    what = f"{FEW} of the {LAYERS} blocks on the CPU, float32, {FEW_STEPS} steps of 5 s, of the plain loop's time"
    return Row(what, "x", 0.4, taken["ours"] / taken["plain"], note=f"{taken['ours']:.2f} s and {taken['plain']:.2f} s")


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
