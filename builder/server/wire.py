"""How the HTTP workers and their engines talk: frames of a JSON header and a body of bytes, over a socket pair.

JSON and not pickle: an engine runs what strangers send, so nothing that comes out of one is ever executed.
"""

from __future__ import annotations

import json
import struct
from socket import socket
from typing import Any

_LENGTHS = struct.Struct("!II")
_LARGEST = 1 << 30

Header = dict[str, Any]


def pack(header: Header, body: bytes = b"") -> bytes:
    """A frame.

    >>> unpack(bytearray(pack({"op": "query"}, b"ASK {}")))
    ({'op': 'query'}, b'ASK {}')
    """
    head = json.dumps(header, separators=(",", ":")).encode()
    return _LENGTHS.pack(len(head), len(body)) + head + body


def unpack(received: bytearray) -> tuple[Header, bytes] | None:
    """The first frame of what was received so far, which is taken out of it; None when it is not complete yet.

    Raises ValueError when these are no frames.
    """
    if len(received) < _LENGTHS.size:
        return None
    head, body = _LENGTHS.unpack_from(received)
    if head + body > _LARGEST:
        raise ValueError("a frame of more than a gigabyte")
    begin, middle, end = _LENGTHS.size, _LENGTHS.size + head, _LENGTHS.size + head + body
    if len(received) < end:
        return None
    with memoryview(received) as view:
        frame = json.loads(bytes(view[begin:middle])), bytes(view[middle:end])
    del received[:end]
    return frame


def receive(connection: socket) -> tuple[Header, bytes] | None:
    """The next frame; None when the other side is gone."""
    received = bytearray()
    while True:
        piece = connection.recv(1 << 18)
        if not piece:
            return None
        received += piece
        if (frame := unpack(received)) is not None:
            return frame
