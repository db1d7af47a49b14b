import asyncio

from function.engine.job import Job
from function.engine.queue import Queue
from function.models.model import Limits, Loaded
from tests.engine.models import Echo
from tests.engine.serving import until

LOADED = Loaded(Echo(), "default", "0")


def job(key: str = "") -> Job:
    return Job(LOADED, None, key, 1.0, Limits(max_batch=4), asyncio.get_running_loop().create_future())


async def turns(count: int = 10) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def test_a_lone_job_starts_within_a_few_turns_of_the_loop() -> None:
    started: list[list[Job]] = []
    queue = Queue(started.append)
    one = job()
    queue.add(one)
    await turns()
    assert started == [[one]]


async def test_jobs_that_come_in_successive_turns_share_a_batch() -> None:
    started: list[list[Job]] = []
    queue = Queue(started.append)
    jobs = [job() for _ in range(3)]
    for one in jobs:
        queue.add(one)
        await turns(2)
    await turns()
    assert started == [jobs]


async def test_a_full_batch_starts_at_once() -> None:
    started: list[list[Job]] = []
    queue = Queue(started.append)
    for _ in range(4):
        queue.add(job())
    await turns(1)
    assert [len(batch) for batch in started] == [4]


async def test_a_full_batch_is_handed_over_ahead_of_its_time() -> None:
    started: list[list[Job]] = []
    queue = Queue(started.append)
    for _ in range(12):
        queue.add(job())
    await turns()
    assert [len(batch) for batch in started] == [4, 4]
    assert len(queue) == 4


async def test_a_batch_that_is_not_full_waits_for_the_lane() -> None:
    started: list[list[Job]] = []
    queue = Queue(started.append)
    queue.add(job())
    await turns()
    queue.add(job())
    queue.add(job())
    await turns()
    assert [len(batch) for batch in started] == [1]
    queue.ended(1, 0.0)
    await turns()
    assert [len(batch) for batch in started] == [1, 2]


async def test_the_callers_of_the_last_batch_are_expected_back() -> None:
    started: list[list[Job]] = []
    queue = Queue(started.append)
    for _ in range(3):
        queue.add(job())
    await turns()
    queue.ended(3, 1000.0)
    queue.add(job())
    queue.add(job())
    await turns()
    assert len(started) == 1
    queue.add(job())
    await turns()
    assert [len(batch) for batch in started] == [3, 3]


async def test_callers_who_do_not_come_back_are_not_waited_for_long() -> None:
    started: list[list[Job]] = []
    queue = Queue(started.append)
    queue.add(job())
    queue.add(job())
    await turns()
    queue.ended(2, 1000.0)
    queue.add(job())
    await until(lambda: len(started) == 2)


async def test_a_lone_caller_who_comes_back_does_not_wait() -> None:
    started: list[list[Job]] = []
    queue = Queue(started.append)
    queue.add(job())
    await turns()
    queue.ended(1, 1000.0)
    queue.add(job())
    await turns()
    assert [len(batch) for batch in started] == [1, 1]


async def test_a_dropped_job_is_never_started() -> None:
    started: list[list[Job]] = []
    queue = Queue(started.append)
    left = job()
    queue.add(left)
    left.dropped = True
    await turns()
    assert started == []
    assert len(queue) == 0


async def test_with_a_window_a_batch_waits_for_company() -> None:
    started: list[list[Job]] = []
    queue = Queue(started.append, window=0.05)
    queue.add(job())
    await turns(50)
    assert started == []
    queue.add(job())
    await until(lambda: started)
    assert len(started[0]) == 2


async def test_shares_are_by_cost() -> None:
    queue = Queue(lambda _: None)
    small, large = job(), job()
    large.cost = 3.0
    queue.add(small)
    queue.add(large)
    await turns()
    assert (small.share, large.share) == (0.25, 0.75)
