"""A request as it comes in over a connection."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class ClientGone(ConnectionError):
    """The client has closed the connection before all was said."""


class Incoming:
    """A request; its body follows its head. Names of headers are in lower case.

    ``keep`` says that the client would use the connection again, ``old`` that it speaks HTTP/1.0, ``unread`` how many
    bytes of the body wait to be read. ``paced`` is called when something was read.
    """

    __slots__ = (
        "_arrived", "_dropped", "_paced", "_pieces", "_whole", "headers", "keep", "method", "old", "target", "unread"
    )  # fmt: skip

    def __init__(self, paced: Callable[[], None]) -> None:
        self.method = ""
        self.target = ""
        self.headers: dict[str, str] = {}
        self.keep = True
        self.old = False
        self.unread = 0
        self._whole = False
        self._dropped = False
        self._pieces: list[bytes] = []
        self._arrived: asyncio.Future[None] | None = None
        self._paced = paced

    def add_header(self, name: str, value: str) -> None:
        """Takes a header; one that comes again is a list."""
        known = self.headers.get(name)
        self.headers[name] = value if known is None else f"{known}, {value}"

    def add(self, piece: bytes) -> None:
        """Takes a piece of the body."""
        if not self._dropped:
            self._pieces.append(piece)
            self.unread += len(piece)
            self._notify()

    def complete(self) -> None:
        """All of the body has come."""
        self._whole = True
        self._notify()

    def drop(self) -> None:
        """Nobody wants the rest of the body, or there will be none."""
        if not self._whole:
            self._dropped = True
            self._pieces.clear()
            self.unread = 0
            self._notify()

    def _notify(self) -> None:
        if self._arrived is not None and not self._arrived.done():
            self._arrived.set_result(None)

    def expects_answer(self) -> bool:
        """Whether the client sends the body only when it is told to."""
        waits = not (self.old or self._pieces or self._whole)
        return waits and self.headers.get("expect", "").lower() == "100-continue"

    async def read(self) -> bytes:
        """What has come of the body; nothing at its end. Raises ClientGone when the client left in its midst."""
        while not (self._pieces or self._whole or self._dropped):
            self._arrived = asyncio.get_running_loop().create_future()
            await self._arrived
        if self._dropped:
            raise ClientGone
        piece = b"".join(self._pieces)
        self._pieces.clear()
        self.unread = 0
        self._paced()
        return piece
