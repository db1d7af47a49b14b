import pytest

from function.engine.admission import Admission
from function.errors import Overloaded

FOREVER = float("inf")


def test_takes_no_more_than_its_limit() -> None:
    admission = Admission(limit=2, max_batch=1)
    admission.enter(FOREVER)
    admission.enter(FOREVER)
    with pytest.raises(Overloaded):
        admission.enter(FOREVER)


def test_a_place_given_back_is_taken_again() -> None:
    admission = Admission(limit=1, max_batch=1)
    admission.enter(FOREVER)
    admission.leave()
    admission.enter(FOREVER)
    assert admission.held == 1


def test_says_to_come_back_when_the_queue_will_be_done() -> None:
    admission = Admission(limit=4, max_batch=2)
    admission.measured(2, 3.5, waiting=1)
    for _ in range(4):
        admission.enter(FOREVER)
    with pytest.raises(Overloaded) as refusal:
        admission.enter(FOREVER)
    assert refusal.value.retry_after == 11  # three batches of 3.5 s


def test_says_to_come_back_in_a_second_before_anything_was_measured() -> None:
    admission = Admission(limit=1, max_batch=2)
    admission.enter(FOREVER)
    with pytest.raises(Overloaded) as refusal:
        admission.enter(FOREVER)
    assert refusal.value.retry_after == 1


def test_refuses_what_cannot_be_done_in_time() -> None:
    admission = Admission(limit=4, max_batch=1)
    admission.measured(1, 2.0, waiting=0)
    admission.enter(3.0)
    with pytest.raises(Overloaded):
        admission.enter(3.0)


def test_lets_anybody_in_who_meets_no_queue() -> None:
    admission = Admission(limit=4, max_batch=1)
    admission.measured(1, 2.0, waiting=0)
    admission.enter(0.001)
    assert admission.held == 1


def test_learns_how_full_batches_get() -> None:
    admission = Admission(limit=99, max_batch=16)
    for _ in range(50):
        admission.measured(2, 1.0, waiting=4)
    for _ in range(8):
        admission.enter(FOREVER)
    assert admission.wait() == pytest.approx(5.0)
