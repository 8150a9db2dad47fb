"""Asking a store elsewhere as one asks ours: the canned questions, with names resolved over there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import closing

import pyoxigraph as ox
from pyoxigraph import NamedNode, Quad

from diplograph.catalog import Query, resolve
from diplograph.quads import TYPE, shared_graph, term
from diplograph.store import Answer, Store
from diplograph.transfer.endpoint import Endpoint, add_prefixes
from diplograph.vocabulary import BASE

_FORM = re.compile(r"\b(SELECT|ASK|CONSTRUCT|DESCRIBE)\b", re.IGNORECASE)
_NOT_CODE = re.compile(r"#[^\n]*|<[^>\s]*>|\"[^\"\n]*\"")


def ask(endpoint: Endpoint, text: str) -> Answer:
    """The answer to a SPARQL query, all of it; the usual prefixes need not be declared.

    Raises QueryError when the store does not take the query, TransferError when it does not answer.
    """
    text = add_prefixes(text)
    form = _FORM.search(_NOT_CODE.sub(" ", text))
    if form is None or form[1].upper() in ("SELECT", "ASK"):
        return endpoint.select(text)
    triples = endpoint.construct(text)
    inner = ox.Store()
    inner.extend(Quad(triple.subject, triple.predicate, triple.object) for triple in triples)
    return inner.query("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }")


def resolve_there(
    endpoint: Endpoint, query: Query, values: Mapping[str, str], *, base: str = BASE
) -> dict[str, str]:
    """The values as ``bind`` wants them: each actor, place, event or document by its IRI in the store over there.

    What is needed to know them by name is fetched: the actors, the events' IRIs, or the documents'.
    Raises QueryError when one is not there or could be several.
    """
    kinds = {query.parameter(name).type for name in values}
    with closing(Store.in_memory(base=base)) as known:
        if kinds & {"actor", "place"}:
            known.inner.extend(fetch_graph(endpoint, shared_graph("actors", base=base)))
        if "event" in kinds:
            known.inner.extend(_fetch(endpoint, shared_graph("events", base=base), term("reportedBy")))
        if "document" in kinds:
            known.inner.extend(_fetch(endpoint, None, TYPE, term("Document")))
        return resolve(known, query, values)


def fetch_graph(endpoint: Endpoint, graph: NamedNode) -> Iterable[Quad]:
    """The quads of a graph over there."""
    if endpoint.page_size() is None:
        text = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH {graph} {{ ?s ?p ?o }} }}"
        return (
            Quad(triple.subject, triple.predicate, triple.object, graph)
            for triple in endpoint.construct(text)
        )
    rows = endpoint.rows(f"SELECT ?s ?p ?o WHERE {{ GRAPH {graph} {{ ?s ?p ?o }} }} ORDER BY ?s ?p ?o")
    return (Quad(row["s"], row["p"], row["o"], graph) for row in rows)


def _fetch(
    endpoint: Endpoint, graph: NamedNode | None, predicate: NamedNode, object: NamedNode | None = None
) -> Iterable[Quad]:
    text = (
        f"SELECT ?g ?s ?o WHERE {{ {f'VALUES ?g {{ {graph} }}' if graph else ''} "
        f"{f'VALUES ?o {{ {object} }}' if object else ''} "
        f"GRAPH ?g {{ ?s {predicate} ?o }} }} ORDER BY ?g ?s ?o"
    )
    return (Quad(row["s"], predicate, row["o"], row["g"]) for row in endpoint.rows(text))
