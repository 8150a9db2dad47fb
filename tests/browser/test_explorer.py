"""The explorer as a reader meets it: every page in both languages, on a phone, in the dark; and what goes wrong."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from gazetteer_events import fill_many
from playwright.sync_api import Page, expect
from sample_graph import CALL, CALL_TEXT, fill
from serving import Server, serving

from browser.browsing import PHONE, Watch, axe, need, shoot
from browser.conftest import LANGUAGES, Browse
from browser.hard_texts import DOCUMENT as HARD
from diplograph.pipeline import build
from diplograph.server.pages.built import built_entry, words_of
from diplograph.store import Store
from diplograph.vocabulary import load_vocabulary

CALL_EVENT = "/explore/event/call-biden-putin-20211230"
MANY = 700
PAGES = {
    "timeline": "/",
    "network": "/?view=network",
    "map": "/?view=map",
    "event": CALL_EVENT,
    "actor": "/explore/actor/Q6279",
    "place": "/explore/place/Q71",
    "document": f"/explore/document/{CALL.id}",
    "hard-document": f"/explore/document/{quote(HARD.id)}",
    "search": "/explore/search?q=Putin",
    "unknown": "/explore/event/nothing",
}


@pytest.fixture(scope="module", autouse=True)
def built() -> None:
    """Without the built pages there is nothing to look at."""
    need(built_entry("explorer"), "the explorer (make web)")


@pytest.fixture(scope="module")
def many_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """More events than a list shows at once, and places of every kind."""
    path = tmp_path_factory.mktemp("many") / "store"
    with Store.open(path) as store:
        fill_many(store, MANY)
    return path


@pytest.fixture(scope="module")
def many_server(many_store: Path) -> Iterator[Server]:
    with serving(many_store, "--workers", "1") as running:
        yield running


def words(language: str, key: str, **values: object) -> str:
    return words_of("explorer", language)[key].format(**values)


def settled(page: Page) -> None:
    """Waits until nothing is loading."""
    expect(page.locator("#app")).not_to_be_empty()
    expect(page.locator(".waiting")).to_have_count(0)
    expect(page.locator("[aria-busy=true]")).to_have_count(0)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
def test_every_page_in_both_languages(
    browse: Browse, watch_of: Callable[[Page], Watch], hard_server: Server, language: str, name: str
) -> None:
    page = browse(hard_server, language)
    watch_of(page).allow(*(["status of 404"] if name == "unknown" else []))
    page.goto(PAGES[name])
    settled(page)
    assert page.locator("html").get_attribute("dir") == {"en": "ltr", "ar": "rtl"}[language]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert not re.search(
        r"\bundefined\b|\[object|\{\w+\}|NaN", page.locator("#app").inner_text().replace("{{", "")
    )
    assert axe(page) == []
    shoot(page, f"explorer-{name}-{language}")


@pytest.mark.parametrize("name", PAGES)
def test_every_page_on_a_phone_in_the_dark(
    browse: Browse, watch_of: Callable[[Page], Watch], hard_server: Server, name: str
) -> None:
    page = browse(hard_server, "ar", viewport=PHONE, color_scheme="dark", has_touch=True)
    watch_of(page).allow(*(["status of 404"] if name == "unknown" else []))
    page.goto(PAGES[name])
    settled(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert max(map(int, re.findall(r"\d+", dark)[:3])) < 60
    assert axe(page) == []
    shoot(page, f"explorer-{name}-phone")


# --- What is shown ---------------------------------------------------------------------------------------------------


def test_the_timeline_lists_the_events_latest_first(browse: Browse, server: Server) -> None:
    page = browse(server)
    page.goto("/")
    settled(page)
    rows = server.ask("/api/events").json()
    shown = page.locator(".events .event")
    assert shown.count() == rows["total"] > 5
    dates = [
        date
        for date in page.locator(".event time").evaluate_all("all => all.map(one => one.dateTime)")
        if date
    ]
    assert dates == sorted(dates, reverse=True)
    assert page.locator(".total").inner_text() == words("en", "total", shown=rows["total"], all=rows["total"])
    bars = page.locator(".plot a")
    assert bars.count() == len(rows["bars"])
    page.get_by_text(words("en", "as_table")).click()
    table = page.locator(".bars table")
    assert sum(int(cell) for cell in table.locator("td:last-child").all_inner_texts()) == sum(
        sum(counts.values()) for _, counts in rows["bars"]
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_types_and_statuses_are_those_of_the_ontology(
    browse: Browse, server: Server, language: str
) -> None:
    page = browse(server, language)
    page.goto("/")
    settled(page)
    vocabulary = load_vocabulary()
    for field, names in (("type", vocabulary.event_classes()), ("status", vocabulary.statuses())):
        inputs = page.locator(f"input[name={field}]")
        assert inputs.evaluate_all("all => all.map(one => one.value)") == list(names)
        for name in names:
            label = vocabulary.label(name, language)
            expect(page.locator(f"label:has(input[value={name}])")).to_contain_text(
                label[0].upper() + label[1:] if language == "en" else label
            )


def test_dates_and_numbers_are_of_the_language(browse: Browse, hard_server: Server) -> None:
    page = browse(hard_server, "ar")
    page.goto(CALL_EVENT)
    settled(page)
    expect(page.locator(".facts")).to_contain_text("30 ديسمبر 2021")
    expect(page.locator(".facts")).to_contain_text("50 دقيقة")
    english = browse(hard_server, "en")
    english.goto(CALL_EVENT)
    expect(english.locator(".facts")).to_contain_text("30 December 2021")


def test_the_reports_of_an_event_and_where_they_disagree(browse: Browse, hard_server: Server) -> None:
    page = browse(hard_server, "en")
    page.goto(CALL_EVENT)
    settled(page)
    assert page.locator("h1").inner_text() == "Phone call between Putin and Biden"
    table = page.locator("table.reports")
    assert table.locator("thead a").all_inner_texts() == ["مكالمة بين الرئيسين", "ثاني خبر.txt"]
    duration = table.locator("tr", has=page.get_by_role("rowheader", name="Duration"))
    assert [" ".join(text.split()) for text in duration.locator("td").all_inner_texts()] == [
        "! differs: 50 minutes",
        "! differs: 55 minutes",
    ]
    start = table.locator("tr", has=page.get_by_role("rowheader", name="Start date"))
    assert start.locator(".differs").count() == 0  # one is only less precise
    assert page.locator(".disagree").inner_text().endswith("Duration in minutes")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (CALL_EVENT, CALL_TEXT),
        (f"/explore/document/{CALL.id}", CALL_TEXT),
        (f"/explore/document/{quote(HARD.id)}", HARD.text),
    ],
    ids=["event", "document", "astral"],
)
def test_evidence_is_marked_at_its_exact_characters(
    browse: Browse, hard_server: Server, path: str, text: str
) -> None:
    page = browse(hard_server, "ar")
    page.goto(path)
    settled(page)
    frame = page.locator(".quote").first if "event" in path else page.locator(".text")
    marks = frame.locator("mark").evaluate_all(
        "all => all.map(one => [Number(one.dataset.begin), Number(one.dataset.end), one.textContent])"
    )
    assert marks
    for begin, end, marked in marks:
        assert text[begin:end] == marked
    if "event" in path:
        assert [text[begin:end] for begin, end, _ in marks] == [
            "اتصل", "فلاديمير بوتين", "جو بايدن", "30 ديسمبر 2021", "50 دقيقة",
        ]  # fmt: skip
    else:
        paragraphs = page.locator(".text p").all_text_contents()
        assert "\n".join(paragraphs) == text


def test_an_actor_has_its_deeds_partners_and_threats(browse: Browse, hard_server: Server) -> None:
    page = browse(hard_server)
    page.goto("/explore/actor/Q159")
    settled(page)
    # Putin represents Russia: his call is in its timeline, through him
    assert page.locator(".events .event").count() == 4
    expect(page.locator(".event", has_text="Phone call between Putin and Biden")).to_contain_text(
        "Through Vladimir Putin"
    )
    received = page.locator(".role-target")
    assert received.get_attribute("open") is not None
    expect(received).to_contain_text(words("en", "as_target"))
    expect(received).to_contain_text("Biden threatens Russia with sanctions")
    expect(page.locator("section", has=page.locator("#partners")).get_by_role("link").first).to_have_text(
        re.compile("Biden|Zelenskyy")
    )
    page.goto("/explore/actor/Q6279")
    expect(page.locator(".role-threatener")).to_contain_text(words("en", "as_threatener"))


def test_the_network_is_drawn_and_told(browse: Browse, hard_server: Server) -> None:
    page = browse(hard_server)
    page.goto("/?view=network")
    settled(page)
    answer = hard_server.ask("/api/network").json()
    assert page.locator("svg line").count() == len(answer["edges"])
    assert page.locator("table.pairs tbody tr").count() == len(answer["edges"])
    page.locator("svg a.node", has=page.locator("circle")).first.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/explore/actor/"))


def test_the_map_shows_places_and_lists_those_without_coordinates(
    browse: Browse, many_server: Server
) -> None:
    page = browse(many_server, "ar")
    page.goto("/?view=map")
    settled(page)
    answer = many_server.ask("/api/places").json()
    on = [place for place in answer["places"] if place["at"]]
    off = [place for place in answer["places"] if not place["at"]]
    assert on and off
    expect(page.locator("svg.map path.land")).to_have_attribute("d", re.compile("^M"))
    assert page.locator("svg.map a.node").count() == len(on)
    assert page.locator(".ranks.lost li").count() == len(off)
    assert page.locator(".ranks:not(.lost) li").count() == len(on)
    # the projection is that of the middle of the frame: no circle lies outside of it
    outside = page.locator("svg.map circle").evaluate_all(
        "all => all.filter(one => one.cx.baseVal.value < 0 || one.cx.baseVal.value > one.ownerSVGElement.clientWidth).length"
    )
    assert outside == 0
    assert axe(page) == []


def test_the_parse_of_a_sentence_is_drawn_from_the_cache(browse: Browse, server: Server) -> None:
    page = browse(server)
    document = next(event for event in server.ask("/api/events").json()["events"])
    report = server.ask(f"/api/event/{quote(document['key'])}").json()["reports"][0]
    page.goto(f"/explore/document/{quote(report['document'])}")
    settled(page)
    page.locator(".paragraph", has=page.locator(".marked")).get_by_role("button", name="Parse").first.click()
    tree = page.locator(".tree-frame svg")
    expect(tree).to_be_visible()
    paragraph = page.locator(".paragraph", has=tree)
    begin = int(paragraph.locator("p").get_attribute("data-begin") or 0)
    parse = server.ask(f"/api/parse/{quote(report['document'])}?at={begin}").json()
    assert tree.locator(".form").all_text_contents() == [word["form"] for word in parse["words"]]
    assert tree.locator("path").count() == sum(word["head"] > 0 for word in parse["words"])
    # Arabic runs from right to left in the drawing as well
    first, second = (float(tree.locator(".form").nth(place).get_attribute("x") or 0) for place in (0, 1))
    assert first > second
    page.locator(".tree-frame").get_by_text(words("en", "as_table")).click()
    assert page.locator(".tree-frame tbody tr").count() == len(parse["words"])
    assert axe(page) == []
    shoot(page, "explorer-tree")


def test_a_sentence_without_a_kept_parse_says_so(
    browse: Browse, watch_of: Callable[[Page], Watch], hard_server: Server
) -> None:
    page = browse(hard_server, "ar")
    watch_of(page).allow("status of 404")
    page.goto(f"/explore/document/{CALL.id}")
    page.get_by_role("button", name=words("ar", "parse")).click()
    expect(page.get_by_role("alert")).to_contain_text(words("ar", "unparsed"))


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_parse_that_no_build_made_is_drawn_on_demand(
    browse: Browse, watch_of: Callable[[Page], Watch], tmp_path: Path, language: str
) -> None:
    text = {"en": "هطل المطر على الجبال. نامت القطط.", "ar": "هطل المطر على السهول. نامت الطيور."}[language]
    with Store.open(tmp_path / "store") as store:
        fill(store)
    (tmp_path / "rain.txt").write_text(text, encoding="utf-8")
    assert build([tmp_path / "rain.txt"], tmp_path / "store").sieved == 1
    with serving(tmp_path / "store", "--workers", "1", "--parse") as server:
        page = browse(server, language)
        page.goto("/explore/document/rain")
        page.get_by_role("button", name=words(language, "parse")).click()
        expect(page.locator(".tree-frame .form").first).to_have_text("هطل", timeout=60_000)
        # the sample was not built with this parser
        watch_of(page).allow("status of 404")
        page.goto(f"/explore/document/{CALL.id}")
        page.get_by_role("button", name=words(language, "parse")).click()
        expect(page.get_by_role("alert")).to_have_text(words(language, "other_parser"))


# --- Filters and addresses -------------------------------------------------------------------------------------------


def test_filters_are_in_the_address_and_shared_by_it(browse: Browse, hard_server: Server) -> None:
    page = browse(hard_server)
    page.goto("/")
    settled(page)
    page.locator("input[name=status][value=planned]").check()
    expect(page).to_have_url(re.compile(r"\?status=planned$"))
    page.locator("input[name=from]").fill("2022-01")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("from=2022-01"))
    page.locator(".often button", has_text="Geneva").click()
    expect(page).to_have_url(re.compile("place=Q71"))
    settled(page)
    assert page.locator(".event h3").all_inner_texts() == ["Talks on security guarantees"]
    shared = page.url
    page.go_back()
    expect(page).not_to_have_url(shared)
    settled(page)
    assert page.locator(".event h3").count() == 2
    other = browse(hard_server, "ar")
    other.goto(shared)
    settled(other)
    assert other.locator(".event h3").all_inner_texts() == ["محادثات الضمانات الأمنية"]
    assert other.locator("input[name=status][value=planned]").is_checked()
    assert other.locator("input[name=from]").input_value() == "2022-01"
    assert other.locator(".chosen li").count() == 4
    other.get_by_role("link", name=words("ar", "remove_all")).click()
    settled(other)
    assert urlsplit(other.url).query == ""
    expect(other.locator("input[name=from]")).to_have_value("")


def test_the_least_confidence_and_a_wrong_date(browse: Browse, hard_server: Server) -> None:
    page = browse(hard_server)
    page.goto("/")
    settled(page)
    page.locator("input[name=confidence]").focus()
    for _ in range(19):
        page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile(r"confidence=0\.95"))
    settled(page)
    for text in page.locator(".event .confidence").all_inner_texts():
        assert int(re.findall(r"\d+", text)[0]) >= 95
    page.locator("input[name=to]").fill("yesterday")
    page.keyboard.press("Enter")
    expect(page.get_by_text(words("en", "wrong_date"))).to_be_visible()
    assert "to" not in parse_qs(urlsplit(page.url).query)


def test_views_keep_the_filter_and_the_language_keeps_the_view(browse: Browse, hard_server: Server) -> None:
    page = browse(hard_server)
    page.goto("/?status=planned")
    page.get_by_role("link", name=words("en", "network"), exact=True).click()
    expect(page).to_have_url(re.compile(r"status=planned&view=network"))
    settled(page)
    page.get_by_role("link", name="العربية").click()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    assert {"status": ["planned"], "view": ["network"]}.items() <= parse_qs(urlsplit(page.url).query).items()
    expect(page.locator(".views a[aria-current=page]")).to_have_text(words("ar", "network"))


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("بوتين", "Vladimir Putin"),
        ("فلادمير بوتن", "Vladimir Putin"),
        ("zelenski", "Volodymyr Zelenskyy"),
        ("الولايات المتحده", "United States"),
        ("ايمانويل ماكرون", "Emmanuel Macron"),
        ("genev", "Geneva"),
    ],
)
def test_search_forgives_spelling(browse: Browse, hard_server: Server, typed: str, found: str) -> None:
    page = browse(hard_server)
    page.goto("/")
    box = page.get_by_role("search").get_by_role("combobox")
    box.fill(typed)
    first = page.get_by_role("search").get_by_role("option").first
    expect(first).to_contain_text(found)
    box.press("ArrowDown")
    expect(first).to_have_attribute("aria-selected", "true")
    box.press("Enter")
    expect(page.locator("h1")).to_have_text(found)
    expect(page.locator("h1")).to_be_focused()


def test_search_by_enter_has_a_page_of_results(browse: Browse, hard_server: Server) -> None:
    page = browse(hard_server, "ar")
    page.goto("/")
    box = page.get_by_role("search").get_by_role("combobox")
    box.fill("بوتين")
    box.press("Enter")
    expect(page).to_have_url(re.compile("/explore/search"))
    expect(page.locator(".results li").first).to_contain_text("فلاديمير بوتين")
    page.goto("/explore/search?q=qqqqxxxx")
    expect(page.locator("#app")).to_contain_text(words("ar", "nothing_found_long"))


# --- What goes wrong -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_empty_store_says_how_to_fill_it(browse: Browse, tmp_path: Path, language: str) -> None:
    with Store.open(tmp_path / "store"):
        pass
    with serving(tmp_path / "store", "--workers", "1") as running:
        page = browse(running, language)
        for view in ("/", "/?view=network", "/?view=map"):
            page.goto(view)
            expect(page.locator(".trouble")).to_contain_text(words(language, "empty"))
        shoot(page, f"explorer-empty-{language}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_server_that_is_gone(
    browse: Browse, watch_of: Callable[[Page], Watch], hard_store: Path, language: str
) -> None:
    with serving(hard_store, "--workers", "1") as running:
        page = browse(running, language)
        page.goto("/")
        settled(page)
    watch_of(page).allow(
        "ERR_CONNECTION_REFUSED", "ERR_CONNECTION_RESET", "ERR_EMPTY_RESPONSE", "Failed to load"
    )
    page.locator("input[name=status][value=planned]").check()
    expect(page.get_by_role("alert")).to_contain_text(words(language, "gone"))
    expect(page.get_by_role("button", name=words(language, "again"))).to_be_visible()
    assert axe(page) == []
    shoot(page, f"explorer-gone-{language}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_query_that_takes_too_long(
    browse: Browse, watch_of: Callable[[Page], Watch], hard_store: Path, language: str
) -> None:
    with serving(hard_store, "--workers", "1", "--engines", "1", "--timeout", "1") as running:
        page = browse(running, language)
        watch_of(page).allow("status of 503")
        page.goto("/")
        settled(page)
        for engine in engines_of(running.process.pid):
            os.kill(engine, signal.SIGSTOP)
        page.goto(CALL_EVENT)
        expect(page.get_by_role("alert")).to_contain_text(words(language, "overrun"), timeout=30_000)
        shoot(page, f"explorer-overrun-{language}")
        # the engine that overran has been ended, and another is there
        page.get_by_role("button", name=words(language, "again")).click()
        expect(page.locator("table.reports")).to_be_visible(timeout=30_000)


def engines_of(pid: int) -> list[int]:
    """The processes below a server that have none below them: those that run queries."""
    children = [
        int(child)
        for task in Path(f"/proc/{pid}/task").iterdir()
        for child in (task / "children").read_text().split()
    ]
    return [engine for child in children for engine in engines_of(child) or [child]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_address_that_asks_for_what_cannot_be(
    browse: Browse, watch_of: Callable[[Page], Watch], hard_server: Server, language: str
) -> None:
    page = browse(hard_server, language)
    watch_of(page).allow("status of 40[04]")
    page.goto("/?type=Nothing")
    expect(page.get_by_role("alert")).to_contain_text(words(language, "malformed"))
    for path, said in (
        ("event/x", "unknown_event"),
        ("actor/x", "unknown_actor"),
        ("document/x", "unknown_document"),
    ):
        page.goto(f"/explore/{path}")
        expect(page.get_by_role("alert")).to_contain_text(words(language, said))
    page.goto("/explore/elsewhere")
    expect(page.get_by_role("alert")).to_contain_text(words(language, "unknown"))


def test_more_of_a_long_list(browse: Browse, many_server: Server) -> None:
    page = browse(many_server)
    page.goto("/")
    settled(page)
    assert page.locator(".event").count() == 50
    page.get_by_role("button", name=f"({MANY - 50} left)").click()
    expect(page.locator(".event")).to_have_count(100)
    page.get_by_role("button", name=f"({MANY - 100} left)").click()
    expect(page.locator(".event")).to_have_count(150)
    assert len(set(page.locator(".event h3 a").evaluate_all("all => all.map(one => one.href)"))) == 150
