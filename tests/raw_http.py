"""Bytes to a server and from it, for tests of HTTP itself."""

from __future__ import annotations

import re
import socket
import time

from serving import Server


def connect(server: Server) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), 20)


def say(server: Server, *pieces: bytes, pause: float = 0.0, patience: float = 2.0) -> bytes:
    """All that comes back, until the server closes or says nothing for some time."""
    with connect(server) as connection:
        for piece in pieces:
            connection.sendall(piece)
            time.sleep(pause)
        return listen(connection, patience)


def listen(connection: socket.socket, patience: float = 2.0) -> bytes:
    connection.settimeout(patience)
    found = b""
    try:
        while piece := connection.recv(1 << 16):
            found += piece
    except (TimeoutError, ConnectionResetError):
        pass
    return found


def statuses(said: bytes) -> list[bytes]:
    return re.findall(rb"HTTP/1\.1 (\d+) ", said)


def get(path: str, *lines: str, version: str = "1.1") -> bytes:
    return "\r\n".join((f"GET {path} HTTP/{version}", "Host: localhost", *lines, "", "")).encode()


def post(body: bytes, *lines: str) -> bytes:
    head = (
        "POST /sparql HTTP/1.1",
        "Host: localhost",
        "Content-Type: application/sparql-query",
        *lines,
        "",
        "",
    )
    return "\r\n".join(head).encode() + body
