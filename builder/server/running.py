"""Starts the HTTP workers, deals connections out to them, and keeps them running."""

from __future__ import annotations

import asyncio
import itertools
import multiprocessing
import os
import signal
import socket
import tempfile
import time
from contextlib import suppress
from functools import partial
from multiprocessing.connection import wait
from pathlib import Path

from diplograph import generations
from diplograph.model import StoreError
from diplograph.server import confinement
from diplograph.server.journal import write_event
from diplograph.server.settings import Settings

_BACKLOG = 4096
_AT_ONCE = 64  # connections that are accepted before anything else is looked at
_ALLOCATOR = {
    "MALLOC_MMAP_THRESHOLD_": str(64 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(256 << 20),
    "GLIBC_TUNABLES": "glibc.malloc.tcache_count=127:glibc.malloc.hugetlb=1",
}
"""For glibc in the processes that are started: each query needs some large pieces of memory for a moment, and many small
ones. To give the former back to the system each time, and to keep few of the latter at hand, costs more than many a query
(a third of a look-up). Huge pages spare a query that goes through much of the store a fiftieth. Without glibc they mean
nothing."""
_STOP_WITHIN = 5.0  # seconds, after which a worker that does not stop is killed
_FINISH_WITHIN = 3.0  # seconds that a worker gives to what it is answering
_MOST_CONNECTIONS = 8192  # in a worker; where there are more, those that have been idle for longest make room


def serve(settings: Settings) -> None:
    """Serves a store until it is told to stop (SIGINT, SIGTERM).

    Raises StoreError when there is no store, it is just being made for the first time, or nothing can listen there.
    """
    from diplograph.server.description import describe

    if not settings.upstream:
        url = f"{settings.public_url.rstrip('/')}/" if settings.public_url else None
        description = partial(describe, url=url, updates=settings.writable)
        generations.publish_current(settings.store, description, base=settings.base)
    confinement.raise_limit_of_open_files()
    for name, value in _ALLOCATOR.items():
        os.environ.setdefault(name, value)
    with _listen(settings) as listening, tempfile.TemporaryDirectory(prefix="diplograph-") as folder:
        write_event("start", url=f"http://{settings.host}:{settings.port}/", workers=settings.workers)
        _Workers(settings, Path(folder), listening).run()
    write_event("stop")


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    both = settings.host == "::" and socket.has_dualstack_ipv6()
    address = settings.host, settings.port
    try:
        return socket.create_server(address, family=family, backlog=_BACKLOG, dualstack_ipv6=both)
    except OSError as error:
        raise StoreError(
            f"{settings.host}, port {settings.port}: {error.strerror or error}; choose others with --host and --port"
        ) from error


# --- The workers, from outside ----------------------------------------------------------------------------------------


class _Worker:
    """A worker process, and the line on which it gets its connections."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.line, theirs = socket.socketpair()
        self.line.setblocking(False)
        self.ready = False
        self.begun = time.monotonic()
        context = multiprocessing.get_context("spawn")
        self.process = context.Process(target=_work, args=(settings, folder, theirs))
        self.process.start()
        theirs.close()

    def give(self, client: socket.socket) -> bool:
        """Hands a connection over; whether the worker could be given it."""
        try:
            socket.send_fds(self.line, [b"."], [client.fileno()])
        except OSError:
            return False
        return True


class _Workers:
    """The worker processes. Each gets every so many-th connection; one that ends is replaced.

    Were all to accept from one socket, whoever wakes first would take all that come together, and the others none.
    """

    def __init__(self, settings: Settings, folder: Path, listening: socket.socket) -> None:
        self._start = partial(_Worker, settings, folder)
        self._listening = listening
        self._listening.setblocking(False)
        self._running = [self._start() for _ in range(settings.workers)]
        self._turn = itertools.cycle(range(settings.workers))
        self._told, self._tell = os.pipe()

    def run(self) -> None:
        """Returns when it was told to stop and all have ended."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: os.write(self._tell, b"."))
        while True:
            starting = [worker.line for worker in self._running if not worker.ready]
            listening = [self._listening] if len(starting) < len(self._running) else []
            ended = [worker.process.sentinel for worker in self._running]
            happened = wait([self._told, *listening, *starting, *ended])
            if self._told in happened:
                break
            if self._listening in happened:
                self._accept()
            for place, worker in enumerate(self._running):
                if worker.process.sentinel in happened:
                    self._running[place] = self._replace(worker)
                elif worker.line in happened:
                    worker.ready = True
        self._stop()

    def _accept(self) -> None:
        for _ in range(_AT_ONCE):
            try:
                client, _ = self._listening.accept()
            except BlockingIOError:
                return
            except (
                OSError
            ):  # the client has gone, or there are too many open files: there will be fewer in a moment
                time.sleep(0.01)
                return
            with client:
                places = (next(self._turn) for _ in self._running)
                any(self._running[place].ready and self._running[place].give(client) for place in places)

    def _replace(self, worker: _Worker) -> _Worker:
        worker.line.close()
        worker.process.join()
        write_event("worker ended", status=worker.process.exitcode)
        if time.monotonic() - worker.begun < 1.0:
            time.sleep(0.5)  # whatever it is, it will be the same at once
        return self._start()

    def _stop(self) -> None:
        self._listening.close()
        for worker in self._running:
            worker.line.close()
        end = time.monotonic() + _STOP_WITHIN
        for worker in self._running:
            worker.process.join(max(0.0, end - time.monotonic()))
            worker.process.kill()
            worker.process.join()


# --- A worker, from inside --------------------------------------------------------------------------------------------


def _work(settings: Settings, folder: Path, line: socket.socket) -> None:
    import uvloop

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal tells all; the one that started us decides
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_answer(settings, folder, line))


async def _answer(settings: Settings, folder: Path, line: socket.socket) -> None:
    """Answers on the connections that come over the line, until it ends."""
    from diplograph.server.application import COMMON, Application
    from diplograph.server.connections import Connection, Connections

    loop = asyncio.get_running_loop()
    application = Application(settings, folder)
    application.start(loop)
    connections = Connections(application.handle, COMMON)
    stop = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    opening: set[asyncio.Task[object]] = set()

    def take() -> None:
        try:
            said, handles, _, _ = socket.recv_fds(line, 1, 1)
        except ConnectionResetError:  # it ended before it read that we are ready
            said, handles = b"", []
        if not said:
            loop.remove_reader(line)
            stop.set()
        for handle in handles:
            client = socket.socket(fileno=handle)
            client.setblocking(False)
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            task = loop.create_task(loop.connect_accepted_socket(lambda: Connection(connections), client))
            opening.add(task)
            task.add_done_callback(opening.discard)

    line.setblocking(False)
    loop.add_reader(line, take)
    line.send(b".")
    while not stop.is_set():
        connections.tick()
        connections.make_room(_MOST_CONNECTIONS)
        with suppress(TimeoutError):
            async with asyncio.timeout(1.0):
                await stop.wait()
    await connections.stop(_FINISH_WITHIN)
    application.stop()
