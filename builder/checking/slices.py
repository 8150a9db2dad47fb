"""A store in slices that can be checked one by one: some documents, the events they report, and what these cite.

A shape looks at one node and a step or two around it. So a slice has all that is said of the nodes it *owns*, what
points to them, and what is said of their neighbours. What a validator finds at a neighbour is left to the slice that
owns it; together the slices give what the whole would.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeAlias, TypeVar

from pyoxigraph import BlankNode, NamedNode, QuerySolutions, Triple

from diplograph.checking.material import other_graphs
from diplograph.quads import SHARED_GRAPHS, shared_graph, term
from diplograph.store import Store

Node: TypeAlias = NamedNode | BlankNode | Triple
_Item = TypeVar("_Item")


@dataclass(slots=True)
class Slice:
    """Triples to check at once; findings count where their focus is among ``owned``."""

    owned: set[Node] = field(default_factory=set)
    triples: set[Triple] = field(default_factory=set)


class Slicer:
    """Cuts a store into slices of so many document graphs (or, of the shared graphs, subjects)."""

    def __init__(self, store: Store, size: int) -> None:
        self._store = store
        self._size = size
        self._left_out = other_graphs(store)
        self._reported: set[Node] = set()

    def __iter__(self) -> Iterator[Slice]:
        """All slices; every subject of the data is owned by one of them at least."""
        shared = {shared_graph(name, base=self._store.base) for name in SHARED_GRAPHS}
        actors = shared_graph("actors", base=self._store.base)
        own = [graph for graph in self._store.graph_names() if graph not in shared | self._left_out]
        for graphs in _batches(own, self._size):
            yield self._cut(self._subjects(graphs), inverse=True)
        for graph in sorted(shared - self._left_out, key=str):
            # Last, when it is known which events some document reports.
            rest = self._subjects([graph]) - self._reported
            for some in _batches(sorted(rest, key=str), self._size):
                # Not what points to an actor: that may be half of the store, and no shape asks for it.
                yield self._cut(set(some), inverse=graph != actors)

    def _subjects(self, graphs: Iterable[NamedNode]) -> set[Node]:
        # Asked in SPARQL: a tenth of the rows that reading all quads would bring.
        listed = " ".join(str(graph) for graph in graphs)
        found = self._store.query(
            f"SELECT DISTINCT ?subject {{ VALUES ?graph {{ {listed} }} GRAPH ?graph {{ ?subject ?p ?o }} }}"
        )
        assert isinstance(found, QuerySolutions)
        return {row["subject"] for row in found}

    def _cut(self, subjects: set[Node], *, inverse: bool) -> Slice:
        cut = Slice(owned=set(subjects))
        neighbours: set[Node] = set()
        if inverse:
            for subject in subjects:
                for quad in self._store.inner.quads_for_pattern(None, None, subject, None):
                    if quad.graph_name not in self._left_out:
                        cut.triples.add(quad.triple)
                        neighbours.add(quad.subject)
                        if quad.predicate == term("reportedBy"):
                            cut.owned.add(quad.subject)
                            self._reported.add(quad.subject)
        for subject in cut.owned:
            for triple in self._describe(subject):
                cut.triples.add(triple)
                if isinstance(triple.object, NamedNode | BlankNode):
                    neighbours.add(triple.object)
        for neighbour in neighbours - cut.owned:
            cut.triples.update(self._describe(neighbour))
        return cut

    def _describe(self, subject: Node) -> Iterator[Triple]:
        for quad in self._store.inner.quads_for_pattern(subject, None, None, None):
            if quad.graph_name not in self._left_out:
                yield quad.triple


def _batches(items: Iterable[_Item], size: int) -> Iterator[list[_Item]]:
    remaining = iter(items)
    while batch := list(islice(remaining, size)):
        yield batch
