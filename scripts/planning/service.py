"""What is simulated: the function's measured figures, and how it is deployed."""

from dataclasses import dataclass

from planning.settings import Settings


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured, in seconds. A batch takes `fixed` and `item` for each of its requests; `overhead` is spent off the device."""

    cold_start: float
    fixed: float
    item: float
    max_batch: int
    overhead: float = 0.0

    def batch(self, size: int) -> float:
        """Seconds of the device."""
        return self.fixed + self.item * size


@dataclass(frozen=True, slots=True)
class Service:
    """What is deployed. `concurrency` is containerConcurrency (0: no limit), `places` the function's own limit of requests at once,
    `timeout` in seconds from a request's arrival, `gpus` what the cluster has (0: as many as wanted).
    """

    settings: Settings
    concurrency: int
    places: int
    timeout: float
    gpus: int = 0
