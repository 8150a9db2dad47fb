"""What a server says of itself is true: of its endpoint, of how much it holds, of its questions and their addresses."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from openapi_spec_validator import validate
from pyoxigraph import RdfFormat, parse
from rdflib import DCTERMS, RDF, VOID, Graph, Namespace, URIRef
from sample_graph import ACTORS, DOCUMENTS, EVENTS, PLACES, fill
from serving import Server, serving

from diplograph.catalog import load_catalog
from diplograph.quads import shared_graph
from diplograph.server import Settings
from diplograph.server.description import Counts, count, counts, describe, recall_counts
from diplograph.server.description.serving import Descriptions
from diplograph.server.errors import Refusal
from diplograph.server.service import Job, QueryJob, Result
from diplograph.store import PREFIXES, Store
from diplograph.vocabulary import DIP

SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
DCAT = Namespace("http://www.w3.org/ns/dcat#")


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("described") / "store"
    with Store.open(path) as store:
        fill(store)
    return path


@pytest.fixture(scope="module")
def server(directory: Path) -> Iterator[Server]:
    with serving(directory, "--workers", "1") as running:
        yield running


@pytest.fixture(scope="module")
def counted(directory: Path) -> Counts:
    with Store.open(directory, read_only=True) as store:
        return count(store)


def graph_at(server: Server, path: str) -> Graph:
    found = server.ask(path, headers={"Accept": "text/turtle"})
    assert found.status == 200, found.text
    return Graph().parse(data=found.text, format="turtle")


# --- Counts ----------------------------------------------------------------------------------------------------------


def test_what_is_counted_is_there(directory: Path, counted: Counts) -> None:
    with Store.open(directory, read_only=True) as store:
        quads = list(store.quads())
    assert counted.triples == len(quads)
    assert counted.subjects == len({quad.subject for quad in quads})
    assert counted.objects == len({quad.object for quad in quads})
    assert counted.of_class(DIP + "Document") == len(DOCUMENTS)
    assert sum(counted.of_class(DIP + name) for name in {e.values.event_class for e in EVENTS}) == len(EVENTS)
    events = [quad for quad in quads if quad.graph_name == shared_graph("events")]
    assert counted.of_graph(shared_graph("events").value) == len(events)
    for name, amount in counted.properties:
        assert amount == sum(quad.predicate.value == name for quad in quads)
    dated = dict(counted.class_properties)[DIP + "EventReport"]
    start = next(found for found in dated if found.property == DIP + "startDate")
    assert start.triples == sum(amount for _, amount in start.datatypes)
    assert {name.rpartition("#")[2] for name, _ in start.datatypes} == {"date", "gYear", "gYearMonth"}


def test_counts_are_read_back_from_the_description(directory: Path, counted: Counts) -> None:
    with Store.open(directory, read_only=True) as store:
        quads = describe(store)
        assert recall_counts(quad.triple for quad in quads) == counted
        assert recall_counts(()) is None
    assert {quad.graph_name for quad in quads} == {shared_graph("description")}
    assert len(set(quads)) == len(quads)


def test_large_stores_are_counted_less_closely(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counts, "DETAILED_UP_TO", 10)
    with Store.open(directory, read_only=True) as store:
        found = count(store)
    assert found.class_properties == ()
    assert found.triples and found.classes and found.properties


class CountingService:
    """A service over a store in memory, which remembers what it was asked."""

    def __init__(self, settings: Settings, *, refused: str = "") -> None:
        self.settings, self.refused = settings, refused
        self.asked: list[str] = []
        self.name = "1"
        self.store = fill(Store.in_memory())

    def generation(self) -> str:
        return self.name

    def close(self) -> None:
        self.store.close()

    async def run(self, job: Job, asker: object = None) -> Result:
        assert isinstance(job, QueryJob)
        self.asked.append(job.text)
        if self.refused and self.refused in job.text:
            raise Refusal(503, "too long")
        answer: Any = self.store.query(job.text)
        format = RdfFormat.N_TRIPLES if "CONSTRUCT" in job.text else None
        from pyoxigraph import QueryResultsFormat

        return Result("", answer.serialize(format=format or QueryResultsFormat.JSON) or b"")


def test_counting_is_done_once_a_generation(counted: Counts) -> None:
    async def look() -> None:
        service, descriptions = CountingService(Settings(Path())), Descriptions()
        first = await asyncio.gather(*(descriptions.counts(service) for _ in range(5)))
        assert all(found == (counted, True) for found in first)
        asked = len(service.asked)
        assert asked == 1 + 6
        await descriptions.counts(service)
        assert len(service.asked) == asked
        service.name = "2"
        await descriptions.counts(service)
        assert len(service.asked) == 2 * asked

    asyncio.run(look())


def test_what_takes_too_long_to_count_is_left_out(counted: Counts) -> None:
    async def look() -> Counts:
        service = CountingService(Settings(Path()), refused="?class ?property")
        found, final = await Descriptions().counts(service)
        assert final
        return found

    found = asyncio.run(look())
    assert found.class_properties == ()
    assert found.triples == counted.triples


# --- Documents -------------------------------------------------------------------------------------------------------


def test_the_service_is_described_at_its_own_address(server: Server) -> None:
    graph = graph_at(server, "/sparql")
    endpoint = URIRef(f"{server.url}/sparql")
    [service] = graph.subjects(SD.endpoint, endpoint)
    assert (service, RDF.type, SD.Service) in graph
    assert (service, SD.supportedLanguage, SD.SPARQL11Query) in graph
    assert (service, SD.supportedLanguage, SD.SPARQL11Update) not in graph
    assert (service, SD.feature, SD.UnionDefaultGraph) in graph
    names = {str(name) for name in graph.objects(None, SD.name)}
    assert shared_graph("events").value in names


def test_each_format_of_the_service_description_is_really_had(server: Server) -> None:
    formats = {
        str(found).rpartition("/")[2] for found in graph_at(server, "/sparql").objects(None, SD.resultFormat)
    }
    media_types = {
        "SPARQL_Results_JSON": "application/sparql-results+json",
        "SPARQL_Results_XML": "application/sparql-results+xml",
        "SPARQL_Results_CSV": "text/csv",
        "SPARQL_Results_TSV": "text/tab-separated-values",
        "Turtle": "text/turtle",
        "N-Triples": "application/n-triples",
        "N-Quads": "application/n-quads",
        "TriG": "application/trig",
        "JSON-LD": "application/ld+json",
        "RDF_XML": "application/rdf+xml",
        "N3": "text/n3",
    }
    assert formats == set(media_types)
    for name in formats:
        query = (
            "SELECT * {} LIMIT 1" if name.startswith("SPARQL") else "CONSTRUCT {?s a ?o} {?s a ?o} LIMIT 1"
        )
        found = server.query(query, media_types[name])
        assert found.headers["content-type"].partition(";")[0] == media_types[name]


def test_void_says_what_was_counted(server: Server, counted: Counts) -> None:
    graph = graph_at(server, "/.well-known/void")
    dataset = URIRef(f"{server.url}/.well-known/void#dataset")
    assert (dataset, RDF.type, VOID.Dataset) in graph
    assert graph.value(dataset, VOID.sparqlEndpoint) == URIRef(f"{server.url}/sparql")
    assert int(str(graph.value(dataset, VOID.triples))) == counted.triples
    entities = {
        str(graph.value(part, VOID["class"])): int(str(graph.value(part, VOID.entities)))
        for part in graph.objects(dataset, VOID.classPartition)
    }
    assert entities == dict(counted.classes)
    triples = {
        str(graph.value(part, VOID.property)): int(str(graph.value(part, VOID.triples)))
        for part in graph.objects(dataset, VOID.propertyPartition)
    }
    assert triples == dict(counted.properties)
    [links] = graph.subjects(RDF.type, VOID.Linkset)
    assert int(str(graph.value(links, VOID.triples))) == sum(
        bool(thing.wikidata) for thing in (*ACTORS, *PLACES)
    )
    assert not any(node for node in graph.subjects() if not isinstance(node, URIRef))


def test_dcat_leads_to_the_dataset_and_the_service(server: Server) -> None:
    graph = graph_at(server, "/dcat")
    [catalog] = graph.subjects(RDF.type, DCAT.Catalog)
    dataset, service = graph.value(catalog, DCAT.dataset), graph.value(catalog, DCAT.service)
    assert graph.value(service, DCAT.endpointURL) == URIRef(f"{server.url}/sparql")
    assert graph.value(service, DCAT.servesDataset) == dataset
    assert {found.language for found in graph.objects(dataset, DCTERMS.title)} == {"en", "ar"}  # type: ignore[attr-defined]
    assert list(graph.objects(dataset, DCAT.distribution))
    for address in (*graph.objects(None, DCAT.accessURL), *graph.objects(None, DCAT.endpointDescription)):
        assert server.ask(str(address).removeprefix(server.url)).status == 200, address


@pytest.mark.parametrize("path", ["/sparql", "/.well-known/void", "/dcat", "/queries", "/queries/events"])
@pytest.mark.parametrize("format", ["ttl", "nt", "jsonld", "rdf"])
def test_descriptions_come_in_every_format(server: Server, path: str, format: str) -> None:
    media_type = {
        "ttl": "text/turtle",
        "nt": "application/n-triples",
        "jsonld": "application/ld+json",
        "rdf": "application/rdf+xml",
    }[format]
    found = server.ask(path, headers={"Accept": media_type})
    assert found.headers["content-type"].partition(";")[0] == media_type
    parsed = RdfFormat.from_extension(format)
    assert sum(1 for _ in parse(found.body, format=parsed)) > 10


# --- From the endpoint -----------------------------------------------------------------------------------------------


def test_editors_find_the_questions(server: Server) -> None:
    """By what the SPARQL editor of the Swiss Institute of Bioinformatics asks an endpoint for, in any graph."""
    rows = server.rows("""
        PREFIX sh: <http://www.w3.org/ns/shacl#>
        PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
        SELECT DISTINCT ?sq ?comment ?query {
          ?sq a sh:SPARQLExecutable ; rdfs:comment ?comment ; sh:select|sh:ask|sh:construct|sh:describe ?query
        } ORDER BY ?sq""")
    assert len(rows) == len(load_catalog())
    for row in rows:
        found = server.query(row["query"])
        assert found.status == 200, (row["sq"], found.text)
        assert row["comment"]
    targets = server.rows("SELECT DISTINCT ?t { GRAPH ?g { ?q <https://schema.org/target> ?t } }")
    assert len(targets) == 1


def test_editors_find_the_prefixes(server: Server) -> None:
    rows = server.rows(
        "PREFIX sh: <http://www.w3.org/ns/shacl#> SELECT DISTINCT ?prefix ?namespace "
        "{ ?owner sh:declare [ sh:namespace ?namespace ; sh:prefix ?prefix ] }"
    )
    assert {row["prefix"]: row["namespace"] for row in rows} == dict(PREFIXES)


def test_editors_find_classes_and_their_properties(server: Server) -> None:
    rows = server.rows("""
        PREFIX void: <http://rdfs.org/ns/void#>
        PREFIX void-ext: <http://ldf.fi/void-ext#>
        SELECT DISTINCT ?class ?property ?datatype {
          ?part void:class ?class ; void:propertyPartition ?inner . ?inner void:property ?property
          OPTIONAL { ?inner void-ext:datatypePartition [ void-ext:datatype ?datatype ] }
        }""")
    pairs = {(row["class"], row["property"]) for row in rows}
    assert (DIP + "PhoneCall", DIP + "durationMinutes") in pairs
    assert (DIP + "Mention", DIP + "quote") in pairs
    assert (DIP + "PhoneCall", DIP + "quote") not in pairs


def test_the_description_is_in_a_graph_of_its_own(server: Server) -> None:
    graph = shared_graph("description").value
    rows = server.rows(
        "SELECT DISTINCT ?g { GRAPH ?g { ?x a <http://www.w3.org/ns/shacl#SPARQLExecutable> } }"
    )
    assert [row["g"] for row in rows] == [graph]
    assert server.ask("/graph/description", headers={"Accept": "text/turtle"}).status == 200


# --- OpenAPI ---------------------------------------------------------------------------------------------------------


def test_openapi_is_valid_and_says_what_is_there(server: Server) -> None:
    found = server.ask("/openapi.json")
    assert found.headers["content-type"] == "application/json"
    described = json.loads(found.body)
    validate(described)
    assert described["openapi"].startswith("3.1")
    assert described["servers"] == [{"url": server.url}]
    for query in load_catalog():
        operation = described["paths"][f"/queries/{query.name}"]["get"]
        parameters = {parameter["name"]: parameter for parameter in operation["parameters"]}
        assert set(parameters) == {*(p.name for p in query.parameters), "format"}
        for parameter in query.parameters:
            assert parameters[parameter.name]["required"] == parameter.required


def test_what_openapi_describes_is_answered_so(server: Server) -> None:
    described = server.ask("/openapi.json").json()
    asked = 0
    for path, operations in described["paths"].items():
        if "{" in path:
            continue
        values = {
            parameter["name"]: parameter["example"]
            for parameter in operations["get"].get("parameters", ())
            if "example" in parameter
        }
        for media_type in operations["get"]["responses"]["200"]["content"]:
            if path == "/sparql" and "html" not in media_type:
                rdf = "sparql-results" not in media_type and media_type not in (
                    "text/csv",
                    "text/tab-separated-values",
                )
                values = {"query": "CONSTRUCT WHERE {?s ?p ?o} LIMIT 1" if rdf else "ASK {}"}
            found = server.ask(f"{path}?{urlencode(values)}".rstrip("?"), headers={"Accept": media_type})
            assert found.status == 200, (path, media_type, found.text)
            assert found.headers["content-type"].partition(";")[0] == media_type, path
            asked += 1
    assert asked > 100
