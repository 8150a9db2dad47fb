"""The parse of a sentence: from the parse cache of the machine, or, where the server was told to, made on demand.

A store holds the hash of a document's text and who parsed it, and by these two the cache finds the parse. What is not
there is parsed in a process of its own (see :mod:`~diplograph.server.explorer.parser`), one for all HTTP workers: the
first that needs it starts it.
"""

from __future__ import annotations

import asyncio
import fcntl
import multiprocessing
import socket
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

from diplograph.model import ParserIdentity, Sentence
from diplograph.parsing import ParseCache, StanzaParser, default_cache_directory
from diplograph.server import wire
from diplograph.server.errors import Refusal
from diplograph.server.explorer import parser
from diplograph.server.explorer.parser import LOADING, Limits, MakeParser, describe
from diplograph.server.settings import Settings
from diplograph.server.turns import Turns

_PATIENCE = LOADING + 10.0  # seconds that a sentence waits for its turn
_TRIES = 3  # to reach the process, which may end while we turn to it
_WAITING = 64  # connections that wait before it; HTTP workers have one each


class Parses:
    """Finds parses, or has them made. One in each HTTP worker; ``folder`` is where all of them meet."""

    def __init__(
        self, settings: Settings, folder: Path, make: MakeParser = StanzaParser, kept: float = 600.0
    ) -> None:
        self._settings = settings
        self._address = folder / "parser"
        self._make = make
        self._limits = Limits(settings.timeout, kept)
        self._turns = Turns(1, settings.queue)
        self._processes: list[multiprocessing.process.BaseProcess] = []

    async def read(
        self, document: Mapping[str, Any], offset: int, client: str = ""
    ) -> tuple[dict[str, Any], bool]:
        """The sentence at an offset of a document (as the API describes it) or the next one, and whether its parse had to
        be made. Raises Refusal: 404 where there is none, or none is to be had here; 503 when it takes too long."""
        kept = await asyncio.to_thread(
            _find, document["text_hash"] or "", ParserIdentity(*document["parser"])
        )
        if kept is not None:
            found, made = describe(kept, offset), False
        else:
            found, made = await self._make_one(document, offset, client), True
        if found is None:
            raise Refusal(404, "the text has no sentence at this offset, nor after it")
        return found, made

    async def _make_one(self, document: Mapping[str, Any], offset: int, client: str) -> dict[str, Any] | None:
        if self._settings.parse is None:
            message = "no parse of this document is kept here, and this server makes none: serve with --parse"
            raise Refusal(404, message, reason="unparsed")
        if not document["text"]:
            raise Refusal(404, "the store does not hold the text of this document")
        job = {"title": document["title"], "parser": document["parser"], "offset": offset}
        await self._turns.take(client, _PATIENCE)
        try:
            said = await self._ask(wire.pack(job, document["text"].encode()))
        finally:
            self._turns.give_back()
        if "other" in said:
            built, here = said["other"]
            message = f"the store was built with the parser {built}, and this server has {here}"
            raise Refusal(404, message, reason="other_parser")
        if said["status"] != 200:
            refusal = Refusal(said["status"], said["message"])
            refusal.fault = said.get("fault")
            raise refusal
        found: dict[str, Any] | None = said["sentence"]
        return found

    async def _ask(self, frame: bytes) -> wire.Header:
        """The answer to a job. Time counts from when it has its turn."""
        for _ in range(_TRIES):
            connection = await asyncio.to_thread(self._reach)
            reader, writer = await asyncio.open_unix_connection(sock=connection)
            begun, received = False, bytearray()
            try:
                writer.write(frame)
                async with asyncio.timeout(_PATIENCE):
                    await _receive(reader, received)
                begun = True
                async with asyncio.timeout(self._limits.parse):
                    return await _receive(reader, received)
            except TimeoutError:
                raise self._too_long(begun=begun) from None
            except (EOFError, OSError):
                if begun:
                    message = "the parse ended the process that made it: the document needs more memory than one may"
                    raise Refusal(503, message) from None
            finally:
                writer.close()
        raise Refusal(503, "the parser does not start; the server's log may say more")

    def _too_long(self, *, begun: bool) -> Refusal:
        if not begun:
            message = "the parser is busy, or just starting; try again in a moment"
            return Refusal(503, message, headers={"Retry-After": "10"})
        seconds = self._limits.parse
        message = f"the parse took longer than {seconds:g} s, the limit here, and was ended"
        return Refusal(503, message, limit_seconds=seconds)

    def _reach(self) -> socket.socket:
        """A connection to the process, which is started where none listens."""
        with self._address.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            try:
                return self._connect()
            except (FileNotFoundError, ConnectionRefusedError):
                self._start()
                return self._connect()

    def _connect(self) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.setblocking(False)
            connection.connect(str(self._address))
        except BlockingIOError:  # too many wait already
            connection.close()
            raise self._too_long(begun=False) from None
        except OSError:
            connection.close()
            raise
        return connection

    def _start(self) -> None:
        with suppress(FileNotFoundError):
            self._address.unlink()
        context = multiprocessing.get_context("forkserver")
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listening:
            listening.bind(str(self._address))
            listening.listen(_WAITING)
            process = context.Process(
                target=parser.main,
                args=(listening, self._settings.parse, self._make, self._limits),
                daemon=True,
            )
            process.start()
        self._processes = [started for started in self._processes if started.is_alive()] + [process]

    def close(self) -> None:
        """Ends the process, if this worker started it."""
        for process in self._processes:
            process.kill()


async def _receive(reader: asyncio.StreamReader, received: bytearray) -> wire.Header:
    """The header of the next frame; what was ``received`` after it stays there. Raises EOFError when the other side is
    gone."""
    while (frame := wire.unpack(received)) is None:
        piece = await reader.read(1 << 18)
        if not piece:
            raise EOFError
        received += piece
    return frame[0]


class _NotKept(Exception):
    """Raised through the memory of what was found, which is not to hold what may be there the next time."""


def _find(text_hash: str, identity: ParserIdentity) -> tuple[Sentence, ...] | None:
    try:
        return _read(text_hash, identity)
    except _NotKept:
        return None


@lru_cache(maxsize=4)
def _read(text_hash: str, identity: ParserIdentity) -> tuple[Sentence, ...]:
    found = ParseCache(default_cache_directory()).find(text_hash, identity)
    if found is None:
        raise _NotKept
    return found
