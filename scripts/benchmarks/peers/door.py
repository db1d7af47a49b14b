"""The floor of a start: an interpreter that opens a port and answers one connection."""

import socket
import sys


def main() -> None:
    """`door PORT`."""
    with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as door:
        caller, _ = door.accept()
        caller.recv(4096)
        caller.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")


if __name__ == "__main__":
    main()
