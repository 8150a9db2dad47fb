"""What an OWL 2 reasoner can be given: which datatypes it knows, and what is kept from it.

OWL 2's datatype map (Structural Specification, section 4) lacks xsd:date, xsd:gYearMonth, xsd:gYear and xsd:duration;
HermiT refuses an ontology that has one, so a single date would cost the check of all the rest.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable

from pyoxigraph import Literal, NamedNode, Triple

from diplograph.checking.findings import Skipped
from diplograph.vocabulary import OWL, RDF, RDFS, XSD

_NUMBERS = (
    "decimal integer nonNegativeInteger nonPositiveInteger positiveInteger negativeInteger long int short byte "
    "unsignedLong unsignedInt unsignedShort unsignedByte double float"
)
_OTHERS = (
    "string normalizedString token language Name NCName NMTOKEN boolean hexBinary base64Binary anyURI dateTime "
    "dateTimeStamp"
)
DATATYPES = frozenset(
    {XSD + name for name in f"{_NUMBERS} {_OTHERS}".split()}
    | {OWL + "real", OWL + "rational", RDF + "PlainLiteral", RDF + "XMLLiteral", RDF + "langString"}
    | {RDFS + "Literal"}
)
"""The datatypes of OWL 2's datatype map, with rdf:langString, which rdf:PlainLiteral became."""

_LONG = 256  # characters; from here on a text is told from another by its hash


def select_owl_triples(triples: Iterable[Triple]) -> tuple[list[Triple], Counter[str]]:
    """The triples that OWL 2 DL can speak of, and how many were left out of each datatype (by IRI).

    Left out are those whose value is of a datatype outside OWL 2's datatype map, and annotations of ontologies as a
    whole stay in. No axiom of ours depends on those values; ``shapes.ttl`` checks their datatypes and order.
    """
    kept, left_out = [], Counter[str]()
    for triple in triples:
        value = triple.object
        if isinstance(value, Literal) and value.datatype.value not in DATATYPES:
            left_out[value.datatype.value] += 1
        else:
            kept.append(triple)
    return kept, left_out


def describe_left_out(left_out: Counter[str]) -> tuple[Skipped, ...]:
    """What was left out, for a report, by datatype."""
    return tuple(
        Skipped(
            f"values of {iri.replace(XSD, 'xsd:')}",
            count,
            "outside OWL 2's datatype map; checked by shapes and rules",
        )
        for iri, count in sorted(left_out.items())
    )


def shorten_text(triple: Triple) -> Triple:
    """The triple with a long text replaced by its hash: equal texts stay equal and others different.

    A reasoner asks no more of a text, as long as no axiom restricts its length or letters; articles are most of a
    graph's bytes.
    """
    value = triple.object
    if not isinstance(value, Literal) or len(value.value) < _LONG or value.datatype.value != XSD + "string":
        return triple
    digest = hashlib.sha256(value.value.encode("utf-8")).hexdigest()
    return Triple(triple.subject, triple.predicate, Literal(digest))


def restricts_texts(ontology: Iterable[Triple]) -> bool:
    """Whether an ontology says something of the letters or length of texts, so that they cannot be shortened."""
    facets = {XSD + name for name in ("length", "minLength", "maxLength", "pattern")}
    facets.add(RDF + "langRange")
    return any(triple.predicate.value in facets for triple in ontology)


ONTOLOGY_HEADER = NamedNode(OWL + "Ontology")
