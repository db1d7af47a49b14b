"""Whether a new revision may have more traffic: its readings against the old one's. Pure; each gate is one small function."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from deployment.readings import Readings

GIB = 1 << 30


@dataclass(frozen=True, slots=True)
class Limits:
    """How much worse than the old revision the new one may be."""

    error_rate: float = 0.01
    """Added to the old one's share of 5xx answers."""
    slowdown: float = 1.25
    """Times the old one's p95, class by class."""
    slack_s: float = 0.1
    """And so many seconds more, so that small figures may vary."""
    memory: float = 1.15
    """Times the old one's peak of GPU memory."""
    memory_share: float = 0.97
    """Of the device's memory at most."""
    quality: float = 0.05
    """Score points below the old one's mean."""
    requests: int = 20
    """Fewer requests than this are no evidence."""
    many: int = 100
    """From so many on a p95 stands alone; below, the median has to be slower too."""

    def slowest(self, before: float) -> float:
        """Seconds that are still good."""
        return before * self.slowdown + self.slack_s


@dataclass(frozen=True, slots=True)
class Verdict:
    """`good` is None when there was too little to judge by."""

    gate: str
    good: bool | None
    text: str

    def __str__(self) -> str:
        return f"{ {True: 'pass', False: 'FAIL', None: 'skip'}[self.good] }  {self.gate}: {self.text}"


Gate = Callable[[Readings, Readings, Limits], Iterator[Verdict]]


def judge(old: Readings, new: Readings, limits: Limits) -> list[Verdict]:
    """All gates."""
    return [verdict for gate in GATES for verdict in gate(old, new, limits)]


def fault(verdicts: list[Verdict]) -> str:
    """The reason to go back; empty when there is none."""
    return "; ".join(f"{one.gate}: {one.text}" for one in verdicts if one.good is False)


def _own_requests(old: Readings, new: Readings, _limits: Limits) -> Iterator[Verdict]:
    """What the old revision cannot do either is not held against the new one."""
    broken = [one for one in new.faults if one not in old.faults]
    more = f" (and {len(broken) - 1} more)" if broken[1:] else ""
    yield Verdict("own requests", not broken, broken[0] + more if broken else "answered")


def _error_rate(old: Readings, new: Readings, limits: Limits) -> Iterator[Verdict]:
    if new.requests is None:
        return
    if new.requests < limits.requests:
        yield Verdict("error rate", None, f"{new.requests} requests are too few to judge by ({limits.requests})")
        return
    before, after = (one.errors / one.requests if one.requests else 0.0 for one in (old, new))
    text = f"{after:.1%} of {new.requests} requests, {before:.1%} of {old.requests or 0} before"
    yield Verdict("error rate", after <= before + limits.error_rate, text)


def _latency(old: Readings, new: Readings, limits: Limits) -> Iterator[Verdict]:
    for name in sorted(old.latency.keys() & new.latency.keys()):
        before, after = old.latency[name], new.latency[name]
        least = limits.requests if name.startswith("/") else 3  # requests of our own are few and alike
        if min(before.requests, after.requests) < least:
            yield Verdict(f"p95 {name}", None, f"{before.requests} and {after.requests} requests are too few to judge by ({least})")
            continue
        slow = after.p95 > limits.slowest(before.p95)
        if min(before.requests, after.requests) < limits.many:  # the p95 of a few is one of them, and may be chance
            slow = slow and after.median > limits.slowest(before.median)
        yield Verdict(f"p95 {name}", not slow, f"{after.p95:.3g} s, {before.p95:.3g} s before")


def _memory(old: Readings, new: Readings, limits: Limits) -> Iterator[Verdict]:
    if new.memory is None:
        return
    text = f"{new.memory / GIB:.1f} GiB at most" + (f", {old.memory / GIB:.1f} GiB before" if old.memory is not None else "")
    grown = old.memory is not None and new.memory > old.memory * limits.memory
    full = new.capacity is not None and new.memory > new.capacity * limits.memory_share
    yield Verdict("GPU memory", not (grown or full), text + (f" of {(new.capacity or 0) / GIB:.1f} GiB" if full else ""))


def _quality(old: Readings, new: Readings, limits: Limits) -> Iterator[Verdict]:
    if old.quality is None or new.quality is None:
        return
    yield Verdict("quality", new.quality >= old.quality - limits.quality, f"{new.quality:.3f}, {old.quality:.3f} before")


GATES: tuple[Gate, ...] = (_own_requests, _error_rate, _latency, _memory, _quality)
