"""Each canned question at its address: the rows are those of the command line, in every format, and mistakes are told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import QueryResultsFormat, QuerySolutions, RdfFormat, parse, parse_query_results
from sample_graph import fill
from serving import Server, serving
from web_pages import WebPage

from diplograph.catalog import bind, load_catalog, resolve
from diplograph.quads import query_iri
from diplograph.store import Store
from diplograph.vocabulary import BASE

FORMATS = {
    "application/sparql-results+json": ("json", QueryResultsFormat.JSON),
    "application/sparql-results+xml": ("xml", QueryResultsFormat.XML),
    "text/csv": ("csv", QueryResultsFormat.CSV),
    "text/tab-separated-values": ("tsv", QueryResultsFormat.TSV),
}
QUESTIONS = [query.name for query in load_catalog()]


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("rest") / "store"
    with Store.open(path) as store:
        fill(store)
    return path


@pytest.fixture(scope="module")
def server(directory: Path) -> Iterator[Server]:
    with serving(directory, "--workers", "1") as running:
        yield running


def expected(directory: Path, name: str, values: dict[str, str], format: QueryResultsFormat) -> bytes:
    """The answer without a server."""
    query = load_catalog().get(name)
    with Store.open(directory, read_only=True) as store:
        answer = store.query(bind(query, resolve(store, query, values)))
        assert isinstance(answer, QuerySolutions)
        return answer.serialize(format=format) or b""


def test_there_are_questions() -> None:
    assert len(QUESTIONS) >= 23
    names = {parameter.name for query in load_catalog() for parameter in query.parameters}
    assert not names & {"format", "lang"}, "these mean something else in an address"


@pytest.mark.parametrize("name", QUESTIONS)
def test_each_question_is_answered_in_every_format(server: Server, directory: Path, name: str) -> None:
    values = dict(load_catalog().get(name).example)
    for media_type, (short, format) in FORMATS.items():
        rows = expected(directory, name, values, format)
        by_header = server.ask(f"/queries/{name}?{urlencode(values)}", headers={"Accept": media_type})
        assert by_header.status == 200, by_header.text
        assert by_header.headers["content-type"].partition(";")[0] == media_type
        assert by_header.body == rows
        by_name = server.ask(f"/queries/{name}?{urlencode({**values, 'format': short})}")
        assert by_name.body == rows
        again = {"Accept": media_type, "If-None-Match": by_header.headers["etag"]}
        assert server.ask(f"/queries/{name}?{urlencode(values)}", headers=again).status == 304


@pytest.mark.parametrize("name", QUESTIONS)
def test_each_question_has_a_page_with_its_rows(server: Server, directory: Path, name: str) -> None:
    values = dict(load_catalog().get(name).example)
    found = server.ask(f"/queries/{name}?{urlencode(values)}", headers={"Accept": "text/html"})
    assert found.status == 200
    page = WebPage(found.text)
    assert not page.faults
    rows = parse_query_results(
        expected(directory, name, values, QueryResultsFormat.JSON), format=QueryResultsFormat.JSON
    )
    assert isinstance(rows, QuerySolutions)
    assert len(page.all("tr")) - (1 if page.all("tr") else 0) == sum(1 for _ in rows)
    for parameter, value in values.items():
        field = page.all("input", name=parameter) or page.all("select", name=parameter)
        chosen = field[0].attributes.get("value") or page.all("option", selected="")[0].attributes["value"]
        assert chosen == value


@pytest.mark.parametrize("name", QUESTIONS)
def test_each_question_says_what_it_is(server: Server, name: str) -> None:
    found = server.ask(f"/queries/{name}", headers={"Accept": "text/turtle"})
    assert found.status == 200
    quads = list(parse(found.body, format=RdfFormat.TURTLE))
    assert query_iri(name) in {quad.subject for quad in quads}


@pytest.mark.parametrize(
    "given",
    [
        "Q6279",
        f"{BASE}actor/Q6279",
        "http://www.wikidata.org/entity/Q6279",
        "جو بايدن",
        "joe biden",
        "Biden",
        "بايدن",
    ],
)
def test_an_actor_may_be_named_in_any_way(server: Server, directory: Path, given: str) -> None:
    found = server.ask(
        f"/queries/actor-timeline?{urlencode({'actor': given})}", headers={"Accept": "text/csv"}
    )
    assert found.status == 200, found.text
    assert found.body == expected(directory, "actor-timeline", {"actor": "Q6279"}, QueryResultsFormat.CSV)
    assert found.body.count(b"\n") > 2


def test_events_and_documents_may_be_named_by_a_part(server: Server) -> None:
    for path in (
        "/queries/event-sentences?event=threat",
        "/queries/event-sentences?event=threat-biden-russia",
        f"/queries/event-sentences?event={BASE}event/threat-biden-russia",
        "/queries/documents?document=call",
        "/queries/documents?document=wire/call",
        f"/queries/documents?document={BASE}document/wire/call",
    ):
        found = server.ask(path + "&format=csv")
        assert found.status == 200, found.text
        assert found.body.count(b"\n") == 2, path


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("actor-timeline", ("actor", "whose timeline")),
        ("actor-timeline?actor=", ("actor", "whose timeline")),
        ("actor-timeline?actor=Bidenn", ("actor", "Bidenn", "biden")),
        ("actor-timeline?actor=Biden&actor=Putin", ("actor", "twice")),
        ("actor-timeline?acter=Biden", ("acter", 'did you mean "actor"')),
        ("events?status=happened", ("status", "happened", "occurred")),
        ("events?class=Dinner", ("class", "Dinner", "Summit")),
        ("events-in-period?from=2021-13&to=2022", ("from", "2021-13", "2018-06-14")),
        ("events-in-period?from=2021", ("to", "date")),
        ("busiest-actors?limit=many", ("limit", "many", "integer")),
        ("event-sentences?event=zzz", ("event", "zzz")),
        ("event-sentences?event=call-", ("could be several",)),
        ("documents?document=zzz", ("document", "zzz")),
        ("events?format=pdf", ("pdf", "csv")),
        ("busiest-actors?limit=1%7D", ("limit",)),
    ],
)
def test_mistakes_are_told(server: Server, path: str, words: tuple[str, ...]) -> None:
    plain = server.ask(f"/queries/{path}", headers={"Accept": "text/csv, text/plain;q=0.5"})
    assert plain.status == 400
    assert plain.headers["content-type"].startswith("text/plain")
    for word in words:
        assert word.casefold() in plain.text.casefold()
    described = server.ask(f"/queries/{path}", headers={"Accept": "application/json"})
    assert described.status == 400
    assert described.json()["message"] == plain.text.strip()
    if "format" not in path:
        page = server.ask(f"/queries/{path}", headers={"Accept": "text/html"})
        required = "?" not in path or path.endswith(("=", "from=2021"))
        assert page.status == (200 if required else 400)
        assert not WebPage(page.text).faults
        assert required or WebPage(page.text).all("p", role="alert")


def test_an_unknown_question_is_404(server: Server) -> None:
    for accept in ("text/csv", "text/html", "application/json"):
        found = server.ask("/queries/event", headers={"Accept": accept})
        assert found.status == 404
        assert "/queries" in found.text
    assert 'did you mean "events"' in server.ask("/queries/event").text.replace("&#34;", '"')


def test_the_list_of_questions(server: Server) -> None:
    listed = server.ask("/queries", headers={"Accept": "application/json"}).json()
    assert [query["name"] for query in listed] == QUESTIONS
    for query in listed:
        asked = f"{query['href']}?{urlencode({**query['example'], 'format': 'csv'})}"
        found = server.ask(asked)
        assert found.status == 200
        assert found.text.splitlines()[0] == ",".join(query["columns"])
    page = WebPage(server.ask("/queries", headers={"Accept": "text/html"}).text)
    assert {f"/queries/{name}" for name in QUESTIONS} <= set(page.links())


def test_a_question_can_be_asked_by_head(server: Server) -> None:
    found = server.ask("/queries/events?format=csv", "HEAD")
    assert (found.status, found.body) == (200, b"")
    assert server.ask("/queries/events", "DELETE").status == 405


ANYTHING = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=30)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    value=ANYTHING
    | st.sampled_from(
        ['"} #', "> } UNION { ?s ?p ?o", "' onmouseover='x", "<script>", "\\u003e", "}}", "%00"]
    )
)
def test_no_value_does_anything_but_be_looked_for(server: Server, value: str) -> None:
    for name, parameter in (
        ("actor-timeline", "actor"), ("events", "status"), ("event-sentences", "event"), ("documents", "document"),
        ("busiest-actors", "limit"), ("events-at-place", "place"), ("planned-talks", "class"),
    ):  # fmt: skip
        path = f"/queries/{name}?{urlencode({parameter: value})}"
        rows = server.ask(path, headers={"Accept": "application/json"})
        assert rows.status in (200, 400), rows.text
        json.loads(rows.body)
        page = server.ask(path, headers={"Accept": "text/html"})
        assert page.status in (200, 400)
        read = WebPage(page.text)
        assert not read.faults
        assert not read.all("script")
        assert not [e for e in read.elements if any(name.startswith("on") for name in e.attributes)]


@pytest.mark.parametrize("name", QUESTIONS)
def test_each_question_is_there_in_sparql_with_its_values(server: Server, name: str) -> None:
    values = dict(load_catalog().get(name).example)
    found = server.ask(f"/queries/{name}?{urlencode({**values, 'format': 'rq'})}")
    assert found.status == 200
    assert found.headers["content-type"] == "application/sparql-query"
    assert "#?" not in found.text and "#+" not in found.text
    rows = server.ask(f"/queries/{name}?{urlencode({**values, 'format': 'json'})}")
    assert server.query(found.text).json() == rows.json()
