"""Bring-up: import, read, load, warm up, each phase timed. Runs on the lane; others read `Startup` meanwhile."""

import gc
import logging
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from function.engine.observer import Observer
from function.engine.preload import preload_torch
from function.errors import FigurineError, NotReady
from function.models.model import Loaded, Model
from function.settings import Settings, SettingsError
from function.weights.reader import FolderWeights, open_weights

log = logging.getLogger(__name__)

Ahead = Mapping[str, FolderWeights | NotReady | None]
"""By model name: weights being read, why they cannot be, or None for a model that ships none."""


@dataclass(frozen=True, slots=True)
class Phase:
    """One finished phase of the bring-up. `model` is empty for what all share."""

    name: str
    model: str
    seconds: float


@dataclass(slots=True)
class Startup:
    """How far the bring-up is. `failure` is one sentence that says what went wrong and what mends it."""

    total: int = 1
    phases: list[Phase] = field(default_factory=list)
    current: str = "waiting to start"
    failure: str | None = None
    ready: bool = False

    @property
    def progress(self) -> float:
        """Finished part of the bring-up, 0 to 1."""
        return 1.0 if self.ready else min(len(self.phases) / self.total, 0.99)

    @property
    def reason(self) -> str:
        """Why it is not ready; empty when it is."""
        return "" if self.ready else self.failure or f"Bring-up: {self.current}."


def variant_of(settings: Settings, model: type[Model]) -> str:
    """The variant to serve. Raises `SettingsError` naming those that there are."""
    variant = settings.variants.get(model.name, model.variants[0])
    if variant not in model.variants:
        raise SettingsError(f"FUNCTION_{model.name.upper()}_VARIANT (it is {variant!r}): {model.name} has {', '.join(model.variants)}.")
    return variant


def read_ahead(settings: Settings, models: Mapping[str, type[Model]]) -> Ahead:
    """Begin to read the weights of all models in threads; returns at once. A model that states its variants ships weights."""
    ahead: dict[str, FolderWeights | NotReady | None] = {}
    for name, model in models.items():
        required = model.variants != Model.variants
        try:
            ahead[name] = open_weights(settings.weights, name, variant_of(settings, model), required=required)
        except NotReady as error:
            ahead[name] = error
    return ahead


def needs_torch(settings: Settings, ahead: Ahead) -> bool:
    """The bring-up will import torch: for a GPU, or for tensors."""
    return _wants_gpu(settings) or any(isinstance(weights, FolderWeights) and weights.has_tensors for weights in ahead.values())


def _wants_gpu(settings: Settings) -> bool:
    return settings.device.startswith("cuda") or (settings.device == "auto" and any(Path("/dev").glob("nvidia[0-9]*")))


class BringUp:
    """From classes and bytes to models that have run once. `run` is called on the lane."""

    def __init__(self, settings: Settings, models: Mapping[str, Model], ahead: Ahead, startup: Startup, observer: Observer) -> None:
        self._settings = settings
        self._models = models
        self._ahead = dict(ahead)
        self._startup = startup
        self._observer = observer
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
            self._startup.failure = f"Bring-up failed: {self._startup.current} ({type(error).__name__}); the log says why."
            return {}
        finally:
            gc.freeze()
            gc.enable()
        self._startup.current = ""
        self._startup.ready = True
        return loaded

    def _load(self, model: Model, device: str) -> Loaded:
        weights = self._ahead.pop(model.name)  # after loading nobody holds the bytes
        if isinstance(weights, NotReady):
            raise weights
        with self._phase("read", model.name):
            if weights:
                weights.wait()
        with self._phase("load", model.name):
            model.load(weights, device)
        with self._phase("warm up", model.name):
            model.warmup()
        if weights:
            return Loaded(model, weights.variant, weights.version, weights.digest)
        return Loaded(model, variant_of(self._settings, type(model)), "0")

    def _open_device(self) -> str:
        """The device's name; torch is imported only where something asks for it."""
        wanted = self._settings.device
        if not (needs_torch(self._settings, self._ahead) or "torch" in sys.modules):
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
        self._startup.current = f"{name} {model}".strip()
        begun = time.monotonic()
        yield
        seconds = time.monotonic() - begun
        self._startup.phases.append(Phase(name, model, seconds))
        self._observer.phase(self._startup.current, seconds)
        log.info("bring-up: %s took %.3f s", self._startup.current, seconds)
