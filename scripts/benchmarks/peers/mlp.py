"""The torch network as plain FastAPI that loads it in its lifespan. The safetensors file is named by MLP_FILE."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from pydantic import BaseModel
from safetensors.torch import load_file

from benchmarks.network import forward


class Number(BaseModel):
    """In and out."""

    number: float


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Load, and run once."""
    app.state.tensors = load_file(os.environ["MLP_FILE"])
    forward(app.state.tensors, [1.0])
    yield


app = FastAPI(lifespan=lifespan)


@app.get("/health/ready")
async def ready() -> dict[str, str]:
    """A probe."""
    return {"status": "ready"}


@app.post("/mlp")
async def mlp(given: Number) -> Number:
    """One forward pass."""
    return Number(number=forward(app.state.tensors, [given.number])[0])
