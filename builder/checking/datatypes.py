"""What an OWL 2 reasoner can be given: which datatypes it knows, and what becomes of values of others.

OWL 2's datatype map (Structural Specification, section 4) lacks xsd:date, xsd:gYearMonth, xsd:gYear and xsd:duration,
and HermiT refuses an ontology that has a single one. Such a value is given as a text of the same letters where no axiom
looks at the value, so that all that follows of *having* it (the property's domain) is still checked; and left out where
one does.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

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
_FACETS = {XSD + name for name in ("length", "minLength", "maxLength", "pattern")} | {RDF + "langRange"}
_LOOKING = {OWL + name for name in ("onProperty", "propertyDisjointWith", "assertionProperty", "targetValue")}


@dataclass(frozen=True, slots=True)
class Fitting:
    """How triples are made fit for a reasoner under some ontology; made by :func:`read_fitting`.

    ``loose`` are the properties of whose values no axiom asks more than that there is one; ``shorten`` says whether
    long texts can be given by their hash.
    """

    loose: frozenset[str]
    shorten: bool

    def fit(self, triple: Triple, seen: Counter[tuple[str, bool]] | None = None) -> Triple | None:
        """The triple as the reasoner gets it; None when it is left out. ``seen`` counts (datatype, whether kept)."""
        value = triple.object
        if not isinstance(value, Literal):
            return triple
        datatype = value.datatype.value
        if datatype not in DATATYPES:
            kept = triple.predicate.value in self.loose
            if seen is not None:
                seen[datatype, kept] += 1
            return Triple(triple.subject, triple.predicate, Literal(value.value)) if kept else None
        if self.shorten and len(value.value) >= _LONG and datatype == XSD + "string":
            digest = hashlib.sha256(value.value.encode("utf-8")).hexdigest()
            return Triple(triple.subject, triple.predicate, Literal(digest))
        return triple

    def fit_all(self, triples: Iterable[Triple], seen: Counter[tuple[str, bool]]) -> list[Triple]:
        """The triples as the reasoner gets them, those left out counted."""
        return [fitted for triple in triples if (fitted := self.fit(triple, seen)) is not None]


def read_fitting(ontology: Iterable[Triple]) -> Fitting:
    """How data has to be changed for reasoning under this ontology.

    A property is loose when neither it nor one above it has a range but rdfs:Literal, is functional, or is named by a
    restriction, a key, a disjointness or a negative assertion. Texts can be shortened when no facet asks for their
    length or letters: equal ones stay equal.
    """
    properties: set[object] = set()
    bound: set[object] = set()
    above: dict[object, set[object]] = {}
    shorten = True
    for triple in ontology:
        subject, predicate, value = triple.subject, triple.predicate.value, triple.object
        shorten = shorten and predicate not in _FACETS
        if predicate == RDF + "type" and value == NamedNode(OWL + "DatatypeProperty"):
            properties.add(subject)
        elif (predicate == RDF + "type" and value == NamedNode(OWL + "FunctionalProperty")) or (
            predicate == RDFS + "range" and value != NamedNode(RDFS + "Literal")
        ):
            bound.add(subject)
        elif predicate in _LOOKING or predicate == RDF + "first":
            bound.update((subject, value))
        elif predicate in (RDFS + "subPropertyOf", OWL + "equivalentProperty"):
            above.setdefault(subject, set()).add(value)
            if predicate == OWL + "equivalentProperty":
                above.setdefault(value, set()).add(subject)

    def is_bound(name: object, path: frozenset[object] = frozenset()) -> bool:
        return name in bound or any(
            is_bound(parent, path | {name}) for parent in above.get(name, ()) if parent not in path
        )

    loose = {name.value for name in properties if isinstance(name, NamedNode) and not is_bound(name)}
    return Fitting(frozenset(loose), shorten)


def describe_values(seen: Counter[tuple[str, bool]]) -> tuple[Skipped, ...]:
    """What became of the values of other datatypes, for a report."""
    reasons = {
        True: "outside OWL 2's datatype map: given as texts, so their form and order are left to the shapes",
        False: "outside OWL 2's datatype map, and an axiom asks for the value: left out, left to the shapes",
    }
    return tuple(
        Skipped(f"values of {iri.replace(XSD, 'xsd:')}", count, reasons[kept])
        for (iri, kept), count in sorted(seen.items())
    )
