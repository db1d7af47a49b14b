"""Random choices made from nothing but a stream of uniform numbers, so that any generator that has `random()` will do."""

from collections.abc import Sequence
from itertools import accumulate
from typing import Protocol, TypeVar

T = TypeVar("T")


class Chance(Protocol):
    """What `random.Random` and `numpy.random.Generator` have in common."""

    def random(self) -> float:
        """A number in [0, 1)."""
        ...


def pick(rng: Chance, options: Sequence[T]) -> T:
    """One of the options, each as likely as the others."""
    return options[int(rng.random() * len(options))]


def pick_weighted(rng: Chance, options: Sequence[T], weights: Sequence[float]) -> T:
    """One of the options, as often as its share of the weights."""
    bounds = list(accumulate(weights))
    mark = rng.random() * bounds[-1]
    return next(option for option, bound in zip(options, bounds, strict=True) if mark < bound)


def shuffled(rng: Chance, items: Sequence[T]) -> list[T]:
    """The items in a random order."""
    if len(items) < 2:
        return list(items)
    return [item for _, item in sorted(((rng.random(), index), item) for index, item in enumerate(items))]
