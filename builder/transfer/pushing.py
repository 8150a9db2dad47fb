"""Pushing: the graphs of our store into a store elsewhere, only those that changed, each checked by its count.

In constant memory: graphs are read one at a time, small ones are sent together, large ones in chunks.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from itertools import islice
from threading import Event, local
from typing import TypeAlias

from pyoxigraph import NamedNode

from diplograph.model import QueryError, TransferError
from diplograph.store import Store
from diplograph.transfer.endpoint import Endpoint
from diplograph.transfer.handout import hand_out
from diplograph.transfer.lines import SortedLines, digest, sort_graph
from diplograph.transfer.manifest import (
    COMPLETE,
    Entry,
    announce,
    confirm,
    read_manifest,
    remove,
)
from diplograph.transfer.targets import Target, insert_data

_PARCEL = 100_000
_COUNTED = 500_000
"""How many triples are sent before they are counted over there."""

SENT, UNCHANGED, REMOVED, GONE, DIFFERENT = "sent", "unchanged", "removed", "gone", "different"


@dataclass(frozen=True, slots=True)
class PushedGraph:
    """What became of a graph. ``state`` is sent, unchanged, removed (asked for), gone (here, but still there) or
    different (sent, and yet there are not as many triples there)."""

    graph: str
    here: int
    there: int
    state: str


@dataclass(frozen=True, slots=True)
class PushReport:
    """What a push did. ``interrupted`` are the graphs that an earlier push had left incomplete, ``corrupted`` those sent
    with values that such a store does not keep as they are."""

    target: str
    url: str
    graphs: tuple[PushedGraph, ...]
    interrupted: tuple[str, ...] = ()
    corrupted: tuple[str, ...] = ()

    @property
    def differing(self) -> tuple[PushedGraph, ...]:
        """The graphs whose counts differ here and there."""
        return tuple(graph for graph in self.graphs if graph.state == DIFFERENT)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be sent: the graphs that ``changed``; ``unchanged``, ``gone`` and all of the ``manifest`` are entries
    over there."""

    changed: tuple[NamedNode, ...]
    unchanged: tuple[Entry, ...]
    gone: tuple[Entry, ...]
    manifest: Mapping[NamedNode, Entry]
    fresh: bool
    """Whether nothing of ours is there yet, so that nothing has to be emptied."""


@dataclass(frozen=True)
class Parcel:
    """Graphs that are sent together, with their lines."""

    entries: tuple[Entry, ...]
    lines: tuple[SortedLines, ...] = field(repr=False)

    @property
    def triples(self) -> int:
        """How many triples it has."""
        return sum(entry.triples for entry in self.entries)


Progress = Callable[[int, int, str], None]
Counted: TypeAlias = Sequence[tuple[Entry, int]]


def plan_push(
    store: Store, endpoint: Endpoint, *, everything: bool = False, graphs: Sequence[NamedNode] = ()
) -> Plan:
    """Which graphs have to be sent: those of which the store over there does not have this very content.

    A graph counts as there when the manifest has its hash and its triples are still as many. ``graphs`` are the only
    ones looked at; ``everything`` sends them all.
    """
    manifest = read_manifest(endpoint, store.base)
    names = tuple(graphs) or store.graph_names()
    same = []
    for name in names:
        entry = manifest.get(name)
        if entry is not None and entry.status == COMPLETE and not everything:
            with sort_graph(store, name) as lines:
                if digest(lines) == (entry.triples, entry.sha256):
                    same.append(entry)
    counts = endpoint.count(entry.graph for entry in same)
    unchanged = tuple(entry for entry in same if counts.get(entry.graph, 0) == entry.triples)
    kept = {entry.graph for entry in unchanged}
    here = set(store.graph_names())
    return Plan(
        changed=tuple(name for name in names if name not in kept),
        unchanged=unchanged,
        gone=() if graphs else tuple(entry for name, entry in manifest.items() if name not in here),
        manifest=manifest,
        fresh=not manifest and not endpoint.has_graphs(store.base),
    )


def push(
    store: Store,
    endpoint: Endpoint,
    *,
    graphs: Sequence[NamedNode] = (),
    everything: bool = False,
    remove_gone: bool = False,
    gzip: bool | None = None,
    chunk: int | None = None,
    progress: Progress = lambda _done, _total, _name: None,
) -> PushReport:
    """Sends graphs to a store elsewhere, and compares every graph's count of triples afterwards.

    Only graphs that changed are sent, unless ``everything``; those that were pushed once and are gone here are removed
    there when ``remove_gone``. ``gzip`` compresses bodies; by default where the store takes it and is not on this
    machine. ``chunk`` is how many triples go into one request, by default what suits the store.

    Raises TransferError when the store cannot be reached, refuses, or fails; what was completed before stays, and the
    next push goes on from there.
    """
    target = endpoint.target
    packed = target.gzip and not endpoint.connection.is_local if gzip is None else gzip
    if packed and not target.gzip:
        raise TransferError(f"{target.title} takes no compressed bodies; leave --gzip out")
    plan = plan_push(store, endpoint, everything=everything, graphs=graphs)
    results = [
        PushedGraph(entry.graph.value, entry.triples, entry.triples, UNCHANGED) for entry in plan.unchanged
    ]
    corrupted: frozenset[str] = frozenset()
    if plan.changed:
        with hand_out(endpoint, store.base) as reached:
            sender = _Sender(store.base, reached, chunk or reached.target.chunk, packed, plan)
            results += _send_changed(store, sender, plan, progress)
            corrupted = frozenset(sender.corrupted)
    results += _handle_gone(store, endpoint, plan.gone, remove_gone=remove_gone)
    return PushReport(
        target.name,
        endpoint.address.url,
        tuple(sorted(results, key=lambda result: result.graph)),
        tuple(sorted(name.value for name, entry in plan.manifest.items() if entry.status != COMPLETE)),
        tuple(sorted(corrupted)),
    )


def _send_changed(store: Store, sender: _Sender, plan: Plan, progress: Progress) -> Iterator[PushedGraph]:
    """Sends what changed; when it fails, the error says how far it came."""
    done = 0
    try:
        for counted in sender.send_all(pack(store, plan.changed, sender.target, sender.chunk)):
            for entry, there in counted:
                done += 1
                state = SENT if there == entry.triples else DIFFERENT
                yield PushedGraph(entry.graph.value, entry.triples, there, state)
            progress(done, len(plan.changed), counted[-1][0].graph.value)
    except (TransferError, QueryError) as error:
        raise TransferError(
            f"{error}; {done} of {len(plan.changed)} graphs are whole over there, what was begun is marked as "
            "incomplete in the manifest, and the next push goes on from there"
        ) from error


def _handle_gone(
    store: Store, endpoint: Endpoint, gone: Sequence[Entry], *, remove_gone: bool
) -> Iterator[PushedGraph]:
    names = iter([entry.graph for entry in gone])
    while remove_gone and (some := tuple(islice(names, endpoint.target.graphs))):
        endpoint.update(remove(endpoint, store.base, some))
    left = endpoint.count(entry.graph for entry in gone)
    for entry in gone:
        there = left.get(entry.graph, 0)
        state = GONE if not remove_gone else REMOVED if not there else DIFFERENT
        yield PushedGraph(entry.graph.value, 0, there, state)


def pack(store: Store, names: Iterable[NamedNode], target: Target, chunk: int) -> Iterator[Parcel]:
    """The graphs in parcels that are sent, counted and written down together: one request's, where it takes many
    graphs. A graph too large for that is a parcel of its own.

    A parcel's lines are gone when the next but two is asked for.
    """
    most = chunk if target.way == "quads" else max(chunk, _PARCEL)
    entries: list[Entry] = []
    contents: list[SortedLines] = []
    triples = size = 0
    for name in names:
        lines = sort_graph(store, name)
        count, hash = digest(lines)
        triples, size = triples + count, size + lines.size
        if entries and (triples > most or size > target.most_bytes or len(entries) >= target.graphs):
            yield Parcel(tuple(entries), tuple(contents))
            entries, contents = [], []
            triples, size = count, lines.size
        entries.append(Entry(name, count, hash))
        contents.append(lines)
    if entries:
        yield Parcel(tuple(entries), tuple(contents))


class _Sender:
    """Sends parcels, over as many connections as suit the store, while the next parcel is being read."""

    def __init__(
        self,
        base: str,
        endpoint: Endpoint,
        chunk: int,
        gzip: bool,
        plan: Plan,
    ) -> None:
        self.chunk = chunk
        self.target = endpoint.target
        self._base = base
        self._endpoint = endpoint
        self._gzip = gzip
        self._plan = plan
        self._threads = local()
        self._stopped = Event()
        self._lost = [f'"^^<{datatype}> .'.encode() for datatype in endpoint.target.corrupts]
        self.corrupted: set[str] = set()
        self._opened: list[Endpoint] = []
        self._uncounted: list[Entry] = []

    def send_all(self, parcels: Iterable[Parcel]) -> Iterator[Counted]:
        """The graphs, each with its count over there, when they are through."""
        with ExitStack() as stack:
            stack.callback(self._close)
            connections = self.target.connections
            pool = stack.enter_context(ThreadPoolExecutor(connections)) if connections > 1 else None
            ahead = stack.enter_context(ThreadPoolExecutor(1))
            stack.push(self._stop_if_failed)  # first of all, or the threads would go on to their end
            waiting: tuple[Parcel, Future[Counted]] | None = None
            for parcel in parcels:
                if waiting is not None:
                    yield from self._finish(*waiting)
                waiting = parcel, ahead.submit(self._send, parcel, pool)
            if waiting is not None:
                yield from self._finish(*waiting)
            if rest := ahead.submit(self._confirm).result():
                yield rest

    @staticmethod
    def _finish(parcel: Parcel, sent: Future[Counted]) -> Iterator[Counted]:
        counted = sent.result()
        for lines in parcel.lines:
            lines.close()
        if counted:
            yield counted

    def _stop_if_failed(self, kind: object, _error: object, _trace: object) -> None:
        """Ctrl-C, or whatever goes wrong here, ends the other threads before their next chunk."""
        if kind is not None:
            self._stopped.set()

    def _send(self, parcel: Parcel, pool: ThreadPoolExecutor | None) -> Counted:
        """Announces the graphs and sends them; counts and confirms when there are enough of them."""
        names = [entry.graph for entry in parcel.entries]
        there = self._find_start(parcel)
        endpoint = self._endpoint
        full = () if there or self._plan.fresh else tuple(endpoint.count(names))
        known = [name for name in names if name in self._plan.manifest]
        endpoint.update(announce(endpoint, self._base, parcel.entries, known=known, clear=full))
        self._send_lines(parcel, there, pool)
        if there and endpoint.count(names).get(names[0], 0) != parcel.triples:
            # what an interrupted push had left was not the beginning of this after all
            endpoint.update(announce(endpoint, self._base, parcel.entries, clear=names))
            self._send_lines(parcel, 0, pool)
        self._uncounted += parcel.entries
        enough = sum(entry.triples for entry in self._uncounted) >= _COUNTED
        return self._confirm() if enough else []

    def _confirm(self) -> Counted:
        """Counts over there what was sent, and writes down as complete what is whole."""
        entries, self._uncounted = self._uncounted, []
        counts = self._endpoint.count(entry.graph for entry in entries)
        whole = iter([entry for entry in entries if counts.get(entry.graph, 0) == entry.triples])
        while some := tuple(islice(whole, self.target.graphs)):
            self._endpoint.update(confirm(self._base, some))
        return [(entry, counts.get(entry.graph, 0)) for entry in entries]

    def _find_start(self, parcel: Parcel) -> int:
        """How many lines of a graph that is sent alone are there already, from a push that was interrupted."""
        (entry, *others) = parcel.entries
        before = self._plan.manifest.get(entry.graph)
        if others or before is None or replace(before, status=COMPLETE) != entry:
            return 0
        return self._endpoint.count([entry.graph]).get(entry.graph, 0)

    def _send_lines(self, parcel: Parcel, there: int, pool: ThreadPoolExecutor | None) -> None:
        if self.target.way == "quads":
            self._send_quads(parcel, there)
        elif pool is None:
            for entry, lines in zip(parcel.entries, parcel.lines, strict=True):
                self._send_graph(entry.graph, lines, there)
        else:
            # a list, so that an error in any of them is raised here
            list(
                pool.map(
                    lambda entry, lines: self._send_graph(entry.graph, lines, there),
                    parcel.entries,
                    parcel.lines,
                )
            )

    def _send_quads(self, parcel: Parcel, there: int) -> None:
        """All graphs in one body, or one graph in several."""
        if len(parcel.entries) > 1:
            body = io.BytesIO()
            for entry, lines in zip(parcel.entries, parcel.lines, strict=True):
                for chunk in self._chunks(entry.graph, lines, 0):
                    body.write(_name_graph(chunk, entry.graph))
                lines.close()
            self._endpoint.add(None, body.getvalue(), gzip=self._gzip)
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
        if self.target.connections == 1:
            return self._endpoint
        if not hasattr(self._threads, "endpoint"):
            self._threads.endpoint = self._endpoint.again()
            self._opened.append(self._threads.endpoint)
        return self._threads.endpoint  # type: ignore[no-any-return]

    def _close(self) -> None:
        for endpoint in self._opened:
            endpoint.connection.close()


def _name_graph(triples: bytes, graph: NamedNode) -> bytes:
    """Lines of N-Triples as N-Quads of a graph; a literal has no line break of its own."""
    return triples.replace(b" .\n", f" {graph} .\n".encode())
