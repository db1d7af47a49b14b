"""Waiting no longer than a deadline allows."""

import asyncio
import math
from collections.abc import Awaitable
from typing import TypeVar

from function.errors import DeadlineExceeded

T = TypeVar("T")


def late() -> DeadlineExceeded:
    """The error of a caller whose time is over."""
    return DeadlineExceeded("The deadline passed before the work was done. Allow more time or ask for less.")


async def within(seconds: float, work: Awaitable[T]) -> T:
    """What `work` gives. Raises `DeadlineExceeded` when that takes longer than `seconds`, which may be infinite."""
    try:
        async with asyncio.timeout(None if seconds == math.inf else seconds) as patience:
            return await work
    except TimeoutError:
        if not patience.expired():
            raise
        raise late() from None
