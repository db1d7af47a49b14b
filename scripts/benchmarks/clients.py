"""Clients that lose their patience: `python -m benchmarks.clients PORT PATH CLIENTS SECONDS PAUSE` prints what they met as JSON.

PAUSE is what a client does after a refusal: seconds, or `retry-after` for what the refusal says.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from dataclasses import dataclass, field

import uvloop

PATIENCE_S = 2.0
BODY = b'{"text":"x"}'


@dataclass(slots=True)
class Met:
    """What all clients met: counts, and the seconds that answers took by status."""

    counts: Counter[str] = field(default_factory=Counter)
    seconds: dict[int, list[float]] = field(default_factory=lambda: {200: [], 429: []})

    def p99(self, status: int) -> float:
        """Of the answers with this status; 0 when there were none."""
        there = sorted(self.seconds[status])
        return there[int(len(there) * 0.99)] if there else 0.0


class Client:
    """One connection at a time; a new one after a loss."""

    def __init__(self, port: int, path: str, pause: str, met: Met) -> None:
        self._port, self._pause, self._met = port, pause, met
        head = f"POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {len(BODY)}\r\n\r\n"
        self._request = head.encode() + BODY

    async def run(self, end: float) -> None:
        """Ask until `end`, a value of `time.perf_counter()`."""
        while time.perf_counter() < end:
            reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
            try:
                while time.perf_counter() < end:
                    pause = await self._ask(reader, writer)
                    await asyncio.sleep(pause)
            except TimeoutError:
                self._met.counts["late"] += 1
            except (OSError, EOFError):
                self._met.counts["broken"] += 1
            finally:
                writer.close()

    async def _ask(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> float:
        """One request; how many seconds to pause."""
        begun = time.perf_counter()
        async with asyncio.timeout(PATIENCE_S):
            writer.write(self._request)
            head = await reader.readuntil(b"\r\n\r\n")
            headers = dict(line.lower().split(b": ", 1) for line in head.splitlines()[1:] if line)
            await reader.readexactly(int(headers[b"content-length"]))
        status = int(head[9:12])
        self._met.seconds[status].append(time.perf_counter() - begun)
        if status == 200:
            return 0.0
        return float(headers[b"retry-after"] if self._pause == "retry-after" else self._pause)


async def run(port: int, path: str, clients: int, seconds: float, pause: str) -> Met:
    """All clients, begun at once."""
    met, end = Met(), time.perf_counter() + seconds
    await asyncio.gather(*(Client(port, path, pause, met).run(end) for _ in range(clients)))
    return met


def main(port: str, path: str, clients: str, seconds: str, pause: str) -> None:
    """Strings as the command line gives them."""
    met = uvloop.run(run(int(port), path, int(clients), float(seconds), pause))
    told = {
        "answered": len(met.seconds[200]),
        "refused": len(met.seconds[429]),
        "late": met.counts["late"],
        "broken": met.counts["broken"],
        "answered_p99": met.p99(200),
        "refused_p99": met.p99(429),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
