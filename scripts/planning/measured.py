"""The function's figures from what its `/metrics` said."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from planning.service import Figures
from planning.settings import PlanError

Numbers = dict[tuple[str, str], float]


def figures(
    scrapes: Sequence[Path],
    model: str,
    *,
    cold_start: float | None,
    pod_start: float,
    fixed: float | None,
    item: float | None,
    max_batch: int,
    overhead: float | None,
) -> Figures:
    """What was said stands; the rest comes from the scrapes. `pod_start` seconds pass before the function's own bring-up.

    Batches of two mean sizes at least (scrapes under different loads), or one of the two times, tell `fixed` and `item` apart.
    """
    read = [_numbers(path) for path in scrapes]
    if cold_start is None:
        cold_start = pod_start + max((one.get(("figurine_startup_seconds", ""), 0.0) for one in read), default=0.0)
        if cold_start == pod_start:
            raise PlanError("Say how long a pod takes from its creation to its first answer with --cold-start, or give --metrics.")
    model = model or _only_model(read)
    if fixed is None or item is None:
        fixed, item = _fit([_mean_batch(one, model) for one in read], fixed, item)
    if overhead is None:
        overhead = max((_mean(one, "figurine_encode_seconds", model) for one in read), default=0.0)
    return Figures(cold_start, fixed, item, max_batch, overhead)


def _fit(batches: Sequence[tuple[float, float]], fixed: float | None, item: float | None) -> tuple[float, float]:
    """The line through mean sizes and mean seconds of batches."""
    if not batches:
        if fixed is None and item is None:
            raise PlanError("Say how long a batch takes with --fixed and --item, or give --metrics.")
        return fixed or 0.0, item or 0.0
    sizes, times = np.array(batches).T
    if fixed is not None:
        return fixed, max(0.0, float(np.mean((times - fixed) / sizes)))
    if item is not None:
        return max(0.0, float(np.mean(times - item * sizes))), item
    if np.ptp(sizes) < 0.1:
        raise PlanError("All scrapes have the same mean batch size: add one taken under another load, or say --item.")
    slope, start = np.polyfit(sizes, times, 1)
    return max(0.0, float(start)), max(0.0, float(slope))


def _mean_batch(numbers: Numbers, model: str) -> tuple[float, float]:
    return _mean(numbers, "figurine_batch_size", model), _mean(numbers, "figurine_lane_seconds", model)


def _mean(numbers: Numbers, name: str, model: str) -> float:
    count = numbers.get((f"{name}_count", model), 0.0)
    if not count:
        raise PlanError(f"A scrape has no {name} of the model {model}: take it after some requests.")
    return numbers[f"{name}_sum", model] / count


def _only_model(scrapes: Sequence[Numbers]) -> str:
    models = {model for one in scrapes for name, model in one if name == "figurine_lane_seconds_count"}
    if len(models) > 1:
        raise PlanError(f"The scrapes know several models: say which with --model ({', '.join(sorted(models))}).")
    return models.pop() if models else ""


def _numbers(path: Path) -> Numbers:
    """Values by name and model, summed over the other labels."""
    from prometheus_client.parser import text_string_to_metric_families

    numbers: Numbers = defaultdict(float)
    try:
        for family in text_string_to_metric_families(path.read_text()):
            for sample in family.samples:
                numbers[sample.name, sample.labels.get("model", "")] += sample.value
    except ValueError as error:
        raise PlanError(f"{path} is no Prometheus text ({error}): save it with curl -s HOST:8080/metrics.") from None
    return dict(numbers)
