"""Reading in several processes: batches go out to workers, readings come back in order, one process stores them.

No more batches are out than there are workers to be kept busy, so memory stays bounded however much is to be read. A
worker that dies takes the whole pool of ``concurrent.futures`` with it; then the batches that were out are done again
in a new pool, one after the other, so that it shows which one kills, and that one document by document.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import Protocol

from diplograph.pipeline.reading import Input, ReadBatch, Reader, Reading

TRIES = 3
"""How often a document may end its worker before it is called failed."""

AHEAD = 2  # batches out for each worker


class Workers(Protocol):
    """Somebody who reads batches elsewhere."""

    @property
    def count(self) -> int:
        """How many batches they read at once."""
        ...

    def submit(self, batch: list[Input]) -> Future[ReadBatch]:
        """Hands out a batch."""
        ...

    def is_lost(self, error: BaseException) -> bool:
        """Whether an error of a batch means that its worker died."""
        ...

    def restart(self) -> None:
        """Makes new workers, where those left are of no use."""
        ...

    def close(self) -> None:
        """Ends what was begun for the build."""
        ...


def read_all(
    batches: Iterable[list[Input]], reader: Reader, *, jobs: int = 1, cluster: str | None = None
) -> Generator[ReadBatch, None, None]:
    """The readings of all the batches, in their order: made here, by ``jobs`` processes, or on a Dask cluster."""
    if cluster is None and jobs <= 1:
        yield from map(reader.read, batches)
        return
    workers: Workers
    if cluster is None:
        workers = Processes(reader, jobs)
    else:
        from diplograph.pipeline.cluster import Cluster

        workers = Cluster(reader, cluster)
    try:
        yield from read_in_parallel(batches, workers, reader)
    finally:
        workers.close()


def read_in_parallel(batches: Iterable[list[Input]], workers: Workers, reader: Reader) -> Iterator[ReadBatch]:
    """The readings of all the batches, in their order."""
    out: deque[tuple[list[Input], Future[ReadBatch]]] = deque()
    pending = iter(batches)
    while True:
        while len(out) < workers.count * AHEAD and (batch := next(pending, None)) is not None:
            out.append((batch, workers.submit(batch)))
        if not out:
            return
        batch, future = out.popleft()
        try:
            yield future.result()
        except BaseException as error:
            if not workers.is_lost(error):
                raise
            lost = [batch, *(other for other, _ in out)]
            out.clear()
            workers.restart()
            for batch in lost:
                yield from _read_alone(batch, workers, reader)


def _read_alone(batch: list[Input], workers: Workers, reader: Reader, tries: int = 0) -> Iterator[ReadBatch]:
    """The readings of a batch with nothing beside it; of one that kills its worker, document by document."""
    try:
        yield workers.submit(batch).result()
    except BaseException as error:
        if not workers.is_lost(error):
            raise
        workers.restart()
        if len(batch) > 1:
            for item in batch:
                yield from _read_alone([item], workers, reader, tries + 1)
        elif tries + 1 < TRIES:
            yield from _read_alone(batch, workers, reader, tries + 1)
        else:
            [(document, own)] = batch
            failure = f"the process that read it ended {TRIES} times; try it alone, with --jobs 1"
            yield ReadBatch((Reading(document, (own or reader.parser).identity, failure=failure),))


class Processes:
    """Worker processes on this machine, each with the models in it, by ``concurrent.futures``."""

    def __init__(self, reader: Reader, count: int) -> None:
        self._count = count
        self._reader = reader
        self._pool = self._start()

    @property
    def count(self) -> int:
        """How many processes there are."""
        return self._count

    def _start(self) -> ProcessPoolExecutor:
        # Spawned, not forked: a fork would hold the store's lock and none of its threads.
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(self._count, context, _begin, (self._reader, os.getpid()))

    def submit(self, batch: list[Input]) -> Future[ReadBatch]:
        """Hands out a batch."""
        try:
            with _uninterrupted():
                return self._pool.submit(_read, batch)
        except BrokenProcessPool as error:  # a worker has just died over another batch
            lost: Future[ReadBatch] = Future()
            lost.set_exception(error)
            return lost

    def is_lost(self, error: BaseException) -> bool:
        """Whether a worker died, killed or out of memory."""
        return isinstance(error, BrokenProcessPool)

    def restart(self) -> None:
        """A new pool in the place of the broken one."""
        self.close()
        self._pool = self._start()

    def close(self) -> None:
        """Ends the workers, whatever they are at."""
        for process in multiprocessing.active_children():
            process.terminate()
        # Waited for: the pool's own thread, left behind, and the end of this process trip over each other.
        self._pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Ctrl-C waits until workers are started: one that its parent leaves in the midst of that prints a traceback.

    A mask of the main thread would not do, since a signal goes to any thread, and stores have some.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # no other thread is interrupted
        return
    pressed: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: pressed.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        if pressed:
            signal.raise_signal(signal.SIGINT)


_reader: Reader | None = None  # of a worker process, from its start to its end


def _begin(reader: Reader, parent: int) -> None:
    global _reader
    _reader = reader
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's, which ends its workers
    threading.Thread(target=_watch, args=(parent,), daemon=True).start()


def _watch(parent: int) -> None:
    """Ends this process when the one that started it is gone, even by ``kill -9``."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def _read(batch: list[Input]) -> ReadBatch:
    assert _reader is not None
    return _reader.read(batch)
