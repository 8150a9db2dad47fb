"""The dataset described: in VoID (https://www.w3.org/TR/void/) with what it counts, and in DCAT 3
(https://www.w3.org/TR/vocab-dcat-3/) for catalogues."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from pyoxigraph import Literal, NamedNode, Triple

from diplograph.quads import DCTERMS, LABEL, PROV, SAME_AS, WIKIDATA, shared_graph
from diplograph.resources import read_toml
from diplograph.server.description.counts import ClassProperty, Counts
from diplograph.server.description.writing import (
    DCAT,
    FOAF,
    FORMATS,
    MEDIA_TYPES,
    VOID,
    VOID_EXT,
    Fact,
    Site,
    number,
    say,
    text,
)
from diplograph.vocabulary import DIP, OWL, RDFS, XSD

_FEATURES = ("Turtle", "N-Triples", "JSON-LD", "RDF_XML")
_VOCABULARIES = (DIP, PROV, DCTERMS, RDFS, OWL)


def read_about() -> dict[str, dict[str, str]]:
    """What the dataset and the service are called and about, by language, from ``server/about.toml``."""
    return read_toml("server", "about.toml")


def describe_dataset(site: Site, counts: Counts, modified: datetime | None = None) -> Iterator[Triple]:
    """The dataset in VoID: where it can be asked, looked up and read about, and how much of what it holds."""
    about, dataset = read_about(), site.dataset
    facts: list[Fact] = [
        *((DCTERMS + "title", text(about[lang]["title"], lang)) for lang in about),
        *((DCTERMS + "description", text(about[lang]["description"], lang)) for lang in about),
        (DCTERMS + "modified", _moment(modified)),
        (FOAF + "homepage", NamedNode(site.url)),
        (VOID + "sparqlEndpoint", site.endpoint),
        (VOID + "uriSpace", text(site.base)),
        *((VOID + "vocabulary", NamedNode(iri)) for iri in _VOCABULARIES),
        *((VOID + "feature", NamedNode(FORMATS + name)) for name in _FEATURES),
        (VOID + "triples", number(counts.triples)),
        (VOID + "entities", number(counts.subjects)),
        (VOID + "distinctSubjects", number(counts.subjects)),
        (VOID + "distinctObjects", number(counts.objects)),
        (VOID + "properties", number(len(counts.properties) or None)),
        (VOID + "classes", number(len(counts.classes) or None)),
    ]
    yield from say(dataset, (VOID + "Dataset", DCAT + "Dataset"), facts)
    yield from _describe_subsets(site, counts)
    yield from _describe_classes(site, counts)
    for iri, triples in counts.properties:
        part = site.part("property", iri)
        yield Triple(dataset, NamedNode(VOID + "propertyPartition"), part)
        yield from say(part, (), [(VOID + "property", NamedNode(iri)), (VOID + "triples", number(triples))])


def describe_document(site: Site) -> Iterator[Triple]:
    """The VoID document itself, which is about the dataset."""
    document = NamedNode(f"{site.url}.well-known/void")
    facts: list[Fact] = [
        (DCTERMS + "title", text("VoID description of what this server holds", "en")),
        (FOAF + "primaryTopic", site.dataset),
    ]
    yield from say(document, VOID + "DatasetDescription", facts)


def _describe_subsets(site: Site, counts: Counts) -> Iterator[Triple]:
    """The named graphs that are no document's, and the links to Wikidata."""
    subset = NamedNode(VOID + "subset")
    for iri, triples in counts.graphs:
        part = site.part("graph", iri)
        yield Triple(site.dataset, subset, part)
        facts: list[Fact] = [
            (DCTERMS + "identifier", text(iri)),
            (LABEL.value, text(f"the graph {iri.removeprefix(site.base)}", "en")),
            (VOID + "triples", number(triples)),
        ]
        yield from say(part, VOID + "Dataset", facts)
    links = dict(counts.properties).get(SAME_AS.value)
    if links:
        part, wikidata = site.part("links", "wikidata"), site.part("wikidata")
        yield Triple(site.dataset, subset, part)
        facts = [
            (VOID + "linkPredicate", SAME_AS),
            (VOID + "subjectsTarget", site.dataset),
            (VOID + "objectsTarget", wikidata),
            (VOID + "triples", number(links)),
        ]
        yield from say(part, VOID + "Linkset", facts)
        yield from say(
            wikidata,
            VOID + "Dataset",
            [(DCTERMS + "title", text("Wikidata", "en")), (VOID + "uriSpace", text(WIKIDATA))],
        )


def _describe_classes(site: Site, counts: Counts) -> Iterator[Triple]:
    """A partition for each class, and in it one for each property of what is of that class."""
    properties = dict(counts.class_properties)
    for iri, entities in counts.classes:
        part = site.part("class", iri)
        yield Triple(site.dataset, NamedNode(VOID + "classPartition"), part)
        facts: list[Fact] = [(VOID + "class", NamedNode(iri)), (VOID + "entities", number(entities))]
        yield from say(part, VOID + "Dataset", facts)
        for found in properties.get(iri, ()):
            inner = site.part("class", iri, "property", found.property)
            yield Triple(part, NamedNode(VOID + "propertyPartition"), inner)
            yield from _describe_class_property(site, iri, inner, found)


def _describe_class_property(
    site: Site, kind: str, part: NamedNode, found: ClassProperty
) -> Iterator[Triple]:
    yield from say(
        part,
        VOID + "Dataset",
        [(VOID + "property", NamedNode(found.property)), (VOID + "triples", number(found.triples))],
    )
    for datatype, triples in found.datatypes:
        inner = site.part("class", kind, "property", found.property, "datatype", datatype)
        yield Triple(part, NamedNode(VOID_EXT + "datatypePartition"), inner)
        facts: list[Fact] = [
            (VOID_EXT + "datatype", NamedNode(datatype)),
            (VOID + "triples", number(triples)),
        ]
        yield from say(inner, VOID + "Dataset", facts)


def _moment(moment: datetime | None) -> Literal | None:
    if moment is None:
        return None
    written = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Literal(written, datatype=NamedNode(XSD + "dateTime"))


# --- DCAT ------------------------------------------------------------------------------------------------------------

_GRAPH_STORE = "http://www.w3.org/TR/sparql11-http-rdf-update/"
_DISTRIBUTIONS = (
    ("trig", "application/trig", "The whole store as TriG"),
    ("nquads", "application/n-quads", "The whole store as N-Quads"),
)


def describe_catalog(site: Site, modified: datetime | None = None) -> Iterator[Triple]:
    """A DCAT catalogue of one dataset, the service that answers from it, and the ways to have it whole."""
    about = read_about()
    catalog, service = NamedNode(f"{site.url}dcat#catalog"), NamedNode(f"{site.url}dcat#service")
    titles = [(DCTERMS + "title", text(about[lang]["title"], lang)) for lang in about]
    yield from say(
        catalog,
        DCAT + "Catalog",
        [
            *titles,
            (FOAF + "homepage", NamedNode(site.url)),
            (DCAT + "dataset", site.dataset),
            (DCAT + "service", service),
            (DCTERMS + "modified", _moment(modified)),
        ],
    )
    yield from say(
        service,
        DCAT + "DataService",
        [
            *((DCTERMS + "title", text(about[lang]["service"], lang)) for lang in about),
            (DCAT + "endpointURL", site.endpoint),
            (DCAT + "endpointDescription", NamedNode(f"{site.url}openapi.json")),
            (DCAT + "endpointDescription", site.endpoint),
            (DCAT + "servesDataset", site.dataset),
            (DCTERMS + "conformsTo", NamedNode("http://www.w3.org/TR/sparql11-protocol/")),
            (DCTERMS + "conformsTo", NamedNode(_GRAPH_STORE) if site.graphs else None),
        ],
    )
    for name, media, title in _DISTRIBUTIONS if site.graphs else ():
        distribution = NamedNode(f"{site.url}dcat#{name}")
        yield Triple(site.dataset, NamedNode(DCAT + "distribution"), distribution)
        facts: list[Fact] = [
            (DCTERMS + "title", text(title, "en")),
            (DCAT + "accessURL", NamedNode(f"{site.url}store")),
            (DCAT + "accessService", service),
            (DCAT + "mediaType", NamedNode(MEDIA_TYPES + media)),
        ]
        yield from say(distribution, DCAT + "Distribution", facts)


def graphs_of(site: Site, counts: Counts) -> Iterator[tuple[NamedNode, int | None]]:
    """The named graphs that are no document's and are there, with their numbers of triples."""
    for iri, triples in counts.graphs:
        yield NamedNode(iri), triples
    if not counts.graphs:
        yield from ((shared_graph(name, base=site.base), None) for name in ("events", "actors", "ontology"))
