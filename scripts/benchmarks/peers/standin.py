"""The stand-in model as plain FastAPI with the simplest batching there is: whatever waits when the last batch is done."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from benchmarks.models import FIXED_S, ITEM_S
from benchmarks.peers.echo import Text

MOST = 16

waiting: "asyncio.Queue[asyncio.Future[None]]" = asyncio.Queue()


@asynccontextmanager
async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
    """Batches run while the app does."""
    batches = asyncio.create_task(_run_batches())
    yield
    batches.cancel()


app = FastAPI(lifespan=lifespan)


@app.get("/health/live")
async def live() -> dict[str, str]:
    """A probe."""
    return {"status": "live"}


@app.post("/standin")
async def stand_in(said: Text) -> Text:
    """The text, after the batch it was in."""
    done = asyncio.get_running_loop().create_future()
    waiting.put_nowait(done)
    await done
    return Text(text=said.text)


async def _run_batches() -> None:
    while True:
        batch = [await waiting.get()]
        while len(batch) < MOST and not waiting.empty():
            batch.append(waiting.get_nowait())
        await asyncio.to_thread(time.sleep, FIXED_S + ITEM_S * len(batch))
        for done in batch:
            done.set_result(None)
