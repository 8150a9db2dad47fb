"""The W3C's cases for the SPARQL 1.1 Protocol, the Graph Store HTTP Protocol and Service Description, over HTTP.

The cases are read from the W3C's manifests, which lie beside the repository; each says which requests to send and what
must come back. None is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from conftest import SHARED
from pyoxigraph import CanonicalizationAlgorithm, Dataset, RdfFormat, parse
from rdflib import Graph, Literal, Namespace, Node, URIRef
from rdflib.collection import Collection
from rdflib.namespace import RDF, RDFS
from serving import TOKEN, Response, Server, serving

SUITES = SHARED / "w3c"
MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
HT = Namespace("http://www.w3.org/2011/http#")
CNT = Namespace("http://www.w3.org/2011/content#")
UT = Namespace("http://www.w3.org/2009/sparql/tests/test-update#")
SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
EXPECTED = {"protocol": 34, "graph-store-protocol": 13, "service-description": 3}
FORMATS = {"text/turtle": RdfFormat.TURTLE, "application/n-triples": RdfFormat.N_TRIPLES}

pytestmark = pytest.mark.skipif(not SUITES.exists(), reason="the W3C's suites are not beside the repository")


@dataclass(frozen=True)
class Case:
    """A case of a manifest."""

    suite: str
    name: str
    manifest: Graph
    node: Node


def read_cases(suite: str) -> list[Case]:
    """The cases of a suite, in the order of its manifests; the entries and not the descriptions count."""
    cases = []
    for path in sorted((SUITES / suite).glob("manifest*.ttl")):
        manifest = Graph().parse(path)
        for entries in manifest.objects(None, MF.entries):
            cases += [
                Case(suite, str(node).rpartition("#")[2], manifest, node)
                for node in Collection(manifest, entries)
            ]
    return cases


CASES = {suite: read_cases(suite) for suite in EXPECTED} if SUITES.exists() else {}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    from diplograph.store import Store

    store = tmp_path_factory.mktemp("w3c") / "store"
    Store.open(store).close()
    with serving(store, "--writable", "--workers", "2", token=TOKEN) as server:
        server.headers = {"Authorization": f"Bearer {TOKEN}"}
        yield server


@pytest.mark.parametrize(("suite", "count"), EXPECTED.items())
def test_no_case_is_left_out(suite: str, count: int) -> None:
    assert len(CASES[suite]) == count


@pytest.mark.parametrize("case", CASES.get("protocol", []), ids=lambda case: case.name)
def test_protocol(case: Case, server: Server) -> None:
    run(case, server, "/sparql")


@pytest.mark.parametrize("case", CASES.get("graph-store-protocol", []), ids=lambda case: case.name)
def test_graph_store_protocol(case: Case, server: Server) -> None:
    run(case, server, "/store")


# --- Running a case --------------------------------------------------------------------------------------------------


def run(case: Case, server: Server, path: str) -> None:
    """Sends the requests of a case and compares what comes back."""
    assert server.update("DROP ALL").status == 204
    for data in case.manifest.objects(case.node, UT.graphData):
        file = Path(urlsplit(str(case.manifest.value(data, UT.graph))).path)
        graph = quote(str(case.manifest.value(data, RDFS.label)), safe="")
        content = (SUITES / case.suite / file.name).read_bytes()
        stored = server.ask(
            f"/store?graph={graph}", "PUT", content, {"Content-Type": "application/n-triples"}
        )
        assert stored.status == 201
    connection = case.manifest.value(case.node, MF.action)
    requests = list(Collection(case.manifest, case.manifest.value(connection, HT.requests)))
    assert requests, f"{case.name} has no requests"
    location = ""
    for request in requests:
        response = send(case.manifest, request, server, path, location)
        expected = case.manifest.value(request, HT.resp)
        compare(case.manifest, expected, response, server, location)
        location = response.headers.get("location", location)


def send(manifest: Graph, request: Node, server: Server, path: str, location: str) -> Response:
    """Sends a request of a case, with the path of this server in place of the suite's."""
    asked = str(manifest.value(request, HT.absolutePath)).replace("$LOCATION$", quote(location, safe=""))
    asked = re.sub(r"^/(sparql/|gsp)", f"{path}", asked)
    headers = {}
    for given in manifest.objects(request, HT.headers):
        for header in Collection(manifest, given):
            name = str(manifest.value(header, HT.fieldName))
            headers[name] = str(manifest.value(header, HT.fieldValue))
    body = None
    content = manifest.value(request, HT.body)
    if content is not None:
        encoding = str(manifest.value(content, CNT.characterEncoding) or "UTF-8")
        body = str(manifest.value(content, CNT.chars)).encode(encoding)
    return server.ask(asked, str(manifest.value(request, HT.methodName)), body, headers)


def compare(
    manifest: Graph, expected: Node | None, response: Response, server: Server, location: str
) -> None:
    statuses = [str(status).rpartition("#")[2] for status in manifest.objects(expected, MF.expectedStatus)]
    assert statuses
    assert any(is_of(response.status, status) for status in statuses), (
        f"{response.status} is none of {statuses}: {response.text}"
    )
    boolean = manifest.value(expected, MF.expectedBoolean)
    if isinstance(boolean, Literal):
        assert response.json()["boolean"] is boolean.toPython()
    kind = str(manifest.value(expected, MF.expectedFormat) or "")
    media_type = response.headers.get("content-type", "").partition(";")[0]
    if kind == "boolean":
        assert isinstance(response.json()["boolean"], bool)
    elif kind == "tabular":
        assert response.json()["results"]["bindings"]
    elif kind == "RDF":
        list(parse(response.body, FORMATS[media_type]))
    if manifest.value(expected, MF.expectedLocation) is not None:
        assert response.headers["location"]
    content = manifest.value(expected, HT.body)
    if content is not None:
        base = location or server.url
        wanted = str(manifest.value(content, CNT.chars)).replace("$LOCATION$", location)
        assert canonical(wanted.encode(), base) == canonical(response.body, base)
        for given in manifest.objects(expected, HT.headers):
            for header in Collection(manifest, given):
                if str(manifest.value(header, HT.fieldName)).lower() == "content-type":
                    assert response.headers["content-type"] == str(manifest.value(header, HT.fieldValue))


def is_of(status: int, name: str) -> bool:
    """Whether a status is the one, or in the class, that a manifest names."""
    names = {"OK": 200, "Created": 201, "NoContent": 204, "BadRequest": 400, "NotFound": 404}
    if name.startswith("StatusCode"):
        return status // 100 == int(name[len("StatusCode")])
    return status == names[name]


def canonical(turtle: bytes, base: str) -> Dataset:
    """A graph whose blank nodes have canonical names, so that isomorphic graphs are equal."""
    dataset = Dataset(parse(turtle, RdfFormat.TURTLE, base_iri=base))
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return dataset


# --- Service description ---------------------------------------------------------------------------------------------


def test_description_cases_are_those_below() -> None:
    names = {case.name for case in CASES["service-description"]}
    assert names == {"returns-rdf", "has-endpoint-triple", "conforms-to-schema"}


@pytest.fixture(scope="module")
def description(server: Server) -> Graph:
    response = server.ask("/sparql", headers={"Accept": "text/turtle"})
    assert response.status == 200, response.text
    assert response.headers["content-type"].startswith("text/turtle")
    return Graph().parse(data=response.text, format="turtle")


def test_returns_rdf(description: Graph) -> None:
    assert len(description) > 0


def test_has_endpoint_triple(description: Graph, server: Server) -> None:
    assert (None, SD.endpoint, URIRef(f"{server.url}/sparql")) in description


def test_conforms_to_schema(description: Graph) -> None:
    """Every term of the vocabulary is one of it, and its properties have the domains and ranges that it gives them."""
    classes = {
        "Service", "Language", "Function", "Aggregate", "EntailmentRegime", "EntailmentProfile", "GraphCollection",
        "Dataset", "Graph", "NamedGraph", "Feature",
    }  # fmt: skip
    ranges = {
        "endpoint": None, "feature": "Feature", "defaultEntailmentRegime": None, "entailmentRegime": None,
        "defaultSupportedEntailmentProfile": None, "supportedEntailmentProfile": None, "extensionFunction": "Function",
        "extensionAggregate": "Aggregate", "languageExtension": None, "supportedLanguage": None,
        "propertyFeature": None, "defaultDataset": "Dataset", "availableGraphs": "GraphCollection",
        "resultFormat": None, "inputFormat": None, "defaultGraph": "Graph", "namedGraph": "NamedGraph", "name": None,
        "graph": "Graph",
    }  # fmt: skip
    services = set(description.subjects(RDF.type, SD.Service))
    assert len(services) == 1
    for subject, predicate, object in description:
        local = str(predicate).removeprefix(str(SD))
        if predicate == RDF.type and str(object).startswith(str(SD)):
            assert str(object).removeprefix(str(SD)) in classes
        if not str(predicate).startswith(str(SD)):
            continue
        assert local in ranges, f"sd:{local} is no property of the vocabulary"
        assert not isinstance(object, Literal), f"sd:{local} has a resource for its value"
        wanted = ranges[local]
        if wanted in ("Dataset", "NamedGraph", "Graph", "GraphCollection"):
            kinds = {str(kind).removeprefix(str(SD)) for kind in description.objects(object, RDF.type)}
            assert kinds & {wanted, "Dataset" if wanted == "GraphCollection" else wanted}, (
                f"sd:{local} {object}"
            )
        if local in (
            "endpoint",
            "feature",
            "supportedLanguage",
            "resultFormat",
            "inputFormat",
            "defaultDataset",
        ):
            assert subject in services
