"""Events: which mentions of a document speak of one event, and which reports of several documents do."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from conftest import Parse
from hypothesis import given, settings
from hypothesis import strategies as st
from make_golden_cases import extract

from diplograph.events import consolidate
from diplograph.events.consolidation import Dated
from diplograph.events.values import actors_agree, dates_agree, days_between, places_agree
from diplograph.model import (
    Actor,
    Block,
    Document,
    Event,
    EventReport,
    EventValues,
    Filler,
    Place,
)
from diplograph.parsing import StanzaParser

# --- Within a document -----------------------------------------------------------------------------------------------

CALL = "أجرى الرئيس الأميركي جو بايدن يوم الخميس مكالمة مع الرئيس الروسي فلاديمير بوتين."
TALKS = "عقدت روسيا والولايات المتحدة في جنيف في 10 ديسمبر محادثات حول الضمانات الأمنية."
BIDEN_PUTIN = {"Joe Biden", "Vladimir Putin"}


def reports_of(parse: Parse, text: str, published: str | None = "2021-12-31") -> tuple[EventReport, ...]:
    return extract(parse(text, published))


def names(report: EventReport) -> set[str]:
    return {actor.label_en or actor.label_ar for actor in report.values.actors()}


@pytest.mark.parametrize(
    "again",
    [
        pytest.param("واستمرت المكالمة ساعة واحدة.", id="definite"),
        pytest.param("وبحث الرئيسان خلال الاتصال الأزمة.", id="in-other-words"),
        pytest.param("وهذه هي المكالمة الثانية بينهما خلال هذا الشهر.", id="ordinal"),
        pytest.param("وقال الكرملين إن الاتصال الأميركي الروسي كان مفيدا.", id="by-nationality"),
        pytest.param("وأكد بايدن خلال المكالمة مع بوتين موقفه.", id="parties-again"),
    ],
)
def test_an_event_that_is_named_again_is_one_report(parse: Parse, again: str) -> None:
    (report,) = reports_of(parse, f"{CALL} {again}")
    assert len(report.mentions) > 1
    assert names(report) == BIDEN_PUTIN
    assert report.values.start_date == "2021-12-30"
    assert report.values.status == "occurred"


@pytest.mark.parametrize(
    "again", ["واستمرت المكالمة ساعة واحدة.", "واستمر الاتصال ستين دقيقة."], ids=["definite", "anaphoric"]
)
def test_what_a_later_mention_adds_is_kept(parse: Parse, again: str) -> None:
    (report,) = reports_of(parse, f"{CALL} {again}")
    assert report.values.duration_minutes == 60


def test_a_previous_event_is_another(parse: Parse) -> None:
    last, previous = reports_of(parse, f"{CALL} وكان الرئيسان أجريا مكالمة سابقة في 7 ديسمبر.")
    assert names(last) == names(previous) == BIDEN_PUTIN
    assert (last.values.start_date, previous.values.start_date) == ("2021-12-30", "2021-12-07")


def test_one_more_of_its_kind_is_another(parse: Parse) -> None:
    one, other = reports_of(
        parse, f"{CALL} كما أجرى بايدن مكالمة أخرى مع الرئيس الأوكراني فولوديمير زيلينسكي."
    )
    assert names(one) == BIDEN_PUTIN
    assert names(other) == {"Joe Biden", "Volodymyr Zelenskyy"}


def test_calls_of_the_same_two_on_two_days_are_two(parse: Parse) -> None:
    reports = reports_of(parse, f"{CALL} وأجرى بايدن يوم 7 ديسمبر مكالمة مع الرئيس الروسي فلاديمير بوتين.")
    assert sorted(str(report.values.start_date) for report in reports) == ["2021-12-07", "2021-12-30"]


def test_two_calls_with_two_are_one_with_each(parse: Parse) -> None:
    reports = reports_of(
        parse,
        "أجرى الملك الأردني عبد الله الثاني اتصالين هاتفيين مع الرئيس المصري عبد الفتاح السيسي"
        " والرئيس الفلسطيني محمود عباس.",
    )
    assert [names(report) for report in reports] == [
        {"Abdullah II of Jordan", "Abdel Fattah el-Sisi"},
        {"Abdullah II of Jordan", "Mahmoud Abbas"},
    ]


def test_a_further_round_has_the_parties_of_the_first(parse: Parse) -> None:
    first, second = reports_of(parse, f"{TALKS} وتعقد الجولة الثانية في بروكسل في 12 يناير 2022.")
    assert names(first) == names(second) == {"Russia", "United States"}
    assert [report.values.start_date for report in (first, second)] == ["2021-12-10", "2022-01-12"]
    assert [report.values.status for report in (first, second)] == ["occurred", "planned"]
    assert [len(report.mentions) for report in (first, second)] == [1, 1]


def test_what_meetings_are_beside_is_told_by_none_of_them(parse: Parse) -> None:
    text = (
        "أنهى قادة الاتحاد الإفريقي أول من أمس في لومي قمة مصغرة. وعلى هامش القمة، اجتمع الرئيس الكيني أوهورو كينياتا مساء "
        "الأربعاء بنظيره الأوغندي يويري موسيفيني، كما التقى الرئيس الرواندي بول كاغامي."
    )
    summit, *meetings = reports_of(parse, text)
    assert names(summit) == {"African Union"}
    assert [len(report.mentions) for report in meetings] == [1, 1]


def test_persons_stand_for_their_states_in_a_call(parse: Parse) -> None:
    (report,) = reports_of(parse, f"تناولت المكالمة الأميركية الروسية الأزمة. {CALL}")
    assert names(report) == BIDEN_PUTIN


def test_a_call_about_security_is_a_call_and_no_talk_besides(parse: Parse) -> None:
    text = "أجرى الرئيس الأميركي جو بايدن مكالمة هاتفية مع نظيره الروسي فلاديمير بوتين حول الضمانات الأمنية."
    assert [report.values.event_class for report in reports_of(parse, text)] == ["PhoneCall"]


@pytest.mark.parametrize(
    "text",
    ["أجرى الرئيس الأميركي جو بايدن مكالمة هاتفية.", "استمرت المكالمة ساعة.", "وصل المتسلقون إلى قمة الجبل."],
    ids=["one-party", "nobody", "a-peak"],
)
def test_an_event_without_enough_parties_is_not_reported(parse: Parse, text: str) -> None:
    assert reports_of(parse, text) == ()


def test_what_lies_ahead_of_publication_is_planned(parse: Parse) -> None:
    text = "تناول اللقاء القمة العربية في تونس في 30 يونيو 2021."
    (before,) = reports_of(parse, text, "2021-06-17")
    (after,) = reports_of(parse, text, "2021-07-17")
    assert before.values.start_date == after.values.start_date == "2021-06-30"
    assert (before.values.status, after.values.status) == ("planned", "occurred")


def test_a_denial_is_no_call_that_took_place(parse: Parse) -> None:
    (report,) = reports_of(
        parse,
        "نفى الكرملين إجراء مكالمة بين الرئيس الروسي فلاديمير بوتين والرئيس الأميركي جو بايدن."
        " وأكد أن المكالمة لم تحدث.",
    )
    assert report.values.status == "denied"


@pytest.mark.parametrize(
    ("published", "start"), [("2021-06-17", "2021-06-17"), ("2021-06", None), (None, None)]
)
def test_a_headline_tells_of_the_day_of_publication(
    stanza_parser: StanzaParser, published: str | None, start: str | None
) -> None:
    document = headed("بايدن يجري مكالمة مع بوتين", "تناول الرئيسان الأزمة.", published)
    (report,) = extract(stanza_parser.parse(document))
    assert report.values.start_date == start
    rules = {proof.rule for mention in report.mentions for proof in mention.evidence}
    assert ("headline" in rules) == (start is not None)


def test_a_threat_in_the_headline_is_the_one_that_the_text_tells(stanza_parser: StanzaParser) -> None:
    told = "وقال مراقبون إن الأزمة تطول. وكانت فرنسا هددت، الاثنين، بفرض عقوبات على كل من يعرقل الانتخابات."
    document = headed("فرنسا تهدد مالي بعقوبات", told, "2014-06-20")
    (report,) = extract(stanza_parser.parse(document))
    assert report.values.start_date == "2014-06-16"
    assert {actor.label_en or actor.label_ar for actor in report.values.actors("target")} == {
        "Mali",
        "كل من يعرقل الانتخابات",
    }
    (alone,) = extract(stanza_parser.parse(headed("فرنسا تهدد مالي بعقوبات", "طالت الأزمة.", "2014-06-20")))
    assert alone.values.start_date is None


def headed(headline: str, told: str, published: str | None) -> Document:
    text = f"{headline}\n{told}"
    blocks = (Block(0, len(headline), "headline"), Block(len(headline) + 1, len(text)))
    return Document(id="news", text=text, title=headline, published=published, blocks=blocks)


def test_a_text_without_events_has_no_reports(parse: Parse) -> None:
    assert reports_of(parse, "ارتفعت أسعار الخبز في العاصمة أمس.") == ()


# --- Comparing -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "days", "agree"),
    [
        ("2021-12", "2021-12-30", 0, True),
        ("2021", "2021-12-30", 0, True),
        (None, "2021-12-30", 0, True),
        ("2021-12-29", "2021-12-30", 0, False),
        ("2021-12-31", "2022-01-01", 1, True),
        ("2021-12-30", "2022-01-01", 1, False),
        ("2021-11", "2021-12-01", 1, False),
        ("2020", "2021-01-01", 1, False),
    ],
)
def test_partial_dates_agree(one: str | None, other: str | None, days: int, agree: bool) -> None:
    assert dates_agree(one, other, days) is dates_agree(other, one, days) is agree


def test_days_are_counted_over_the_ends_of_months_and_years() -> None:
    assert days_between("2021-12-31", "2022-01-01") == 1
    assert days_between("2020-02-28", "2020-03-01") == 2
    assert days_between("2021-06", "2021-06-17") == 16
    assert days_between("2021-06-17", "2021-06-16") == -1


# --- Across documents ------------------------------------------------------------------------------------------------

RUSSIA, AMERICA, FRANCE = (
    Actor(key, "Country", arabic, english, key)
    for key, arabic, english in (
        ("Q159", "روسيا", "Russia"),
        ("Q30", "الولايات المتحدة", "United States"),
        ("Q142", "فرنسا", "France"),
    )
)
PUTIN = Actor("Q7747", "Person", "فلاديمير بوتين", "Vladimir Putin", "Q7747", ("Q159",))
BIDEN = Actor("Q6279", "Person", "جو بايدن", "Joe Biden", "Q6279", ("Q30",))
MACRON = Actor("Q3052772", "Person", "إيمانويل ماكرون", "Emmanuel Macron", "Q3052772", ("Q142",))
GENEVA = Place("Q71", "جنيف", "Geneva", "Q71", "Q39")
BRUSSELS = Place("Q239", "بروكسل", "Brussels", "Q239", "Q31")
SWITZERLAND = Place("Q39", "سويسرا", "Switzerland", "Q39", "Q39")


def a_report(
    document: str,
    start: str | None = None,
    *actors: Actor,
    published: str | None = "2021-12-31",
    number: int = 1,
    status: str = "occurred",
    event_class: str = "PhoneCall",
    place: Place | None = None,
    end: str | None = None,
) -> Dated:
    fillers = tuple(Filler("participant", actor) for actor in actors or (BIDEN, PUTIN))
    values = EventValues(event_class, status, fillers, start, end, place=place)
    return published, EventReport(document, number, values, 0.7, ())


def groups(reports: Sequence[Dated]) -> set[frozenset[str]]:
    """The documents that report each event."""
    return {frozenset(document for document, _ in event.reports) for event in consolidate(reports)}


def test_reports_of_one_call_are_one_event() -> None:
    month = a_report("b", "2021-12", published="2022-02-01")
    (event,) = consolidate([a_report("a", "2021-12-30"), month])
    assert event.reports == (("a", 1), ("b", 1))
    assert event.values.start_date == "2021-12-30"
    assert event.values.actors("participant") == (BIDEN, PUTIN)
    assert event.confidence > 0.7
    assert "Joe Biden" in event.label_en and "2021-12-30" in event.label_en
    assert "جو بايدن" in event.label_ar


def test_two_calls_of_the_same_pair_in_one_month_are_two() -> None:
    reports = [a_report("a", "2021-12-07"), a_report("b", "2021-12-07"), a_report("c", "2021-12-30")]
    assert groups(reports) == {frozenset("ab"), frozenset("c")}


def test_a_day_more_or_less_is_the_same_call() -> None:
    assert groups([a_report("a", "2021-12-30"), a_report("b", "2021-12-31")]) == {frozenset("ab")}
    assert groups([a_report("a", "2021-12-29"), a_report("b", "2021-12-31")]) == {
        frozenset("a"),
        frozenset("b"),
    }


def test_a_month_agrees_with_its_days_only() -> None:
    later = a_report("b", "2021-11", published="2022-03-01")
    assert groups([a_report("a", "2021-11-30"), later]) == {frozenset("ab")}
    assert groups([a_report("a", "2021-12-01"), later]) == {frozenset("a"), frozenset("b")}


def test_nobody_writes_earlier_this_month_of_yesterday() -> None:
    month = a_report("b", "2021-12", published="2021-12-31")
    assert groups([a_report("a", "2021-12-30"), month]) == {frozenset("a"), frozenset("b")}
    assert groups([a_report("a", "2021-12-07"), month]) == {frozenset("ab")}


def test_reports_of_one_document_are_never_one_event() -> None:
    one, other = a_report("a", "2021-12-30"), a_report("a", "2021-12-30", number=2)
    events = consolidate([one, other])
    assert sorted(event.reports for event in events) == [(("a", 1),), (("a", 2),)]
    assert len({event.key for event in events}) == 2


def test_other_people_are_another_event() -> None:
    reports = [a_report("a", "2021-12-30"), a_report("b", "2021-12-30", BIDEN, MACRON)]
    assert groups(reports) == {frozenset("a"), frozenset("b")}


def test_another_class_is_another_event() -> None:
    reports = [a_report("a", "2021-12-30"), a_report("b", "2021-12-30", event_class="Summit")]
    assert groups(reports) == {frozenset("a"), frozenset("b")}


def test_undated_reports_are_one_event_if_they_come_from_about_the_same_days() -> None:
    near = a_report("b", None, published="2022-01-03")
    far = a_report("c", None, published="2023-01-03")
    assert groups([a_report("a", "2021-12-30"), near]) == {frozenset("ab")}
    assert groups([a_report("a", "2021-12-30"), far]) == {frozenset("a"), frozenset("c")}


def test_an_undated_report_from_the_end_of_a_month_can_be_of_that_month() -> None:
    month = a_report("b", "2021-12", published="2022-02-01")
    assert groups([month, a_report("c", None, published="2021-12-31")]) == {frozenset("bc")}


def test_a_plan_and_its_fulfilment_are_one_event_with_the_status_of_the_latest_report() -> None:
    plan = a_report("a", "2021-12-30", published="2021-12-28", status="planned")
    held = a_report("b", "2021-12-30", published="2021-12-31", status="occurred")
    (event,) = consolidate([plan, held])
    assert event.values.status == "occurred"
    dropped = a_report("c", "2021-12-30", published="2022-01-02", status="denied")
    (event,) = consolidate([plan, held, dropped])
    assert event.values.status == "denied"


def test_of_reports_of_one_day_what_happened_is_surer_than_what_was_planned() -> None:
    (event,) = consolidate(
        [a_report("a", "2021-12-30", status="planned"), a_report("b", "2021-12-30", status="occurred")]
    )
    assert event.values.status == "occurred"


def test_a_city_agrees_with_its_country() -> None:
    def at(place: Place | None) -> EventValues:
        return EventValues("Summit", place=place)

    assert places_agree(at(GENEVA), at(SWITZERLAND)) and places_agree(at(SWITZERLAND), at(GENEVA))
    assert places_agree(at(GENEVA), at(None))
    assert not places_agree(at(GENEVA), at(BRUSSELS))


def test_undated_summits_at_two_places_are_two() -> None:
    reports = [
        a_report("a", None, event_class="Summit", place=GENEVA),
        a_report("b", None, event_class="Summit", place=BRUSSELS),
        a_report("c", None, event_class="Summit", place=SWITZERLAND),
    ]
    assert groups(reports) == {frozenset("ac"), frozenset("b")}


def test_an_event_of_several_days_is_that_of_any_of_them() -> None:
    long = a_report("a", "2021-12-10", event_class="Summit", end="2021-12-13")
    assert groups([long, a_report("b", "2021-12-12", event_class="Summit")]) == {frozenset("ab")}


def test_two_pairs_that_share_one_party_are_two() -> None:
    def with_parties(*actors: Actor) -> EventValues:
        return EventValues("PhoneCall", fillers=tuple(Filler("participant", actor) for actor in actors))

    assert not actors_agree(with_parties(BIDEN, PUTIN), with_parties(BIDEN, MACRON))
    assert actors_agree(with_parties(BIDEN, PUTIN), with_parties(BIDEN))
    assert actors_agree(with_parties(BIDEN, PUTIN), with_parties(AMERICA, RUSSIA))
    assert not actors_agree(with_parties(BIDEN, PUTIN), with_parties(FRANCE))


def test_no_reports_are_no_events() -> None:
    assert consolidate([]) == ()


@st.composite
def some_reports(draw: st.DrawFn) -> list[Dated]:
    """Reports of a few documents about a few calls and summits, dated more and less precisely."""
    found = []
    for index in range(draw(st.integers(0, 9))):
        day = draw(st.integers(1, 5))
        start = draw(st.sampled_from([None, "2021", "2021-12", f"2021-12-{day:02}"]))
        actors = draw(st.lists(st.sampled_from([BIDEN, PUTIN, MACRON]), min_size=1, max_size=3, unique=True))
        found.append(
            a_report(
                f"document-{draw(st.integers(0, 4))}",
                start,
                *actors,
                number=index + 1,
                published=draw(st.sampled_from([None, "2021-12-01", "2021-12-06", "2022-03-01"])),
                status=draw(st.sampled_from(["occurred", "planned", "denied"])),
                event_class=draw(st.sampled_from(["PhoneCall", "Summit"])),
                place=draw(st.sampled_from([None, GENEVA, BRUSSELS, SWITZERLAND])),
            )
        )
    return found


@settings(max_examples=150, deadline=None)
@given(some_reports(), st.randoms(use_true_random=False))
def test_the_order_of_documents_changes_nothing(reports: list[Dated], chance: random.Random) -> None:
    shuffled = list(reports)
    chance.shuffle(shuffled)
    assert consolidate(shuffled) == consolidate(reports)


@settings(max_examples=100, deadline=None)
@given(some_reports())
def test_every_report_is_of_one_event_and_no_event_has_two_of_a_document(reports: list[Dated]) -> None:
    events = consolidate(reports)
    told = [member for event in events for member in event.reports]
    assert sorted(told) == sorted((report.document, report.number) for _, report in reports)
    assert len({event.key for event in events}) == len(events)
    assert [event.key for event in events] == sorted(event.key for event in events)
    for event in events:
        documents = [document for document, _ in event.reports]
        assert len(documents) == len(set(documents))
        classes = {
            report.values.event_class
            for _, report in reports
            if (report.document, report.number) in event.reports
        }
        assert classes == {event.values.event_class}
        assert 0 < event.confidence < 1


def keys(events: Sequence[Event]) -> list[str]:
    return [event.key for event in events]


def test_the_iri_of_an_event_stays_when_later_names_join_it() -> None:
    first, later = a_report("a", "2021-12-30"), a_report("b", "2021-12-30", published="2022-01-05")
    assert keys(consolidate([first])) == keys(consolidate([first, later]))
    assert keys(consolidate([first]))[0].startswith("phone-call-2021-12-30-")


def test_the_iri_of_an_event_stays_when_other_events_come() -> None:
    first, other = a_report("b", "2021-12-30"), a_report("a", "2021-12-07", MACRON, PUTIN)
    assert set(keys(consolidate([first]))) < set(keys(consolidate([first, other])))
