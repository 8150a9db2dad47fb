"""Pushing: the graphs of our store into a store elsewhere, only those that changed, each checked by its count."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from pyoxigraph import NamedNode

from diplograph.model import QueryError, TransferError
from diplograph.transfer.endpoint import Endpoint
from diplograph.transfer.handout import hand_out
from diplograph.transfer.lines import GraphSource, digest, sort_graph
from diplograph.transfer.manifest import COMPLETE, Entry, count_and_confirm, read_manifest, remove
from diplograph.transfer.sending import Sender
from diplograph.transfer.streaming import Streamer

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
    """What is to be sent: the graphs that ``changed``; ``unchanged``, ``arrived`` (whole, though the push that sent them
    was interrupted before it said so), ``gone`` and all of the ``manifest`` are entries over there."""

    changed: tuple[NamedNode, ...]
    unchanged: tuple[Entry, ...]
    arrived: tuple[Entry, ...]
    gone: tuple[Entry, ...]
    manifest: Mapping[NamedNode, Entry]
    fresh: bool
    """Whether nothing of ours is there yet, so that nothing has to be emptied."""


Progress = Callable[[int, int, str], None]


def plan_push(
    source: GraphSource, endpoint: Endpoint, *, everything: bool = False, graphs: Sequence[NamedNode] = ()
) -> Plan:
    """Which graphs have to be sent: those of which the store over there does not have this very content.

    A graph counts as there when the manifest has its hash and its triples are as many: also an incomplete one, since it
    has none but those of its hash. ``graphs`` are the only ones looked at; ``everything`` sends them all.
    """
    manifest = read_manifest(endpoint, source.base)
    names = tuple(graphs) or source.graph_names()
    same = []
    for name in names:
        entry = manifest.get(name)
        if entry is not None and not everything:
            with sort_graph(source, name) as lines:
                if digest(lines) == (entry.triples, entry.sha256):
                    same.append(entry)
    counts = endpoint.count(entry.graph for entry in same)
    whole = [entry for entry in same if counts.get(entry.graph, 0) == entry.triples]
    kept = {entry.graph for entry in whole}
    here = set(source.graph_names())
    return Plan(
        changed=tuple(name for name in names if name not in kept),
        unchanged=tuple(entry for entry in whole if entry.status == COMPLETE),
        arrived=tuple(entry for entry in whole if entry.status != COMPLETE),
        gone=() if graphs else tuple(entry for name, entry in manifest.items() if name not in here),
        manifest=manifest,
        fresh=not manifest and not endpoint.has_graphs(source.base),
    )


def push(
    source: GraphSource,
    endpoint: Endpoint,
    *,
    graphs: Sequence[NamedNode] = (),
    everything: bool = False,
    remove_gone: bool = False,
    gzip: bool | None = None,
    chunk: int | None = None,
    unlogged: bool = False,
    progress: Progress = lambda _done, _total, _name: None,
) -> PushReport:
    """Sends graphs to a store elsewhere, and compares every graph's count of triples afterwards.

    Only graphs that changed are sent, unless ``everything``; those that were pushed once and are gone here are removed
    there when ``remove_gone``. ``gzip`` compresses bodies; by default where the store takes it and is not on this
    machine. ``chunk`` is how many triples go into one request, by default what suits the store. ``unlogged`` has a Virtuoso
    on this machine keep no log of what it takes in, and write all down in the end, as its bulk loader does: that is quicker,
    but only for when nobody else writes there, who would lose with it should it crash meanwhile. ``progress`` is told how
    many graphs were handed on, of how many.

    Raises TransferError when the store cannot be reached, refuses, or fails; what was completed before stays, and the
    next push goes on from there.
    """
    target = endpoint.target
    packed = target.gzip and not endpoint.connection.is_local if gzip is None else gzip
    if packed and not target.gzip:
        raise TransferError(f"{target.title} takes no compressed bodies; leave --gzip out")
    plan = plan_push(source, endpoint, everything=everything, graphs=graphs)
    results = [
        PushedGraph(
            entry.graph.value, entry.triples, there, UNCHANGED if there == entry.triples else DIFFERENT
        )
        for entry, there in _confirm_arrived(source, endpoint, plan)
    ]
    corrupted: frozenset[str] = frozenset()
    if plan.changed:
        with hand_out(endpoint, source.base, unlogged=unlogged) as reached:
            make = Streamer if target.stream and chunk is None else Sender
            sender = make(source, reached, chunk=chunk, gzip=packed, before=plan.manifest, fresh=plan.fresh)
            results += _send_changed(sender, plan, progress)
            corrupted = frozenset(sender.corrupted)
    results += _handle_gone(source, endpoint, plan.gone, remove_gone=remove_gone)
    return PushReport(
        target.name,
        endpoint.address.url,
        tuple(sorted(results, key=lambda result: result.graph)),
        tuple(sorted(name.value for name, entry in plan.manifest.items() if entry.status != COMPLETE)),
        tuple(sorted(corrupted)),
    )


def _confirm_arrived(source: GraphSource, endpoint: Endpoint, plan: Plan) -> Iterator[tuple[Entry, int]]:
    """What need not be sent, each with its count; what an interrupted push had sent is written down as complete."""
    yield from ((entry, entry.triples) for entry in plan.unchanged)
    yield from count_and_confirm(endpoint, source.base, plan.arrived)


def _send_changed(sender: Sender, plan: Plan, progress: Progress) -> Iterator[PushedGraph]:
    """Sends what changed, and counts it; when that fails, the error says how far it came."""
    done, total = 0, len(plan.changed)
    try:
        for parcel in sender.send_all(plan.changed):
            done = min(done + len(parcel.entries), total)  # some may go twice
            progress(done, total, parcel.names[-1].value)
        for entry, there in sender.confirm():
            state = SENT if there == entry.triples else DIFFERENT
            yield PushedGraph(entry.graph.value, entry.triples, there, state)
    except (TransferError, QueryError) as error:
        if isinstance(error, TransferError) and error.refused and not sender.begun:
            raise TransferError(f"{error}; nothing was changed over there") from error
        raise TransferError(
            f"{error}; it acknowledged {len(sender.sent)} of {total} graphs; what was begun is marked as incomplete in "
            "the manifest, and the next push goes on from there"
        ) from error


def _handle_gone(
    source: GraphSource, endpoint: Endpoint, gone: Sequence[Entry], *, remove_gone: bool
) -> Iterator[PushedGraph]:
    names = iter([entry.graph for entry in gone])
    while remove_gone and (some := tuple(islice(names, endpoint.target.graphs))):
        endpoint.update(remove(endpoint, source.base, some))
    left = endpoint.count(entry.graph for entry in gone)
    for entry in gone:
        there = left.get(entry.graph, 0)
        state = GONE if not remove_gone else REMOVED if not there else DIFFERENT
        yield PushedGraph(entry.graph.value, 0, there, state)
