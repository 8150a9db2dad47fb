"""From a triple, or from a thing, to the words of the documents that it came from.

A document's graph says which words support what: a mention (dip:Mention) has a quote, the report it supports, and the
aspects of it (local names of properties). Triples of the events graph lead there by dip:reportedBy, those of the actors
graph by the mentions that refer to the actor or place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from pyoxigraph import Literal, NamedNode, Quad

from diplograph.checking.findings import Source
from diplograph.quads import PROV, TYPE, decode, shared_graph, term
from diplograph.store import Store

_MOST = 5  # sources of one statement that are shown: an actor may be named in thousands of documents
_CLASS = "eventClass"  # the aspect of the quote of an event as a whole


def trace(store: Store, quad: Quad) -> tuple[Source, ...]:
    """The words that a triple of a store was read from, at most five; a document without words where only that is
    known, and nothing for a triple of the ontology.

    >>> with Store.in_memory() as store:
    ...     trace(store, Quad(term("planned"), TYPE, term("EventStatus"), shared_graph("ontology")))
    ()
    """
    graph = quad.graph_name.value if isinstance(quad.graph_name, NamedNode) else ""
    if not isinstance(quad.subject, NamedNode) or graph == shared_graph("ontology", base=store.base).value:
        return ()
    found = _trace(store, quad.subject, quad.predicate, quad.object)
    document = _document_of_graph(store, graph)
    if document is not None:
        here = [source for source in found if source.document == document]
        return _first(here or [Source(document)])
    return _first(found)


def describe(store: Store, focus: str, path: str = "") -> tuple[Source, ...]:
    """The words behind a thing, by its IRI: a document, report, mention, event, actor or place; at most five.

    ``path`` is the IRI of the property that matters, if one does: then the words that support it come first.
    """
    try:
        subject = NamedNode(focus)
        predicate = NamedNode(path) if path else TYPE
    except ValueError:  # a focus that is a literal or a blank node, a path that is no single property
        return ()
    found = _first(_trace(store, subject, predicate, None))
    if found:
        return found
    quads = store.inner.quads_for_pattern(subject, None, None, None)
    graphs = {quad.graph_name.value for quad in quads if isinstance(quad.graph_name, NamedNode)}
    documents = (_document_of_graph(store, graph) for graph in sorted(graphs))
    return _first(Source(document) for document in documents if document is not None)


def _trace(store: Store, subject: NamedNode, predicate: NamedNode, value: object) -> Iterator[Source]:
    """Every source, the nearest first: words, or else documents."""
    words = list(_words(store, subject, predicate, value))
    yield from words
    if not words:
        for report in _reports(store, subject):
            yield from (Source(document) for document in _documents(store, report))
        yield from (Source(document) for document in _documents(store, subject))


def _words(store: Store, subject: NamedNode, predicate: NamedNode, value: object) -> Iterator[Source]:
    if _value(store, subject, term("quote")) is not None:
        yield from _quote(store, subject)
        return
    reports = list(_reports(store, subject))
    if predicate == term("reportedBy") and isinstance(value, NamedNode):
        reports = [value]
    agreeing = [report for report in reports if _says(store, report, predicate, value)]
    for report in agreeing or reports:
        yield from _report_words(store, report, _aspect(predicate), value)
    if not reports:
        yield from _naming(store, subject)


def _naming(store: Store, thing: NamedNode) -> Iterator[Source]:
    """The words that name an actor or place; where none do, those that name who represents it or what lies in it."""
    named = False
    for quad in islice(store.inner.quads_for_pattern(None, term("refersTo"), thing, None), _MOST):
        named = True
        yield from _quote(store, quad.subject)
    actors = shared_graph("actors", base=store.base)
    if named or not any(True for _ in store.inner.quads_for_pattern(thing, None, None, actors)):
        return
    for quad in islice(store.inner.quads_for_pattern(None, None, thing, actors), _MOST):
        mentions = store.inner.quads_for_pattern(None, term("refersTo"), quad.subject, None)
        for mention in islice(mentions, _MOST):
            yield from _quote(store, mention.subject)
    for quad in islice(store.inner.quads_for_pattern(None, None, thing, None), _MOST):
        if isinstance(quad.subject, NamedNode) and quad.graph_name != actors:
            for report in _reports(store, quad.subject):
                yield from _report_words(store, report, _aspect(quad.predicate), thing)


def _reports(store: Store, subject: NamedNode) -> Iterator[NamedNode]:
    """The reports of an event; a report itself."""
    found = [
        quad.object
        for quad in store.inner.quads_for_pattern(subject, term("reportedBy"), None, None)
        if isinstance(quad.object, NamedNode)
    ]
    yield from sorted(found, key=lambda node: node.value)
    if _value(store, subject, NamedNode(PROV + "wasDerivedFrom")) is not None:
        yield subject


def _says(store: Store, report: NamedNode, predicate: NamedNode, value: object) -> bool:
    """Whether a report says of its event what the event's triple says; the class of an event is a value of a report."""
    if predicate == TYPE:
        predicate = term(_CLASS)
    if not isinstance(value, NamedNode | Literal):
        return any(True for _ in store.inner.quads_for_pattern(report, predicate, None, None))
    return any(True for _ in store.inner.quads_for_pattern(report, predicate, value, None))


def _report_words(store: Store, report: NamedNode, aspect: str, value: object) -> list[Source]:
    """The quotes of a report that support an aspect of it, of this value where any do; else that of the whole."""
    mentions = [quad.subject for quad in store.inner.quads_for_pattern(None, term("mentionOf"), report, None)]
    by_aspect: dict[str, list[object]] = {}
    for mention in mentions:
        for quad in store.inner.quads_for_pattern(mention, term("aspect"), None, None):
            if isinstance(quad.object, Literal):
                by_aspect.setdefault(quad.object.value, []).append(mention)
    exact = by_aspect.get(aspect, [])
    if isinstance(value, NamedNode):
        referring = [m for m in exact if _refers(store, m, value)]
        exact = referring or exact
    chosen = exact or by_aspect.get(_CLASS, []) or by_aspect.get("trigger", []) or mentions
    found = [source for mention in chosen for source in _quote(store, mention)]
    return sorted(found, key=lambda source: (source.begin, source.end))


def _refers(store: Store, mention: object, value: NamedNode) -> bool:
    if not isinstance(mention, NamedNode):
        return False
    return any(True for _ in store.inner.quads_for_pattern(mention, term("refersTo"), value, None))


def _quote(store: Store, mention: object) -> Iterator[Source]:
    if not isinstance(mention, NamedNode):
        return
    quote, begin, end = (_value(store, mention, term(name)) for name in ("quote", "beginIndex", "endIndex"))
    for document in _documents(store, mention):
        yield Source(document, quote or "", _number(begin), _number(end))


def _documents(store: Store, subject: NamedNode) -> Iterator[str]:
    """The ids of the documents in whose graphs a thing is a subject."""
    quads = store.inner.quads_for_pattern(subject, None, None, None)
    graphs = {quad.graph_name.value for quad in quads if isinstance(quad.graph_name, NamedNode)}
    for graph in sorted(graphs):
        document = _document_of_graph(store, graph)
        if document is not None:
            yield document


def _document_of_graph(store: Store, graph: str) -> str | None:
    start = f"{store.base}graph/document/"
    return decode(graph.removeprefix(start)) if graph.startswith(start) else None


def _value(store: Store, subject: NamedNode, predicate: NamedNode) -> str | None:
    for quad in store.inner.quads_for_pattern(subject, predicate, None, None):
        if isinstance(quad.object, NamedNode | Literal):
            return quad.object.value
    return None


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else 0


def _aspect(predicate: NamedNode) -> str:
    if predicate == TYPE:
        return _CLASS
    return predicate.value.replace("#", "/").rpartition("/")[2]


def _first(sources: Iterable[Source]) -> tuple[Source, ...]:
    return tuple(islice(dict.fromkeys(sources), _MOST))
