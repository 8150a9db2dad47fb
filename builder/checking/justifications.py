"""Explanations as JSON and as RDF.

In RDF what is explained is a prov:Entity with the label of the conclusion, and prov:wasDerivedFrom leads to its
statements. Each is an rdf:Statement (subject, predicate, object) with its sentence as rdfs:comment. A triple of the data
is rdfs:isDefinedBy the named graph it is in, and was derived from the mentions that support it, with their quotes as the
graph itself describes them, or from its document. An axiom has its text in OWL's functional syntax as rdf:value, and
what of it is needed, where that is less, as skos:scopeNote. No term is of our own making but those of the graph.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse, serialize

from diplograph.checking.explaining import Explanation
from diplograph.checking.findings import Source, Statement
from diplograph.model import DataError
from diplograph.quads import DCTERMS, LABEL, PROV, TYPE, document_iri, mention_iri, term
from diplograph.store import PREFIXES
from diplograph.vocabulary import BASE, RDF, RDFS, SKOS

RDF_FORMATS = {"turtle": RdfFormat.TURTLE, "jsonld": RdfFormat.JSON_LD, "ntriples": RdfFormat.N_TRIPLES}
_DERIVED = NamedNode(PROV + "wasDerivedFrom")
_COMMENT = NamedNode(RDFS + "comment")


def explanations_json(explanations: Iterable[Explanation]) -> list[dict[str, Any]]:
    """Explanations as plain values for JSON; a statement of the ontology has an ``axiom``, one of the data a ``graph``.

    >>> explanations_json([])
    []
    """
    return [asdict(one) for one in explanations]


def explanations_graph(
    explanations: Sequence[Explanation], base: str = BASE, format: str = "turtle"
) -> bytes:
    """Explanations as RDF, in one of :data:`RDF_FORMATS`.

    >>> explanations_graph([], format="ntriples")
    b''
    """
    if format not in RDF_FORMATS:
        raise DataError(f'an explanation cannot be written as "{format}"; there are {", ".join(RDF_FORMATS)}')
    triples = dict.fromkeys(_triples(explanations, base))
    return serialize(triples, format=RDF_FORMATS[format], prefixes=PREFIXES) or b""


def statement_triples(
    subject: NamedNode | BlankNode, statements: Iterable[Statement], base: str = BASE
) -> Iterator[Triple]:
    """That something was derived from statements, and what these are and come from."""
    for number, statement in enumerate(statements, 1):
        node = BlankNode(f"{_label(subject)}s{number}")
        yield Triple(subject, _DERIVED, node)
        yield from _statement(node, statement, base)


def _triples(explanations: Sequence[Explanation], base: str) -> Iterator[Triple]:
    for number, one in enumerate(explanations, 1):
        node = BlankNode(f"explanation{number}")
        yield Triple(node, TYPE, NamedNode(PROV + "Entity"))
        yield Triple(node, NamedNode(DCTERMS + "type"), Literal(one.kind))
        if one.focus:
            yield Triple(node, NamedNode(DCTERMS + "subject"), NamedNode(one.focus))
        if one.conclusion:
            yield Triple(node, LABEL, Literal(one.conclusion, language="en"))
        if one.value:
            conclusion = Triple(NamedNode(one.focus), NamedNode(one.property), NamedNode(one.value))
            yield Triple(node, TYPE, NamedNode(RDF + "Statement"))
            yield from _terms(node, conclusion)
        yield from statement_triples(node, one.statements, base)


def _statement(node: BlankNode, statement: Statement, base: str) -> Iterator[Triple]:
    yield Triple(node, TYPE, NamedNode(RDF + "Statement"))
    yield from _terms(node, _read(statement))
    if statement.text:
        yield Triple(node, _COMMENT, Literal(statement.text, language="en"))
    if statement.axiom:
        yield Triple(node, NamedNode(RDF + "value"), Literal(statement.axiom))
    if statement.part:
        yield Triple(node, NamedNode(SKOS + "scopeNote"), Literal(statement.part))
    if statement.graph:
        yield Triple(node, NamedNode(RDFS + "isDefinedBy"), NamedNode(statement.graph))
    for source in statement.sources:
        yield from _source(node, source, base)


def _source(node: BlankNode, source: Source, base: str) -> Iterator[Triple]:
    document = document_iri(source.document, base=base)
    if not source.quote:
        yield Triple(node, _DERIVED, document)
        return
    mention = mention_iri(source.document, source.begin, source.end, base=base)
    yield Triple(node, _DERIVED, mention)
    yield Triple(mention, term("inDocument"), document)
    yield Triple(mention, term("quote"), Literal(source.quote))
    yield Triple(mention, term("beginIndex"), Literal(source.begin))
    yield Triple(mention, term("endIndex"), Literal(source.end))


def _terms(node: BlankNode, triple: Triple) -> Iterator[Triple]:
    for name, value in zip(
        ("subject", "predicate", "object"), (triple.subject, triple.predicate, triple.object), strict=True
    ):
        yield Triple(node, NamedNode(RDF + name), value)


def _read(statement: Statement) -> Triple:
    """The triple of a statement. Blank nodes of the ontology get IRIs in explanations, so none has to be kept apart."""
    line = f"{statement.subject} {statement.predicate} {statement.object} ."
    [quad] = parse(line.encode(), format=RdfFormat.N_TRIPLES)
    return Triple(quad.subject, quad.predicate, quad.object)


def _label(node: NamedNode | BlankNode) -> str:
    return node.value if isinstance(node, BlankNode) else "x"
