"""Sending: graphs in parcels to a store elsewhere. While one is sent, the next are read; afterwards all are counted.

In constant memory: graphs are read one at a time, small ones are sent together, large ones in chunks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from queue import Empty, Full, Queue
from threading import Event, local
from typing import TypeAlias

from pyoxigraph import NamedNode

from diplograph.model import TransferError
from diplograph.store import Store
from diplograph.transfer.connection import Flow, PassingError
from diplograph.transfer.endpoint import Endpoint
from diplograph.transfer.lines import SortedLines
from diplograph.transfer.manifest import COMPLETE, INCOMPLETE, Entry, announce, count_and_confirm
from diplograph.transfer.parcels import Parcel, pack
from diplograph.transfer.targets import insert_data

_AHEAD = 2
"""How many parcels are read ahead."""
_QUIET = 10
"""After so many seconds without a parcel a stream sends an empty line: a store gives up a client that is silent."""

Ready: TypeAlias = "Queue[Parcel | None]"
"""Parcels from the thread that reads to the one that sends; None after the last."""


class Sender:
    """Sends graphs. One thread reads, one tells the store, over as many connections as suit it.

    ``before`` is what the manifest had when the push began; ``fresh`` says that nothing has to be emptied. ``chunk`` is
    how many triples go into one request; without it what suits the store, which may be all of them in one.
    ``begun`` says whether a graph was announced, ``sent`` are the graphs that were sent, ``corrupted`` those with values
    that such a store does not keep as they are.
    """

    def __init__(
        self,
        store: Store,
        endpoint: Endpoint,
        *,
        chunk: int | None,
        gzip: bool,
        before: Mapping[NamedNode, Entry],
        fresh: bool,
    ) -> None:
        self.chunk = chunk or endpoint.target.chunk
        self.target = endpoint.target
        self.begun = False
        self.sent: list[Entry] = []
        self.corrupted: set[str] = set()
        self._streams = self.target.stream and chunk is None
        self._store = store
        self._endpoint = endpoint
        self._gzip = gzip
        self._before = dict(before)
        self._fresh = fresh
        self._resumes = True
        self._begins: dict[NamedNode, int] = {}
        self._stopped = Event()
        self._lost = [f'"^^<{datatype}> .'.encode() for datatype in endpoint.target.corrupts]
        self._threads = local()
        self._opened: list[Endpoint] = []

    def send_all(self, names: Sequence[NamedNode]) -> Iterator[Parcel]:
        """Sends graphs; gives each parcel when it is handed on."""
        with ExitStack() as stack:
            stack.callback(self._close)
            self._pool = stack.enter_context(ThreadPoolExecutor(self.target.connections))
            self._teller = stack.enter_context(ThreadPoolExecutor(1))
            stack.push(self._stop_if_failed)  # first of all, or the threads would go on to their end
            yield from self._send(names)
            if spoilt := self._find_spoilt():
                self._resumes = False
                yield from self._send(spoilt)

    def confirm(self) -> Iterator[tuple[Entry, int]]:
        """Counts what was sent, and writes down as complete what is whole; each graph with its count over there."""
        return count_and_confirm(self._endpoint, self._store.base, self.sent)

    def _stop_if_failed(self, kind: object, _error: object, _trace: object) -> None:
        """Ctrl-C, or whatever goes wrong here, ends the other threads before their next chunk."""
        if kind is not None:
            self._stopped.set()

    def _close(self) -> None:
        for endpoint in self._opened:
            endpoint.connection.close()

    # --- What was begun before ---------------------------------------------------------------------------------------

    def _announce(self, parcel: Parcel, endpoint: Endpoint) -> None:
        """Writes graphs down as incomplete, and empties them, unless it is one that is gone on with."""
        there = self._find_begin(parcel, endpoint)
        full = () if there or self._fresh else tuple(endpoint.count(parcel.names))
        known = [name for name in parcel.names if name in self._before]
        endpoint.update(announce(endpoint, self._store.base, parcel.entries, known=known, clear=full))
        self.begun = True
        self._before |= {entry.graph: replace(entry, status=INCOMPLETE) for entry in parcel.entries}

    def _find_begin(self, parcel: Parcel, endpoint: Endpoint) -> int:
        """How many lines of a graph that is sent alone are there already, from a push that was interrupted."""
        (entry, *others) = parcel.entries
        before = self._before.get(entry.graph)
        known = before is not None and replace(before, status=COMPLETE) == entry
        resumes = self._resumes and known and not others
        there = endpoint.count(parcel.names).get(entry.graph, 0) if resumes else 0
        self._begins |= {name: there for name in parcel.names}
        return there

    def _find_spoilt(self) -> list[NamedNode]:
        """Graphs of which the beginning that was there was not their own after all."""
        resumed = {entry.graph: entry.triples for entry in self.sent if self._begins[entry.graph]}
        there = self._endpoint.count(resumed)
        spoilt = [graph for graph, triples in resumed.items() if there.get(graph, 0) != triples]
        self.sent = [entry for entry in self.sent if entry.graph not in spoilt]
        return spoilt

    # --- From thread to thread ---------------------------------------------------------------------------------------

    def _send(self, names: Sequence[NamedNode]) -> Iterator[Parcel]:
        """Sends graphs; a stream that breaks is sent again, but for the graphs that are whole over there."""
        if not self._streams:
            yield from self._hand_on(names, self._send_each)
            return
        connection = self._endpoint.connection
        for attempt in range(connection.retries + 1):
            begun: list[Entry] = []
            try:
                for parcel in self._hand_on(names, self._send_stream):
                    begun += parcel.entries
                    yield parcel
                self.sent += begun
                return
            except PassingError as error:
                if attempt == connection.retries:
                    raise
                connection.wait(attempt, error.wish)
            there = self._endpoint.count(entry.graph for entry in begun)
            whole = [entry for entry in begun if there.get(entry.graph, 0) == entry.triples]
            self.sent += whole
            done = {entry.graph for entry in whole}
            names = [name for name in names if name not in done]
            self._fresh = False

    def _hand_on(self, names: Iterable[NamedNode], tell: Callable[[Ready], None]) -> Iterator[Parcel]:
        """Reads graphs here and has another thread tell the store."""
        ready: Ready = Queue(_AHEAD)
        telling: Future[None] | None = None
        for parcel in pack(self._store, names, self.target, self.chunk):
            if self._streams:
                # the first over the stream's own connection: if a password is wanted, it is known from then on
                self._announce(parcel, self._endpoint if telling is None else self._own_endpoint())
            telling = telling or self._teller.submit(tell, ready)
            yield parcel
            _put(ready, parcel, telling)
        if telling is not None:
            _put(ready, None, telling)
            telling.result()

    def _take(self, ready: Ready) -> Iterator[Parcel | None]:
        """The parcels that were read; None for every while without one."""
        waited = 0
        while True:
            self._check()
            try:
                parcel = ready.get(timeout=1)
            except Empty:
                waited += 1
                if waited % _QUIET == 0:
                    yield None
                continue
            if parcel is None:
                return
            yield parcel
            parcel.close()

    def _check(self) -> None:
        if self._stopped.is_set():
            raise TransferError("the push was stopped; the next goes on from there")

    # --- Telling -----------------------------------------------------------------------------------------------------

    def _send_stream(self, ready: Ready) -> None:
        """All parcels in one request; they are announced by the thread that reads."""
        self._endpoint.add(None, Flow(self._write_stream(ready)), gzip=self._gzip)

    def _write_stream(self, ready: Ready) -> Iterator[bytes]:
        for parcel in self._take(ready):
            if parcel is None:
                yield b"\n"
            else:
                yield from self._write(parcel)

    def _send_each(self, ready: Ready) -> None:
        """Each parcel in requests of its own."""
        self._threads.endpoint = self._endpoint  # this thread is the one that tells
        for parcel in self._take(ready):
            if parcel is not None:
                self._announce(parcel, self._endpoint)
                self._send_parcel(parcel)
                self.sent += parcel.entries

    def _send_parcel(self, parcel: Parcel) -> None:
        """All graphs in one body, or each graph, or chunk of it, in one."""
        graphs = zip(parcel.entries, parcel.lines, strict=True)
        if self.target.way == "quads":
            if len(parcel.entries) > 1:
                self._endpoint.add(None, _Body(self, parcel), gzip=self._gzip)
            else:
                for quads in self._write(parcel):
                    self._endpoint.add(None, quads, gzip=self._gzip)
        elif self.target.connections == 1:
            for entry, lines in graphs:
                self._send_graph(entry.graph, lines)
        else:
            # a list, so that an error in any of them is raised here
            list(self._pool.map(lambda graph: self._send_graph(graph[0].graph, graph[1]), graphs))

    def _send_graph(self, graph: NamedNode, lines: SortedLines) -> None:
        endpoint = self._own_endpoint()
        for chunk in self._chunks(graph, lines):
            if endpoint.target.way == "update":
                endpoint.update(insert_data(graph, chunk))
            else:
                endpoint.add(graph, chunk, gzip=self._gzip)

    def _write(self, parcel: Parcel) -> Iterator[bytes]:
        """A parcel as N-Quads."""
        for entry, lines in zip(parcel.entries, parcel.lines, strict=True):
            # a literal has no line break of its own
            end = f" {entry.graph} .\n".encode()
            for chunk in self._chunks(entry.graph, lines):
                yield chunk.replace(b" .\n", end)

    def _chunks(self, graph: NamedNode, lines: SortedLines) -> Iterator[bytes]:
        """The chunks of a graph but those that came whole before: they go one after the other, so of as many triples as
        are there, only the last chunk may be a part."""
        begin, there = 0, self._begins.get(graph, 0)
        for chunk in lines.chunks(self.chunk, self.target.most_bytes):
            self._check()
            if any(lost in chunk for lost in self._lost):
                self.corrupted.add(graph.value)
            begin += chunk.count(b"\n")
            if begin > there:
                yield chunk

    def _own_endpoint(self) -> Endpoint:
        """A connection for each thread."""
        if not hasattr(self._threads, "endpoint"):
            self._threads.endpoint = self._endpoint.again()
            self._opened.append(self._threads.endpoint)
        return self._threads.endpoint  # type: ignore[no-any-return]


def _put(ready: Ready, parcel: Parcel | None, telling: Future[None]) -> None:
    """Hands on a parcel, unless the other thread has failed."""
    while not telling.done():
        try:
            ready.put(parcel, timeout=0.5)
        except Full:
            continue
        return
    telling.result()


class _Body:
    """A parcel as N-Quads, written as it is sent, so that it is not in memory twice; may be sent more than once."""

    def __init__(self, sender: Sender, parcel: Parcel) -> None:
        self._sender = sender
        self._parcel = parcel

    def __len__(self) -> int:
        return self._parcel.size

    def __iter__(self) -> Iterator[bytes]:
        return self._sender._write(self._parcel)
