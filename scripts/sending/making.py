"""From options and files to the events that are to be sent. Knows no HTTP."""

import json
import sys
import uuid
from argparse import Namespace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sending.messages import Event

SOURCE = "/scripts/send"


def make(options: Namespace) -> list[Event]:
    """The events of the file, or the one that the options describe. Options go before the file. Raises `ValueError` with a sentence."""
    content = _content(options)
    return [_event(member, options) for member in (content if isinstance(content, list) else [content])]


def _content(options: Namespace) -> Any:
    if (options.file is None) == (options.data is None):
        raise ValueError("give either a FILE or --data")
    if options.data is not None:
        return _parse(options.data, "--data")
    try:
        text = sys.stdin.read() if options.file == "-" else Path(options.file).read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{options.file} cannot be read ({error})") from None
    return _parse(text, options.file)


def _event(content: Any, options: Namespace) -> Event:
    """What has a specversion is a whole event, anything else the data of one."""
    whole = content if isinstance(content, dict) and "specversion" in content else {"data": content}
    given = {"type": options.type, "id": options.id, "source": options.source, "subject": options.subject, **dict(options.extension)}
    known = {"specversion": "1.0", "type": f"figurine.{options.model}.requested", "id": str(uuid.uuid4()), "source": SOURCE}
    known |= {"time": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")}
    return {**known, **whole, **{name: value for name, value in given.items() if value is not None}}


def _parse(text: str, where: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise ValueError(f"{where} is not valid JSON ({error})") from None
