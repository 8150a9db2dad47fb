"""Starts the HTTP workers, processes that share one port, and keeps them running."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import socket
import tempfile
import time
from contextlib import suppress
from functools import partial
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path

from diplograph import generations
from diplograph.model import StoreError
from diplograph.server import confinement
from diplograph.server.journal import write_event
from diplograph.server.settings import Settings

_BACKLOG = 4096
_ALLOCATOR = {"MALLOC_MMAP_THRESHOLD_": 64 << 20, "MALLOC_TRIM_THRESHOLD_": 256 << 20}
"""For glibc in the processes that are started: each query needs some large pieces of memory for a moment, and to give them
back to the system each time costs more than many a query (a quarter of a look-up). Without glibc they mean nothing."""
_STOP_WITHIN = 5.0  # seconds, after which a worker that does not stop is killed
_FINISH_WITHIN = 3.0  # seconds that a worker gives to what it is answering
_RESPAWN_AFTER = 0.5
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
    for name, size in _ALLOCATOR.items():
        os.environ.setdefault(name, str(size))
    with _listen(settings) as listening, tempfile.TemporaryDirectory(prefix="diplograph-") as folder:
        write_event("start", url=f"http://{settings.host}:{settings.port}/", workers=settings.workers)
        _Workers(settings, Path(folder), listening).run()
    write_event("stop")


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    both = settings.host == "::" and socket.has_dualstack_ipv6()
    try:
        return socket.create_server(
            (settings.host, settings.port), family=family, backlog=_BACKLOG, dualstack_ipv6=both
        )
    except OSError as error:
        raise StoreError(
            f"{settings.host}, port {settings.port}: {error.strerror or error}; choose others with --host and --port"
        ) from error


class _Workers:
    """The worker processes: one that ends is replaced, until they are told to stop."""

    def __init__(self, settings: Settings, folder: Path, listening: socket.socket) -> None:
        self._context = multiprocessing.get_context("spawn")
        self._target = partial(_work, settings, folder, listening)
        self._count = settings.workers
        self._told, self._tell = os.pipe()

    def run(self) -> None:
        """Returns when it was told to stop and all have ended."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: os.write(self._tell, b"."))
        running: list[BaseProcess] = [self._start() for _ in range(self._count)]
        while self._told not in wait([self._told, *(process.sentinel for process in running)]):
            time.sleep(_RESPAWN_AFTER)
            for process in [found for found in running if not found.is_alive()]:
                write_event("worker ended", status=process.exitcode)
                running.remove(process)
                running.append(self._start())
        for process in running:
            process.terminate()
        end = time.monotonic() + _STOP_WITHIN
        for process in running:
            process.join(max(0.0, end - time.monotonic()))
            process.kill()
            process.join()

    def _start(self) -> BaseProcess:
        process = self._context.Process(target=self._target)
        process.start()
        return process


def _work(settings: Settings, folder: Path, listening: socket.socket) -> None:
    """A worker process."""
    import uvloop

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal tells all; the one that started us decides
    confinement.end_with_parent(signal.SIGTERM)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_answer(settings, folder, listening))


async def _answer(settings: Settings, folder: Path, listening: socket.socket) -> None:
    from diplograph.server.application import COMMON, Application
    from diplograph.server.connections import Connection, Connections

    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    application = Application(settings, folder)
    application.start(loop)
    connections = Connections(application.handle, COMMON)
    server = await loop.create_server(lambda: Connection(connections), sock=listening, backlog=_BACKLOG)
    while not stop.is_set():
        connections.tick()
        connections.make_room(_MOST_CONNECTIONS)
        with suppress(TimeoutError):
            async with asyncio.timeout(1.0):
                await stop.wait()
    server.close()
    await connections.stop(_FINISH_WITHIN)
    application.stop()
