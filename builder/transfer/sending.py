"""Sending: graphs in parcels to a store elsewhere. While some are sent, the next are read; afterwards all are counted.

In constant memory: graphs are read one at a time, small ones are sent together, large ones in chunks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, closing
from dataclasses import replace
from threading import Event, local

from pyoxigraph import NamedNode

from diplograph.model import TransferError
from diplograph.quads import manifest_graph
from diplograph.transfer.endpoint import Endpoint
from diplograph.transfer.lines import GraphSource, SortedLines
from diplograph.transfer.manifest import (
    COMPLETE,
    INCOMPLETE,
    Entry,
    announce,
    count_and_confirm,
    describe,
)
from diplograph.transfer.parcels import Parcel, pack
from diplograph.transfer.targets import insert_data

_AHEAD = 2
"""How many parcels there are beside those that are being sent: one that waits, one that is read."""


class Sender:
    """Sends graphs. One thread reads, others tell the store, as many at once as suit it.

    ``before`` is what the manifest had when the push began; ``fresh`` says that nothing has to be emptied. ``chunk`` is
    how many triples go into one request; without it what suits the store.
    ``begun`` says whether a graph was announced, ``sent`` are the graphs that were sent, ``corrupted`` those with values
    that such a store does not keep as they are.
    """

    def __init__(
        self,
        source: GraphSource,
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
        self._source = source
        self._endpoint = endpoint
        self._gzip = gzip
        self._before = dict(before)
        self._fresh = fresh
        # stores differ in what they make of graphs that are emptied while others are filled
        self._at_once = self.target.parcels if fresh else 1
        self._resumes = True
        self._begins: dict[NamedNode, int] = {}
        self._stopped = Event()
        self._failed = Event()
        self._lost = [f'"^^<{datatype}> .'.encode() for datatype in endpoint.target.corrupts]
        self._threads = local()
        self._opened: list[Endpoint] = []

    def send_all(self, names: Sequence[NamedNode]) -> Iterator[Parcel]:
        """Sends graphs; gives each parcel when it is handed on."""
        with ExitStack() as stack:
            stack.callback(self._close)
            self._pool = stack.enter_context(ThreadPoolExecutor(self.target.connections))
            self._hands = stack.enter_context(ThreadPoolExecutor(self._at_once))
            stack.push(self._stop_if_failed)  # first of all, or the threads would go on to their end
            yield from self._send(names)
            if spoilt := self._find_spoilt():
                self._resumes = False
                yield from self._send(spoilt)

    def confirm(self) -> Iterator[tuple[Entry, int]]:
        """Counts what was sent, and writes down as complete what is whole; each graph with its count over there."""
        self._endpoint.save()
        return count_and_confirm(self._endpoint, self._source.base, self.sent)

    def _stop_if_failed(self, kind: object, _error: object, _trace: object) -> None:
        """Ctrl-C, or whatever goes wrong here, ends the other threads before their next chunk."""
        if kind is not None:
            self._stopped.set()
            self._hands.shutdown(wait=False, cancel_futures=True)

    def _check(self) -> None:
        if self._stopped.is_set():
            raise TransferError("the push was stopped; the next goes on from there")

    def _close(self) -> None:
        for endpoint in self._opened:
            endpoint.connection.close()

    # --- Parcel by parcel --------------------------------------------------------------------------------------------

    def _send(self, names: Sequence[NamedNode]) -> Iterator[Parcel]:
        """Reads graphs here and has other threads send them. Parcels are begun in order, more than one at once if that
        suits the store, so that it has one to work on while the next is announced."""
        under_way: dict[Future[bool], Parcel] = {}
        # documents before what is shared: with the events first, Virtuoso has a tenth more to do
        for parcel in pack(self._source, names, self.target, self.chunk):
            under_way[self._hands.submit(self._send_next, parcel)] = parcel
            yield parcel
            self._finish(under_way, self._at_once + _AHEAD - 1)
        self._finish(under_way, 0)

    def _finish(self, under_way: dict[Future[bool], Parcel], most: int) -> None:
        """Waits until no more than so many parcels are under way; raises what prevented one."""
        while True:
            for sending in [sending for sending in under_way if sending.done()]:
                parcel = under_way.pop(sending)
                if sending.result():
                    self.sent += parcel.entries
            if len(under_way) <= most:
                return
            wait(under_way, return_when=FIRST_COMPLETED)

    def _send_next(self, parcel: Parcel) -> bool:
        """Sends a parcel, unless another has failed, or all was stopped; says whether it did."""
        with closing(parcel):
            if self._failed.is_set() or self._stopped.is_set():
                return False
            try:
                self._send_parcel(parcel)
            except BaseException:
                self._failed.set()
                raise
            return True

    def _send_parcel(self, parcel: Parcel) -> None:
        """Announces a parcel, then sends it: all graphs in one body, or each graph, or chunk of it, in one."""
        endpoint = self._own_endpoint()
        self._announce(parcel, endpoint)
        graphs = zip(parcel.entries, parcel.lines, strict=True)
        if self.target.way != "quads":
            # a list, so that an error in any of them is raised here
            list(self._pool.map(lambda graph: self._send_graph(graph[0].graph, graph[1]), graphs))
        elif len(parcel.entries) > 1:
            endpoint.add(None, _Body(self, parcel), gzip=self._gzip)
        else:
            for quads in ahead(self._write(parcel)):
                endpoint.add(None, quads, gzip=self._gzip)

    def _send_graph(self, graph: NamedNode, lines: SortedLines) -> None:
        endpoint = self._own_endpoint()
        for chunk in self._chunks(graph, lines):
            if self.target.way == "update":
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

    # --- What was begun before ---------------------------------------------------------------------------------------

    def _announce(self, parcel: Parcel, endpoint: Endpoint) -> None:
        """Writes graphs down as incomplete, and empties them, unless it is one that is gone on with."""
        there = self._find_begin(parcel, endpoint)
        full = () if there or self._fresh else tuple(endpoint.count(parcel.names))
        known = [name for name in parcel.names if name in self._before]
        if known or full:
            endpoint.update(announce(endpoint, self._source.base, parcel.entries, known=known, clear=full))
        else:
            endpoint.insert(manifest_graph(base=self._source.base), describe(parcel.entries, INCOMPLETE))
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

    def _own_endpoint(self) -> Endpoint:
        """A connection for each thread."""
        if not hasattr(self._threads, "endpoint"):
            self._threads.endpoint = self._endpoint.again()
            self._opened.append(self._threads.endpoint)
        return self._threads.endpoint  # type: ignore[no-any-return]


def ahead(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """The same blocks, each made by another thread while the one before it is used.

    >>> b"".join(ahead(iter([b"a", b"b"])))
    b'ab'
    """
    with ThreadPoolExecutor(1) as maker:
        made = maker.submit(next, blocks, None)
        while (block := made.result()) is not None:
            made = maker.submit(next, blocks, None)
            yield block


class _Body:
    """A parcel as N-Quads, written as it is sent, so that it is not in memory twice; may be sent more than once."""

    def __init__(self, sender: Sender, parcel: Parcel) -> None:
        self._sender = sender
        self._parcel = parcel

    def __len__(self) -> int:
        return self._parcel.size

    def __iter__(self) -> Iterator[bytes]:
        return self._sender._write(self._parcel)
