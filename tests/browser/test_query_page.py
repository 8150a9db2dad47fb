"""The query page in a real Chromium: asking, mistakes, questions, completion, and what can be had of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect
from serving import Server, serving

from browser.browsing import PHONE, Watch, axe, shoot
from browser.conftest import LANGUAGES, Browse
from browser.hard_texts import ACTORS, DOCUMENT
from browser.query_page import QueryPage
from diplograph.catalog import load_catalog
from diplograph.vocabulary import DIP, load_vocabulary

PREFIXES = "PREFIX dip: <https://w3id.org/diplograph/ontology#>\nPREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>\n"
NAMES = PREFIXES + "SELECT ?actor ?name { ?actor dip:identifier ?key ; rdfs:label ?name } ORDER BY ?key ?name"
SLOW = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
REFUSED = r"console: Failed to load resource: the server responded with a status of {}"
CALLS = load_catalog().get("who-called-whom")
both = pytest.mark.parametrize("language", LANGUAGES)


@pytest.fixture
def query_page(browse: Browse, server: Server) -> Callable[..., QueryPage]:
    """``query_page(language, server, **options)``: the query page, opened."""

    def open_page(language: str, at: Server = server, fragment: str = "", **options: object) -> QueryPage:
        return QueryPage(browse(at, language, **options), language).open(fragment)

    return open_page


Open = Callable[..., QueryPage]
WatchOf = Callable[[Page], Watch]


def title_of(name: str, language: str) -> str:
    query = load_catalog().get(name)
    return query.summary_ar if language == "ar" else query.summary


# --- Asking ----------------------------------------------------------------------------------------------------------


@both
def test_a_query_is_typed_and_run_by_keys(query_page: Open, server: Server, language: str) -> None:
    seen = query_page(language)
    assert seen.page.locator("html").get_attribute("dir") == ("rtl" if language == "ar" else "ltr")
    editor = seen.page.locator(".CodeMirror-code")
    assert editor.evaluate("element => getComputedStyle(element).direction") == "ltr"
    seen.type("SELECT ?s ?label { ?s <http://www.w3.org/2000/01/rdf-schema#label> ?label } LIMIT 7")
    seen.page.keyboard.press("Control+Enter")
    seen.wait()
    assert len(seen.cells()) == 7
    expect(seen.page.get_by_role("status")).to_contain_text("7")
    shoot(seen.page, f"query-table-{language}")


def test_all_rows_are_as_the_endpoint_gives_them(query_page: Open, server: Server) -> None:
    seen = query_page("ar")
    seen.run(NAMES)
    rows = server.rows(NAMES)
    assert [row[1] for row in seen.cells()] == [row["name"] for row in rows]
    links = seen.page.locator(".view tbody a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    assert links == ["/" + row["actor"].removeprefix("https://w3id.org/diplograph/") for row in rows]


@both
def test_yes_no_and_nothing(query_page: Open, language: str) -> None:
    seen = query_page(language)
    seen.run("ASK { ?s ?p ?o }")
    expect(seen.page.locator(".truth")).to_have_text(seen.words("yes"))
    seen.run("ASK { <x:y> ?p ?o }")
    expect(seen.page.locator(".truth")).to_have_text(seen.words("no"))
    seen.run("SELECT * { <x:y> ?p ?o }")
    expect(seen.page.locator(".answer")).to_contain_text(seen.words("no_rows"))


def test_rows_are_ordered_by_any_column(query_page: Open) -> None:
    seen = query_page("en")
    seen.run('SELECT ?n ?word { VALUES (?n ?word) { (10 "b") (9 "c") (100 "a") (UNDEF "d") } }')
    header, cells = seen.page.locator("thead button"), seen.page.locator(".view tbody td")
    header.first.click()
    expect(cells.nth(0)).to_have_text("9")
    assert [row[0] for row in seen.cells()] == ["9", "10", "100", ""]
    header.first.click()
    expect(cells.nth(0)).to_have_text("100")
    assert [row[0] for row in seen.cells()] == ["100", "10", "9", ""]
    header.last.click()
    expect(cells.nth(1)).to_have_text("a")
    assert [row[1] for row in seen.cells()] == ["a", "b", "c", "d"]
    expect(seen.page.locator("th").last).to_have_attribute("aria-sort", "ascending")


def test_texts_are_shown_as_they_are(query_page: Open, hard_server: Server) -> None:
    """Markup is text, every text goes its own way (one that begins with a symbol, too), and nothing is lost."""
    seen = query_page("ar", hard_server)
    seen.run(
        f"{PREFIXES}SELECT ?text {{ {{ ?a dip:identifier ?k ; rdfs:label ?text }} UNION {{ ?d dip:text ?text }} }}"
    )
    shown = [row[0] for row in seen.cells()]
    assert {DOCUMENT.text, *(actor.label_ar for actor in ACTORS), *(str(a.label_en) for a in ACTORS)} <= {
        *shown
    }
    assert seen.page.locator(".view tbody b, .view tbody script").count() == 0
    directions = {
        text: direction
        for text, direction in seen.page.locator(".view tbody bdi").evaluate_all(
            "all => all.map(bdi => [bdi.textContent, getComputedStyle(bdi).direction])"
        )
    }
    assert directions[DOCUMENT.text] == directions[ACTORS[1].label_ar] == "rtl"
    assert directions[str(ACTORS[1].label_en)] == "ltr"
    shoot(seen.page, "query-hard-texts")


# --- Mistakes and failures -------------------------------------------------------------------------------------------


@both
@pytest.mark.parametrize("word", ["abc", "𝔸🕊️"])
def test_a_mistake_is_told_and_marked(
    query_page: Open, watch_of: WatchOf, server: Server, language: str, word: str
) -> None:
    """The column counts characters, whatever they take in the editor."""
    seen = query_page(language)
    watch_of(seen.page).allow(REFUSED.format(400))
    query = f'SELECT * WHERE {{\n ?s ?p "{word}" . FILTR(?s) }}'
    told = server.query(query).json()
    assert (told["line"], told["column"]) == (2, 24)
    seen.run(query)
    expect(seen.page.locator(".failure-message")).to_have_text(
        seen.words("failed_malformed", line=told["line"], column=told["column"])
    )
    expect(seen.failure).to_contain_text(told["message"])
    assert "".join(seen.page.locator(".query-fault").all_inner_texts()).startswith("FILTR(?s")
    expect(seen.page.locator(".query-marker")).to_have_attribute(
        "aria-label", re.compile(str(told["column"]))
    )
    shoot(seen.page, f"query-mistake-{language}")
    seen.failure.get_by_role("button").click()
    cursor = seen.page.evaluate("document.querySelector('.CodeMirror').CodeMirror.getCursor()")
    before = query.splitlines()[1][: told["column"] - 1]
    assert (cursor["line"], cursor["ch"]) == (1, len(before.encode("utf-16-le")) // 2)
    seen.run("ASK {}")
    assert seen.page.locator(".query-fault").count() == 0
    expect(seen.failure).to_have_count(0)


def test_what_can_be_no_sparql_is_marked_while_one_types(query_page: Open) -> None:
    seen = query_page("ar")
    seen.fill("SELECT * WHERE {\n ?s ?p ?o .\n nonsense here }")
    marker = seen.page.locator(".query-marker")
    expect(marker).to_have_attribute("aria-label", re.compile("السطر 3"))
    seen.fill("SELECT * { ?s nobody:knows ?o }")
    expect(marker).to_have_attribute("aria-label", seen.words("undeclared", prefix="nobody"))
    seen.fill("SELECT * { ?s ?p ?o }")
    expect(marker).to_have_count(0)


@pytest.fixture(scope="module")
def strict_server(seeds_store: Path) -> Iterator[Server]:
    """A server that ends queries after a second, and gives no more than a megabyte."""
    with serving(seeds_store, "--workers", "1", "--timeout", "1", "--max-result", "1") as running:
        yield running


@both
def test_limits_are_told(query_page: Open, watch_of: WatchOf, strict_server: Server, language: str) -> None:
    seen = query_page(language, strict_server)
    watch_of(seen.page).allow(REFUSED.format("(503|413|403)"))
    seen.run(SLOW)
    expect(seen.failure).to_contain_text(seen.words("failed_time_limit", limit=1))
    seen.run("SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 20000")
    expect(seen.failure).to_contain_text(seen.words("failed_large_limit", limit=1))
    seen.run("SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }")
    expect(seen.failure).to_contain_text(seen.words("failed_forbidden"))
    seen.run("ASK {}")
    expect(seen.page.locator(".truth")).to_be_visible()


@both
def test_a_query_can_be_stopped(query_page: Open, language: str) -> None:
    seen = query_page(language)
    seen.fill(SLOW)
    seen.button("run").click()
    expect(seen.page.locator(".running")).to_have_text(seen.words("running"))
    seen.button("stop").click()
    expect(seen.failure).to_have_text(seen.words("failed_stopped"))


@both
def test_the_server_may_go(browse: Browse, watch_of: WatchOf, seeds_store: Path, language: str) -> None:
    """The page stays, says so in its own language, and loses nothing of what was written."""
    with serving(seeds_store, "--workers", "1") as mortal:
        seen = QueryPage(browse(mortal, language), language).open()
        watch_of(seen.page).allow("ERR_CONNECTION", "net::ERR")
        seen.run("SELECT * { ?s ?p ?o } LIMIT 2")
        mortal.process.terminate()
        mortal.process.wait()
        seen.button("run").click()
        expect(seen.failure).to_have_text(seen.words("failed_gone"))
        assert seen.text == "SELECT * { ?s ?p ?o } LIMIT 2"
        shoot(seen.page, f"query-gone-{language}")


# --- Questions -------------------------------------------------------------------------------------------------------


@both
def test_all_questions_are_there_in_both_languages(query_page: Open, language: str) -> None:
    seen = query_page(language)
    titles = seen.page.locator(".questions-list button").all_inner_texts()
    expected = [
        (title_of(q.name, language), title_of(q.name, "en" if language == "ar" else "ar"))
        for q in load_catalog()
    ]
    assert [tuple(title.split("\n")) for title in titles] == expected
    seen.page.locator(".filter input").fill(CALLS.summary_ar)
    expect(seen.page.locator(".questions-list button")).to_have_count(1)
    seen.page.locator(".filter input").fill("xyzzy")
    expect(seen.page.locator(".questions-list button")).to_have_count(0)


@both
def test_a_question_is_asked_about_somebody_whose_name_is_misspelt(
    query_page: Open, server: Server, language: str
) -> None:
    seen = query_page(language)
    seen.choose(title_of("actor-timeline", language))
    field = seen.page.get_by_role("combobox", name=re.compile(seen.words("parameter_actor")))
    expect(field).to_be_focused()
    field.press_sequentially("بايدين" if language == "ar" else "Bidn")
    options = seen.page.get_by_role("option")
    expect(options.first).to_contain_text("Joe Biden")
    field.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    field.press("Enter")
    expect(options).to_have_count(0)
    field.press("Enter")
    seen.wait()
    rows = server.ask("/queries/actor-timeline?actor=Biden&format=json").json()["results"]["bindings"]
    assert rows
    assert [row[0] for row in seen.cells()] == [row.get("start", {}).get("value", "") for row in rows]
    assert "Q6279" in seen.text and "#?" not in seen.text
    shoot(seen.page, f"query-question-{language}")


@both
def test_a_question_without_what_it_needs_is_not_asked(
    query_page: Open, watch_of: WatchOf, language: str
) -> None:
    seen = query_page(language)
    watch_of(seen.page).allow(REFUSED.format(400))
    seen.choose(title_of("actor-timeline", language))
    seen.button("ask").click()
    assert seen.page.locator("#parameter-actor:invalid").count() == 1
    seen.page.locator("#parameter-actor").fill("nobody of this name")
    seen.page.keyboard.press("Escape")
    seen.button("ask").click()
    expect(seen.failure).to_contain_text(seen.words("failed_refused"))
    expect(seen.failure).to_contain_text("nobody of this name")


@both
def test_a_choice_of_a_question_is_in_the_language_of_the_page(
    query_page: Open, server: Server, language: str
) -> None:
    seen = query_page(language)
    seen.choose(title_of("events", language))
    seen.wait()
    label = load_vocabulary().label("planned", language)
    seen.page.locator("#parameter-status").select_option(label=label)
    seen.button("ask").click()
    expect(seen.page.locator(".CodeMirror-code")).to_contain_text("VALUES ?state")
    seen.wait()
    planned = server.ask("/queries/events?status=planned&format=json").json()["results"]["bindings"]
    assert len(seen.cells()) == len(planned) > 0


# --- Completion ------------------------------------------------------------------------------------------------------


@both
def test_our_terms_are_proposed(query_page: Open, server: Server, language: str) -> None:
    seen = query_page(language)
    keys = seen.page.keyboard
    seen.page.wait_for_load_state("networkidle")
    seen.type("SELECT * { ?x a dip:Ph")
    call = load_vocabulary().label("PhoneCall", language)
    amount = server.rows(f"SELECT (COUNT(DISTINCT ?x) AS ?n) {{ ?x a <{DIP}PhoneCall> }}")[0]["n"]
    expect(seen.hints).to_have_text([f"dip:PhoneCall {call} {amount}"])
    keys.press("Enter")
    expect(seen.hints).to_have_count(0)
    assert seen.text == "PREFIX dip: <https://w3id.org/diplograph/ontology#>\nSELECT * { ?x a dip:PhoneCall"
    keys.type(" ; dip:initi")
    expect(seen.hints.first).to_contain_text("dip:initiator ")
    keys.press("Escape")
    seen.type(f"SELECT * {{ ?x a {call.split()[0]}")
    keys.press("Control+Space")
    expect(seen.hints.filter(has_text=f"dip:PhoneCall {call} {amount}")).to_have_count(1)
    keys.press("Escape")
    seen.type("SELECT * { ?x a ?c ; ")
    keys.press("Control+Space")
    expect(seen.hints.filter(has_text=re.compile("^dip:status "))).to_have_count(1)
    keys.press("Escape")
    seen.type("PREFIX pro")
    keys.press("Control+Space")
    expect(seen.hints).to_have_text(["prov: <http://www.w3.org/ns/prov#>"])


# --- Link, keyboard, accessibility -----------------------------------------------------------------------------------

CHART = {"query": NAMES, "view": "chart", "set.kind": "line", "set.label": "name"}


@both
def test_a_link_shows_the_same_again(query_page: Open, server: Server, language: str) -> None:
    seen = query_page(language)
    seen.choose(title_of("busiest-actors", language))
    seen.wait()
    seen.page.locator("#parameter-limit").fill("3")
    seen.button("ask").click()
    expect(seen.page.locator(".view tbody tr")).to_have_count(3)
    seen.look("chart")
    seen.set("kind", "line")
    seen.set("label", "kind")
    seen.button("share").click()
    link = seen.page.locator(".link input").input_value()
    again = query_page(language, server, fragment=link.removeprefix(f"{server.url}/query-editor"))
    again.wait()
    assert again.page.url == link
    assert again.text == seen.text
    assert again.shown() == seen.shown()
    expect(again.page.locator("#parameter-limit")).to_have_value("3")
    expect(again.page.get_by_role("tab", selected=True)).to_have_text(again.words("view_chart"))


def test_the_other_language_shows_the_same_view(query_page: Open) -> None:
    seen = query_page("en", fragment="#" + urlencode(CHART))
    seen.wait()
    seen.page.locator("nav a[hreflang=ar]").click()
    expect(seen.page.locator("html")).to_have_attribute("dir", "rtl")
    seen.wait()
    assert seen.text == NAMES
    expect(seen.page.locator(".settings select[name=kind]")).to_have_value("line")


@both
def test_the_keyboard_does_it_all(query_page: Open, language: str) -> None:
    seen = query_page(language)
    seen.type("SELECT * { ?s ?p ?o } LIMIT 3")
    seen.page.keyboard.press("Tab")
    expect(seen.button("run")).to_be_focused()
    seen.page.keyboard.press("Shift+Tab")
    assert seen.page.evaluate("document.activeElement.classList.contains('CodeMirror-code')")
    seen.page.keyboard.press("Tab")
    seen.page.keyboard.press("Enter")
    seen.wait()
    tab = seen.page.get_by_role("tab", selected=True)
    tab.focus()
    seen.page.keyboard.press("ArrowLeft" if language == "ar" else "ArrowRight")
    expect(seen.page.get_by_role("tab", name=seen.words("view_chart"))).to_be_focused()
    assert tab.evaluate("element => getComputedStyle(element).outlineStyle") == "solid"


@pytest.mark.parametrize(("language", "scheme"), [("en", "dark"), ("ar", "light")])
def test_axe_finds_nothing_serious(query_page: Open, watch_of: WatchOf, language: str, scheme: str) -> None:
    seen = query_page(language, color_scheme=scheme)
    watch_of(seen.page).allow(REFUSED.format(400))
    assert axe(seen.page) == []
    seen.choose(title_of("events", language))
    seen.wait()
    for view in ("table", "chart", "timeline", "graph"):
        seen.look(view)
        assert axe(seen.page, within=".work") == [], view
        shoot(seen.page, f"query-{view}-{language}-{scheme}")
    seen.run("SELECT * { ?s ?p }")
    assert axe(seen.page, within=".work") == []


@both
def test_a_phone_is_wide_enough(query_page: Open, language: str) -> None:
    seen = query_page(language, viewport=PHONE, has_touch=True, is_mobile=True)
    seen.run(PREFIXES + "SELECT * { ?s rdfs:label ?o ; dip:startDate ?d }")
    for view in ("table", "chart", "timeline", "graph"):
        seen.look(view)
        width = seen.page.evaluate("document.documentElement.scrollWidth")
        assert width <= PHONE["width"], view
        shoot(seen.page, f"query-{view}-{language}-phone")
