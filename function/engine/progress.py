"""What `predict` calls between steps: the lane's sign of life, and the place where cancelled jobs and passed deadlines are noticed."""

from collections.abc import Callable, Sequence

from function.engine.job import Job
from function.errors import Cancelled


class BatchProgress:
    """The `Progress` of one batch on the lane. `beat` notes that the lane is alive."""

    def __init__(self, jobs: Sequence[Job], beat: Callable[[], None]) -> None:
        self._jobs = jobs
        self._beat = beat

    def __call__(self, step: int, of: int) -> Sequence[int]:
        """Indices of the jobs still wanted. Raises `Cancelled` when there is none."""
        self._beat()
        wanted = [index for index, job in enumerate(self._jobs) if not job.dropped]
        if not wanted:
            raise Cancelled("Nobody waits for this batch any more.")
        for index in wanted:
            job = self._jobs[index]
            if job.on_progress:
                job.future.get_loop().call_soon_threadsafe(_report, job, step, of)
        return wanted


def _report(job: Job, step: int, of: int) -> None:
    if job.on_progress and not job.future.done():
        job.on_progress(step, of)
