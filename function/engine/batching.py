"""Which of the waiting jobs share the next forward pass. Pure: knows no thread, clock or device."""

from collections.abc import Hashable, Sequence
from typing import Protocol, TypeVar

from function.models.model import Limits, Loaded


class Item(Protocol):
    """What batching looks at."""

    @property
    def loaded(self) -> Loaded: ...
    @property
    def key(self) -> Hashable: ...
    @property
    def cost(self) -> float: ...
    @property
    def limits(self) -> Limits: ...


T = TypeVar("T", bound=Item)


def choose(waiting: Sequence[T]) -> tuple[list[T], bool]:
    """The oldest job and those behind it that may join: same model, same key, within the limits of count and summed cost.

    The second value tells that the batch is full: waiting longer would not add to it. A job that costs too much on its own goes alone.
    """
    first = waiting[0]
    loaded, key, limits = first.loaded, first.key, first.limits
    batch: list[T] = []
    cost = 0.0
    full = False
    for item in waiting:
        if item.loaded is not loaded or item.key != key:
            continue
        if batch and cost + item.cost > limits.max_cost:
            full = True
            continue
        batch.append(item)
        cost += item.cost
        if len(batch) >= limits.max_batch:
            return batch, True
    return batch, full or cost >= limits.max_cost
