"""The data behind the explorer: what is let through, summed up, found by name, and refused."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
import sample_graph
from hypothesis import given
from hypothesis import strategies as st
from openapi_spec_validator import validate
from serving import Server, serving
from web_pages import WebPage

from diplograph.server.application import routes_of
from diplograph.server.errors import Refusal
from diplograph.server.explorer import explorer_page, searching, summaries
from diplograph.server.explorer.filtering import Filter, read_filter
from diplograph.server.explorer.searching import collect_names, level, search
from diplograph.server.explorer.table import EventRow, Table, Tables, Thing
from diplograph.server.pages import built
from diplograph.server.service import Job, QueryJob, Result
from diplograph.server.settings import Settings
from diplograph.store import Store
from diplograph.vocabulary import load_vocabulary

TYPES = load_vocabulary().event_classes()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    path = tmp_path_factory.mktemp("explorer") / "store"
    with Store.open(path) as store:
        sample_graph.fill(store)
    with serving(path, "--workers", "1") as running:
        yield running


def keys(server: Server, query: str = "") -> list[str]:
    answer = server.ask(f"/api/events?{query}")
    assert answer.status == 200, answer.text
    return [event["key"] for event in answer.json()["events"]]


# --- The filter ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", 6),
        ("type=Summit", 2),
        ("type=Engagement&status=planned", 2),
        ("type=Summit&type=PhoneCall", 4),
        ("actor=Q7747", 3),
        ("actor=Q159", 4),  # Putin represents Russia
        ("actor=Q7747&actor=Q6279", 1),  # both
        ("place=Q71", 1),
        ("from=2021-12-30&to=2021-12-30", 2),
        ("from=2022-02", 2),  # February, and some day of the year 2022
        ("to=2021", 2),
        ("confidence=0.9", 3),
        ("confidence=0.9&type=Summit&status=planned&from=2022", 1),
        ("type=&actor=", 6),
    ],
)
def test_what_is_let_through(server: Server, query: str, found: int) -> None:
    assert len(keys(server, query)) == found


@pytest.mark.parametrize(
    "query",
    [
        "type=Nothing",
        "status=maybe",
        "from=yesterday",
        "to=2021-1",
        "confidence=2",
        "confidence=x",
        "after=x",
    ],
)
def test_what_cannot_be_asked_for(server: Server, query: str) -> None:
    answer = server.ask(f"/api/events?{query}", headers={"Accept": "application/json"})
    assert answer.status == 400
    assert answer.json()["parameter"] == query.partition("=")[0]


dates = st.dates().map(str).flatmap(lambda day: st.sampled_from([day[:4], day[:7], day]))


@given(dates, dates, dates)
def test_a_period_lets_through_what_may_have_been_in_it(start: str, begin: str, end: str) -> None:
    event = EventRow("e", TYPES[0], "occurred", start, "", None, 1, {})
    asked = read_filter([("from", begin), ("to", end)])
    inside = asked.chosen(Table([event]))
    # as precise as the least precise of them, the comparison is that of plain text
    if inside:
        assert start[: len(begin)] >= begin[: len(start)] and start[: len(end)] <= end[: len(start)]
    assert Filter().chosen(Table([event])) == [event]
    assert not asked.chosen(Table([replace(event, start="")]))


# --- What is summed up -----------------------------------------------------------------------------------------------


def test_the_timeline_adds_up(server: Server) -> None:
    answer = server.ask("/api/events").json()
    assert answer["total"] == answer["all"] == 6
    assert sum(sum(counts.values()) for _, counts in answer["bars"]) + answer["undated"] == 6
    assert dict(answer["choices"]["type"]) == {
        "Summit": 2,
        "PhoneCall": 2,
        "SecurityGuaranteeTalk": 1,
        "SanctionThreat": 1,
    }
    assert all(key in answer["things"] for event in answer["events"] for _, key in event["parts"])
    # the choices of a kind are what the others leave: a type that is not chosen is there to be chosen
    chosen = server.ask("/api/events?type=Summit&status=planned").json()["choices"]
    assert dict(chosen["type"]) == {"Summit": 1, "SecurityGuaranteeTalk": 1}


def test_months_without_events_are_bars_as_well() -> None:
    events = [
        EventRow(start, TYPES[0], "occurred", start, "", None, 1, {}) for start in ("2021-11-05", "2022-02")
    ]
    answer = summaries.timeline(Table(events), Filter())
    assert (answer["unit"], [name for name, _ in answer["bars"]]) == (
        "month",
        ["2021-11", "2021-12", "2022-01", "2022-02"],
    )
    old = replace(events[0], start="0622")
    answer = summaries.timeline(Table([*events, old]), Filter())
    assert (answer["unit"], [name for name, _ in answer["bars"]]) == ("year", ["0622", "2021", "2022"])


def test_the_network_weighs_dealings() -> None:
    things = {key: Thing(key, "Country", {"en": key}) for key in ("actor/A", "actor/B", "actor/C")}
    parts = (("participant", "actor/A"), ("participant", "actor/B"))
    events = [
        EventRow("1", TYPES[0], "occurred", "", "", None, 1, {}, parts),
        EventRow("2", TYPES[1], "occurred", "", "", None, 1, {}, (*parts, ("participant", "actor/C"))),
        EventRow(
            "3",
            TYPES[0],
            "occurred",
            "",
            "",
            None,
            1,
            {},
            (("initiator", "actor/A"), ("participant", "actor/A")),
        ),
    ]
    answer = summaries.network(Table(events, things), Filter())
    assert dict(answer["nodes"]) == {"actor/A": 3, "actor/B": 2, "actor/C": 1}
    assert answer["edges"][0] == ("actor/A", "actor/B", {TYPES[0]: 1, TYPES[1]: 1})
    assert len(answer["edges"]) == 3


def test_places_have_coordinates_by_their_wikidata_id_or_key(server: Server) -> None:
    (geneva,) = server.ask("/api/places").json()["places"]
    lon, lat = geneva["at"]
    assert (geneva["place"], round(lon), round(lat)) == ("place/Q71", 6, 46)


def test_an_event_has_its_reports_evidence_and_disagreements(server: Server) -> None:
    event = server.ask("/api/event/call-biden-putin-20211230").json()
    assert [report["document"] for report in event["reports"]] == ["wire/call", "wire/ثاني خبر"]
    for report, document in zip(event["reports"], (sample_graph.CALL, sample_graph.CALL_AGAIN), strict=True):
        for mark in report["marks"]:
            assert document.text[mark["begin"] : mark["end"]] == mark["quote"]
    (dispute,) = event["disagreements"]
    assert (dispute["aspect"], {dispute["value"], dispute["other_value"]}) == (
        "durationMinutes",
        {"50", "55"},
    )


def test_a_document_has_its_text_and_events(server: Server) -> None:
    document = server.ask(f"/api/document/{quote(sample_graph.CALL.id)}").json()
    assert document["text"] == sample_graph.CALL_TEXT
    assert [report["event"] for report in document["reports"]] == [
        "call-biden-putin-20211230",
        "threat-biden-russia",
    ]
    nothing = server.ask(f"/api/document/{quote(sample_graph.NOTHING.id)}").json()
    assert nothing["reports"] == [] and nothing["text"] == sample_graph.NOTHING_TEXT


@pytest.mark.parametrize(
    "path", ["event/x", "actor/x", "place/x", "document/x", "parse/x?at=0", "parse/wire/call?at=0"]
)
def test_what_is_not_there(server: Server, path: str) -> None:
    assert server.ask(f"/api/{path}", headers={"Accept": "application/json"}).status == 404


def test_answers_have_entity_tags(server: Server) -> None:
    first = server.ask("/api/events")
    assert server.ask("/api/events", headers={"If-None-Match": first.headers["etag"]}).status == 304


# --- Names -----------------------------------------------------------------------------------------------------------

NAMES = {
    "actor/Q7747": ("فلاديمير بوتين", "Vladimir Putin"),
    "actor/Q3874799": ("فولوديمير زيلينسكي", "Volodymyr Zelenskyy"),
    "actor/Q3052772": ("إيمانويل ماكرون", "Emmanuel Macron"),
    "actor/Q30": ("الولايات المتحدة", "United States"),
    "actor/Q878": ("الإمارات العربية المتحدة", "United Arab Emirates"),
    "actor/Q794": ("إيران", "Iran"),
    "place/Q71": ("جنيف", "Geneva"),
    "place/Q3551": ("الكويت", "Kuwait"),
}


@pytest.fixture(scope="module")
def names() -> searching.Names:
    things = {key: Thing(key, "Person", {"ar": ar, "en": en}) for key, (ar, en) in NAMES.items()}
    return collect_names(Table((), things), [("document/1", "اتصال بين بوتين وبايدن")])


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("بوتين", "actor/Q7747"),
        ("بوتن", "actor/Q7747"),
        ("فلاديمر بوتين", "actor/Q7747"),
        ("بُوتِين", "actor/Q7747"),
        ("Putn", "actor/Q7747"),
        ("zelenski", "actor/Q3874799"),
        ("Selenskyj", "actor/Q3874799"),
        ("زيلنسكي", "actor/Q3874799"),
        ("ايمانويل ماكرون", "actor/Q3052772"),
        ("macron", "actor/Q3052772"),
        ("الولايات المتحده", "actor/Q30"),
        ("الامارات", "actor/Q878"),
        ("امارات", "actor/Q878"),
        ("ايران", "actor/Q794"),
        ("Geneve", "place/Q71"),
        ("كويت", "place/Q3551"),
        ("اتصال بين بوتين", "document/1"),
    ],
)
def test_names_are_found_however_they_are_spelt(names: searching.Names, typed: str, found: str) -> None:
    assert search(names, typed)[0] == found


def test_what_is_no_name_is_not_found(names: searching.Names) -> None:
    for typed in ("", "x", "qqqq", "…", "\0"):
        assert search(names, typed) == []
    assert search(names, "بوتين", ["place"]) == []


@given(st.text(max_size=60))
def test_any_text_can_be_searched_for(names: searching.Names, text: str) -> None:
    assert len(search(names, text)) <= searching.MOST
    assert level(level(text)) == level(text) or "ال" in level(text)


# --- How the table is kept -------------------------------------------------------------------------------------------


class Slow:
    """A service that counts what it is asked, and may refuse."""

    settings = Settings(Path())

    def __init__(self, *, refuses: bool = False) -> None:
        self.asked = 0
        self.refuses = refuses
        self.name = "1"

    def generation(self) -> str:
        return self.name

    def close(self) -> None:
        return

    async def run(self, job: Job, asker: object = None) -> Result:
        assert isinstance(job, QueryJob)
        self.asked += 1
        await asyncio.sleep(0)
        if self.refuses:
            raise Refusal(503, "too long")
        return Result("application/sparql-results+json", b'{"head":{"vars":[]},"results":{"bindings":[]}}')


def test_the_table_is_made_once_a_generation_and_again_after_a_refusal() -> None:
    async def look() -> None:
        service, tables = Slow(), Tables()
        first = await asyncio.gather(*(tables.get(service) for _ in range(5)))
        assert service.asked == 3 and all(found is first[0] for found in first)
        service.name = "2"
        assert await tables.get(service) is not first[0]
        refusing = Slow(refuses=True)
        for _ in range(2):
            with pytest.raises(Refusal):
                await tables.get(replace_name(refusing, "3"))
        assert refusing.asked > 3

    asyncio.run(look())


def replace_name(service: Slow, name: str) -> Slow:
    service.name = name
    return service


def test_a_tree_without_built_pages_says_how_to_build_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    built.built_entry.cache_clear()
    monkeypatch.setattr(built, "_manifest", dict)
    try:
        assert built.built_entry("explorer") is None
        answer = asyncio.run(explorer_page(Asked(Settings(tmp_path))))  # type: ignore[arg-type]
        shown = answer.result.body.decode()
        assert "make web" in shown and "<script" not in shown
        assert not WebPage(shown).faults
    finally:
        built.built_entry.cache_clear()


class Asked:
    """A request for a page, as far as a page looks at it."""

    query_string, fields, url = "", (), "http://127.0.0.1"

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.service = Slow()

    def field(self, name: str) -> None:
        return None

    def header(self, name: str) -> None:
        return None


def test_openapi_describes_every_address_of_the_explorer(server: Server) -> None:
    described = server.ask("/openapi.json").json()
    validate(described)
    paths = {path.partition("{")[0] for path in described["paths"]}
    served = {path for path in routes_of(Settings(Path())) if path.startswith("/api/")}
    assert served and not served - paths
