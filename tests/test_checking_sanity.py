"""Each sanity check finds a planted fault, and not its twin: the same with what decides taken away."""

from __future__ import annotations

from pathlib import Path

import pytest
import sample_graph
from pyoxigraph import Quad, RdfFormat, parse

from diplograph.catalog import load_catalog
from diplograph.checking.findings import SEVERITIES, Finding
from diplograph.checking.sanity import ask, check_sanity, fill, read_tables
from diplograph.model import DataError
from diplograph.quads import event_iri, ontology_quads, shared_graph
from diplograph.resources import locate
from diplograph.store import Store

CHECKS = tuple(load_catalog("checks"))
CLEAN = Path(__file__).parent / "reasoning" / "clean.trig"
PREFIXES = """@base <https://w3id.org/diplograph/> .
@prefix dip: <https://w3id.org/diplograph/ontology#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix wd: <http://www.wikidata.org/entity/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
EVENT = "dip:status dip:occurred ; dip:confidence 0.5 ; dip:reportedBy <report/one/1> ; rdfs:label 'x'@ar , 'x'@en"


def events(text: str) -> str:
    return f"<graph/events> {{ {text} }}"


def actors(text: str) -> str:
    return f"<graph/actors> {{ {text} }}"


def document(text: str, name: str = "extra", published: str = "") -> str:
    day = f'dip:published "{published}"^^xsd:date ;' if published else ""
    return f'<graph/document/{name}> {{ <document/{name}> {day} dip:identifier "{name}" . {text} }}'


PARIS = (
    "<place/paris> a dip:Place ; rdfs:label 'باريس'@ar ; dip:identifier 'paris' ; dip:inCountry <actor/{0}> ."
)
REPORT = "<report/extra/1> dip:status dip:{0} ; dip:startDate '{1}'^^xsd:{2} ; prov:wasDerivedFrom <document/extra> ."


def held(day: str, place: str, name: str) -> str:
    return f"<event/{name}> a dip:Summit ; {EVENT} ; dip:participant <actor/amir> ; dip:startDate '{day}'^^xsd:date ; dip:heldAt <place/{place}> ."


# Barack Obama (Q76) was president from 2009-01-20 to 2017-01-20, Sergey Lavrov (Q58217) foreign minister from 2004-03-09 on.
OBAMA = actors(
    "<actor/Q76> a dip:Person ; rdfs:label 'باراك أوباما'@ar ; dip:identifier 'Q76' ; owl:sameAs wd:Q76 ."
)
LAVROV = actors(
    "<actor/Q58217> a dip:Person ; rdfs:label 'سيرغي لافروف'@ar ; dip:identifier 'Q58217' ; owl:sameAs wd:Q58217 ."
)


def called(quote: str, day: str) -> str:
    return OBAMA + events(
        f"<event/obama> a dip:PhoneCall ; {EVENT} ; dip:participant <actor/Q76> ; dip:startDate '{day}'^^xsd:date ."
    ) + document(
        f"<mention/one/90-99> dip:mentionOf <report/one/1> ; dip:refersTo <actor/Q76> ; dip:aspect 'participant' ; dip:quote '{quote}' ."
    )  # fmt: skip


def pair(one: str, other: str, kind: str = "Person") -> str:
    return actors(
        f"<actor/a> a dip:{kind} ; {one} ; dip:identifier 'a' . <actor/b> a dip:{kind} ; {other} ; dip:identifier 'b' ."
    )


def two_calls(day: str, second: str) -> str:
    return events("".join(
        f"<event/{name}> a dip:PhoneCall ; {EVENT} ; dip:participant <actor/amir> , <actor/{party}> ; dip:startDate '{when}'^^xsd:date ."
        for name, party, when in (("one", "malik", "2020-01-02"), ("two", second, day))
    ))  # fmt: skip


def timed(minutes: int) -> str:
    return events(
        f"<event/timed> a dip:PhoneCall ; {EVENT} ; dip:durationMinutes {minutes} ;"
        " dip:startTime '2021-12-30T20:00:00Z'^^xsd:dateTime ; dip:endTime '2021-12-30T20:50:00Z'^^xsd:dateTime ."
    )


def summit(person: str, more: str = "") -> str:
    return events(f"<event/meeting> a dip:Summit ; {EVENT} ; dip:participant {person} .") + more


# check: (fault, its focus, the twin)
PLANTS = {
    "two-places-at-once": (
        actors(PARIS.format("south")) + events(held("2022-01-02", "city", "a") + held("2022-01-02", "paris", "b")),
        "actor/amir",
        actors(PARIS.format("north")) + events(held("2022-01-02", "city", "a") + held("2022-01-02", "paris", "b")),
    ),
    "call-with-oneself": (
        events(f"<event/self> a dip:PhoneCall ; {EVENT} ; dip:initiator <actor/amir> ; dip:participant <actor/amir> ."),
        "event/self",
        events(f"<event/self> a dip:PhoneCall ; {EVENT} ; dip:initiator <actor/amir> ; dip:participant <actor/amir> , <actor/malik> ."),
    ),
    "call-with-oneself ": (
        events(f"<event/self> a dip:PhoneCall ; {EVENT} ; dip:initiator <actor/amir> ; dip:participant <actor/north> ."),
        "event/self",
        events(f"<event/self> a dip:PhoneCall ; {EVENT} ; dip:initiator <actor/amir> ; dip:participant <actor/south> ."),
    ),
    "threat-against-oneself": (
        events(f"<event/self> a dip:SanctionThreat ; {EVENT} ; dip:threatener <actor/amir> ; dip:target <actor/north> ."),
        "event/self",
        events(f"<event/self> a dip:SanctionThreat ; {EVENT} ; dip:threatener <actor/amir> ; dip:target <actor/south> ."),
    ),
    "threat-against-oneself ": (
        events(f"<event/self> a dip:SanctionThreat ; {EVENT} ; dip:threatener <actor/north> ; dip:target <actor/north> ."),
        "event/self",
        events(f"<event/self> a dip:SanctionThreat ; {EVENT} ; dip:threatener <actor/north> ; dip:target <actor/wazir> ."),
    ),
    "office-outside-term": (called("الرئيس الأمريكي باراك أوباما", "2018-05-01"), "actor/Q76", called("الرئيس الأمريكي باراك أوباما", "2016-05-01")),
    "office-outside-term ": (called("الرئيس باراك أوباما", "2008-05-01"), "actor/Q76", called("الرئيس الأمريكي السابق باراك أوباما", "2018-05-01")),
    "out-of-office": (called("أوباما", "2018-05-01"), "actor/Q76", called("أوباما", "2016-05-01")),
    "summit-of-non-leaders": (summit("<actor/wazir> , <actor/safir>"), "event/meeting", summit("<actor/wazir> , <actor/malik>")),
    "summit-of-non-leaders ": (summit("<actor/Q58217>", LAVROV), "event/meeting", summit("<actor/Q76>", OBAMA)),
    "summit-of-non-leaders  ": (summit("<actor/wazir>"), "event/meeting", summit("<actor/wazir> , <actor/alliance>")),
    "event-after-report": (
        document(REPORT.format("occurred", "2022-03-04", "date"), published="2022-03-01"),
        "report/extra/1",
        document(REPORT.format("occurred", "2022", "gYear"), published="2022-03-01"),
    ),
    "plan-in-the-past": (
        document(REPORT.format("planned", "2022-02", "gYearMonth"), published="2022-03-01"),
        "report/extra/1",
        document(REPORT.format("planned", "2022-03", "gYearMonth"), published="2022-03-01"),
    ),
    "duplicate-actors": (
        pair("rdfs:label 'عبد الله الغامدي'@ar", "rdfs:label 'عبدالله الجامدى'@ar"),
        "actor/a",
        pair("rdfs:label 'علي حسن'@ar", "rdfs:label 'علي حسين'@ar"),
    ),
    "duplicate-actors ": (
        pair("rdfs:label 'الأول'@ar ; owl:sameAs wd:Q8", "rdfs:label 'الثاني'@ar ; owl:sameAs wd:Q8"),
        "actor/a",
        pair("rdfs:label 'الأول'@ar ; owl:sameAs wd:Q8", "rdfs:label 'الأول'@ar ; owl:sameAs wd:Q9"),
    ),
    "duplicate-events": (two_calls("2020-01-02", "malik"), "event/one", two_calls("2020-01-03", "malik")),
    "duplicate-events ": (two_calls("2020-01-02", "malik"), "event/one", two_calls("2020-01-02", "safir")),
    "duplicate-documents": (
        document("<document/extra> dip:textHash 'abc' .") + document("<document/more> dip:textHash 'abc' .", "more"),
        "document/extra",
        document("<document/extra> dip:textHash 'abc' .") + document("<document/more> dip:textHash 'abd' .", "more"),
    ),
    "duration-not-of-times": (timed(20), "event/timed", timed(55)),
    "implausible-duration": (
        events(f"<event/long> a dip:PhoneCall ; {EVENT} ; dip:durationMinutes 5000 ."),
        "event/long",
        events(f"<event/long> a dip:SecurityGuaranteeTalk ; {EVENT} ; dip:durationMinutes 5000 ."),
    ),
    "implausible-date": (
        document(REPORT.format("hypothetical", "2099", "gYear"), published="2022-03-01"),
        "report/extra/1",
        document(REPORT.format("hypothetical", "2030", "gYear"), published="2022-03-01"),
    ),
    "published-after-extraction": (
        document("<activity/extra> prov:used <document/extra> ; prov:endedAtTime '2022-03-30T23:00:00Z'^^xsd:dateTime .", published="2022-04-02"),
        "document/extra",
        document("<activity/extra> prov:used <document/extra> ; prov:endedAtTime '2022-03-31T23:00:00Z'^^xsd:dateTime .", published="2022-04-01"),
    ),
    "several-initiators": (
        events("<event/call> dip:initiator <actor/safir> ."),
        "event/call",
        events("<event/call> dip:participant <actor/safir> ."),
    ),
    "unknown-term": (events("<event/call> dip:heldAtt <place/city> ."), "event/call", events("<event/call> dip:heldAt <place/city> .")),
    "unknown-term ": (events("<event/x> a dip:PhoneCal ."), "event/x", events("<event/x> a dip:PhoneCall .")),
    "actor-without-description": (events("<event/call> dip:participant <actor/nobody> .") + document("<report/extra/1> a dip:EventReport ; dip:participant <actor/nobody> ."), "actor/nobody", document("<report/extra/1> a dip:EventReport ; dip:participant <actor/amir> .")),
    "end-before-start": (events("<event/call> dip:endDate '2021-11'^^xsd:gYearMonth ."), "event/call", events("<event/call> dip:endDate '2021-12'^^xsd:gYearMonth .")),
    "event-without-report": (events("<event/x> a dip:Summit ."), "event/x", events("<event/x> a dip:Summit ; dip:reportedBy <report/one/2> .")),
    "quote-not-in-text": (
        document("<document/extra> dip:text 'abcdef' . <mention/extra/1-3> dip:inDocument <document/extra> ; dip:quote 'xy' ; dip:beginIndex 1 ; dip:endIndex 3 ."),
        "mention/extra/1-3",
        document("<document/extra> dip:text 'abcdef' . <mention/extra/1-3> dip:inDocument <document/extra> ; dip:quote 'bc' ; dip:beginIndex 1 ; dip:endIndex 3 ."),
    ),
    "report-without-event": (
        document("<report/extra/1> a dip:EventReport ; prov:wasDerivedFrom <document/extra> ."),
        "report/extra/1",
        document("<report/extra/1> a dip:EventReport ; prov:wasDerivedFrom <document/extra> .") + events("<event/call> dip:reportedBy <report/extra/1> ."),
    ),
    "report-without-quote": (
        document("<report/extra/1> a dip:EventReport ; prov:wasDerivedFrom <document/extra> ."),
        "report/extra/1",
        document("<report/extra/1> a dip:EventReport ; prov:wasDerivedFrom <document/extra> . <mention/extra/0-1> dip:mentionOf <report/extra/1> ."),
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def clean() -> tuple[Quad, ...]:
    turtle = locate("ontology", "diplograph.ttl").read_text(encoding="utf-8")
    return (*parse(CLEAN.read_bytes(), format=RdfFormat.TRIG), *ontology_quads(turtle))


def found(clean: tuple[Quad, ...], check: str, plant: str) -> list[Finding]:
    with Store.in_memory() as store:
        store.inner.extend(clean)
        store.inner.extend(parse((PREFIXES + plant).encode(), format=RdfFormat.TRIG))
        return list(ask(store, load_catalog("checks").get(check.strip()), read_tables(store)))


@pytest.mark.parametrize("check", PLANTS)
def test_a_check_finds_its_fault(clean: tuple[Quad, ...], check: str) -> None:
    fault, focus, _ = PLANTS[check]
    findings = found(clean, check, fault)
    assert f"https://w3id.org/diplograph/{focus}" in {finding.focus for finding in findings}
    for finding in findings:
        assert finding.check == f"sanity/{check.strip()}"
        assert finding.severity in SEVERITIES
        assert finding.message_en.endswith(".") and finding.message_ar


@pytest.mark.parametrize("check", PLANTS)
def test_a_check_leaves_the_twin_alone(clean: tuple[Quad, ...], check: str) -> None:
    assert found(clean, check, PLANTS[check][2]) == []


def test_every_check_is_tried() -> None:
    assert {name.strip() for name in PLANTS} == {query.name for query in CHECKS}
    assert all(query.severity and query.message and query.message_ar for query in CHECKS)


def test_nothing_is_found_where_nothing_is_wrong(clean: tuple[Quad, ...]) -> None:
    with Store.in_memory() as store:
        store.inner.extend(clean)
        part = check_sanity(store)
    assert part.findings == ()
    assert part.axioms == len(CHECKS)


def test_a_finding_has_the_words_behind_it(clean: tuple[Quad, ...]) -> None:
    (finding,) = found(clean, "several-initiators", PLANTS["several-initiators"][0])
    assert {source.document for source in finding.sources} == {"one", "three"}
    assert all(source.quote for source in finding.sources)
    assert finding.value == "actor/safir; actor/wazir"


def test_what_follows_changes_no_finding() -> None:
    """What a reasoner adds is in a graph of its own, and is not taken for what somebody said."""
    with sample_graph.fill(Store.in_memory()) as store:
        before = check_sanity(store).findings
        turtle = (
            "<event/call-biden-putin-20211230> a dip:PhoneCall , dip:Engagement ; dip:participant <actor/Q7747> , <actor/Q159> ;"
            " dip:initiator <actor/Q6279> ; dip:hasActor <actor/Q7747> ."
        )
        graph = shared_graph("inferences").value
        quads = parse(f"{PREFIXES}<{graph}> {{ {turtle} }}".encode(), format=RdfFormat.TRIG)
        store.inner.extend(quads)
        assert check_sanity(store).findings == before
        assert event_iri("call-biden-putin-20211230")


def test_a_table_that_nobody_knows_is_an_error() -> None:
    query = load_catalog("checks").get("out-of-office")
    with pytest.raises(DataError, match='out-of-office: there is no table "offices"'):
        fill(query, {})


def test_without_tables_a_check_is_still_sparql() -> None:
    with sample_graph.fill(Store.in_memory()) as store:
        for query in CHECKS:
            list(store.query(query.text))  # type: ignore[arg-type]
