"""The network of actors, for Gephi, Cytoscape, igraph and the like: GraphML and GEXF by networkx."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pyoxigraph import NamedNode, QuerySolutions

from diplograph.catalog import load_catalog
from diplograph.model import StoreError
from diplograph.quads import key_of
from diplograph.store import Store
from diplograph.transfer.files import Output
from diplograph.transfer.formats import Format
from diplograph.transfer.tables import read_table

_TODAY = re.compile(r' lastmodifieddate="[^"]*"')


def write_network(store: Store, format: Format, output: Output) -> int:
    """Writes the network, and says how many edges it has. Raises StoreError where networkx is missing."""
    try:
        import networkx
    except ImportError as error:
        raise StoreError('networks need networkx; pip install "diplograph[export]"') from error
    graph = make_network(store)
    if format.name == "gexf":
        text = "\n".join(networkx.generate_gexf(graph, version="1.2draft"))
        text = _TODAY.sub("", text)  # equal stores give equal files
    else:
        text = "\n".join(networkx.generate_graphml(graph))
    output.write((text + "\n").encode())
    return int(graph.number_of_edges())


def _read_edges(store: Store) -> Iterator[tuple[str, ...]]:
    query = load_catalog("tables").get("network")
    answer = store.query(query.text)
    assert isinstance(answer, QuerySolutions)
    for row in answer:
        yield tuple(str(getattr(row[column], "value", "")) for column in query.columns)


def make_network(store: Store) -> Any:
    """A networkx MultiDiGraph: actors, and between two an edge for each relation, class and status of events.

    ``weight`` is in how many events, ``first`` and ``last`` the earliest and latest of their dates.
    """
    import networkx

    graph = networkx.MultiDiGraph()
    for iri, kind, _, english, arabic, wikidata, *_rest in read_table(store, "actors"):
        key = key_of(NamedNode(str(iri)), "actor", base=store.base) if kind != "Place" else None
        if key is not None:
            graph.add_node(
                key,
                label=str(english or arabic or key),
                label_ar=str(arabic or ""),
                kind=str(kind),
                wikidata=str(wikidata or ""),
            )
    edges: dict[tuple[str, ...], list[str]] = {}
    for source, target, relation, type, status, _, start in _read_edges(store):
        ends = (key_of(NamedNode(iri), "actor", base=store.base) for iri in (source, target))
        edges.setdefault((*ends, relation, type, status), []).append(start)
    for (source, target, relation, type, status), dates in edges.items():
        known = sorted(filter(None, dates))
        graph.add_edge(
            source,
            target,
            key=f"{relation} {type} {status}",
            relation=relation,
            type=type,
            status=status,
            weight=len(dates),
            first=known[0] if known else "",
            last=known[-1] if known else "",
        )
    return graph
