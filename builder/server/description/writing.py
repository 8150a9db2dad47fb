"""Triples about a server, written down briefly: the vocabularies that describe data, and one helper."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import quote

from pyoxigraph import Literal, NamedNode, Triple

from diplograph.quads import DCTERMS, TYPE
from diplograph.store import PREFIXES
from diplograph.vocabulary import XSD

VOID = "http://rdfs.org/ns/void#"
SD = "http://www.w3.org/ns/sparql-service-description#"
DCAT = "http://www.w3.org/ns/dcat#"
SH = "http://www.w3.org/ns/shacl#"
SCHEMA = "https://schema.org/"
FOAF = "http://xmlns.com/foaf/0.1/"
FORMATS = "http://www.w3.org/ns/formats/"
VOID_EXT = "http://ldf.fi/void-ext#"
MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"

DESCRIPTION_PREFIXES = {
    "dcat": DCAT,
    "dcterms": DCTERMS,
    "foaf": FOAF,
    "formats": FORMATS,
    "schema": SCHEMA,
    "sd": SD,
    "sh": SH,
    "void": VOID,
    "void-ext": VOID_EXT,
    "xsd": XSD,
}

Fact: TypeAlias = tuple[str, NamedNode | Literal | None]
"""A property (its IRI) and a value; None where nothing is to be said."""


@dataclass(frozen=True, slots=True)
class Site:
    """A server as its descriptions speak of it.

    ``url`` is where the public reaches it, with a slash at the end; ``base`` is what the IRIs in its store begin with.
    ``graphs`` says that the Graph Store Protocol gives them whole.
    """

    url: str
    base: str
    updates: bool = False
    federation: bool = False
    graphs: bool = True
    union: bool = False

    @property
    def endpoint(self) -> NamedNode:
        """The address of the SPARQL endpoint."""
        return NamedNode(f"{self.url}sparql")

    @property
    def dataset(self) -> NamedNode:
        """The IRI of the dataset: a part of the VoID document, as VoID's deployment note asks for."""
        return NamedNode(f"{self.url}.well-known/void#dataset")

    def part(self, *names: str) -> NamedNode:
        """The IRI of a part of the dataset: a partition, a subset, a link set. Names may be IRIs; known ones are short.

        >>> Site("http://localhost/", "https://example.org/").part("class", DCTERMS + "Agent").value
        'http://localhost/.well-known/void#class/dcterms:Agent'
        """
        path = "/".join(quote(_shorten(name), safe=":") for name in names)
        return NamedNode(f"{self.url}.well-known/void#{path}")


def _shorten(iri: str) -> str:
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(namespace):
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return iri


def say(subject: NamedNode, kinds: str | Iterable[str], facts: Iterable[Fact]) -> Iterator[Triple]:
    """The triples that a subject is of these classes (IRIs) and has these values; a value of None says nothing."""
    for kind in (kinds,) if isinstance(kinds, str) else kinds:
        yield Triple(subject, TYPE, NamedNode(kind))
    for predicate, value in facts:
        if value is not None:
            yield Triple(subject, NamedNode(predicate), value)


def text(value: str, language: str = "") -> Literal:
    """A plain string, or one in a language."""
    return Literal(value, language=language) if language else Literal(value)


def number(value: int | None) -> Literal | None:
    """A count; None where it is not known."""
    return None if value is None else Literal(value)
