"""How long work is shown here: a bar on a terminal, events for a machine, lines otherwise."""

import sys
from typing import Any

from deployment.console import Console
from function.weights.meter import Begin, Meter


def meters(console: Console) -> Begin:
    """What starts a meter that tells this console."""

    def event(text: str, **facts: Any) -> None:  # noqa: ARG001 - the facts say it
        console.say("progress", **facts)

    bar = sys.stderr.isatty() and not console.json
    return lambda what, total: Meter(what, total, event if console.json else console.say, bar=bar)
