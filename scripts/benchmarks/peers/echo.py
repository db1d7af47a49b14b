"""The echo model as plain FastAPI."""

from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict

app = FastAPI()


class Text(BaseModel):
    """In and out."""

    model_config = ConfigDict(extra="forbid")

    text: str


@app.get("/health/live")
async def live() -> dict[str, str]:
    """A probe."""
    return {"status": "live"}


@app.post("/echo")
async def echo(said: Text) -> Text:
    """The text."""
    return Text(text=said.text)
