"""Sending: graphs in parcels to a store elsewhere. While one is sent, the next is read and those before are counted.

In constant memory: graphs are read one at a time, small ones are sent together, large ones in chunks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from itertools import islice
from threading import Event, local
from typing import TypeAlias

from pyoxigraph import NamedNode

from diplograph.model import TransferError
from diplograph.store import Store
from diplograph.transfer.endpoint import Endpoint
from diplograph.transfer.lines import SortedLines, digest, sort_graph
from diplograph.transfer.manifest import COMPLETE, Entry, announce, confirm
from diplograph.transfer.targets import Target, insert_data

_PARCEL = 100_000
_FIRST = 25_000
"""How many triples the first parcel has; each has twice as many as the one before, so that a store soon has work."""
_COUNTED = 500_000
"""How many triples are sent before they are counted over there."""

Counted: TypeAlias = Sequence[tuple[Entry, int]]


@dataclass(frozen=True)
class Parcel:
    """Graphs that are sent together, with their lines."""

    entries: tuple[Entry, ...]
    lines: tuple[SortedLines, ...] = field(repr=False)

    @property
    def triples(self) -> int:
        """How many triples it has."""
        return sum(entry.triples for entry in self.entries)

    def close(self) -> None:
        """Forgets the lines."""
        for lines in self.lines:
            lines.close()


def pack(store: Store, names: Iterable[NamedNode], target: Target, chunk: int) -> Iterator[Parcel]:
    """The graphs in parcels that are sent and written down together: one request's, where it takes many graphs. A graph
    too large for that is a parcel of its own.

    A parcel's lines are gone when the next but two is asked for.
    """
    most = chunk if target.way == "quads" else max(chunk, _PARCEL)
    now = min(most, _FIRST)
    entries: list[Entry] = []
    contents: list[SortedLines] = []
    triples = size = 0
    for name in names:
        lines = sort_graph(store, name)
        count, hash = digest(lines)
        triples, size = triples + count, size + lines.size
        if entries and (triples > now or size > target.most_bytes or len(entries) >= target.graphs):
            yield Parcel(tuple(entries), tuple(contents))
            now = min(2 * now, most)
            entries, contents = [], []
            triples, size = count, lines.size
        entries.append(Entry(name, count, hash))
        contents.append(lines)
    if entries:
        yield Parcel(tuple(entries), tuple(contents))


class Sender:
    """Sends parcels, over as many connections as suit the store. One thread tells the store, another counts there.

    ``before`` is what the manifest had when the push began; ``fresh`` says that nothing has to be emptied.
    ``begun`` says whether a graph was announced, ``corrupted`` are graphs with values that such a store does not
    keep as they are.
    """

    def __init__(
        self,
        base: str,
        endpoint: Endpoint,
        *,
        chunk: int,
        gzip: bool,
        before: Mapping[NamedNode, Entry],
        fresh: bool,
    ) -> None:
        self.chunk = chunk
        self.target = endpoint.target
        self.begun = False
        self.corrupted: set[str] = set()
        self._base = base
        self._endpoint = endpoint
        self._gzip = gzip
        self._before = before
        self._fresh = fresh
        self._stopped = Event()
        self._lost = [f'"^^<{datatype}> .'.encode() for datatype in endpoint.target.corrupts]
        self._threads = local()
        self._opened: list[Endpoint] = []
        self._uncounted: list[Entry] = []
        self._counting: Future[Counted] | None = None

    def send_all(self, parcels: Iterable[Parcel]) -> Iterator[Counted]:
        """The graphs, each with its count over there, when they are through."""
        with ExitStack() as stack:
            stack.callback(self._close)
            self._pool = stack.enter_context(ThreadPoolExecutor(self.target.connections))
            self._counter = stack.enter_context(ThreadPoolExecutor(1))
            teller = stack.enter_context(ThreadPoolExecutor(1))
            stack.push(self._stop_if_failed)  # first of all, or the threads would go on to their end
            sending: Future[Counted] | None = None
            for parcel in parcels:
                if sending is not None:
                    yield sending.result()
                sending = teller.submit(self._send, parcel)
            if sending is not None:
                yield sending.result()
            yield teller.submit(self._finish).result()

    def _stop_if_failed(self, kind: object, _error: object, _trace: object) -> None:
        """Ctrl-C, or whatever goes wrong here, ends the other threads before their next chunk."""
        if kind is not None:
            self._stopped.set()

    def _close(self) -> None:
        for endpoint in self._opened:
            endpoint.connection.close()

    # --- Counting ----------------------------------------------------------------------------------------------------

    def _count(self, entries: Sequence[Entry]) -> Counted:
        """What is there of these graphs: asked over a connection of its own."""
        counts = self._own_endpoint().count(entry.graph for entry in entries)
        return [(entry, counts.get(entry.graph, 0)) for entry in entries]

    def _confirm(self) -> Counted:
        """Waits for what is being counted, and writes down as complete what is whole."""
        if self._counting is None:
            return []
        counted, self._counting = self._counting.result(), None
        whole = iter([entry for entry, there in counted if there == entry.triples])
        while some := tuple(islice(whole, self.target.graphs)):
            self._endpoint.update(confirm(self._base, some))
        return counted

    def _begin_to_count(self) -> None:
        self._counting = self._counter.submit(self._count, self._uncounted)
        self._uncounted = []

    def _finish(self) -> Counted:
        counted = self._confirm()
        if self._uncounted:
            self._begin_to_count()
        return [*counted, *self._confirm()]

    # --- Sending -----------------------------------------------------------------------------------------------------

    def _send(self, parcel: Parcel) -> Counted:
        """Announces the graphs and sends them; says which of those sent before have been counted meanwhile."""
        self._threads.endpoint = self._endpoint  # this thread is the one that tells
        counted = self._confirm() if self._counting is not None and self._counting.done() else []
        names = [entry.graph for entry in parcel.entries]
        there = self._find_start(parcel)
        endpoint = self._endpoint
        full = () if there or self._fresh else tuple(endpoint.count(names))
        known = [name for name in names if name in self._before]
        endpoint.update(announce(endpoint, self._base, parcel.entries, known=known, clear=full))
        self.begun = True
        self._send_lines(parcel, there)
        if there and endpoint.count(names).get(names[0], 0) != parcel.triples:
            # what an interrupted push had left was not the beginning of this after all
            endpoint.update(announce(endpoint, self._base, parcel.entries, clear=names))
            self._send_lines(parcel, 0)
        parcel.close()
        self._uncounted += parcel.entries
        if self._counting is None and sum(entry.triples for entry in self._uncounted) >= _COUNTED:
            self._begin_to_count()
        return counted

    def _find_start(self, parcel: Parcel) -> int:
        """How many lines of a graph that is sent alone are there already, from a push that was interrupted."""
        (entry, *others) = parcel.entries
        before = self._before.get(entry.graph)
        if others or before is None or replace(before, status=COMPLETE) != entry:
            return 0
        return self._endpoint.count([entry.graph]).get(entry.graph, 0)

    def _send_lines(self, parcel: Parcel, there: int) -> None:
        graphs = zip(parcel.entries, parcel.lines, strict=True)
        if self.target.way == "quads":
            self._send_quads(parcel, there)
        elif self.target.connections == 1:
            for entry, lines in graphs:
                self._send_graph(entry.graph, lines, there)
        else:
            # a list, so that an error in any of them is raised here
            list(self._pool.map(lambda graph: self._send_graph(graph[0].graph, graph[1], there), graphs))

    def _send_quads(self, parcel: Parcel, there: int) -> None:
        """All graphs in one body, or one graph in several."""
        if len(parcel.entries) > 1:
            self._endpoint.add(None, _Body(parcel, self._chunks), gzip=self._gzip)
            return
        (entry,), (lines,) = parcel.entries, parcel.lines
        for chunk in self._chunks(entry.graph, lines, there):
            self._endpoint.add(None, _name_graph(chunk, entry.graph), gzip=self._gzip)

    def _send_graph(self, graph: NamedNode, lines: SortedLines, there: int) -> None:
        endpoint = self._own_endpoint()
        for chunk in self._chunks(graph, lines, there):
            if endpoint.target.way == "update":
                endpoint.update(insert_data(graph, chunk))
            else:
                endpoint.add(graph, chunk, gzip=self._gzip)

    def _chunks(self, graph: NamedNode, lines: SortedLines, there: int) -> Iterator[bytes]:
        """The chunks of a graph but those that came whole before: they go one after the other, so of as many triples as
        are there, only the last chunk may be a part."""
        begin = 0
        for chunk in lines.chunks(self.chunk, self.target.most_bytes):
            if self._stopped.is_set():
                raise TransferError("the push was stopped; the next goes on from there")
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


class _Body:
    """A parcel as N-Quads, written as it is sent, so that it is not in memory twice; may be sent more than once."""

    def __init__(
        self, parcel: Parcel, chunks: Callable[[NamedNode, SortedLines, int], Iterator[bytes]]
    ) -> None:
        self._parcel = parcel
        self._chunks = chunks

    def __len__(self) -> int:
        """How many bytes it has."""
        named = sum(entry.triples * (len(str(entry.graph).encode()) + 1) for entry in self._parcel.entries)
        return named + sum(lines.size for lines in self._parcel.lines)

    def __iter__(self) -> Iterator[bytes]:
        for entry, lines in zip(self._parcel.entries, self._parcel.lines, strict=True):
            for chunk in self._chunks(entry.graph, lines, 0):
                yield _name_graph(chunk, entry.graph)


def _name_graph(triples: bytes, graph: NamedNode) -> bytes:
    """Lines of N-Triples as N-Quads of a graph; a literal has no line break of its own."""
    return triples.replace(b" .\n", f" {graph} .\n".encode())
