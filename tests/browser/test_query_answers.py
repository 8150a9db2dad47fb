"""Answers on the query page: the views of them, files in every format, and other servers than the usual one."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Route, expect
from pyoxigraph import QueryResultsFormat, QuerySolutions, RdfFormat, parse, parse_query_results
from serving import Server, serving
from upstream_stores import find_oxigraph, oxigraph

from browser.browsing import need, shoot
from browser.conftest import LANGUAGES, Browse
from browser.hard_texts import ACTORS
from browser.query_page import QueryPage
from diplograph.server.negotiation import GRAPH_FORMATS, RESULT_FORMATS
from diplograph.store import Store

VALUES = """SELECT ?name ?day ?n { VALUES (?name ?day ?n) {
  ("أ" "2022-01-10"^^xsd:date 3) ("ب" "2021-12-30"^^xsd:date 5) ("أ" "2022-02"^^xsd:gYearMonth 4) } }"""
EVENTS = """PREFIX dip: <https://w3id.org/diplograph/ontology#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT DISTINCT ?event ?start ?end ?label_en ?label_ar {
  ?event dip:reportedBy ?report ; dip:startDate ?start ; rdfs:label ?label_en, ?label_ar
  OPTIONAL { ?event dip:endDate ?end }
  FILTER (LANG(?label_en) = "en" && LANG(?label_ar) = "ar")
} ORDER BY ?event"""
DEALINGS = """PREFIX dip: <https://w3id.org/diplograph/ontology#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
CONSTRUCT { ?event dip:participant ?actor . ?event rdfs:label ?what . ?actor rdfs:label ?who } WHERE {
  ?event dip:reportedBy ?report ; dip:participant ?actor ; rdfs:label ?what .
  ?actor rdfs:label ?who
}"""
both = pytest.mark.parametrize("language", LANGUAGES)


@pytest.fixture
def query_page(browse: Browse, server: Server) -> Callable[..., QueryPage]:
    """``query_page(language, server)``: the query page, opened."""
    return lambda language, at=server: QueryPage(browse(at, language), language).open()


Open = Callable[..., QueryPage]


# --- Views -----------------------------------------------------------------------------------------------------------


@both
def test_a_chart_adds_up_or_counts(query_page: Open, language: str) -> None:
    seen = query_page(language)
    seen.run(VALUES)
    seen.look("chart")
    seen.set("kind", "bar")
    seen.set("label", "name")
    bars = seen.page.locator(".bars li")
    expect(bars).to_have_text(["أ7", "ب5"])
    widths = seen.page.locator(".bar").evaluate_all(
        "all => all.map(bar => bar.getBoundingClientRect().width)"
    )
    assert widths[1] / widths[0] == pytest.approx(5 / 7, abs=0.02)
    left = seen.page.locator(".bar-track").first.bounding_box()
    bar = seen.page.locator(".bar").last.bounding_box()
    assert left and bar
    begins = bar["x"] + bar["width"] == pytest.approx(left["x"] + left["width"], abs=2)
    assert begins == (language == "ar"), "bars begin where lines of text do"
    seen.set("value", "")
    expect(bars).to_have_text(["أ2", "ب1"])
    seen.set("kind", "line")
    seen.set("label", "day")
    seen.set("value", "n")
    titles = seen.page.locator(".line-chart circle title").all_text_contents()
    assert titles == ["2021-12-30: 5", "2022-01-10: 3", "2022-02: 4"]
    places = seen.page.locator(".line-chart circle").evaluate_all("all => all.map(c => c.cx.baseVal.value)")
    assert places == sorted(places)


@both
def test_a_timeline_has_the_rows_in_order_of_time(query_page: Open, server: Server, language: str) -> None:
    seen = query_page(language)
    seen.run(EVENTS)
    seen.look("timeline")
    rows = server.rows(EVENTS)
    shown = seen.page.locator(".moments li")
    expect(shown).to_have_count(len(rows))
    times = [text.partition(" ")[0] for text in seen.page.locator(".moments time").all_text_contents()]
    assert times == sorted(times)
    assert sorted(times) == sorted(row["start"] for row in rows)
    labels = {row["event"].rpartition("/")[2]: row[f"label_{language}"] for row in rows}
    links = seen.page.locator(".moments a").evaluate_all(
        "all => all.map(a => [decodeURIComponent(a.pathname.split('/').pop()), a.textContent])"
    )
    assert dict(links) == labels
    years = seen.page.locator(".year h3").all_text_contents()
    assert years == sorted({time[:4] for time in times})
    seen.set("end", "")
    assert all("–" not in text for text in seen.page.locator(".moments time").all_text_contents())


@both
def test_triples_are_a_graph(query_page: Open, server: Server, language: str) -> None:
    seen = query_page(language)
    seen.run(DEALINGS)
    seen.look("graph")
    rows = server.rows(
        "PREFIX dip: <https://w3id.org/diplograph/ontology#> SELECT DISTINCT ?e ?a { ?e dip:reportedBy ?r ; dip:participant ?a }"
    )
    expect(seen.page.locator(".network .edge")).to_have_count(len(rows))
    expect(seen.page.locator(".network .node")).to_have_count(
        len({x for row in rows for x in (row["e"], row["a"])})
    )
    names = {title for title in seen.page.locator(".network .node title").all_text_contents()}
    assert ("جو بايدن" if language == "ar" else "Joe Biden") in names
    links = seen.page.locator(".network a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    assert "/actor/Q6279" in links
    frame = seen.page.locator(".network").get_attribute("viewBox")
    seen.button("enlarge").click()
    expect(seen.page.locator(".network")).not_to_have_attribute("viewBox", str(frame))
    seen.button("whole").click()
    expect(seen.page.locator(".network")).to_have_attribute("viewBox", str(frame))
    seen.page.locator(".view summary").click()
    expect(seen.page.locator(".edges li")).to_have_count(len(rows))
    shoot(seen.page, f"query-construct-{language}")


@both
def test_columns_are_a_graph(query_page: Open, language: str) -> None:
    seen = query_page(language)
    seen.run(
        'SELECT ?a ?b ?how { VALUES (?a ?b ?how) { (<x:1> <x:2> "calls") (<x:1> <x:2> "calls") (<x:2> "z" "met") } }'
    )
    seen.look("graph")
    expect(seen.page.locator(".network .node")).to_have_count(3)
    expect(seen.page.locator(".network .edge")).to_have_count(2)
    seen.set("edge", "how")
    expect(seen.page.locator(".network .edge text")).to_have_text(["calls", "met"])


@both
def test_what_cannot_be_drawn_is_said(query_page: Open, language: str) -> None:
    seen = query_page(language)
    seen.run('SELECT ?a { VALUES ?a { "x" } }')
    seen.look("timeline")
    expect(seen.page.locator(".unsuitable")).to_have_text(seen.words("no_times"))
    seen.look("graph")
    expect(seen.page.locator(".unsuitable")).to_have_text(seen.words("no_edges"))


def test_many_rows_are_shown_piece_by_piece(query_page: Open, server: Server) -> None:
    seen = query_page("en")
    query = "SELECT ?s ?p ?o { ?s ?p ?o } LIMIT 900"
    seen.run(query)
    expect(seen.page.locator(".view tbody tr")).to_have_count(100)
    seen.button("more").click()
    expect(seen.page.locator(".view tbody tr")).to_have_count(600)
    seen.look("graph")
    expect(seen.page.locator(".view")).to_contain_text("200")


# --- Files -----------------------------------------------------------------------------------------------------------


def test_rows_can_be_had_in_every_format(query_page: Open, hard_server: Server) -> None:
    query = "PREFIX dip: <https://w3id.org/diplograph/ontology#> SELECT ?name { ?a dip:identifier ?k ; rdfs:label ?name } ORDER BY ?name"
    seen = query_page("ar", hard_server)
    seen.run(query)
    names = seen.page.locator(".downloads button").all_inner_texts()
    assert names == ["JSON", "XML", "CSV", "TSV"]
    for name in names:
        file, content = seen.download(name)
        suffix = name.lower()
        media_type = next(kind for kind, known in RESULT_FORMATS.items() if known == suffix)
        assert file.suggested_filename == f"query.{suffix}"
        assert content == hard_server.query(query, media_type).body
        if suffix != "csv":
            answer = parse_query_results(content, format=QueryResultsFormat.from_extension(suffix))
            assert isinstance(answer, QuerySolutions)
            assert ACTORS[0].label_ar in {row["name"].value for row in answer}


def test_triples_can_be_had_in_every_format(query_page: Open, server: Server) -> None:
    seen = query_page("en")
    seen.run(DEALINGS)
    expected = {
        str(quad.triple)
        for quad in parse(server.query(DEALINGS, "application/n-triples").body, format=RdfFormat.N_TRIPLES)
    }
    buttons = seen.page.locator(".downloads button").all_inner_texts()
    assert len(buttons) == len({*GRAPH_FORMATS.values()})
    for name in buttons:
        file, content = seen.download(name)
        format = RdfFormat.from_extension(file.suggested_filename.rpartition(".")[2])
        assert format is not None
        assert format.name == name
        assert {str(quad.triple) for quad in parse(content, format=format)} == expected


def test_a_question_gives_its_name_to_the_file(query_page: Open, server: Server) -> None:
    seen = query_page("en")
    seen.choose("All events")
    seen.wait()
    file, content = seen.download("JSON")
    assert file.suggested_filename == "events.json"
    assert json.loads(content) == server.ask("/queries/events?format=json").json()


# --- Other servers ---------------------------------------------------------------------------------------------------


def test_below_a_path(browse: Browse, seeds_store: Path) -> None:
    """A proxy puts the server below /graph; all that the page asks for is there."""
    with serving(seeds_store, "--workers", "1", "--url", "http://127.0.0.1:9/graph") as below:
        page = browse(below)
        page.context.route("**/graph/**", lambda route: _pass_on(route, below.url))
        seen = QueryPage(page, "en", "/graph/query-editor").open()
        seen.choose("All events")
        seen.wait()
        assert seen.cells()
        seen.choose("What an actor had a part in")
        page.locator("#parameter-actor").press_sequentially("Putin")
        expect(page.get_by_role("option").first).to_contain_text("Putin")
        seen.type("SELECT * { ?x a dip:Ph")
        expect(seen.hints.first).to_contain_text("dip:PhoneCall")


def _pass_on(route: Route, url: str) -> None:
    path = route.request.url.removeprefix(url).removeprefix("/graph")
    route.continue_(url=url + path)


def test_in_front_of_another_store(browse: Browse, seeds_store: Path, tmp_path: Path) -> None:
    """The same page over an endpoint of others."""
    need(find_oxigraph(), "the Oxigraph server")
    with Store.open(seeds_store, read_only=True) as store:
        quads = b"".join(f"{quad} .\n".encode() for quad in store.quads())
    with (
        oxigraph(tmp_path / "oxigraph", quads) as endpoint,
        serving(seeds_store, "--upstream", endpoint) as front,
    ):
        seen = QueryPage(browse(front, "ar"), "ar").open()
        seen.choose("كل الأحداث")
        seen.wait()
        assert seen.cells()
        seen.look("timeline")
        expect(seen.page.locator(".moments li").first).to_be_visible()
        _, content = seen.download("CSV")
        assert content.startswith(b"event,")
