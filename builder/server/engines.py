"""The engines of an HTTP worker: processes that run one job each, and are killed when it takes too long."""

from __future__ import annotations

import asyncio
import itertools
import multiprocessing
import os
import socket
import tempfile
from collections import deque
from multiprocessing.context import BaseContext
from pathlib import Path
from typing import cast

from diplograph import generations
from diplograph.server import engine, wire
from diplograph.server.errors import Refusal
from diplograph.server.service import CallJob, Job, QueryJob, Result, UpdateJob, WriteJob
from diplograph.server.settings import Settings

_OPERATIONS = {QueryJob: "query", CallJob: "call", UpdateJob: "update", WriteJob: "write"}


class _Connection(asyncio.Protocol):
    """The worker's end of the line to one engine."""

    def __init__(self) -> None:
        self._received = bytearray()
        self.answer: asyncio.Future[tuple[wire.Header, bytes]] | None = None
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._received += data
        frame = wire.unpack(self._received)
        if frame is not None and self.answer is not None and not self.answer.done():
            self.answer.set_result(frame)

    def connection_lost(self, exc: Exception | None) -> None:
        if self.answer is not None and not self.answer.done():
            self.answer.set_exception(ConnectionResetError())


class Engine:
    """One engine process, seen from the HTTP worker."""

    def __init__(self, context: BaseContext, settings: Settings) -> None:
        ours, theirs = socket.socketpair()
        self._socket = ours
        self._connection = _Connection()
        self.process = context.Process(  # type: ignore[attr-defined]
            target=engine.main, args=(theirs, settings.memory, bool(settings.hosts)), daemon=True
        )
        self.process.start()
        theirs.close()

    async def connect(self) -> None:
        """Makes the line ready."""
        loop = asyncio.get_running_loop()
        await loop.create_unix_connection(lambda: self._connection, sock=self._socket)

    async def ask(self, frame: bytes) -> tuple[wire.Header, bytes]:
        """The answer to a job. Raises ConnectionResetError when the process ends before it."""
        assert self._connection.transport is not None
        answer = self._connection.answer = asyncio.get_running_loop().create_future()
        self._connection.transport.write(frame)
        return await answer

    def kill(self) -> None:
        """Ends the process, whatever it is doing."""
        self.process.kill()
        if self._connection.transport is not None:
            self._connection.transport.close()


class EnginePool:
    """Runs jobs over the newest generation of a store, each in an engine, with a time limit. A Service."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.settings = settings
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["__main__", "diplograph.server.engine"])
        self._idle: list[Engine] = []
        self._started = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._folder = tempfile.TemporaryDirectory(dir=folder)
        self._numbers = itertools.count()
        self._seen: tuple[int, Path] = (0, Path())

    def directory(self) -> Path:
        """The newest generation."""
        changed = os.stat(self.settings.store / generations.FOLDER).st_mtime_ns
        if changed != self._seen[0]:
            self._seen = changed, generations.newest(self.settings.store)
        return self._seen[1]

    def generation(self) -> str:
        """The name of the newest generation."""
        return self.directory().name

    def close(self) -> None:
        """Ends all engines."""
        for idle in self._idle:
            idle.kill()
        self._folder.cleanup()

    async def run(self, job: Job) -> Result:
        """The result of a job. Raises Refusal when it is malformed, forbidden, too long or too much."""
        spool = Path(self._folder.name, str(next(self._numbers)))
        directory = self.directory()
        frame = self._frame(job, directory, spool)
        chosen = await self._take()
        try:
            said, body = await asyncio.wait_for(chosen.ask(frame), self.settings.timeout)
        except BaseException as error:
            chosen.kill()
            self._give_back(None)
            spool.unlink(missing_ok=True)
            if isinstance(error, TimeoutError):
                raise Refusal(
                    503, f"the request took longer than {self.settings.timeout:g} s and was ended"
                ) from None
            if isinstance(error, ConnectionResetError):
                raise Refusal(503, "the request ended the process that ran it") from None
            raise
        self._give_back(chosen)
        if said["status"] != 200:
            spool.unlink(missing_ok=True)
            raise Refusal(
                said["status"], said["message"], headers=said.get("headers"), **said.get("details", {})
            )
        return Result(
            said["media_type"], body, spool if said["spooled"] else None, said["stable"], directory.name
        )

    def _frame(self, job: Job, directory: Path, spool: Path) -> bytes:
        header = {
            "op": _OPERATIONS[type(job)],
            "directory": str(directory),
            "store": str(self.settings.store),
            "base": self.settings.base,
            "union": self.settings.union,
            "spool": str(spool),
            "max_result": self.settings.max_result,
        }
        header.update((name, getattr(job, name)) for name in job.__slots__)
        return wire.pack(header)

    async def _take(self) -> Engine:
        while True:
            if self._idle:
                return self._idle.pop()
            if self._started < self.settings.engines:
                self._started += 1
                fresh = Engine(self._context, self.settings)
                await fresh.connect()
                return fresh
            if len(self._waiting) >= self.settings.queue:
                raise Refusal(503, "too many requests at once; try again", headers={"Retry-After": "1"})
            turn = asyncio.get_running_loop().create_future()
            self._waiting.append(turn)
            await turn

    def _give_back(self, used: Engine | None) -> None:
        if used is None:
            self._started -= 1
        else:
            self._idle.append(used)
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                break
