"""The canned questions as SHACL SPARQL executables, in the way of https://github.com/sib-swiss/sparql-examples.

SPARQL editors find questions and prefixes so described by asking an endpoint for ``sh:SPARQLExecutable`` and
``sh:declare``.
"""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import Literal, NamedNode, Triple

from diplograph.catalog import Catalog, Query
from diplograph.quads import DCTERMS, LABEL, query_iri
from diplograph.server.description.writing import SCHEMA, SH, Fact, Site, say, text
from diplograph.store import PREFIXES
from diplograph.vocabulary import OWL, RDFS, XSD


def describe_prefixes(site: Site) -> Iterator[Triple]:
    """The prefixes that the questions use, by sh:declare."""
    owner = query_iri("#prefixes", base=site.base)
    yield from say(owner, OWL + "Ontology", [(OWL + "imports", NamedNode(SH))])
    for prefix, namespace in PREFIXES.items():
        declared = query_iri(f"#{prefix}", base=site.base)
        yield Triple(owner, NamedNode(SH + "declare"), declared)
        facts: list[Fact] = [
            (SH + "prefix", text(prefix)),
            (SH + "namespace", Literal(namespace, datatype=NamedNode(XSD + "anyURI"))),
        ]
        yield from say(declared, SH + "PrefixDeclaration", facts)


def describe_questions(site: Site, catalog: Catalog) -> Iterator[Triple]:
    """Every question of the catalogue, as it runs with none of its parameters given."""
    for query in catalog:
        yield from describe_question(site, query)


def describe_question(site: Site, query: Query) -> Iterator[Triple]:
    """A question: what it asks in two languages, its SPARQL, and the endpoint that answers it."""
    facts: list[Fact] = [
        (LABEL.value, text(query.summary, "en")),
        (LABEL.value, text(query.summary_ar, "ar")),
        (RDFS + "comment", text(f"{query.summary}. {query.description}".removesuffix(". "), "en")),
        (DCTERMS + "identifier", text(query.name)),
        (SH + "prefixes", query_iri("#prefixes", base=site.base)),
        (SH + "select", text(without_header(query.text))),
        (SCHEMA + "target", site.endpoint),
    ]
    kinds = (SH + "SPARQLExecutable", SH + "SPARQLSelectExecutable")
    yield from say(query_iri(query.name, base=site.base), kinds, facts)


def without_header(sparql: str) -> str:
    """The SPARQL text without the lines of its header (#+), which are said in RDF instead.

    >>> without_header('#+ summary = "All"\\n\\nASK {}\\n')
    'ASK {}\\n'
    """
    lines = (line for line in sparql.splitlines(keepends=True) if not line.startswith("#+"))
    return "".join(lines).lstrip("\n")
