"""Every setting of the process in one frozen object: the only place that reads the environment.

Variables carry the prefix `FUNCTION_`; `PORT`, `HOST` and what Knative injects (`K_...`) stand alone.
"""

import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from textwrap import fill
from typing import Literal

from pydantic import BaseModel, ByteSize, ConfigDict, Field, ValidationError

PREFIX = "FUNCTION_"
BARE = ("port", "host", "k_service", "k_revision", "k_configuration", "k_sink", "k_ce_overrides")
VARIANT = re.compile(r"FUNCTION_([A-Z0-9_]+)_VARIANT")


class SettingsError(ValueError):
    """A setting that cannot be used. The message is one line: the variable, what is wrong, what would be right."""


def _results_folder() -> str:
    return Path(tempfile.gettempdir(), f"figurine-results-{os.getuid()}").as_uri()


def _random_key() -> str:
    return os.urandom(32).hex()


class Settings(BaseModel):
    """What the process was told. Seconds and bytes unless a name says otherwise."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    models: str = Field(
        default="motion",
        min_length=1,
        description="Models to serve, separated by commas: built-in names, or plug-ins as `package.module:Class`.",
    )
    weights: str = Field(
        default="embedded",
        pattern=r"^(s3|gs|az|https?)://.|^[^:]+$",
        description="Where weights are: `embedded`, or what holds `<model>/<variant>/<version>/`: a folder, `s3://`, `gs://`, `az://`, `https://`.",
    )
    weights_timeout_s: float = Field(
        default=60, ge=0, le=86_400, description="How long a weights store that does not answer is asked again before bring-up fails."
    )
    weights_cache: str = Field(
        default="", description="Folder on the node that keeps weights from a URL for the next pod; none when unset."
    )
    weights_cache_bytes: int = Field(
        default=64 << 30, ge=0, description="Size of that folder at most; what was not used for longest goes first."
    )
    variants: dict[str, str] = Field(default={}, description="Variant of a served model; the model's first one when unset.")
    device: str = Field(default="auto", pattern=r"^(auto|cpu|cuda(:\d+)?)$", description="`auto`, `cpu`, `cuda` or `cuda:N`.")
    device_memory: ByteSize = Field(
        default=ByteSize(0),
        description="Device memory that the weights of all models may take, such as `20GiB`; those that were not called for longest wait "
        "on the host. 0 is no bound.",
    )
    text_encoder: Literal["device", "host"] = Field(default="device", description="Where published text encoders run: `device` or `host`.")
    encoding_cache: ByteSize = Field(
        default=ByteSize(64 << 20),
        description="Memory for the encodings of prompts that come again, such as `64MiB`.",
        json_schema_extra={"shown": "`64MiB`"},
    )
    threads: int = Field(default=0, ge=0, le=1024, description="CPU threads of a forward pass; 0 leaves the choice to torch.")
    concurrency: int = Field(
        default=32, ge=1, le=65536, description="Jobs admitted at once, waiting ones included; equal to `containerConcurrency`."
    )
    max_batch: int = Field(default=0, ge=0, description="Items in a batch at most; 0 is the model's own limit.")
    batch_wait_ms: float = Field(default=0, ge=0, le=60_000, description="How long a batch that is not full waits for company.")
    timeout_s: float = Field(default=60, gt=0, le=86_400, description="Deadline of a request that names none.")
    max_timeout_s: float = Field(default=300, gt=0, le=86_400, description="Longest deadline that a request may ask for.")
    grace_s: float = Field(default=30, ge=0, le=86_400, description="How long admitted work may take to finish after SIGTERM.")
    stuck_s: float = Field(default=120, gt=0, le=86_400, description="Liveness fails when a batch makes no progress for so long.")
    exit_on_failed_startup: bool = Field(
        default=False, description="Exit with an error when bring-up fails, instead of staying up, not ready."
    )
    results: str = Field(
        default_factory=_results_folder,
        pattern=r"^(file|memory|s3|gs|az)://|^[^:]+$",
        description="Where results are kept: a folder, or a URL with `file://`, `s3://`, `gs://` or `az://`.",
        json_schema_extra={"shown": "a folder in the temporary directory"},
    )
    results_key: str = Field(
        default_factory=_random_key,
        min_length=16,
        repr=False,
        description="Key that signs the links to results; all pods of a service need the same.",
        json_schema_extra={"shown": "random, new in each process"},
    )
    results_ttl_s: float = Field(default=3600, gt=0, le=2_592_000, description="How long a link to a result is valid.")
    public_url: str = Field(default="", description="Address that links begin with; from the request when unset.")
    event_source: str = Field(default="", description="`source` of the events sent; `K_SERVICE`, or `figurine`, when unset.")
    max_body_bytes: int = Field(default=0, ge=0, description="Largest request body; 0 is the model's own limit.")
    idle_timeout_s: float = Field(
        default=15, gt=0, le=86_400, description="How long a connection may take to send a request before it is closed."
    )
    max_connections: int = Field(default=2048, ge=1, description="Open connections at most.")
    tenant_header: str = Field(default="x-tenant", min_length=1, description="Request header that names the tenant in the metrics.")
    log_level: str = Field(default="info", pattern=r"^(debug|info|warning|error)$", description="`debug`, `info`, `warning` or `error`.")
    log_format: str = Field(default="json", pattern=r"^(json|text)$", description="`json` or `text`.")
    port: int = Field(default=8080, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    host: str = Field(default="0.0.0.0", min_length=1, description="Address to listen on.")  # noqa: S104 - a container is reached from outside
    k_service: str = Field(default="", description="Set by Knative: name of the service.")
    k_revision: str = Field(default="", description="Set by Knative: name of the revision.")
    k_configuration: str = Field(default="", description="Set by Knative: name of the configuration.")
    k_sink: str = Field(default="", description="Set by Knative: where events without a caller go.")
    k_ce_overrides: str = Field(default="", description="Set by Knative: JSON with extensions for sent events.")

    @property
    def source(self) -> str:
        """The `source` attribute of events that this process sends."""
        return self.event_source or self.k_service or "figurine"


def load_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """Settings from environment variables; an empty variable counts as unset. Raises `SettingsError`."""
    fields = {variable(name): name for name in Settings.model_fields if name != "variants"}
    given = {name: value.strip() for name, value in environ.items() if value.strip() and (name in fields or name.startswith(PREFIX))}
    served = [part.strip() for part in given.get("FUNCTION_MODELS", "motion").split(",")]
    variants = {}
    values = {}
    for name, value in given.items():
        if name in fields:
            values[fields[name]] = value
        elif (match := VARIANT.fullmatch(name)) and _may_be_served(match[1].lower(), served):
            variants[match[1].lower()] = value
        else:
            raise SettingsError(_unknown(name, [*fields, *(f"FUNCTION_{part.upper()}_VARIANT" for part in served if ":" not in part)]))
    try:
        return Settings.model_validate({**values, "variants": variants})
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        shown = "" if name == "results_key" else f" (it is {first['input']!r})"
        raise SettingsError(f"{variable(name)}{shown}: {first['msg']}. {Settings.model_fields[name].description}") from None


def variable(field: str) -> str:
    """The environment variable of a field."""
    return field.upper() if field in BARE else PREFIX + field.upper()


def settings_table() -> str:
    """All settings as a Markdown table."""
    rows = [f"| `{name}` | {default} | {meaning} |" for name, default, meaning in _rows()]
    return "\n".join(["| variable | default | meaning |", "|---|---|---|", *rows]) + "\n"


def settings_help(width: int = 100) -> str:
    """All settings for a terminal: each variable with its default, its meaning below."""
    lines = []
    for name, default, meaning in _rows():
        lines.append(f"  {name}" + (f"  (default: {default})" if default else ""))
        lines.append(fill(meaning, width, initial_indent="      ", subsequent_indent="      "))
    return "\n".join(lines).replace("`", "")


def _rows() -> Iterator[tuple[str, str, str]]:
    """Variable, default and meaning of each setting, in Markdown."""
    for name, field in Settings.model_fields.items():
        extra = field.json_schema_extra
        default = str(extra["shown"]) if isinstance(extra, dict) else _shown(field.default)
        yield "FUNCTION_<MODEL>_VARIANT" if name == "variants" else variable(name), default, str(field.description)


def _shown(default: object) -> str:
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    return f"`{default}`" if default not in ("", {}) else ""


def _may_be_served(name: str, served: list[str]) -> bool:
    """A plug-in's name is known only once it is imported; the engine checks it then."""
    return name in served or any(":" in part for part in served)


def _unknown(name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, 1, 0.0)
    return f"{name} is not a setting. The nearest is {near[0]}. Unset it or mend the name."
