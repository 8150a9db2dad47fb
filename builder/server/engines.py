"""The engines of an HTTP worker: processes that run one job each, and are killed when it takes too long.

A query is quick until it is not: it starts in any engine that is free, and when it has not ended after a moment, it has
to have one of the places for slow ones to go on. If these are taken, it is ended, waits for one, and starts again. So
some engines are always there for quick queries, however many slow ones there are.

Of the quick ones no more run at once than there are processors, and the others wait: all together they would not be done
sooner, but later, since they push each other out of the processors' caches. Each worker has its share of the processors;
connections are dealt out evenly, so no share lies idle while another worker has much to do.
"""

from __future__ import annotations

import asyncio
import itertools
import math
import multiprocessing
import os
import socket
import tempfile
import time
from collections.abc import Callable
from multiprocessing.context import BaseContext
from pathlib import Path
from typing import cast

from diplograph import generations
from diplograph.server import engine, wire
from diplograph.server.caching import Answers
from diplograph.server.errors import Refusal
from diplograph.server.federation import Relay
from diplograph.server.lookups import Lookups
from diplograph.server.service import Asker, CallJob, Job, QueryJob, Result, UpdateJob, WriteJob
from diplograph.server.settings import Settings
from diplograph.server.turns import Turns

_OPERATIONS = {QueryJob: "query", CallJob: "call", UpdateJob: "update", WriteJob: "write"}
_QUICK = 0.2  # seconds of a processor's time; on a busy machine they take longer
_LOOK_AGAIN = (
    10  # times, before a query that waits for something else than a processor counts as slow as well
)
_PATIENCE = 30.0  # seconds that a request waits for its turn
_CRASHED = "the request ended the process that ran it: it needs more memory, or nests deeper, than one may; ask for less"
_RELEASE = wire.pack({"op": "release"})


class _MustWait(Exception):
    """A query turned out to be slow while there was no place for slow ones."""


class Engine(asyncio.Protocol):
    """One engine process, seen from the HTTP worker, and the worker's end of the line to it."""

    def __init__(self, context: BaseContext, settings: Settings, relay_port: int) -> None:
        self._socket, theirs = socket.socketpair()
        self._received = bytearray()
        self._answer: asyncio.Future[tuple[wire.Header, bytes]] | None = None
        self._transport: asyncio.Transport | None = None
        self.process = context.Process(  # type: ignore[attr-defined]
            target=engine.main, args=(theirs, settings, relay_port), daemon=True
        )
        self.process.start()
        theirs.close()

    async def connect(self) -> None:
        """Makes the line ready."""
        await asyncio.get_running_loop().create_unix_connection(lambda: self, sock=self._socket)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._received += data
        frame = wire.unpack(self._received)
        if frame is not None and self._answer is not None and not self._answer.done():
            self._answer.set_result(frame)

    def connection_lost(self, exc: Exception | None) -> None:
        self.end(Refusal(503, _CRASHED))

    @property
    def alive(self) -> bool:
        """Whether it can be given a job."""
        return self._transport is not None and not self._transport.is_closing()

    def busy_seconds(self) -> float:
        """How long a processor has worked for it since it started; infinite where the system does not say."""
        try:
            return time.clock_gettime(
                (~self.process.pid << 3) | 2
            )  # Linux: the clock of a process, by its id
        except OSError:
            return math.inf

    def ask(self, frame: bytes) -> asyncio.Future[tuple[wire.Header, bytes]]:
        """The answer to a job, when it comes; or what :meth:`end` was called with."""
        self._answer = asyncio.get_running_loop().create_future()
        if self._transport is None or self._transport.is_closing():
            self._answer.set_exception(Refusal(503, _CRASHED))
        else:
            self._transport.write(frame)
        return self._answer

    def end(self, reason: Exception) -> None:
        """Kills the process, whatever it is doing; whoever waits for its answer gets the reason."""
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(reason)
        if self.alive and self._transport is not None:
            self._transport.close()
        self.process.kill()


class EnginePool:
    """Runs jobs over the newest generation of a store, each in an engine, with a time limit. A Service."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.settings = settings
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["__main__", "diplograph.server.engine"])
        self._idle: list[Engine] = []
        self._places = Turns(settings.engines, settings.queue)
        self._slow = Turns(max(1, settings.engines // 2), settings.queue)
        self._turns = Turns(max(1, (os.cpu_count() or 1) // settings.workers), settings.queue)
        self._folder = tempfile.TemporaryDirectory(dir=folder)
        self._numbers = itertools.count()
        self._generations = settings.store / generations.FOLDER
        self._watched = os.open(self._generations, os.O_RDONLY)
        self._seen: tuple[int, Path] = (0, Path())
        self._looked = False
        self._released = ""
        self._relay = Relay(settings)
        self._answers = Answers(settings.cache)
        self._lookups = Lookups(base=settings.base, union=settings.union)

    def directory(self) -> Path:
        """The newest generation. Requests that came together are answered from the same one."""
        if not self._looked:
            self._looked = True
            asyncio.get_running_loop().call_soon(self._look_again)
            changed = os.fstat(self._watched).st_mtime_ns  # by its path would take three times as long
            if changed != self._seen[0]:
                self._seen = changed, generations.newest(self.settings.store)
        return self._seen[1]

    def _look_again(self) -> None:
        self._looked = False

    def generation(self) -> str:
        """The name of the newest generation."""
        return self.directory().name

    async def start(self) -> None:
        """Starts the engines, so that the first requests need not wait for them."""
        if self.settings.hosts:
            await self._relay.start()
        self._released = self.generation()
        fresh = [Engine(self._context, self.settings, self._relay.port) for _ in range(self.settings.engines)]
        for started in fresh:
            await started.connect()
        self._idle += fresh

    async def release(self) -> None:
        """Lets go of a generation that is not the newest any more, so that it can be removed."""
        before, self._watched = self._watched, os.open(self._generations, os.O_RDONLY)
        os.close(before)  # the path may lead to another folder by now
        newest = self.generation()
        if newest == self._released:
            return
        self._answers.forget()
        self._lookups.release()
        idle, self._idle = self._idle, []
        for chosen in idle:
            if chosen.alive:
                await chosen.ask(_RELEASE)
                self._idle.append(chosen)
        self._released = newest
        await asyncio.to_thread(generations.prune, self.settings.store)

    def close(self) -> None:
        """Ends all engines."""
        os.close(self._watched)
        self._relay.close()
        for chosen in self._idle:
            chosen.end(ConnectionAbortedError())
        self._folder.cleanup()

    async def run(self, job: Job, asker: Asker | None = None) -> Result:
        """The result of a job. Raises Refusal when it is malformed, forbidden, too long or too much."""
        directory = self.directory()
        if not isinstance(job, QueryJob):
            return await self._run(job, directory, asker)
        known = self._answers.find(directory.name, job)
        if known is not None:
            return known
        result = self._lookups.answer(job, directory)
        if result is not None:
            self._answers.keep_if_asked_again(job, result)
        else:
            result = await self._run(job, directory, asker)
            self._answers.keep(job, result)
        return result

    async def _run(self, job: Job, directory: Path, asker: Asker | None) -> Result:
        spool = Path(self._folder.name, str(next(self._numbers)))
        frame = self._frame(job, str(directory), str(spool))
        client = asker.client if asker is not None else ""
        writes = isinstance(job, UpdateJob | WriteJob)
        try:
            try:
                said, body = await self._attempt(frame, client, asker, None if writes else self._slow)
            except _MustWait:
                spool.unlink(missing_ok=True)
                await self._slow.take(client, _PATIENCE)
                try:
                    said, body = await self._attempt(frame, client, asker, None)
                finally:
                    self._slow.give_back()
            if said["status"] != 200:
                raise _refusal(said)
        except BaseException:
            spool.unlink(missing_ok=True)
            raise
        kept = spool if said["spooled"] else None
        return Result(said["media_type"], body, kept, said["stable"], directory.name)

    def _frame(self, job: Job, directory: str, spool: str) -> bytes:
        names = job._fields if isinstance(job, QueryJob) else job.__slots__
        header = {name: getattr(job, name) for name in names}
        if self._relay.port:
            header["relay"] = self._relay.address
        return wire.pack({"op": _OPERATIONS[type(job)], "directory": directory, "spool": spool, **header})

    async def _attempt(
        self, frame: bytes, client: str, asker: Asker | None, slow: Turns | None
    ) -> tuple[wire.Header, bytes]:
        """Runs a job. With ``slow``, the places for slow ones, raises _MustWait when it is slow and there is no place."""
        await self._places.take(client, _PATIENCE)
        chosen = None
        try:
            chosen = await self._engine_with_turn(client, slow)
            running = _Running(chosen, self.settings.timeout, slow, asker, self._turns)
            try:
                return await chosen.ask(frame)
            finally:
                running.stop()
        except asyncio.CancelledError:
            if chosen is not None:
                chosen.end(ConnectionAbortedError())
            raise
        finally:
            if chosen is not None and chosen.alive:
                self._idle.append(chosen)
            self._places.give_back()

    async def _engine_with_turn(self, client: str, slow: Turns | None) -> Engine:
        """An engine; with ``slow``, when it is this client's turn. The turn comes first, so that the few engines that run
        are those that ran last: the others' share of the processor's caches is gone by then."""
        if slow is None:
            return await self._idle_engine()
        await self._turns.take(client, _PATIENCE)
        try:
            return await self._idle_engine()
        except BaseException:
            self._turns.give_back()
            raise

    async def _idle_engine(self) -> Engine:
        while self._idle:
            chosen = self._idle.pop()
            if chosen.alive:
                return chosen
        fresh = Engine(self._context, self.settings, self._relay.port)
        await fresh.connect()
        return fresh


class _Running:
    """Watches over a job that runs: ends its turn and makes it a slow one after a moment, and ends it at its time.

    Without ``slow``, the places for slow ones, it is known to be one, and has no turn.
    """

    def __init__(
        self, chosen: Engine, timeout: float, slow: Turns | None, asker: Asker | None, turns: Turns
    ) -> None:
        self._engine = chosen
        self._timeout = timeout
        self._asker = asker
        self._watch: asyncio.Task[None] | None = None
        self._slow = slow
        self._is_slow = False
        self._turns = turns
        self._has_turn = slow is not None
        self._loop = asyncio.get_running_loop()
        self._looked = 0
        self._begun = chosen.busy_seconds()
        if slow is None:
            self._timer = self._after(timeout, self._too_long)
            self._watch_client()
        else:
            self._timer = self._after(_QUICK, self._look)

    def _after(self, seconds: float, call: Callable[[], None]) -> asyncio.TimerHandle:
        return self._loop.call_later(seconds, call)

    def _look(self) -> None:
        """Is it still quick?"""
        self._looked += 1
        self._end_turn()
        if self._engine.busy_seconds() - self._begun < _QUICK and self._looked < _LOOK_AGAIN:
            self._timer = self._after(_QUICK, self._look)
        else:
            self._became_slow()

    def _end_turn(self) -> None:
        if self._has_turn:
            self._has_turn = False
            self._turns.give_back()

    def _became_slow(self) -> None:
        assert self._slow is not None
        if not self._slow.take_at_once():
            self._engine.end(_MustWait())
            return
        self._is_slow = True
        self._timer = self._after(max(0.0, self._timeout - _QUICK * self._looked), self._too_long)
        self._watch_client()

    def _watch_client(self) -> None:
        if self._asker is not None:
            self._watch = self._loop.create_task(self._until_gone(self._asker))

    def _too_long(self) -> None:
        seconds = f"{self._timeout:g}"
        message = f"the request took longer than {seconds} s, the limit here, and was ended; ask for less"
        self._engine.end(Refusal(503, message, limit_seconds=self._timeout))

    async def _until_gone(self, asker: Asker) -> None:
        await asker.gone()
        self._engine.end(Refusal(499, "the client went away"))

    def stop(self) -> None:
        """Nothing is to be watched over any more."""
        self._timer.cancel()
        self._end_turn()
        if self._watch is not None:
            self._watch.cancel()
        if self._is_slow and self._slow is not None:
            self._slow.give_back()


def _refusal(said: wire.Header) -> Refusal:
    refusal = Refusal(said["status"], said["message"], headers=said.get("headers"), **said.get("details", {}))
    refusal.fault = said.get("fault")
    return refusal
