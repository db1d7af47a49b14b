"""`python -m function`: settings, weights on their way into memory, then the server. What is heavy is imported after the reading began."""

# ruff: noqa: E402 - the clock is read before all other imports, which it times

import time

ENTERED = time.monotonic()

import argparse
import gc
import signal
import sys
from contextlib import suppress
from importlib import import_module
from threading import Thread
from typing import TYPE_CHECKING

from function.engine.preload import preload_torch
from function.engine.startup import Ahead, needs_torch, process_began, read_ahead
from function.models.registry import find_models
from function.settings import Settings, SettingsError, load_settings, settings_help

if TYPE_CHECKING:
    from function.process import Process

BAD_SETTINGS = 2
COMPILED = ("httptools", "obstore", "orjson", "resource", "ujson", "unicodedata", "uvicorn", "uvloop")
"""What brings in the server's compiled modules: imported first, since the dynamic loader does nothing else while it maps torch."""


def main() -> int:
    """Serve. Exit code 0 after a drained stop, 1 when work was lost or bring-up failed, 2 for settings that cannot be used."""
    argparse.ArgumentParser(
        prog="python -m function",
        description="Serves models over HTTP. Environment variables are its only settings:",
        epilog=settings_help(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    ).parse_args()
    gc.disable()  # until the bring-up has ended: nearly all that is made now stays
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # until the server takes over there is nothing to finish
    try:
        return _serve(load_settings())
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return BAD_SETTINGS


def _serve(settings: Settings) -> int:
    process = _build(settings, read_ahead(settings, find_models(settings.models)))
    process.engine.status.record("interpreter", process_began(), ended=ENTERED)
    process.engine.status.record("imports", ENTERED)
    process.run()
    return process.end()


def _build(settings: Settings, ahead: Ahead) -> "Process":
    """Nothing but the engine holds on to `ahead`, so that its bytes are free once they are on the device."""
    if needs_torch(settings, ahead):
        _map_torch()
    from function.app import create_app
    from function.observe.logs import configure_logging
    from function.process import Process

    configure_logging(settings.log_level, settings.log_format)
    return Process(create_app(settings, ahead), settings)


def _map_torch() -> None:
    """In a thread, while what is left to import for the server is Python code. FastAPI takes a faster JSON where it is installed."""
    for name in COMPILED:
        with suppress(ImportError):
            import_module(name)
    Thread(target=preload_torch, name="map torch", daemon=True).start()


if __name__ == "__main__":
    sys.exit(main())
