"""Along which properties an ontology lets something follow from one individual for another.

By that a graph is cut into pieces that can be reasoned over one by one (:mod:`~diplograph.checking.modules`). What is
said *of* an individual (its own triples) stays with it; what others say of it from elsewhere matters only as far as an
axiom lets it: by a range, by an inverse, or by making two individuals one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from pyoxigraph import BlankNode, NamedNode, Triple

from diplograph.vocabulary import OWL, RDF, RDFS

_INDIVISIBLE = {
    "oneOf": "enumerations",
    "hasKey": "keys",
    "complementOf": "complements",
    "disjointUnionOf": "disjoint unions",
    "allValuesFrom": "universal restrictions",
    "maxCardinality": "maximum cardinalities",
    "maxQualifiedCardinality": "maximum cardinalities",
    "cardinality": "exact cardinalities",
    "qualifiedCardinality": "exact cardinalities",
}


_TWO_WAY = ("SymmetricProperty", "AsymmetricProperty", "TransitiveProperty")


@dataclass(frozen=True, slots=True)
class Links:
    """What an ontology lets pass; made by :func:`read_links`. All are IRIs of properties.

    ``lead``: what the value is matters for what has the property. ``follow``: what has the property matters for its
    value, beyond the range. ``one_value``: two values of one
    individual are the same. ``one_owner``: two individuals with one value are the same. ``terms`` are the ontology's
    own names, which belong to no piece. ``indivisible`` names the constructs for which the graph can only be cut where
    nothing links it at all; there are none in our ontology.
    """

    lead: frozenset[str]
    follow: frozenset[str]
    one_value: frozenset[str]
    one_owner: frozenset[str]
    terms: frozenset[str]
    indivisible: tuple[str, ...]


def read_links(ontology: Iterable[Triple]) -> Links:
    """What this ontology lets pass along which property."""
    triples = list(ontology)
    properties = _of_type(triples, "ObjectProperty") - _of_type(triples, "DatatypeProperty")
    inverses = _inverses(triples)
    properties |= {name for pair in inverses for name in pair}
    restricted = {_name(t.object) for t in triples if t.predicate.value == OWL + "onProperty"}
    restricted |= {_name(t.object) for t in triples if t.predicate.value == RDF + "first"}  # chains
    above = _above(triples)

    def below(names: set[str]) -> set[str]:
        return {name for name in properties if above(name) & names}

    functional, owned = (
        _of_type(triples, "FunctionalProperty"),
        _of_type(triples, "InverseFunctionalProperty"),
    )
    one_value, one_owner = below(functional), below(owned)
    follow = below(_of_type(triples, "SymmetricProperty"))
    for one, other in inverses:
        if other in below(functional):
            one_owner |= below({one})
        if other in below(owned):
            one_value |= below({one})
        if above(other) & restricted or other.startswith("_:"):
            follow |= below({one})
    two_way = {name for kind in _TWO_WAY for name in _of_type(triples, kind)}
    return Links(
        frozenset(below(restricted | two_way) | one_value | one_owner | follow),
        frozenset(follow),
        frozenset(one_value & properties),
        frozenset(one_owner),
        frozenset(_name(t.subject) for t in triples if isinstance(t.subject, NamedNode)),
        _indivisible(triples),
    )


def _name(node: object) -> str:
    return node.value if isinstance(node, NamedNode) else str(node)


def _of_type(triples: Iterable[Triple], kind: str) -> set[str]:
    wanted = NamedNode(OWL + kind)
    return {_name(t.subject) for t in triples if t.predicate.value == RDF + "type" and t.object == wanted}


def _inverses(triples: Iterable[Triple]) -> set[tuple[str, str]]:
    """(property, its inverse), both ways; the inverse of an anonymous one is named by its blank node."""
    found = set()
    for triple in triples:
        if triple.predicate.value == OWL + "inverseOf":
            pair = _name(triple.object), _name(triple.subject)
            found.add(pair)
            if not isinstance(triple.subject, BlankNode):
                found.add((pair[1], pair[0]))
    return found


def _above(triples: Iterable[Triple]) -> Callable[[str], set[str]]:
    """What gives the properties above one, itself included."""
    parents: dict[str, set[str]] = {}
    for triple in triples:
        name, value = _name(triple.subject), _name(triple.object)
        if triple.predicate.value in (RDFS + "subPropertyOf", OWL + "equivalentProperty"):
            parents.setdefault(name, set()).add(value)
            if triple.predicate.value == OWL + "equivalentProperty":
                parents.setdefault(value, set()).add(name)

    def above(name: str) -> set[str]:
        found, waiting = set(), [name]
        while waiting:
            one = waiting.pop()
            if one not in found:
                found.add(one)
                waiting.extend(parents.get(one, ()))
        return found

    return above


def _indivisible(triples: list[Triple]) -> tuple[str, ...]:
    found = {
        _INDIVISIBLE[name]
        for triple in triples
        if (name := triple.predicate.value.removeprefix(OWL)) in _INDIVISIBLE
    }
    if any(t.predicate.value == OWL + "hasValue" and isinstance(t.object, NamedNode) for t in triples):
        found.add("individuals as values")
    harmless = {t.object for t in triples if t.predicate.value in (RDFS + "domain", RDFS + "range")}
    unions = {t.subject for t in triples if t.predicate.value == OWL + "unionOf"}
    if unions - harmless:
        found.add("unions")
    return tuple(sorted(found))
