"""The report: one file that fetches nothing, true to the store, bounded, harmless whatever the articles say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import many_events
import pytest
import sample_graph as sample
from hypothesis import given, settings
from hypothesis import strategies as some
from test_cli import run

from diplograph.catalog import load_catalog
from diplograph.inspection import ExplainedReport, Explanation, Quote, StatedValue, explain
from diplograph.quads import actor_quads, document_graph, document_quads, event_quads, shared_graph
from diplograph.report import Segment, cut, render_event, write_report
from diplograph.report.content import gather, load_texts
from diplograph.report.highlighting import shorten
from diplograph.store import Store
from diplograph.vocabulary import load_vocabulary

VOID = {"meta", "input", "img", "br", "link"}
HARMLESS = {
    "html", "head", "meta", "title", "style", "body", "input", "label", "main", "h1", "h2", "h3", "h4", "p", "nav", "ul",
    "li", "a", "section", "div", "table", "thead", "tbody", "tfoot", "tr", "th", "td", "figure", "img", "strong", "bdi",
    "blockquote", "mark", "span", "dl", "dt", "dd", "code",
}  # fmt: skip
HOSTILE = (
    "<script>alert(1)</script>",
    "\"' onmouseover='alert(1)' x=\"",
    "</style></title><img src=x onerror=alert(1)>",
    "\u202eright to left override\u2066",
    "{{ 7 * 7 }}{% raise %}",
    "javascript:alert(1)",
    "&lt;b&gt; ]]> -->",
)


@dataclass
class Page(HTMLParser):
    """What is in a page: its elements with their attributes, the marked words, the ids, and whether tags are closed."""

    elements: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    marked: list[str] = field(default_factory=list)
    quotes: list[str] = field(default_factory=list)
    text: str = ""
    open: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "mark":
            self.marked.append("")
        if tag == "blockquote":
            self.quotes.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data
        if "mark" in self.open:
            self.marked[-1] += data
        if "blockquote" in self.open:
            self.quotes[-1] += data

    def ids(self) -> list[str]:
        return [str(attributes["id"]) for _, attributes in self.elements if "id" in attributes]


def read(html: str) -> Page:
    page = Page()
    page.feed(html)
    page.close()
    assert page.open == []
    return page


def check_harmless(page: Page) -> None:
    """No element or attribute that could run or fetch anything."""
    for tag, attributes in page.elements:
        assert tag in HARMLESS, tag
        for name, value in attributes.items():
            assert not name.startswith("on"), f"<{tag} {name}>"
            if name == "src":
                assert str(value).startswith("data:image/svg+xml;base64,")
            if name == "href":
                assert str(value).startswith(("#", "http://", "https://"))


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    with sample.fill(Store.in_memory()) as filled:
        yield filled


@pytest.fixture(scope="module")
def html(store: Store) -> str:
    return write_report(store)


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    return read(html)


# --- Highlighting ------------------------------------------------------------------------------------------------------

SPANS = some.lists(
    some.tuples(
        some.integers(0, 80), some.integers(0, 80), some.sampled_from(["trigger", "participant", "status"])
    ),
    max_size=8,
)


@given(some.text(max_size=50), some.integers(0, 20), SPANS)
def test_cut_marks_exactly_the_evidence(text: str, begin: int, spans: list[tuple[int, int, str]]) -> None:
    segments = cut(text, begin, spans)
    assert "".join(segment.text for segment in segments) == text
    aspects = [segment.aspects for segment in segments for _ in segment.text]
    for place, found in enumerate(aspects, begin):
        assert set(found) == {aspect for first, last, aspect in spans if first <= place < last}
    assert all(one.aspects != other.aspects for one, other in pairwise(segments))


@given(some.text(max_size=50), SPANS, some.integers(0, 60))
def test_shortened_segments_begin_as_the_whole(
    text: str, spans: list[tuple[int, int, str]], most: int
) -> None:
    short = "".join(segment.text for segment in shorten(cut(text, 0, spans), most))
    assert short == (text if len(text) <= most else text[:most] + "…")


def test_offsets_are_code_points() -> None:
    text = "قال 🙂 بُوتين"  # a letter outside the basic plane, and a vowel sign
    begin = text.index("بُوتين")
    assert cut(text, 0, [(begin, begin + 6, "participant")])[-1] == Segment("بُوتين", ("participant",))


# --- The whole ---------------------------------------------------------------------------------------------------------


def test_a_report_is_one_file_that_fetches_and_runs_nothing(html: str, page: Page) -> None:
    check_harmless(page)
    style = re.search(r"<style>(.*?)</style>", html, re.DOTALL)
    assert style is not None
    assert not re.search(r"url\(|@import", style[1])
    assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:" in html
    assert "@media print" in style[1] and "prefers-color-scheme: dark" in style[1]
    assert ("meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"}) in page.elements


def test_both_languages_with_a_switch(page: Page) -> None:
    mains = [attributes for tag, attributes in page.elements if tag == "main"]
    assert mains == [{"id": "en", "lang": "en", "dir": "ltr"}, {"id": "ar", "lang": "ar", "dir": "rtl"}]
    switches = [attributes["id"] for tag, attributes in page.elements if tag == "input"]
    labels = [attributes["for"] for tag, attributes in page.elements if tag == "label"]
    assert switches == labels == ["show-en", "show-ar"]
    assert "Planned talks" in page.text and "المحادثات المقررة" in page.text


@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("ar", "rtl")])
def test_one_language(store: Store, language: str, direction: str) -> None:
    page = read(write_report(store, (language,), pictures=False))
    assert page.elements[0] == ("html", {"lang": language, "dir": direction})
    assert not [tag for tag, _ in page.elements if tag in ("input", "img")]


def test_ids_are_unique_and_links_lead_somewhere(page: Page) -> None:
    ids = page.ids()
    assert len(ids) == len(set(ids))
    targets = {
        str(a["href"])[1:] for tag, a in page.elements if tag == "a" and str(a["href"]).startswith("#")
    }
    assert targets <= set(ids)
    assert len(targets) > 10


def test_a_report_says_what_is_in_the_store(store: Store, page: Page) -> None:
    for event in sample.EVENTS:
        assert event.label_en in page.text and event.label_ar in page.text
    for actor in (sample.PUTIN, sample.BIDEN, sample.RUSSIA):
        assert str(actor.label_en) in page.text and actor.label_ar in page.text
    assert sample.THREAT_VALUES.condition in page.text
    for document in sample.DOCUMENTS:
        assert (document.url or document.source) in page.text
    vocabulary = load_vocabulary()
    for status in vocabulary.statuses():
        assert vocabulary.label(status, "en") in page.text and vocabulary.label(status, "ar") in page.text
    pictures = [attributes["alt"] for tag, attributes in page.elements if tag == "img"]
    assert len(pictures) == 6
    content = gather(store)
    assert sum(counts[0] for _, counts in content.counts) == len(sample.EVENTS)
    assert all(counts[0] == sum(counts[1:]) for _, counts in content.counts)


def test_events_lead_back_to_their_words(store: Store) -> None:
    (call,) = [row for row in gather(store).rows if "call-biden" in row.event.iri]
    first = next(passage for passage in call.passages if passage.document == sample.CALL.id)
    marked = [segment.text for segment in first.segments if segment.aspects]
    assert marked == ["اتصل", "فلاديمير بوتين", "جو بايدن", "30 ديسمبر 2021", "50 دقيقة"]
    assert "".join(segment.text for segment in first.segments) in sample.CALL_TEXT
    assert {passage.document for passage in call.passages} == {sample.CALL.id, sample.CALL_AGAIN.id}


def test_disagreements_are_marked(store: Store, page: Page) -> None:
    disputed = {row.event.iri.rpartition("/")[2] for row in gather(store).rows if row.disputed}
    assert disputed == {"call-biden-putin-20211230", "talks-geneva", "summit-putin-zelensky"}
    flags = [attributes for _, attributes in page.elements if attributes.get("class") == "disputed"]
    assert len(flags) == 2 * len(disputed)
    (table,) = [table for table in gather(store).tables if table.name == "disagreements"]
    assert ("50", "55") in {(row[3].en, row[5].en) for row in table.rows}


def test_events_are_in_the_order_of_time_and_undated_ones_last(store: Store) -> None:
    starts = [row.event.start for row in gather(store).rows]
    dated = [start for start in starts if start]
    assert dated == sorted(dated)
    assert starts == [*dated, *[""] * (len(starts) - len(dated))]


def test_equal_stores_give_equal_reports(store: Store) -> None:
    with sample.fill(Store.in_memory(), reversed(sample.DOCUMENTS)) as other:
        assert write_report(store, pictures=False) == write_report(other, pictures=False)


def test_a_report_of_nothing() -> None:
    with Store.in_memory() as empty:
        page = read(write_report(empty))
    assert page.text.count("None.") == page.text.count("لا شيء.") >= 5


@pytest.fixture(scope="module")
def ten_thousand() -> Iterator[Store]:
    with many_events.fill_many(Store.in_memory(), 10_000, actors=400) as filled:
        yield filled


def test_a_report_of_ten_thousand_events_is_bounded_and_says_so(ten_thousand: Store) -> None:
    html = write_report(ten_thousand, ("en",))
    assert len(html.encode()) < 2_500_000
    page = read(html)
    limits = load_texts()["limits"]
    assert len(page.quotes) == limits["events"]
    text = re.sub(r"\s+", " ", page.text)
    assert f"The {limits['events']} latest are shown, and 9700 earlier or undated ones left out" in text
    assert (
        f"{10_000 - limits['rows']} more are left out; all are in the answer to: diplograph query documents"
        in text
    )
    check_harmless(page)


# --- Harm --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_do_no_harm(text: str) -> None:
    words = f"اتصل {text} بوتين"
    document = replace(sample.CALL, text=words, title=text, source=text, url=text)
    values = replace(sample.CALL_VALUES, condition=text)
    evidence = replace(sample.REPORTS[0].mentions[0].evidence[0], begin=0, end=len(words))
    mention = replace(sample.REPORTS[0].mentions[0], begin=0, end=len(words), evidence=(evidence,))
    report = replace(sample.REPORTS[0], values=values, mentions=(mention,))
    actors = [replace(actor, label_ar=text, label_en=text) for actor in sample.ACTORS]
    event = replace(sample.EVENTS[0], label_ar=text, label_en=text, reports=((document.id, 1),))
    with sample.fill(Store.in_memory(), ()) as store:
        quads = document_quads(
            document, (report,), sample.PARSER, finished=sample.FINISHED, **sample.VERSIONS
        )
        store.replace(quads, [document_graph(document.id)])
        store.replace(actor_quads(actors, sample.PLACES), [shared_graph("actors")])
        store.replace(event_quads([event]), [shared_graph("events")])
        page = read(write_report(store, pictures=text.startswith("<script")))
        card = read(render_event(explain(store, event.key), store.base, "ar"))
    check_harmless(page)
    check_harmless(card)
    assert words in page.quotes[0]
    assert text in page.text and text in card.text
    assert "49" not in page.text.replace(text, "")
    isolated = re.findall(r"\u202e", page.text)
    assert len(isolated) == page.text.count(text) * text.count("\u202e")


@settings(deadline=None)
@given(some.text(some.characters(exclude_categories=["Cs", "Cc"]), min_size=3, max_size=60))
def test_any_text_is_shown_as_it_is(text: str) -> None:
    whole = Quote(5, 5 + len(text), text, ("eventClass",), (), ())
    part = Quote(6, 8, text[1:3], ("trigger",), (), ())
    report = ExplainedReport(text, 1, text, None, 0.5, (StatedValue("condition", text),), (whole, part))
    told = Explanation("https://example.org/e", "Summit", text, text, 0.5, (), (report,))
    page = read(render_event(told, "https://example.org/", "en"))
    check_harmless(page)
    assert page.quotes == [text]
    assert page.marked == [text[1:3]]


def test_text_of_others_stands_in_isolates(store: Store) -> None:
    html = write_report(store, ("ar",), pictures=False)
    assert f'<bdi dir="ltr">{sample.CALL_VALUES.start_date}</bdi>' in html
    assert f"<bdi>{sample.EVENTS[0].label_ar}</bdi>" in html


# --- The command -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "store"
    with Store.open(path) as store:
        sample.fill(store)
    return path


def test_the_command_writes_a_file(
    directory: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "report.html"
    status, out, err = run(
        capsys, "report", "--store", directory, "-o", path, "--lang", "ar", "--events", "2"
    )
    assert (status, out) == (0, "")
    assert err == f"{path.stat().st_size} bytes written to {path}\n"
    html = path.read_text(encoding="utf-8")
    assert html.startswith("<!DOCTYPE html>")
    assert (
        len([tag for tag, attributes in read(html).elements if "ar-event-" in str(attributes.get("id"))]) == 2
    )


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--output", "nowhere/report.html"], "nowhere/report.html cannot be written"),
        (["--lang", "fr"], "'fr' is not one of"),
        (["--events", "-1"], "is not in the range"),
        (["--store", "nowhere"], "build one first"),
    ],
)
def test_what_cannot_be_written_is_said_in_a_line(
    directory: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    status, out, err = run(capsys, "report", "--no-pictures", "--store", directory, *arguments)
    assert (status, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert says in err


def test_sections_ask_questions_that_there_are() -> None:
    texts = load_texts()
    for section in texts["sections"]:
        query = load_catalog().get(section["query"])
        for column in section["columns"]:
            assert column in texts["columns"]
            assert column in query.columns or {f"{column}_en", f"{column}_ar"} <= set(query.columns), column
    for name, told in {**texts["columns"], **texts["texts"]}.items():
        assert set(told) == {"en", "ar"}, name
