"""The ontology's terms: the only source of ontology IRIs in Python, read from ``ontology/diplograph.ttl``.

No event class, role or status is named in Python: a class added to the ontology is there the next time it is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from diplograph.model import DataError, TermError
from diplograph.resources import locate

BASE = "https://w3id.org/diplograph/"
DIP = f"{BASE}ontology#"
ONTOLOGY_FILE = "ontology/diplograph.ttl"

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
XSD = "http://www.w3.org/2001/XMLSchema#"
SKOS = "http://www.w3.org/2004/02/skos/core#"

_KINDS = {
    OWL + kind
    for kind in ("Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty", "NamedIndividual")
}


@dataclass(frozen=True)
class Vocabulary:
    """The terms of the ontology, each called by its local name (``Document``), those of others with their prefix
    (``prov:used``). All names given back are in the order of the file.

    >>> vocabulary = load_vocabulary()
    >>> vocabulary.iri("participant")
    'https://w3id.org/diplograph/ontology#participant'
    >>> vocabulary.label("participant", "ar")
    'مشارك'
    """

    _terms: Mapping[str, str]
    _kinds: Mapping[str, frozenset[str]]
    _parents: Mapping[str, tuple[str, ...]]
    _defined: frozenset[str]
    _individuals: Mapping[str, tuple[str, ...]]
    _texts: Mapping[tuple[str, str, str], str]

    def iri(self, name: str) -> str:
        """The IRI of a term: ``Document``, or ``prov:used`` for a term of another vocabulary that ours declares.

        Raises TermError, with the nearest name there is, when the ontology has no such term.
        """
        if name not in self._terms:
            near = get_close_matches(name, self._terms, n=1, cutoff=0.5)
            hint = f'; did you mean "{near[0]}"?' if near else "."
            raise TermError(f'unknown term "{name}"{hint} Terms are in {ONTOLOGY_FILE}.')
        return self._terms[name]

    def local_name(self, iri: str) -> str:
        """The name of a term from its IRI, the inverse of :meth:`iri`. Raises TermError when there is none."""
        for name, known in self._terms.items():
            if known == iri:
                return name
        raise TermError(f"<{iri}> is no term of {ONTOLOGY_FILE}.")

    def names(self, kind: str | None = None) -> tuple[str, ...]:
        """Our own terms, or those of an OWL kind: Class, ObjectProperty, DatatypeProperty, NamedIndividual."""
        return tuple(
            name
            for name, iri in self._terms.items()
            if iri.startswith(DIP) and (kind is None or OWL + kind in self._kinds[name])
        )

    def superclasses(self, name: str) -> tuple[str, ...]:
        """Our classes (or properties) above this one, nearest first, itself left out."""
        self.iri(name)
        found: dict[str, None] = {}
        waiting = list(self._parents.get(name, ()))
        while waiting:
            parent = waiting.pop(0)
            if parent not in found:
                found[parent] = None
                waiting.extend(self._parents.get(parent, ()))
        return tuple(found)

    def subclasses(self, name: str) -> tuple[str, ...]:
        """Our classes (or properties) below this one, at any depth, itself left out."""
        self.iri(name)
        return tuple(other for other in self._parents if name in self.superclasses(other))

    def defined_classes(self) -> tuple[str, ...]:
        """The classes with a definition a reasoner can decide: nobody asserts them, frames may not name them."""
        return tuple(name for name in self.names("Class") if name in self._defined)

    def event_classes(self) -> tuple[str, ...]:
        """The classes an event can be said to be of: the leaves of the primitive classes of diplomatic events."""
        primitive = [name for name in self.subclasses("DiplomaticEvent") if name not in self._defined]
        parents = {parent for name in primitive for parent in self._parents[name]}
        return tuple(name for name in primitive if name not in parents)

    def actor_roles(self) -> tuple[str, ...]:
        """The roles an actor can have in an event: the properties below hasActor."""
        return self.subclasses("hasActor")

    def role_superproperties(self, role: str) -> tuple[str, ...]:
        """The roles that a role implies, nearest first: participant for initiator. Raises TermError for no role."""
        roles = self.actor_roles()
        if role not in roles:
            self.iri(role)
            raise TermError(
                f'"{role}" is no role of an actor. Roles are {", ".join(roles)}: see {ONTOLOGY_FILE}.'
            )
        return tuple(name for name in self.superclasses(role) if name in roles)

    def statuses(self) -> tuple[str, ...]:
        """The statuses an event can have."""
        return self._individuals.get("EventStatus", ())

    def label(self, name: str, language: str) -> str:
        """The label of a term in Arabic (``ar``) or English (``en``). Raises TermError when there is none."""
        return self._text("label", name, language)

    def definition(self, name: str, language: str) -> str:
        """The definition of a term in Arabic (``ar``) or English (``en``). Raises TermError when there is none."""
        return self._text("definition", name, language)

    def _text(self, kind: str, name: str, language: str) -> str:
        self.iri(name)
        try:
            return self._texts[kind, name, language]
        except KeyError:
            raise TermError(f'"{name}" has no {kind} in "{language}" in {ONTOLOGY_FILE}.') from None


@cache
def load_vocabulary() -> Vocabulary:
    """The vocabulary of the installed ontology, read once. Raises DataError when the file is not Turtle."""
    return read_vocabulary(locate("ontology", "diplograph.ttl").read_bytes())


def read_vocabulary(turtle: bytes) -> Vocabulary:
    """The vocabulary of an ontology in Turtle (UTF-8). Raises DataError with the line when it is not Turtle."""
    try:
        parser = parse(turtle, format=RdfFormat.TURTLE)
        triples = tuple(quad.triple for quad in parser)
        prefixes = dict(parser.prefixes)
    except SyntaxError as error:
        raise DataError(f"{ONTOLOGY_FILE}: not Turtle: {error}") from error
    names = dict(_name_terms(triples, prefixes))
    return Vocabulary(
        _terms={name: iri for iri, name in names.items()},
        _kinds={name: frozenset(_objects(triples, iri, RDF + "type")) for iri, name in names.items()},
        _parents={
            name: tuple(
                names[parent]
                for relation in ("subClassOf", "subPropertyOf")
                for parent in _objects(triples, iri, RDFS + relation)
                if parent in names
            )
            for iri, name in names.items()
        },
        _defined=frozenset(
            names[triple.subject.value]
            for triple in triples
            if triple.predicate.value == OWL + "equivalentClass" and isinstance(triple.subject, NamedNode)
        ),
        _individuals=_group_individuals(triples, names),
        _texts=_collect_texts(triples, names),
    )


def _name_terms(triples: Iterable[Triple], prefixes: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """(IRI, name) of each declared term, in the order of the file."""
    spaces = {space: prefix for prefix, space in prefixes.items()}
    for triple in triples:
        subject, value = triple.subject, triple.object
        if triple.predicate.value != RDF + "type" or not isinstance(subject, NamedNode):
            continue
        if not isinstance(value, NamedNode) or value.value not in _KINDS:
            continue
        iri = subject.value
        space = next((space for space in spaces if iri.startswith(space)), None)
        if iri.startswith(DIP):
            yield iri, iri.removeprefix(DIP)
        elif space is not None:
            yield iri, f"{spaces[space]}:{iri.removeprefix(space)}"


def _objects(triples: Iterable[Triple], subject: str, predicate: str) -> list[str]:
    return [
        triple.object.value
        for triple in triples
        if triple.predicate.value == predicate
        and isinstance(triple.subject, NamedNode)
        and triple.subject.value == subject
        and isinstance(triple.object, NamedNode)
    ]


def _group_individuals(triples: Iterable[Triple], names: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """The named individuals of each of our classes."""
    found: dict[str, tuple[str, ...]] = {}
    for triple in triples:
        subject, value = triple.subject, triple.object
        if triple.predicate.value != RDF + "type" or not isinstance(value, NamedNode):
            continue
        if isinstance(subject, NamedNode) and value.value.startswith(DIP) and subject.value in names:
            kind = names[value.value]
            found[kind] = (*found.get(kind, ()), names[subject.value])
    return found


def _collect_texts(triples: Iterable[Triple], names: Mapping[str, str]) -> dict[tuple[str, str, str], str]:
    """The labels and definitions, by (kind, name, language)."""
    kinds = {RDFS + "label": "label", SKOS + "definition": "definition"}
    return {
        (
            kinds[triple.predicate.value],
            names[triple.subject.value],
            triple.object.language,
        ): triple.object.value
        for triple in triples
        if triple.predicate.value in kinds
        and isinstance(triple.subject, NamedNode)
        and triple.subject.value in names
        and isinstance(triple.object, Literal)
        and triple.object.language
    }
