"""HTTP/1.1 with clients: requests in, answers out, one after the other. llhttp (by httptools) reads what comes.

What strangers may do to a connection is bounded here: the time that a head takes and its length, how much of a body waits
to be read, how many requests wait for those before them, how long nothing of an answer is taken.
"""

from __future__ import annotations

import asyncio
import fcntl
import math
import struct
import sys
import termios
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from email.utils import formatdate
from http import HTTPStatus
from typing import cast

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser

from diplograph.server.incoming import ClientGone, Incoming

HeaderList = list[tuple[str, str]]
Handler = Callable[[Incoming, "Connection"], Awaitable[None]]

_HEAD_WITHIN = 15.0  # seconds for a request's head, and between two requests of a connection
_STALLED = 30.0  # seconds in which a client must take something of an answer
_LINGER = 2.0  # seconds in which a client that was refused may go on talking
_LARGEST_HEAD = 64 << 10
_MOST_WAITING = 16  # requests that came before the one in front of them was answered
_BODY_AHEAD = 256 << 10  # bytes of a body that nobody has asked for yet
_SIOCOUTQ = termios.TIOCOUTQ  # on a socket: how many bytes its other side has not taken yet (Linux)
_STATUS_LINES = {status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n" for status in HTTPStatus}


class Connections:
    """All connections of an HTTP worker. ``common`` are headers that every answer has."""

    def __init__(self, handle: Handler, common: HeaderList) -> None:
        self.handle = handle
        self.open: set[Connection] = set()
        self.stopping = False
        self._common = "".join(f"{name}: {value}\r\n" for name, value in common)
        self.head_end = b""
        self.tick()

    def tick(self) -> None:
        """What is to be done each second: the date, and an end to connections that do not go on."""
        self.head_end = f"{self._common}date: {formatdate(usegmt=True)}\r\n\r\n".encode()
        now = asyncio.get_running_loop().time()
        for connection in [found for found in self.open if found.deadline < now]:
            connection.expire()

    def make_room(self, most: int) -> None:
        """Ends those connections that have been idle for longest, where there are more than ``most``."""
        if len(self.open) > most:
            idle = sorted(
                (found.deadline, id(found), found) for found in self.open if found.deadline < math.inf
            )
            for _, _, connection in idle[: len(self.open) - most]:
                connection.expire()

    async def stop(self, within: float) -> None:
        """Ends all connections, those that are being answered when they are, or after so many seconds."""
        self.stopping = True
        loop = asyncio.get_running_loop()
        end = loop.time() + within
        for connection in list(self.open):
            connection.stop()
        while self.open and loop.time() < end:
            await asyncio.sleep(0.02)


class Connection(asyncio.Protocol):
    """A connection with a client."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._loop = asyncio.get_running_loop()
        self._parser = HttpRequestParser(self)
        self._reading: Incoming | None = None  # what has not come whole yet
        self._waiting: deque[Incoming] = deque()
        self._current: Incoming | None = None  # what is being answered
        self._task: asyncio.Task[None] | None = None
        self._head_size = 0
        self._heard = False  # whether the parser has said anything of the last that came
        self._unheard = (
            0  # bytes of which it has said nothing yet: a header that is not whole, or an end of chunks
        )
        self._begun = self._answered = False
        self._paused = False
        self._ending: tuple[int, str] | None = None  # what is said when all that waits is answered
        self._full: asyncio.Future[None] | None = None
        self._left = asyncio.Event()
        self.deadline = self._loop.time() + _HEAD_WITHIN
        self.client = ""

    # --- What asyncio calls -------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        # uvloop would else keep answers back until all that came together is answered, and clients would wait.
        self._transport.set_write_buffer_limits(high=0)
        name = transport.get_extra_info("peername")
        self.client = str(name[0]) if name else ""
        self._connections.open.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._connections.open.discard(self)
        self._left.set()
        self._waiting.clear()
        self.resume_writing()
        for incoming in (self._reading, self._current):
            if incoming is not None:
                incoming.drop()
        del self._parser  # the two know each other, and would stay until somebody collects garbage

    def data_received(self, data: bytes) -> None:
        if self._ending is not None:
            return
        self._unheard += len(data)
        try:
            self._parser.feed_data(data)
            self._add_to_head(0)
        except HttpParserUpgrade as upgrade:
            self._read_body(data[upgrade.args[0] :])
        except HttpParserError:
            self._refuse()
        self._pace()

    def pause_writing(self) -> None:
        self._full = self._loop.create_future()

    def resume_writing(self) -> None:
        if self._full is not None and not self._full.done():
            self._full.set_result(None)
        self._full = None

    # --- What the parser calls ----------------------------------------------------------------------------------------

    def on_message_begin(self) -> None:
        if len(self._waiting) >= _MOST_WAITING:
            self._ending = 503, "too many requests at once on one connection"
            raise ValueError
        self._reading = Incoming(self._pace)
        self._unheard = 0
        self._head_size = 0

    def on_url(self, url: bytes) -> None:
        assert self._reading is not None
        self._unheard = 0
        self._add_to_head(len(url))
        self._reading.target += url.decode("ascii")

    def on_header(self, name: bytes, value: bytes) -> None:
        assert self._reading is not None
        self._unheard = 0
        self._add_to_head(len(name) + len(value) + 4)
        if not self._reading.method:  # else it comes after the body
            self._reading.add_header(name.decode("ascii").lower(), value.decode("utf-8", "replace"))

    def on_headers_complete(self) -> None:
        assert self._reading is not None
        incoming = self._reading
        incoming.method = self._parser.get_method().decode("ascii")
        version = self._parser.get_http_version()
        incoming.old = version == "1.0"
        host = incoming.headers.get("host", "," if version == "1.1" else "")
        if version not in ("1.0", "1.1") or "," in host:  # there must be one host (RFC 9112, 3.2)
            raise ValueError
        # Who waits to be told to go on may send the body or not when it is refused: what comes next would be anybody's guess.
        incoming.keep = self._parser.should_keep_alive() and not incoming.expects_answer()
        if self._current is None:
            self._begin(incoming)
        else:
            self._waiting.append(incoming)

    def on_body(self, piece: bytes) -> None:
        assert self._reading is not None
        self._unheard = 0
        self._reading.add(piece)

    def on_message_complete(self) -> None:
        assert self._reading is not None
        self._unheard = 0
        if not self._parser.should_upgrade():
            self._reading.complete()
            self._reading = None

    def _within_head(self) -> bool:
        return self._reading is not None and not self._reading.method

    def _refuse(self) -> None:
        """What comes is no HTTP: says so, and that the rest of what is being read will not come."""
        self._end(*(self._ending or (400, "this is no request as HTTP/1.1 has them")))
        if self._reading is not None:
            self._reading.drop()

    def _add_to_head(self, size: int) -> None:
        self._head_size += size
        if self._head_size + self._unheard > _LARGEST_HEAD:
            self._ending = 431, f"the head of the request is longer than {_LARGEST_HEAD} bytes"
            raise HttpParserError

    def _read_body(self, rest: bytes) -> None:
        """Goes on with a request that would rather change the protocol, as if it did not say so (RFC 9110, 7.8).

        The parser takes what follows such a head for the other protocol; so another one reads the body.
        """
        assert self._reading is not None
        headers = self._reading.headers
        framing = [name for name in ("content-length", "transfer-encoding") if name in headers]
        head = "".join(f"{name}: {headers[name]}\r\n" for name in framing)
        self._parser = HttpRequestParser(_BodyReader(self))
        try:
            self._parser.feed_data(f"POST / HTTP/1.1\r\n{head}\r\n".encode() + rest)
        except HttpParserError:
            self._refuse()

    def begin_anew(self) -> None:
        """The body of such a request is at its end."""
        self.on_message_complete()
        self._parser = HttpRequestParser(self)

    # --- One after the other ------------------------------------------------------------------------------------------

    def _begin(self, incoming: Incoming) -> None:
        self.deadline = math.inf
        self._current = incoming
        self._begun = self._answered = False
        self._task = self._loop.create_task(self._answer(incoming))

    async def _answer(self, incoming: Incoming) -> None:
        try:
            await self._connections.handle(incoming, self)
        finally:
            self._finish(incoming)

    def _finish(self, incoming: Incoming) -> None:
        self._current = None
        if self._transport.is_closing():
            return
        if not self._answered:
            if self._ending is None or self._begun:
                self._transport.abort()  # what went out is not whole, and must not look as if it were
            else:
                self._end(*self._ending)
            return
        unsent = self._transport.get_write_buffer_size()
        self.deadline = self._loop.time() + (_STALLED if unsent else _HEAD_WITHIN)
        incoming.drop()
        if not incoming.keep or self._connections.stopping:
            self._close()
        elif self._waiting:
            self._begin(self._waiting.popleft())
        elif self._ending is not None:
            self._end(*self._ending)
        self._pace()

    def _pace(self) -> None:
        """Reads no more than can be answered."""
        ahead = self._reading is not None and self._reading.unread > _BODY_AHEAD
        wanted = self._ending is not None or not (self._waiting or ahead)
        if wanted is self._paused and not self._transport.is_closing():
            self._paused = not wanted
            if wanted:
                self._transport.resume_reading()
            else:
                self._transport.pause_reading()

    def _end(self, status: int, message: str) -> None:
        """Refuses what comes from now on, once all that came before is answered."""
        self._ending = status, message
        if self._current is None and not self._transport.is_closing():
            body = f"{message}\n".encode()
            lines = f"content-type: text/plain; charset=utf-8\r\ncontent-length: {len(body)}\r\nconnection: close\r\n"
            head = (_STATUS_LINES[status] + lines).encode() + self._connections.head_end
            self._transport.write(head + body)
            self._transport.write_eof()  # what still comes is dropped: to close now could cost the client the answer
            self.deadline = self._loop.time() + _LINGER

    def _close(self) -> None:
        self.deadline = self._loop.time() + _STALLED
        self._transport.close()

    def expire(self) -> None:
        """Its time is over."""
        if self._transport.is_closing() or self._transport.get_write_buffer_size():
            self._transport.abort()
        elif self._within_head() and self._ending is None:
            self._end(408, "the request did not arrive in time")
        else:
            self._close()

    def stop(self) -> None:
        """Closes it, if nothing is being answered."""
        if self._current is None:
            self._close()

    # --- Answering ----------------------------------------------------------------------------------------------------

    async def gone(self) -> None:
        """Returns when the client has closed the connection."""
        await self._left.wait()

    def ask_for_body(self) -> None:
        """Tells a client that waits to be told so that it may send the body."""
        assert self._current is not None
        if self._current.expects_answer():
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def answer(self, status: int, headers: HeaderList, body: bytes | None, length: int | None = None) -> None:
        """Sends an answer. Without a body (None: to HEAD, or where the status has none) ``length`` is that it would have."""
        if not self._transport.is_closing():
            head = self._head(status, headers, length if body is None else len(body))
            self._transport.writelines((head, body) if body else (head,))
        self._begun = self._answered = True

    async def stream(
        self, status: int, headers: HeaderList, length: int | None, pieces: AsyncIterator[bytes]
    ) -> int:
        """Sends pieces, none of them empty, as fast as the client takes them; returns the number of bytes.

        Raises TimeoutError when it takes nothing for some time, ClientGone when it has gone.
        """
        assert self._current is not None
        chunked = length is None and not self._current.old
        if chunked:
            headers = [*headers, ("transfer-encoding", "chunked")]
        elif length is None:
            self._current.keep = False
        self._begun = True
        self._transport.write(self._head(status, headers, length))
        sent = 0
        async for piece in pieces:
            if self._transport.is_closing():
                raise ClientGone
            self._transport.writelines((b"%x\r\n" % len(piece), piece, b"\r\n") if chunked else (piece,))
            sent += len(piece)
            await self._until_taken()
        if chunked:
            self._transport.write(b"0\r\n\r\n")
        self._answered = True
        return sent

    async def _until_taken(self) -> None:
        await asyncio.sleep(0)  # others have their turn however fast this client is
        while self._full is not None:
            unsent = self._unsent()
            done, _ = await asyncio.wait((self._full,), timeout=_STALLED)
            if not done and self._unsent() >= unsent:
                raise TimeoutError

    def _unsent(self) -> int:
        """How many bytes the client has not taken."""
        size = self._transport.get_write_buffer_size()
        found = self._transport.get_extra_info("socket")
        if found is None or sys.platform != "linux":
            return size
        queued: int = struct.unpack("i", fcntl.ioctl(found.fileno(), _SIOCOUTQ, bytes(4)))[0]
        return size + queued

    def _head(self, status: int, headers: HeaderList, length: int | None) -> bytes:
        assert self._current is not None
        lines = [_STATUS_LINES.get(status) or f"HTTP/1.1 {status} \r\n"]
        lines += [f"{name}: {value}\r\n" for name, value in headers]
        if length is not None:
            lines.append(f"content-length: {length}\r\n")
        if not self._current.keep or self._connections.stopping:
            lines.append("connection: close\r\n")
        elif self._current.old:
            lines.append("connection: keep-alive\r\n")
        head = "".join(lines)
        if head.count("\n") != len(lines) or head.count("\r") != len(lines) or "\0" in head:
            raise ValueError("a line break in a header")
        return head.encode() + self._connections.head_end


class _BodyReader:
    """What a parser calls that reads a body only."""

    def __init__(self, connection: Connection) -> None:
        self.on_body = connection.on_body
        self.on_message_complete = connection.begin_anew
