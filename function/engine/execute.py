"""One batch on the lane: run it, and when it fails as a whole, find out which item is to blame.

Out of memory: free, split in halves, try each once more. Anything else that a model raises for a batch: each item once on its own.
"""

import gc
import logging
import sys
from collections.abc import Callable, Sequence
from typing import Any

from function.engine.job import Job
from function.engine.progress import BatchProgress
from function.errors import Cancelled, FigurineError, GpuOutOfMemory, ModelFailed
from function.models.model import Model

log = logging.getLogger(__name__)


class DeviceLost(Exception):
    """The device does not answer any more; only a new process helps."""


Enter = Callable[[Model, Sequence[Any]], None]
"""Told before each forward pass; may raise."""


def execute(model: Model, jobs: Sequence[Job], beat: Callable[[], None], enter: Enter) -> list[Any]:
    """An output or a `FigurineError` for each job, in order. Raises `DeviceLost`."""
    outcome = _attempt(model, jobs, beat, enter)
    if isinstance(outcome, list):
        return outcome
    if isinstance(outcome, GpuOutOfMemory):
        _free_memory()
        middle = len(jobs) // 2
        parts = [part for part in (jobs[:middle], jobs[middle:]) if part]
    elif len(jobs) > 1 and not isinstance(outcome, Cancelled):
        parts = [[job] for job in jobs]
    else:
        return [outcome] * len(jobs)
    return [one for part in parts for one in _last_attempt(model, part, beat, enter)]


def _last_attempt(model: Model, jobs: Sequence[Job], beat: Callable[[], None], enter: Enter) -> list[Any]:
    outcome = _attempt(model, jobs, beat, enter)
    if isinstance(outcome, list):
        return outcome
    if isinstance(outcome, GpuOutOfMemory):
        _free_memory()
    return [outcome] * len(jobs)


def _attempt(model: Model, jobs: Sequence[Job], beat: Callable[[], None], enter: Enter) -> list[Any] | FigurineError:
    """The outcomes, or the error of the whole batch. What was raised is let go here, with the frames that hold memory."""
    try:
        inputs = [job.input for job in jobs]
        enter(model, inputs)
        outcomes = model.predict(inputs, BatchProgress(jobs, beat))
        if len(outcomes) != len(jobs):
            raise ValueError(f"predict gave {len(outcomes)} results for {len(jobs)} inputs")
        return [public_error(outcome, model) if isinstance(outcome, Exception) else outcome for outcome in outcomes]
    except Exception as error:
        return public_error(error, model)


def public_error(error: Exception, model: Model) -> FigurineError:
    """What a caller may see of an error; the log gets the rest. Raises `DeviceLost`."""
    torch = sys.modules.get("torch")
    if isinstance(error, GpuOutOfMemory | MemoryError) or (torch and isinstance(error, torch.OutOfMemoryError)):
        log.warning("%s ran out of memory: %s", model.name, error)
        return GpuOutOfMemory("The device ran out of memory for this input. Try again, or ask for less.", retry_after=1)
    if isinstance(error, FigurineError):
        return error.with_traceback(None)
    log.error("%s failed", model.name, exc_info=error)
    if type(error).__name__ == "AcceleratorError":
        raise DeviceLost(str(error)) from None
    return ModelFailed(f"The model failed on this input ({type(error).__name__}).")


def _free_memory() -> None:
    gc.collect()
    torch = sys.modules.get("torch")
    if torch and torch.cuda.is_initialized():
        torch.cuda.empty_cache()
