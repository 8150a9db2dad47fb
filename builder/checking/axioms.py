"""Triples of an ontology → its axioms, each with all the triples it is made of and written out.

What one axiom says is often several triples (a restriction, a list of disjoint classes): explanations show, and the
mutation of the ontology removes, whole axioms. The text is OWL 2 functional syntax (W3C, OWL 2 Structural
Specification), the mapping from triples that of W3C, OWL 2 Mapping to RDF Graphs, section 3, as far as our ontology and
its alignments go.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from diplograph.store import PREFIXES
from diplograph.vocabulary import OWL, RDF, RDFS, XSD

Term = NamedNode | BlankNode | Literal | Triple
Outgoing = Mapping[NamedNode | BlankNode, tuple[Triple, ...]]

_SKOLEM = "/.well-known/genid/"
_TYPE = RDF + "type"
_DECLARED = {
    OWL + "Class": "Class",
    OWL + "ObjectProperty": "ObjectProperty",
    OWL + "DatatypeProperty": "DataProperty",
    OWL + "AnnotationProperty": "AnnotationProperty",
    OWL + "NamedIndividual": "NamedIndividual",
    RDFS + "Datatype": "Datatype",
}
_CHARACTERISTICS = ("Functional", "InverseFunctional", "Transitive", "Symmetric", "Asymmetric", "Reflexive", "Irreflexive")  # fmt: skip
# Predicate → the axiom's name, where it has the same one for objects and data ({} is Object, Data or Annotation).
_BINARY = {
    RDFS + "subClassOf": "SubClassOf",
    OWL + "equivalentClass": "EquivalentClasses",
    OWL + "disjointWith": "DisjointClasses",
    RDFS + "subPropertyOf": "Sub{}PropertyOf",
    OWL + "equivalentProperty": "Equivalent{}Properties",
    OWL + "propertyDisjointWith": "Disjoint{}Properties",
    RDFS + "domain": "{}PropertyDomain",
    RDFS + "range": "{}PropertyRange",
    OWL + "inverseOf": "InverseObjectProperties",
    OWL + "sameAs": "SameIndividual",
    OWL + "differentFrom": "DifferentIndividuals",
}
_NARY = {
    OWL + "AllDisjointClasses": ("DisjointClasses", OWL + "members"),
    OWL + "AllDifferent": ("DifferentIndividuals", OWL + "distinctMembers"),
    OWL + "AllDisjointProperties": ("DisjointObjectProperties", OWL + "members"),
}
_CONNECTIVES = {
    OWL + "unionOf": "ObjectUnionOf",
    OWL + "intersectionOf": "ObjectIntersectionOf",
    OWL + "oneOf": "ObjectOneOf",
}
_RESTRICTIONS = {
    OWL + "someValuesFrom": "SomeValuesFrom",
    OWL + "allValuesFrom": "AllValuesFrom",
    OWL + "hasValue": "HasValue",
    OWL + "minCardinality": "MinCardinality",
    OWL + "maxCardinality": "MaxCardinality",
    OWL + "cardinality": "ExactCardinality",
    OWL + "minQualifiedCardinality": "MinCardinality",
    OWL + "maxQualifiedCardinality": "MaxCardinality",
    OWL + "qualifiedCardinality": "ExactCardinality",
}


@dataclass(frozen=True, slots=True)
class Axiom:
    """An axiom: its text in functional syntax, and its triples, the main one first."""

    text: str
    triples: tuple[Triple, ...]

    @property
    def kind(self) -> str:
        """The name of the axiom's form: SubClassOf, Declaration, AnnotationAssertion …"""
        return self.text.partition("(")[0]

    @property
    def logical(self) -> bool:
        """Whether anything can follow from it: declarations and annotations say nothing to a reasoner."""
        return self.kind not in ("Declaration", "AnnotationAssertion", "Ontology") and not (
            self.kind.startswith("Annotation")
        )


def read_axioms(triples: Iterable[Triple], prefixes: Mapping[str, str] = PREFIXES) -> tuple[Axiom, ...]:
    """The axioms that triples are made of, in their order; every triple is in one axiom.

    ``prefixes`` are for the texts. Blank nodes may be skolemised as :mod:`diplograph.quads` does::

        [axiom.text for axiom in read_axioms(triples)][0]  # 'SubClassOf(dip:Country dip:Actor)'
    """
    return tuple(_Reader(triples, prefixes).axioms())


def shorten_iri(iri: str, prefixes: Mapping[str, str] = PREFIXES) -> str:
    """An IRI as it is written in an axiom.

    >>> shorten_iri("http://www.w3.org/2002/07/owl#Thing")
    'owl:Thing'
    """
    for prefix, space in prefixes.items():
        rest = iri.removeprefix(space)
        if rest != iri and rest and not set(rest) & set("/#:?"):
            return f"{prefix}:{rest}"
    return f"<{iri}>"


class _Reader:
    """The triples by subject, and how each term and axiom is written."""

    def __init__(self, triples: Iterable[Triple], prefixes: Mapping[str, str]) -> None:
        self._triples = tuple(dict.fromkeys(triples))
        self._prefixes = prefixes
        outgoing: dict[NamedNode | BlankNode, list[Triple]] = {}
        self._kinds: dict[Term, set[str]] = {}
        for triple in self._triples:
            if isinstance(triple.subject, NamedNode | BlankNode):
                outgoing.setdefault(triple.subject, []).append(triple)
            if triple.predicate.value == _TYPE and isinstance(triple.object, NamedNode):
                self._kinds.setdefault(triple.subject, set()).add(triple.object.value)
        self._outgoing: Outgoing = {subject: tuple(found) for subject, found in outgoing.items()}
        self._inner = {
            triple.object for triple in self._triples if _is_anonymous(triple.object)
        }  # parts of another

    def axioms(self) -> Iterable[Axiom]:
        for triple in self._triples:
            if not _is_anonymous(triple.subject):
                yield Axiom(self._write(triple), (triple, *self._below(triple.object)))
            elif triple.subject not in self._inner and triple.predicate.value == _TYPE:
                parts = [one for one in self._below(triple.subject) if one != triple]
                yield Axiom(self._write_nary(triple), (triple, *parts))

    def _below(self, node: Term) -> list[Triple]:
        """All triples that say what an anonymous node is."""
        if not isinstance(node, NamedNode | BlankNode) or not _is_anonymous(node):
            return []
        found: list[Triple] = []
        for triple in self._outgoing.get(node, ()):
            found += [triple, *self._below(triple.object)]
        return found

    # --- Axioms --------------------------------------------------------------------------------------------------

    def _write(self, triple: Triple) -> str:
        subject, predicate, value = triple.subject, triple.predicate.value, triple.object
        if predicate == _TYPE and isinstance(value, NamedNode):
            return self._write_type(subject, value)
        if predicate == OWL + "propertyChainAxiom":
            chain = " ".join(map(self._term, self._list(value)))
            return f"SubObjectPropertyOf(ObjectPropertyChain({chain}) {self._term(subject)})"
        arguments = f"{self._term(subject)} {self._expression(value)}"
        if predicate in _BINARY:
            return f"{_BINARY[predicate].format(self._sort(subject))}({arguments})"
        sort = self._sort(triple.predicate)
        if OWL + "Ontology" in self._kinds.get(subject, ()) or sort == "Annotation":
            return f"AnnotationAssertion({self._term(triple.predicate)} {arguments})"
        return f"{sort}PropertyAssertion({self._term(triple.predicate)} {arguments})"

    def _write_type(self, subject: Term, value: NamedNode) -> str:
        if value.value in _DECLARED:
            return f"Declaration({_DECLARED[value.value]}({self._term(subject)}))"
        if value.value == OWL + "Ontology":
            return f"Ontology({self._term(subject)})"
        for name in _CHARACTERISTICS:
            if value.value == f"{OWL}{name}Property":
                return f"{name}{self._sort(subject)}Property({self._term(subject)})"
        return f"ClassAssertion({self._expression(value)} {self._term(subject)})"

    def _write_nary(self, triple: Triple) -> str:
        name, members = _NARY.get(getattr(triple.object, "value", ""), ("ClassAssertion", ""))
        values = (one.object for one in self._out(triple.subject) if one.predicate.value == members)
        terms = [self._expression(term) for value in values for term in self._list(value)]
        return f"{name}({' '.join(terms)})"

    def _sort(self, term: Term) -> str:
        """Object, Data or Annotation, by how a property is declared."""
        kinds = self._kinds.get(term, set())
        if OWL + "ObjectProperty" in kinds:
            return "Object"
        return "Data" if OWL + "DatatypeProperty" in kinds else "Annotation"

    # --- Expressions ---------------------------------------------------------------------------------------------

    def _expression(self, node: Term) -> str:
        """A class or data range, a literal or an individual."""
        if not _is_anonymous(node):
            return self._term(node)
        parts = {one.predicate.value: one.object for one in self._out(node)}
        for predicate, name in _CONNECTIVES.items():
            if predicate in parts:
                return f"{name}({' '.join(map(self._expression, self._list(parts[predicate])))})"
        if OWL + "complementOf" in parts:
            return f"ObjectComplementOf({self._expression(parts[OWL + 'complementOf'])})"
        if OWL + "onDatatype" in parts:
            facets = [one for part in self._list(parts[OWL + "withRestrictions"]) for one in self._out(part)]
            texts = [f"{self._term(facet.predicate)} {self._term(facet.object)}" for facet in facets]
            return f"DatatypeRestriction({self._term(parts[OWL + 'onDatatype'])} {' '.join(texts)})"
        return self._restriction(parts)

    def _restriction(self, parts: Mapping[str, Term]) -> str:
        on = parts.get(OWL + "onProperty")
        for predicate, name in _RESTRICTIONS.items():
            if on is None or predicate not in parts:
                continue
            sort, value = self._sort(on), parts[predicate]
            if not name.endswith("Cardinality"):
                return f"{sort}{name}({self._term(on)} {self._expression(value)})"
            number = value.value if isinstance(value, Literal) else ""
            filler = parts.get(OWL + "onClass") or parts.get(OWL + "onDataRange")
            text = f"{sort}{name}({number} {self._term(on)}"
            return f"{text} {self._expression(filler)})" if filler else f"{text})"
        return "[]"

    def _out(self, node: Term) -> tuple[Triple, ...]:
        return self._outgoing.get(node, ()) if isinstance(node, NamedNode | BlankNode) else ()

    def _list(self, node: Term) -> list[Term]:
        """The members of an RDF list."""
        found: list[Term] = []
        while parts := {one.predicate.value: one.object for one in self._out(node)}:
            if RDF + "first" not in parts:
                break
            found.append(parts[RDF + "first"])
            node = parts[RDF + "rest"]
        return found

    def _term(self, term: Term) -> str:
        if isinstance(term, NamedNode):
            return self._shorten(term.value)
        if isinstance(term, Literal) and not term.language and term.datatype.value != XSD + "string":
            return f'"{term.value}"^^{self._shorten(term.datatype.value)}'
        return str(term)

    def _shorten(self, iri: str) -> str:
        return shorten_iri(iri, self._prefixes)


def _is_anonymous(term: Term) -> bool:
    return isinstance(term, BlankNode) or (isinstance(term, NamedNode) and _SKOLEM in term.value)
