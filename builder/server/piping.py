"""Long answers at the pace of the client that takes them.

granian's streams take whatever they are given into memory, however slowly the client reads (its sender has no bound), but
read a file only as fast as it goes out. So a long answer is given to it as a file that is a pipe: what does not fit into
the pipe waits here, on disk.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import struct
import termios
from collections.abc import AsyncIterator
from contextlib import suppress

from diplograph.server.requests import Request

STALLED = 30.0  # seconds in which a client must take something
_PIPE = 1 << 20  # bytes that a pipe should hold, where the system lets it
_RESIZE = getattr(fcntl, "F_SETPIPE_SZ", None)  # Linux
_PAUSE = 0.005  # seconds between looks at whether the last bytes have gone


async def send_pieces(
    request: Request, status: int, headers: list[tuple[str, str]], pieces: AsyncIterator[bytes]
) -> int:
    """Sends pieces as the body of an answer; returns the number of bytes.

    Raises TimeoutError when the client takes nothing for ``STALLED`` seconds, or has gone.
    """
    reading, writing = os.pipe()
    try:
        os.set_blocking(writing, False)
        if _RESIZE is not None:
            with suppress(OSError):  # more than an unprivileged user may have
                fcntl.fcntl(writing, _RESIZE, _PIPE)
        request.protocol.response_file(status, headers, f"/dev/fd/{reading}")
        sent = 0
        async for piece in pieces:
            await _write(writing, piece)
            sent += len(piece)
        # The server opens the pipe in its own time: this end stays until it has been emptied.
        async with asyncio.timeout(STALLED):
            while _unread(reading):
                await asyncio.sleep(_PAUSE)
        return sent
    finally:
        os.close(writing)
        os.close(reading)


async def _write(pipe: int, piece: bytes) -> None:
    rest = memoryview(piece)
    while rest:
        try:
            rest = rest[os.write(pipe, rest) :]
        except BlockingIOError:
            await _until_writable(pipe)


async def _until_writable(pipe: int) -> None:
    loop = asyncio.get_running_loop()
    writable = asyncio.Event()
    loop.add_writer(pipe, writable.set)
    try:
        async with asyncio.timeout(STALLED):
            await writable.wait()
    finally:
        loop.remove_writer(pipe)


def _unread(pipe: int) -> int:
    """How many bytes are in a pipe."""
    count: int = struct.unpack("i", fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)))[0]
    return count
