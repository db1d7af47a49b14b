"""The floor of a Python event loop: uvloop, and the same bytes for whatever is sent. No HTTP is read."""

import asyncio
import sys
from typing import cast

import uvloop

BODY = b'{"text":"x"}'
ANSWER = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s" % (len(BODY), BODY)


class Fixed(asyncio.Protocol):
    """One connection."""

    transport: asyncio.WriteTransport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.WriteTransport", transport)

    def data_received(self, _data: bytes) -> None:
        self.transport.write(ANSWER)


async def serve(port: int) -> None:
    """Until the process is ended."""
    server = await asyncio.get_running_loop().create_server(Fixed, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1])))
