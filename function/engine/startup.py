"""Bring-up: import, read, load, warm up, each phase timed. Runs on the lane; others read `Startup` meanwhile."""

import gc
import logging
import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from function.engine.observer import Observer, Silent
from function.engine.preload import preload_torch
from function.engine.residency import Residency
from function.errors import FigurineError, NotReady
from function.models.model import Loaded, Model
from function.settings import Settings, SettingsError
from function.weights.cache import Cache
from function.weights.reader import FolderWeights, Opening

log = logging.getLogger(__name__)

Ahead = Mapping[str, Opening]
"""Weights being found and read, by the names of the models."""


@cache
def process_began() -> float:
    """When this process was started, on the clock of `time.monotonic`; to 10 ms. Where the system does not say: the first call."""
    try:
        ticks = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
        return time.monotonic() - (time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK"))
    except (OSError, AttributeError):
        return time.monotonic()


@dataclass(frozen=True, slots=True)
class Phase:
    """One finished phase of the start: `began` after the process, both in seconds. `model` is empty for what all share."""

    name: str
    model: str
    seconds: float
    began: float = 0.0


@dataclass(slots=True)
class Startup:
    """How far the bring-up is. `failure` is one sentence that says what went wrong and what mends it.

    Phases may overlap: weights are read while Python imports, and hashed and copied while they are read.
    """

    observer: Observer = field(default_factory=Silent)
    total: int = 1
    done: int = 0
    phases: list[Phase] = field(default_factory=list)
    current: str = "waiting to start"
    failure: str | None = None
    ready: bool = False

    @property
    def progress(self) -> float:
        """Finished part of the bring-up, 0 to 1."""
        return 1.0 if self.ready else min(self.done / self.total, 0.99)

    @property
    def reason(self) -> str:
        """Why it is not ready; empty when it is."""
        return "" if self.ready else self.failure or f"Bring-up: {self.current}."

    def record(self, name: str, began: float, model: str = "", ended: float | None = None) -> None:
        """A phase went from `began` to `ended`, or until now (`time.monotonic`)."""
        seconds = (time.monotonic() if ended is None else ended) - began
        self.phases.append(Phase(name, model, seconds, began - process_began()))
        self.observer.phase(f"{name} {model}".strip(), seconds)


def variant_of(settings: Settings, model: type[Model]) -> str:
    """The variant to serve. Raises `SettingsError` naming those that there are."""
    variant = settings.variants.get(model.name, model.variants[0])
    if variant not in model.variants:
        raise SettingsError(f"FUNCTION_{model.name.upper()}_VARIANT (it is {variant!r}): {model.name} has {', '.join(model.variants)}.")
    return variant


def read_ahead(settings: Settings, models: Mapping[str, type[Model]]) -> Ahead:
    """Begin to read the weights of all models in threads; returns at once. A model that states its variants ships weights."""
    kept = Cache(Path(settings.weights_cache), settings.weights_cache_bytes) if settings.weights_cache else None
    return {
        name: Opening(
            settings.weights,
            name,
            variant_of(settings, model),
            required=model.variants != Model.variants,
            patience=settings.weights_timeout_s,
            cache=kept,
        )
        for name, model in models.items()
    }


def needs_torch(settings: Settings, ahead: Ahead, *, wait: bool = False) -> bool:
    """The bring-up will import torch: for a GPU, or for tensors. Without `wait`: as far as is known by now."""
    return _wants_gpu(settings) or any(opening.needs_torch(wait=wait) for opening in ahead.values())


def _wants_gpu(settings: Settings) -> bool:
    return settings.device.startswith("cuda") or (settings.device == "auto" and any(Path("/dev").glob("nvidia[0-9]*")))


class BringUp:
    """From classes and bytes to models that have run once. `run` is called on the lane."""

    def __init__(self, settings: Settings, models: Mapping[str, Model], ahead: Ahead, startup: Startup, residency: Residency) -> None:
        self._settings = settings
        self._models = models
        self._ahead = dict(ahead)
        self._startup = startup
        self._residency = residency
        startup.total = 1 + 3 * len(models)

    def run(self) -> dict[str, Loaded]:
        """The models, ready to serve; empty when one failed (`Startup.failure` says why)."""
        gc.disable()  # nearly all that is made now stays
        try:
            with self._phase("import"):
                device = self._open_device()
            loaded = {name: self._load(model, device) for name, model in self._models.items()}
        except FigurineError as error:
            log.error("bring-up failed: %s", error.detail)
            self._startup.failure = error.detail
            return {}
        except Exception as error:
            log.exception("bring-up failed: %s", self._startup.current)
            self._startup.failure = self._explain(error)
            return {}
        finally:
            gc.freeze()
            gc.enable()
        self._startup.current = ""
        self._startup.ready = True
        return loaded

    def _explain(self, error: Exception) -> str:
        """A failure that nobody has put into a sentence."""
        if type(error).__name__ != "OutOfMemoryError":
            return f"Bring-up failed: {self._startup.current} ({type(error).__name__}); the log says why."
        need_and_have = ". ".join(str(error).split(". ")[1:3])
        return (
            f"The device has too little memory to {self._startup.current}. {need_and_have}. "
            "Serve a smaller variant (FUNCTION_<MODEL>_VARIANT), or give the pod a larger device."
        )

    def _load(self, model: Model, device: str) -> Loaded:
        weights = self._read(model.name, device)
        with self._phase("load", model.name):
            model.load(weights, device)
            self._residency.admit(model, device)
        with self._phase("warm up", model.name):
            model.warmup()
        variant, version = (weights.variant, weights.version) if weights else (variant_of(self._settings, type(model)), "0")
        self._startup.observer.loaded(model.name, variant, version)
        log.info("%s %s is up with weights of version %s", model.name, variant, version)
        return Loaded(model, variant, version, weights.digest if weights else "")

    def _read(self, model: str, device: str) -> FolderWeights | None:
        """The weights where they are used. What their threads did was done beside other phases."""
        self._startup.current, began = f"read {model}", time.monotonic()
        weights = self._ahead.pop(model).result()  # after loading nobody holds the bytes
        if weights:
            self._residency.make_room(sum(file["size"] for file in weights.manifest["files"]))
            weights.place(device)
            for kind, timing in weights.timings.kinds.items():
                self._startup.record(kind, timing.began, model, timing.ended)
        else:
            self._startup.record("read", began, model)
        self._startup.done += 1
        log.info("bring-up: the lane waited %.3f s for the weights of %s", time.monotonic() - began, model)
        return weights

    def _open_device(self) -> str:
        """The device's name; torch is imported only where something asks for it."""
        wanted = self._settings.device
        if not (needs_torch(self._settings, self._ahead, wait=True) or "torch" in sys.modules):
            return "cpu"
        preload_torch()
        import torch

        if self._settings.threads:
            torch.set_num_threads(self._settings.threads)
        if _wants_gpu(self._settings) and torch.cuda.is_available():
            return "cuda" if wanted == "auto" else wanted
        if wanted.startswith("cuda"):
            raise NotReady(
                f"FUNCTION_DEVICE is {wanted}, but torch sees no CUDA device. Give the container a GPU, or unset FUNCTION_DEVICE."
            )
        return "cpu"

    @contextmanager
    def _phase(self, name: str, model: str = "") -> Iterator[None]:
        self._startup.current, began = f"{name} {model}".strip(), time.monotonic()
        yield
        self._startup.record(name, began, model)
        self._startup.done += 1
        log.info("bring-up: %s took %.3f s", self._startup.current, self._startup.phases[-1].seconds)
