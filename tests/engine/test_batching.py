from dataclasses import dataclass

from function.engine.batching import choose
from function.models.model import Limits, Loaded
from tests.engine.models import Echo

LIMITS = Limits(max_batch=3, max_cost=10.0)
ONE, OTHER = Loaded(Echo(), "default", "0"), Loaded(Echo(), "default", "0")


@dataclass(frozen=True)
class Item:
    key: str = "a"
    cost: float = 1.0
    loaded: Loaded = ONE
    limits: Limits = LIMITS


def test_takes_all_that_fit() -> None:
    items = [Item(), Item()]
    assert choose(items) == (items, False)


def test_is_full_at_the_limit_of_count() -> None:
    assert choose([Item()] * 5) == ([Item()] * 3, True)


def test_is_full_when_another_would_cost_too_much() -> None:
    assert choose([Item(cost=6.0), Item(cost=5.0)]) == ([Item(cost=6.0)], True)


def test_lets_a_cheaper_one_pass_one_that_does_not_fit() -> None:
    assert choose([Item(cost=6.0), Item(cost=5.0), Item(cost=4.0)]) == ([Item(cost=6.0), Item(cost=4.0)], True)


def test_lets_one_go_alone_that_costs_more_than_a_batch_may() -> None:
    assert choose([Item(cost=99.0), Item(cost=1.0)]) == ([Item(cost=99.0)], True)


def test_leaves_out_other_keys() -> None:
    assert choose([Item("a"), Item("b"), Item("a")]) == ([Item("a"), Item("a")], False)


def test_leaves_out_other_models() -> None:
    assert choose([Item(), Item(loaded=OTHER)]) == ([Item()], False)


def test_begins_with_the_oldest() -> None:
    assert choose([Item("b"), Item("a"), Item("a")]) == ([Item("b")], False)
