"""An engine's answer as JSON, and its cost as headers: the same for a predict route and for an event."""

import hashlib
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, Field
from pydantic_core import to_json
from starlette.types import Scope

from function.engine import Answer, Timings
from function.results.links import sign
from function.settings import Settings

HOST = re.compile(r"[A-Za-z0-9._:\[\]-]{1,255}")


class ModelInfo(BaseModel):
    """Which model answered."""

    name: str
    variant: str = Field(description="Which size of the model.")
    version: str = Field(description="Version of its weights.")


class ArtifactInfo(BaseModel):
    """One file that was made."""

    name: str
    media_type: str
    size: int = Field(description="Bytes.")
    sha256: str
    url: str | None = Field(description="Signed link to the file; it expires. Null when the result is not kept.")


class TimingInfo(BaseModel):
    """Seconds spent in each stage, and the seconds of the device that are this request's share."""

    queue: float
    batch: float
    model: float
    encode: float
    device: float


STAGES = tuple(TimingInfo.model_fields)


class PredictAnswer(BaseModel):
    """What a predict route answers as `application/json`."""

    id: str = Field(description="Address of the result: the same input, seed and model version give the same one.")
    model: ModelInfo
    facts: dict[str, Any]
    artifacts: list[ArtifactInfo]
    warnings: list[str]
    timings: TimingInfo
    stored: bool = Field(description="True when the result was made before and has been read from the store.")


@dataclass(frozen=True, slots=True)
class Links:
    """Makes signed links below `base` ("https://host", no slash at the end) that live for `ttl` seconds."""

    base: str
    key: bytes
    ttl: float

    def url(self, id: str, name: str) -> str:
        """Where file `name` of result `id` can be fetched without a credential."""
        return f"{self.base}/results/{id}/{name}?{sign(id, name, int(time.time() + self.ttl), self.key)}"


def answer_json(answer: Answer, links: Callable[[], Links]) -> bytes:
    """The bytes of a `PredictAnswer`. Artifacts that are not kept in the results store have no URL."""
    result, timings = answer.result, answer.timings
    fields = {
        "id": answer.id,
        "model": {"name": answer.model, "variant": answer.variant, "version": answer.version},
        "facts": result.facts,
        "artifacts": [
            {
                "name": artifact.name,
                "media_type": artifact.media_type,
                "size": len(artifact.data),
                "sha256": hashlib.sha256(artifact.data).hexdigest(),
                "url": links().url(answer.id, artifact.name) if answer.kept else None,
            }
            for artifact in result.artifacts
        ],
        "warnings": list(result.warnings),
        "timings": {stage: round(getattr(timings, stage), 6) for stage in STAGES},
        "stored": answer.stored,
    }
    return to_json(fields, inf_nan_mode="null")


def cost_headers(t: Timings, version: str) -> list[tuple[bytes, bytes]]:
    """`Server-Timing` in milliseconds; `X-Gpu-Seconds`: this request's share of the device's time, on a CPU too; the weights' version."""
    timing = f"queue;dur={t.queue * 1e3:.3f}, batch;dur={t.batch * 1e3:.3f}, model;dur={t.model * 1e3:.3f}, encode;dur={t.encode * 1e3:.3f}"
    return [
        (b"server-timing", timing.encode()),
        (b"x-gpu-seconds", f"{t.device:.6f}".encode()),
        (b"x-model-version", version.encode()),
    ]


def links_for(settings: Settings) -> Callable[[Scope], Links]:
    """Gives the links for a request: below the public address of the settings, else the host that the caller used."""
    key = settings.results_key.encode()
    public = settings.public_url.rstrip("/")
    if public:
        fixed = Links(public, key, settings.results_ttl_s)
        return lambda _scope: fixed
    return lambda scope: Links(_address(scope), key, settings.results_ttl_s)


def _address(scope: Scope) -> str:
    headers = dict(scope["headers"])
    scheme = headers.get(b"x-forwarded-proto", scope["scheme"].encode()).split(b",")[0].strip().decode("latin-1")
    host = headers.get(b"host", b"").decode("latin-1")
    if scheme not in ("http", "https") or not HOST.fullmatch(host):
        return ""
    return f"{scheme}://{host}"
