"""The ontology on the web: /ontology, to which all its terms lead (they are parts of it, after the #), its shapes and
alignments. They are the files that came with the package, so they can be had from any server of ours."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from pyoxigraph import Literal, NamedNode, RdfFormat, parse, serialize

from diplograph.model import TermError
from diplograph.resources import list_files, locate
from diplograph.server.answers import Answer
from diplograph.server.asking import FORMAT, RDF_FORMATS, choose_format, root_of, tag
from diplograph.server.errors import Refusal
from diplograph.server.pages import page
from diplograph.server.pages.rendering import HTML
from diplograph.server.requests import Request
from diplograph.server.routes import Route
from diplograph.vocabulary import OWL, load_vocabulary

_OFFERS = MappingProxyType({**RDF_FORMATS, HTML: "html"})
_KINDS = ("Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty", "NamedIndividual")
_VERSION = NamedNode(OWL + "versionInfo")


@dataclass(frozen=True, slots=True)
class Term:
    """A term of the ontology as a page shows it."""

    name: str
    iri: str
    labels: Mapping[str, str]
    definitions: Mapping[str, str]
    wider: tuple[str, ...]


async def show_ontology(request: Request) -> Answer:
    """The ontology: a page with an anchor for each term, or RDF."""
    media_type = choose_format(request, _OFFERS)
    headers = {"Content-Location": f"{root_of(request)}/ontology?{FORMAT}={_OFFERS[media_type]}"}
    if media_type != HTML:
        return _send(media_type, ("diplograph.ttl",), headers)
    return page(
        request,
        "ontology.html",
        headers=headers,
        etag=tag(request.service, "ontology", request.query_string),
        kinds=terms_by_kind(),
        formats={suffix: f"{root_of(request)}/ontology?{FORMAT}={suffix}" for suffix in RDF_FORMATS.values()},
        alignments=_alignments(),
    )


async def show_version(request: Request) -> Answer:
    """The version of the ontology that is installed; others are not here."""
    asked = request.path.rpartition("/")[2]
    if asked != _version():
        raise Refusal(
            404, f"the ontology's version {asked} is not here; {root_of(request)}/ontology is {_version()}"
        )
    return await show_ontology(request)


async def send_alignment(request: Request) -> Answer:
    """How the ontology relates to another, in RDF."""
    name = request.path.removeprefix("/ontology/alignments/")
    if name not in _alignments():
        message = f"there is no alignment with {name}; there are {', '.join(_alignments())}"
        raise Refusal(404, message)
    return _send(choose_format(request, RDF_FORMATS), ("alignments", f"{name}.ttl"), {})


async def send_shapes(request: Request) -> Answer:
    """The SHACL shapes, in RDF."""
    return _send(choose_format(request, RDF_FORMATS), ("shapes.ttl",), {})


@cache
def terms_by_kind() -> Mapping[str, Sequence[Term]]:
    """Our terms by what they are, in the order of the file."""
    vocabulary = load_vocabulary()

    def said(way: str, name: str) -> dict[str, str]:
        found = {}
        for language in ("en", "ar"):
            try:
                found[language] = getattr(vocabulary, way)(name, language)
            except TermError:
                continue
        return found

    return {
        kind: [
            Term(
                name,
                vocabulary.iri(name),
                said("label", name),
                said("definition", name),
                vocabulary.superclasses(name),
            )
            for name in vocabulary.names(kind)
        ]
        for kind in _KINDS
    }


@cache
def _version() -> str:
    quads = parse(locate("ontology", "diplograph.ttl").read_bytes(), format=RdfFormat.TURTLE)
    return next(
        quad.object.value for quad in quads if quad.predicate == _VERSION and isinstance(quad.object, Literal)
    )


@cache
def _alignments() -> tuple[str, ...]:
    return tuple(path.stem for path in list_files("ontology", "alignments", ".ttl"))


@cache
def _in_format(media_type: str, parts: tuple[str, ...]) -> bytes:
    """A file of the ontology: as it stands, or turned into another format."""
    turtle = locate("ontology", *parts).read_bytes()
    if media_type == "text/turtle":
        return turtle
    parser = parse(turtle, format=RdfFormat.TURTLE)
    triples = [quad.triple for quad in parser]
    format = RdfFormat.from_extension(RDF_FORMATS[media_type])
    assert format is not None
    return serialize(triples, format=format, prefixes=dict(parser.prefixes)) or b""


def _send(media_type: str, parts: tuple[str, ...], headers: Mapping[str, str]) -> Answer:
    body = _in_format(media_type, parts)
    etag = hashlib.blake2b(body, digest_size=12).hexdigest()
    return Answer(body, media_type, headers=headers, etag=etag)


ROUTES = {
    "/ontology": Route(show_ontology),
    "/ontology/": Route(show_version),
    "/ontology/alignments/": Route(send_alignment),
    "/shapes": Route(send_shapes),
}
