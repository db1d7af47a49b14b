"""The motion-quality bench: held-out sentences through the model, and the exported files through the checks."""

import argparse
import json
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

import function
from benchmarks.motion_quality.blind import BLIND
from benchmarks.motion_quality.contact_sheet import sheet
from benchmarks.motion_quality.prompts import HELD_OUT, Prompt
from benchmarks.motion_quality.scoring import Bar, Sample, bars, by_action, failures, measure

Generate = Callable[[str, float, tuple[int, ...]], list[str]]
"""From a prompt, seconds and seeds to one BVH text a seed."""

SEEDS = (1, 2, 3, 4, 5)
SHOWN_REASONS = 4
SETS = {"all": HELD_OUT + BLIND, "held-out": HELD_OUT, "blind": BLIND}
SHEET = (
    ("a person walks forward, then waves with the right hand", 5),
    ("a woman jogs around in a circle", 5),
    ("he jumps forward twice", 4),
    ("someone does jumping jacks", 4),
    ("the man squats down slowly and comes back up", 4),
    ("she kneels on her left knee", 3),
    ("a person kicks high with the right leg", 3),
    ("he raises both arms above his head, then lowers them", 5),
    ("a boxer throws three punches with his left fist", 4),
    ("someone turns around and walks away", 5),
    ("the dancer stands on the left leg", 4),
    ("a person bows deeply and then claps", 6),
)


def embedded_generate() -> Generate:
    """The embedded model in this process."""
    from function.models.motion.model import Motion
    from function.models.motion.request import MotionInput
    from function.weights.reader import open_weights

    model = Motion()
    model.load(open_weights("embedded", "motion", "tiny", required=True), "cpu")

    def generate(prompt: str, seconds: float, seeds: tuple[int, ...]) -> list[str]:
        request = MotionInput(prompt=prompt, duration=seconds, seeds=seeds, formats=("bvh",))
        (draft,) = model.predict([request], lambda _step, _of: (0,))
        return [artifact.data.decode() for artifact in model.finish(request, draft).artifacts]

    return generate


def http_generate(url: str) -> Generate:
    """A running server at `url`."""

    def generate(prompt: str, seconds: float, seeds: tuple[int, ...]) -> list[str]:
        body = {"prompt": prompt, "duration": seconds, "seeds": list(seeds), "formats": ["bvh"]}
        headers = {"content-type": "application/json", "accept": "application/json"}
        request = urllib.request.Request(urllib.parse.urljoin(url, "/generate"), json.dumps(body).encode(), headers)
        with urllib.request.urlopen(request, timeout=120) as response:
            links = [artifact["url"] for artifact in json.load(response)["artifacts"] if artifact["name"].endswith(".bvh")]
        return [_fetch(urllib.parse.urljoin(url, link)) for link in links]

    return generate


def _fetch(url: str) -> str:
    with urllib.request.urlopen(url, timeout=30) as response:
        return str(response.read().decode())


def evaluate(generate: Generate, prompts: Sequence[Prompt], seeds: tuple[int, ...] = SEEDS) -> list[Sample]:
    """Generate and judge every prompt with every seed. A missing file counts as a failure."""
    samples = []
    for prompt in prompts:
        texts = generate(prompt.text, prompt.seconds, seeds)
        texts += [""] * (len(seeds) - len(texts))
        samples += [measure(prompt.text, prompt.plan, seed, text) for seed, text in zip(seeds, texts, strict=True)]
    return samples


def table(found: Sequence[Bar]) -> str:
    """Bar, measured, verdict: one row each."""
    rows = [f"{'what':34} {'bar':>12} {'measured':>12}  verdict"]
    for bar in found:
        limit = f"{'>=' if bar.least else '<='} {bar.bar:g} {bar.unit}"
        rows.append(f"{bar.name:34} {limit:>12} {f'{bar.measured:.1f} {bar.unit}':>12}  {'met' if bar.met else 'MISSED'}")
    return "\n".join(rows)


def breakdown(samples: Sequence[Sample]) -> str:
    """How each action fared, worst first."""
    scores = sorted(by_action(samples).items(), key=lambda item: item[1][0] / item[1][1])
    return "\n".join(f"{name:16} {100 * fine / asked:5.0f} %  ({fine} of {asked})" for name, (fine, asked) in scores)


def complaints(samples: Sequence[Sample]) -> str:
    """The prompts that failed and why."""
    rows = []
    for prompt, bad, seeds, reasons in failures(samples):
        rows.append(f"{bad} of {seeds}  {prompt}")
        rows += [f"        {reason}" for reason in reasons[:SHOWN_REASONS]]
        rows += [f"        and {len(reasons) - SHOWN_REASONS} more"] if len(reasons) > SHOWN_REASONS else []
    return "\n".join(rows)


def scores(samples: Sequence[Sample]) -> dict[str, object]:
    """What `--json` writes."""
    return {
        "bars": [{**asdict(bar), "met": bar.met} for bar in bars(samples)],
        "actions": {name: {"fine": fine, "asked": asked} for name, (fine, asked) in by_action(samples).items()},
        "motions": len(samples),
        "failures": [
            {"prompt": prompt, "failed": bad, "seeds": seeds, "reasons": list(reasons)} for prompt, bad, seeds, reasons in failures(samples)
        ],
    }


def main(argv: Sequence[str] | None = None) -> int:
    """Print the scores; 0 when every bar is met."""
    parser = argparse.ArgumentParser(prog="motion-quality", description=__doc__)
    parser.add_argument("--url", help="ask a running server instead of the embedded model, e.g. http://localhost:8080")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the scores here")
    parser.add_argument("--seeds", type=int, default=len(SEEDS), help="seeds a prompt (default: %(default)s)")
    parser.add_argument("--set", choices=SETS, default="all", help="which sentences (default: %(default)s)")
    parser.add_argument("--only", metavar="WORD", help="only prompts that contain this")
    parser.add_argument("--sheet", type=Path, metavar="FILE", help="only draw a contact sheet of twelve prompts into this PNG")
    parser.add_argument("--record", action="store_true", help="also write the bars into the manifest of the embedded weights")
    options = parser.parse_args(argv)
    prompts = [prompt for prompt in SETS[options.set] if not options.only or options.only in prompt.text]
    started = time.monotonic()
    generate = http_generate(options.url) if options.url else embedded_generate()
    if options.sheet:
        sheet([(prompt, generate(prompt, seconds, (7,))[0]) for prompt, seconds in SHEET]).save(options.sheet)
        return 0
    samples = evaluate(generate, prompts, tuple(range(1, options.seeds + 1)))
    found = bars(samples)
    print(f"{len(prompts)} prompts, {options.seeds} seeds, {time.monotonic() - started:.0f} s\n\n{table(found)}\n")
    print(f"{breakdown(samples)}\n\n{complaints(samples)}")
    if options.json:
        options.json.write_text(json.dumps(scores(samples), indent=2) + "\n")
    if options.record:
        record(found, f"{options.set}, {len(prompts)} sentences, {options.seeds} seeds")
    return 0 if all(bar.met for bar in found) else 1


def record(found: Sequence[Bar], what: str) -> None:
    """Write the bars into the manifest of the embedded weights, beside those of other sets."""
    (path,) = Path(function.__file__).parent.glob("weights/embedded/motion/tiny/*/manifest.json")
    manifest = json.loads(path.read_text())
    manifest["scores"] = manifest.get("scores", {}) | {what: {bar.name: f"{bar.measured:.1f} {bar.unit}" for bar in found}}
    path.write_text(json.dumps(manifest, indent=2) + "\n")


if __name__ == "__main__":
    sys.exit(main())
