"""Pulling: graphs that a store elsewhere holds, into ours."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from pyoxigraph import NamedNode, Quad

from diplograph.model import TransferError
from diplograph.quads import document_graph, manifest_graph, shared_graph, skolemise
from diplograph.store import Store
from diplograph.transfer.asking import fetch_graph
from diplograph.transfer.endpoint import Endpoint
from diplograph.transfer.manifest import COMPLETE, read_manifest

ADDED, CHANGED, UNCHANGED = "added", "changed", "unchanged"


@dataclass(frozen=True, slots=True)
class PulledGraph:
    """A graph that was taken: its name, how many triples it has, and added, changed or unchanged."""

    graph: str
    triples: int
    state: str


@dataclass(frozen=True, slots=True)
class PullReport:
    """What a pull took. ``mixed`` says that the store has documents of its own beside those that were pulled, so that
    its events are to be made anew from the reports of all."""

    target: str
    url: str
    graphs: tuple[PulledGraph, ...]
    mixed: bool


def pull(store: Store, endpoint: Endpoint, *, graphs: Sequence[str] = ()) -> PullReport:
    """Takes graphs from a store elsewhere: those named by IRI, or all below the base of ours.

    Each is taken whole, in one transaction, in place of ours of that name; actors are added to those that ours has,
    and where ours has documents of its own its events are kept, to be made anew by
    :func:`~diplograph.pipeline.consolidate_store`. Blank nodes become IRIs. A graph is held in memory.

    Raises TransferError when a graph is not there, did not come whole, or was left incomplete by a push.
    """
    try:
        named = tuple(map(NamedNode, graphs))
    except ValueError as error:
        raise TransferError(f"a graph is named by an IRI: {error}") from error
    _check_complete(endpoint, store.base, named)
    names = named or _list_graphs(endpoint, store.base)
    if not names:
        raise TransferError(
            f"{endpoint.address.query_url} has no graph below {store.base}; name one of another with --graph"
        )
    counts = endpoint.count(names)
    documents = document_graph("", base=store.base).value
    own = {document_graph(id, base=store.base) for id in store.document_ids()} - set(names)
    mixed = bool(own) and any(name.value.startswith(documents) for name in names)
    kept = (
        {shared_graph("events", base=store.base), shared_graph("inferences", base=store.base)}
        if own
        else set()
    )
    found = [
        _take(store, endpoint, name, counts.get(name, 0), add=bool(own)) for name in names if name not in kept
    ]
    return PullReport(endpoint.target.name, endpoint.address.url, tuple(found), mixed)


def _list_graphs(endpoint: Endpoint, base: str) -> tuple[NamedNode, ...]:
    text = (
        "SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } "
        f'FILTER(STRSTARTS(STR(?g), "{base}graph/")) }} ORDER BY ?g'
    )
    names = (row["g"] for row in endpoint.rows(text))
    manifest = manifest_graph(base=base)
    return tuple(name for name in names if isinstance(name, NamedNode) and name != manifest)


def _check_complete(endpoint: Endpoint, base: str, named: Collection[NamedNode]) -> None:
    """Of all graphs where none is named: also of those of which nothing has arrived."""
    for name, entry in read_manifest(endpoint, base).items():
        if entry.status != COMPLETE and (not named or name in named):
            raise TransferError(
                f"{name.value} is incomplete over there: a push to it was interrupted; have it pushed again first"
            )


def _take(store: Store, endpoint: Endpoint, name: NamedNode, count: int, *, add: bool) -> PulledGraph:
    """One graph, in one transaction; nothing is written when it did not come whole."""
    came = set(fetch_graph(endpoint, name))
    if not came:
        raise TransferError(f"{endpoint.address.query_url} has no graph {name.value}")
    if len(came) != count:
        raise TransferError(
            f"{name.value} has {count} triples there, and {len(came)} of them came; it is left as it was, pull again"
        )
    quads = set(skolemise(came, base=store.base))
    before = set(store.quads(name))
    if add and name == shared_graph("actors", base=store.base):
        quads |= before
    state = UNCHANGED if quads == before else CHANGED if before else ADDED
    if state != UNCHANGED:
        store.replace(_sorted(quads), [name])
    return PulledGraph(name.value, len(quads), state)


def _sorted(quads: Iterable[Quad]) -> list[Quad]:
    return sorted(quads, key=str)
