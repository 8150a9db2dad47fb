"""The graph in which a store elsewhere keeps what was pushed to it: for each graph its hash and its size.

A graph is written down as incomplete before the first triple of it is sent, and as complete when its triples were
counted over there. So a push that is interrupted leaves a graph that says of itself that it is not whole, for whoever
asks and for the next push::

    SELECT ?graph { GRAPH <…/graph/manifest> { ?graph <https://schema.org/creativeWorkStatus> "incomplete" } }
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode

from diplograph.quads import manifest_graph
from diplograph.transfer.endpoint import Endpoint
from diplograph.transfer.targets import clear_graphs, insert_data

COMPLETE, INCOMPLETE = "complete", "incomplete"
_HASH = NamedNode("https://schema.org/sha256")
_STATUS = NamedNode("https://schema.org/creativeWorkStatus")
_SIZE = NamedNode("http://rdfs.org/ns/void#triples")
_PAGE = 2_000


@dataclass(frozen=True, slots=True)
class Entry:
    """A graph as it was pushed: its name, how many triples, and the SHA-256 of its sorted N-Triples."""

    graph: NamedNode
    triples: int
    sha256: str
    status: str = COMPLETE


def read_manifest(endpoint: Endpoint, base: str) -> Mapping[NamedNode, Entry]:
    """What was pushed to a store before, by graph. An entry that is not whole counts as incomplete."""
    manifest = manifest_graph(base=base)
    found: dict[NamedNode, Entry] = {}
    last = ""
    while True:
        text = (
            f"SELECT ?g ?hash ?n ?status WHERE {{ GRAPH {manifest} {{ ?g {_HASH} ?hash ; {_SIZE} ?n ; "
            f'{_STATUS} ?status }} FILTER(STR(?g) > "{last}") }} ORDER BY STR(?g) LIMIT {_PAGE}'
        )
        rows = 0
        for row in endpoint.rows(text):
            rows += 1
            graph, hash, size, status = row["g"], row["hash"], row["n"], row["status"]
            if isinstance(graph, NamedNode) and all(isinstance(v, Literal) for v in (hash, size, status)):
                # two entries for one graph: whoever wrote them, neither can be relied on
                said = INCOMPLETE if graph in found else status.value
                found[graph] = Entry(graph, int(size.value), hash.value, said)
                last = graph.value
        if rows < _PAGE:
            return found


def forget(base: str, graphs: Iterable[NamedNode]) -> str:
    """The update that takes graphs out of the manifest."""
    values = " ".join(map(str, graphs))
    triple = f"GRAPH {manifest_graph(base=base)} {{ ?g ?p ?o }}"
    return f"DELETE {{ {triple} }} WHERE {{ VALUES ?g {{ {values} }} {triple} }}"


def announce(
    endpoint: Endpoint,
    base: str,
    entries: Sequence[Entry],
    *,
    known: Sequence[NamedNode] = (),
    clear: Sequence[NamedNode] = (),
) -> str:
    """The update before graphs are sent: they are incomplete now. ``known`` are those that the manifest has entries of,
    ``clear`` those to be emptied.

    The hash is written after that: so what is in an incomplete graph is always some of what its hash says. Until then
    the graph has one that nothing has.
    """
    parts = []
    if clear:
        nothing = [Entry(graph, 0, "") for graph in clear]
        parts = [_insert(base, describe(nothing, INCOMPLETE)), clear_graphs(endpoint.target, clear)]
    if known or clear:
        parts.append(forget(base, dict.fromkeys((*known, *clear))))
    return " ;\n".join([*parts, _insert(base, describe(entries, INCOMPLETE))])


def count_and_confirm(endpoint: Endpoint, base: str, entries: Sequence[Entry]) -> Iterator[tuple[Entry, int]]:
    """Counts graphs that were sent, and writes down as complete those that are whole; each with its count."""
    for start in range(0, len(entries), endpoint.target.count):
        some = entries[start : start + endpoint.target.count]
        counts = endpoint.count(entry.graph for entry in some)
        whole = [entry for entry in some if counts.get(entry.graph, 0) == entry.triples]
        for first in range(0, len(whole), endpoint.target.graphs):
            endpoint.update(confirm(base, whole[first : first + endpoint.target.graphs]))
        yield from ((entry, counts.get(entry.graph, 0)) for entry in some)


def confirm(base: str, entries: Iterable[Entry]) -> str:
    """The update after graphs were sent and counted: they are complete."""
    values = " ".join(str(entry.graph) for entry in entries)
    before, after = (
        f"GRAPH {manifest_graph(base=base)} {{ ?g {_STATUS} {Literal(status)} }}"
        for status in (INCOMPLETE, COMPLETE)
    )
    return f"DELETE {{ {before} }} INSERT {{ {after} }} WHERE {{ VALUES ?g {{ {values} }} {before} }}"


def remove(endpoint: Endpoint, base: str, graphs: Iterable[NamedNode]) -> str:
    """The update that removes graphs over there, and their entries after them."""
    named = tuple(graphs)
    return " ;\n".join([clear_graphs(endpoint.target, named), forget(base, named)])


def describe(entries: Iterable[Entry], status: str) -> list[str]:
    """What the manifest says of graphs, as lines of N-Triples."""
    return [
        f"{entry.graph} {term} {value} .\n"
        for entry in entries
        for term, value in (
            (_HASH, Literal(entry.sha256)),
            (_SIZE, Literal(entry.triples)),
            (_STATUS, Literal(status)),
        )
    ]


def _insert(base: str, triples: Iterable[str]) -> str:
    return insert_data(manifest_graph(base=base), "".join(triples).encode()).decode()
