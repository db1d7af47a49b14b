"""What was sent and what came back, for a person, for a program (one JSON object a line) and as a curl command."""

import json
import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from sending.delivery import Answer
from sending.messages import DATA, Event, Message

HEADERS = ("retry-after", "server-timing", "x-gpu-seconds", "x-request-id")


def as_curl(url: str, message: Message) -> str:
    """The command that sends the same."""
    headers = [f"-H {shlex.quote(f'{name}: {value}')}" for name, value in message.headers.items()]
    return " \\\n  ".join([f"curl -si {shlex.quote(url)}", *headers, f"--data-binary {shlex.quote(message.body.decode())}"])


def as_json(sent: list[Event], answer: Answer) -> str:
    """One line."""
    fields = {
        "sent": [{name: event.get(name) for name in ("type", "source", "id")} for event in sent],
        "verdict": answer.verdict.name.lower(),
        "status": answer.status,
        "seconds": round(answer.seconds, 6),
        "headers": _headers(answer),
        "events": answer.events,
        "problem": answer.problem,
    }
    return json.dumps(fields)


def as_text(sent: list[Event], answer: Answer) -> str:
    """Some lines."""
    return "\n".join(_lines(sent, answer))


def _lines(sent: list[Event], answer: Answer) -> Iterator[str]:
    for event in sent:
        yield f"> {event.get('type')}  id {event.get('id')}  source {event.get('source')}"
    yield f"< {answer.status or answer.problem}, {answer.seconds * 1e3:.0f} ms: {answer.verdict.value}"
    yield from (f"  {name}: {value}" for name, value in _headers(answer).items())
    for event in answer.events:
        yield ""
        yield from (f"  {name:15} {value}" for name, value in event.items() if name not in DATA)
        yield from _data(event)
    if answer.status and not answer.events and answer.problem:
        yield _indented(answer.problem)


def _data(event: Event) -> Iterator[str]:
    """The data; files that it names on lines of their own, with their links."""
    if "data_base64" in event:
        yield f"  {event.get('datacontenttype')}, {len(event['data_base64']) * 3 // 4} bytes"
    data = event.get("data")
    files = data.get("artifacts") if isinstance(data, dict) else None
    if isinstance(data, dict) and isinstance(files, list):
        yield _indented({name: value for name, value in data.items() if name != "artifacts"})
        yield from (f"  {file['name']} ({file['size']} bytes): {file['url'] or 'not kept'}" for file in files)
    elif data is not None:
        yield _indented(data)


def _indented(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)
    return "\n".join("  " + line for line in text.splitlines())


def _headers(answer: Answer) -> Mapping[str, str]:
    return {name: answer.headers[name] for name in HEADERS if name in answer.headers}
