"""The shapes, held against small graphs that are made wrong one fault at a time, by both engines; and slices of stores."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pytest
import sample_graph
from pyoxigraph import NamedNode, Quad, RdfFormat, parse

from diplograph.checking.findings import Finding, Part, Report
from diplograph.checking.material import load_ontology
from diplograph.checking.reporting import report_graph
from diplograph.checking.shapes import ENGINES, check_shapes
from diplograph.checking.slices import Slicer
from diplograph.model import DataError, ReasoningError
from diplograph.quads import document_graph, document_iri, shared_graph
from diplograph.resources import locate
from diplograph.store import Store
from diplograph.vocabulary import load_vocabulary

PREFIXES = """
@prefix dip: <https://w3id.org/diplograph/ontology#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix wd: <http://www.wikidata.org/entity/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix : <https://w3id.org/diplograph/test/> .
"""
TEXT = "اتصل الرئيس الأول بالرئيس الثاني يوم الخميس."
QUOTE = "اتصل الرئيس الأول"
BOTH = "dip:participant :first , :second ; dip:initiator :first"

GRAPH = f"""
:document a dip:Document ; dip:identifier "one" ; dip:text "{TEXT}" ; dip:published "2021-12"^^xsd:gYearMonth ;
    dip:textHash "{hashlib.sha256(TEXT.encode()).hexdigest()}" ; dcterms:title "خبر" ; dcterms:source "one.txt" .
:activity a prov:Activity ; prov:used :document ; prov:endedAtTime "2022-01-01T00:00:00Z"^^xsd:dateTime ;
    dip:parser "stanza" ; dip:parserVersion "1" ; dip:parserFingerprint "f" ; dip:diplographVersion "0" ;
    dip:extractorFingerprint "e" .
:report a dip:EventReport ; dip:eventClass dip:PhoneCall ; dip:status dip:occurred ; dip:confidence 0.9 ;
    {BOTH} ; dip:startDate "2021-12-30"^^xsd:date ; dip:endDate "2021-12"^^xsd:gYearMonth ;
    prov:wasDerivedFrom :document ; prov:wasGeneratedBy :activity .
:mention a dip:Mention ; dip:inDocument :document ; dip:mentionOf :report ; dip:quote "{QUOTE}" ;
    dip:beginIndex 0 ; dip:endIndex {len(QUOTE)} ; dip:aspect "trigger" , "initiator" ; dip:rule "call/verb" ;
    dip:refersTo :first .
:call a dip:PhoneCall ; rdfs:label "مكالمة"@ar , "call"@en ; dip:status dip:occurred ; dip:confidence 0.8 ;
    {BOTH} ; dip:participantCount 2 ; dip:startTime "2021-12-30T20:00:00Z"^^xsd:dateTime ;
    dip:endTime "2021-12-30T20:50:00Z"^^xsd:dateTime ; dip:startDate "2021-12-30"^^xsd:date ;
    dip:durationMinutes 50 ; dip:reportedBy :report .
:first a dip:Person ; rdfs:label "الأول"@ar , "First"@en ; dip:identifier "first" ; dip:headOfStateOf :north ;
    owl:sameAs wd:Q1 .
:second a dip:Person ; rdfs:label "الثاني"@ar , "Second"@en ; dip:identifier "second" ; dip:headOfStateOf :south .
:north a dip:Country ; rdfs:label "الشمال"@ar , "North"@en ; dip:identifier "north" .
:south a dip:Country ; rdfs:label "الجنوب"@ar , "South"@en ; dip:identifier "south" .
:city a dip:Place ; rdfs:label "المدينة"@ar , "City"@en ; dip:identifier "city" ; dip:inCountry :north .
"""

# (what stands in GRAPH, what stands there instead, the shape that sees it, its focus); the first of a pair may be "",
# then the second is added.
FAULTS = [
    ("dip:status dip:occurred ; dip:confidence 0.8", "dip:confidence 0.8", "status", "call"),
    ("dip:status dip:occurred ; dip:confidence 0.8", "dip:status :maybe ; dip:confidence 0.8", "status", "call"),
    ('dip:startDate "2021-12-30"^^xsd:date ; dip:endDate', 'dip:startDate "Thursday" ; dip:endDate', "startDate", "report"),
    ('"2021-12-30"^^xsd:date ;\n    dip:durationMinutes', '"2021-12-30T00:00:00Z"^^xsd:dateTime ;\n    dip:durationMinutes', "startDate", "call"),
    ('"2021-12"^^xsd:gYearMonth ;\n    prov', '"2021-13"^^xsd:gYearMonth ;\n    prov', "endDate", "report"),
    ('dip:published "2021-12"^^xsd:gYearMonth', 'dip:published "2021-13"^^xsd:gYearMonth', "published", "document"),
    ('"2021-12"^^xsd:gYearMonth ;\n    prov', '"2020"^^xsd:gYear ;\n    prov', "endNotBeforeStart", "report"),
    ('"2021-12-30T20:50:00Z"^^xsd:dateTime', '"2021-12-30T19:50:00Z"^^xsd:dateTime', "timesInOrder", "call"),
    ('dip:startTime "2021-12-30T20', 'dip:startTime "2021-12-29T20', "timeOnItsDay", "call"),
    ('dip:startTime "2021-12-30T20:00:00Z"^^xsd:dateTime', 'dip:startTime "20:00"', "startTime", "call"),
    ('dip:endTime "2021-12-30T20:50:00Z"^^xsd:dateTime', 'dip:endTime "20:50"', "endTime", "call"),
    ("dip:durationMinutes 50", 'dip:durationMinutes "PT50M"^^xsd:duration', "duration", "call"),
    ("dip:durationMinutes 50", "dip:durationMinutes -5", "duration", "call"),
    ("dip:status dip:occurred ; dip:confidence 0.8", "dip:status dip:denied ; dip:confidence 0.8", "deniedHasNoDuration", "call"),
    ("dip:confidence 0.9", "dip:confidence 1.5", "confidence", "report"),
    ("dip:confidence 0.9", "dip:confidence 0.9e0", "confidence", "report"),
    ("", ":report dip:condition '' .", "condition", "report"),
    ("", ":report dip:attributedTo :city .", "speaker", "report"),
    ("", ":report dip:heldAt :north .", "place", "report"),
    ("dip:participantCount 2", "dip:participantCount 3", "participantCount", "call"),
    (f"{BOTH} ; dip:participantCount", f"{BOTH} , :city ; dip:participantCount", "actor", "call"),
    (', "call"@en', "", "eventLabelEnglish", "call"),
    ('"مكالمة"@ar , ', "", "eventLabelArabic", "call"),
    ('"مكالمة"@ar , ', '"مكالمة"@ar , "اتصال"@ar , ', "eventLabelArabic", "call"),
    ("; dip:reportedBy :report", "", "reportedBy", "call"),
    ("; dip:reportedBy :report", "", "reportEvent", "report"),
    ("", ":call dip:eventClass dip:PhoneCall .", "noEventClass", "call"),
    ("dip:eventClass dip:PhoneCall", "dip:eventClass dip:Summit", "reportOfItsClass", "call"),
    ("", ":call dip:target :south .", "engagementThreatensNobody", "call"),
    ("", ":threat a dip:Threat ; dip:participant :north .", "threatHasNoParty", "threat"),
    ("dip:eventClass dip:PhoneCall ;", "", "reportClass", "report"),
    ("prov:wasDerivedFrom :document ; ", "", "reportDocument", "report"),
    ("; prov:wasGeneratedBy :activity", "", "reportActivity", "report"),
    ("prov:used :document", "prov:used :other", "activityOfSameDocument", "report"),
    ("dip:mentionOf :report ; ", "", "reportMention", "report"),
    ("dip:mentionOf :report ; ", "", "mentionOf", "mention"),
    ("dip:inDocument :document", "dip:inDocument :other", "mentionOfSameDocument", "mention"),
    ("dip:inDocument :document ; ", "", "inDocument", "mention"),
    (f'dip:quote "{QUOTE}"', 'dip:quote ""', "quote", "mention"),
    (f'dip:quote "{QUOTE}"', 'dip:quote "اتصل الرئيس الثان"', "quoteIsText", "document"),
    ("dip:beginIndex 0", "dip:beginIndex 99", "beginIndex", "mention"),
    (f"dip:endIndex {len(QUOTE)} ; ", "", "endIndex", "mention"),
    ('; dip:rule "call/verb"', "", "rule", "mention"),
    ('dip:aspect "trigger" , "initiator" ; ', "", "aspect", "mention"),
    ("dip:refersTo :first", "dip:refersTo :nobody", "refersTo", "mention"),
    ('dip:textHash "', 'dip:textHash "x', "documentHash", "document"),
    ('dip:textHash "', f'dip:textHash "{"0" * 64}" ; dcterms:other "', "hashIsOfText", "document"),
    ('dip:identifier "one" ; ', "", "documentIdentifier", "document"),
    (f'dip:text "{TEXT}" ; ', "", "documentText", "document"),
    ("prov:used :document ; ", "", "activityDocument", "activity"),
    ("prov:used :document ; ", "", "documentActivity", "document"),
    ('prov:endedAtTime "2022-01-01T00:00:00Z"^^xsd:dateTime', 'prov:endedAtTime "2022"', "activityEnd", "activity"),
    ('dip:parser "stanza" ; ', "", "activityParser", "activity"),
    ('dip:parserVersion "1" ; ', "", "parserVersion", "activity"),
    ('dip:parserFingerprint "f" ; ', "", "parserFingerprint", "activity"),
    ('dip:diplographVersion "0" ;', "", "activityVersion", "activity"),
    ('dip:extractorFingerprint "e"', 'dip:extractorFingerprint "e" , "f"', "activityExtractor", "activity"),
    ('dip:identifier "first" ; ', "", "thingIdentifier", "first"),
    ('"الأول"@ar , ', "", "thingLabelArabic", "first"),
    ("owl:sameAs wd:Q1", "owl:sameAs :second", "wikidata", "first"),
    (":south a dip:Country", ":south a dip:Actor", "actorKind", "south"),
    (":south a dip:Country", ":south a dip:Organization", "headOfStateOf", "second"),
    ("", ":first dip:represents :city .", "represents", "first"),
    ("dip:inCountry :north", "dip:inCountry :first", "inCountry", "city"),
    ("", "[] a dip:Country ; dip:identifier 'x' ; rdfs:label 'بلد'@ar , 'land'@en .", "Named", None),
]  # fmt: skip
GAPS = [
    ("", ":call dip:heldAt :city .", "Warning", "callHasNoPlace", "call"),
    ("", ":report dip:heldAt :city , :town . :town a dip:Place ; dip:identifier 't' ; rdfs:label 'ب'@ar , 't'@en .", "Warning", "onePlace", "report"),
    ("", ":x a dip:Country ; dip:identifier 'x' ; rdfs:label 'س'@ar .", "Warning", "thingLabelEnglish", "x"),
    ("", ":report dip:threatener :north ; dip:target :north .", "Warning", "threatenerIsNotTarget", "report"),
    ("", ":report dip:attributedTo :north , :south .", "Warning", "reportSpeaker", "report"),
    (f"{BOTH} ; dip:participantCount 2", "dip:participant :first ; dip:participantCount 1", "Warning", "callHasTwoParties", "call"),
    (f"{BOTH} ; dip:participantCount 2", "", "Warning", "engagementHasParty", "call"),
    ("", ":threat a dip:Threat .", "Warning", "threatHasThreatener", "threat"),
    ("", ":threat a dip:Threat .", "Warning", "threatHasTarget", "threat"),
    ('; dcterms:source "one.txt"', "", "Info", "documentSource", "document"),
    (' dip:published "2021-12"^^xsd:gYearMonth ;', "", "Info", "dated", "document"),
]  # fmt: skip


def fill(graph: str) -> Store:
    store = Store.in_memory()
    text = (PREFIXES + graph).encode()
    store.inner.extend(Quad(*q.triple, document_graph("one")) for q in parse(text, format=RdfFormat.TURTLE))
    return store


def check(graph: str, **options: object) -> Part:
    with fill(graph) as store:
        return check_shapes(store, load_ontology(), **options)  # type: ignore[arg-type]


def plant(old: str, new: str) -> str:
    assert old in GRAPH
    return GRAPH.replace(old, new) if old else GRAPH + new


def local(finding: Finding) -> str:
    return finding.focus.rpartition("/")[2]


def key(finding: Finding) -> tuple[str, ...]:
    return (finding.check, finding.severity, finding.focus, finding.path, finding.value, finding.component)


def test_a_complete_graph_conforms() -> None:
    part = check(GRAPH)
    assert part.findings == ()
    assert (part.tool, part.modules, part.failure) == ("pyshifty", 1, "")
    assert part.axioms > 60


@pytest.mark.parametrize(("old", "new", "shape", "focus"), FAULTS)
def test_each_fault_is_a_violation(old: str, new: str, shape: str, focus: str | None) -> None:
    found = [one for one in check(plant(old, new)).findings if one.severity == "Violation"]
    named = [one for one in found if one.check == f"shapes/{shape}"]
    assert named, found
    assert focus is None or focus in map(local, named)


@pytest.mark.parametrize(("old", "new", "severity", "shape", "focus"), GAPS)
def test_each_gap_is_less(old: str, new: str, severity: str, shape: str, focus: str) -> None:
    found = [one for one in check(plant(old, new)).findings if one.check == f"shapes/{shape}"]
    assert [(one.severity, local(one)) for one in found] == [(severity, focus)]


def test_every_shape_with_a_message_has_a_fault_here() -> None:
    text = locate("ontology", "shapes.ttl").read_text(encoding="utf-8")
    triples = [q.triple for q in parse(text.encode(), format=RdfFormat.TURTLE)]
    named = {
        t.subject.value.rpartition("#")[2]
        for t in triples
        if t.predicate.value.endswith("#message") and isinstance(t.subject, NamedNode)
    }
    assert named == {shape for _, _, shape, _ in FAULTS} | {shape for *_, shape, _ in GAPS}


def test_messages_are_told_apart_and_in_both_languages() -> None:
    triples = parse(locate("ontology", "shapes.ttl").read_bytes(), format=RdfFormat.TURTLE)
    messages = [
        (q.object.language, q.object.value) for q in triples if q.predicate.value.endswith("#message")
    ]  # type: ignore[union-attr]
    assert len(messages) == len(set(messages)) > 120
    assert sum(language == "ar" for language, _ in messages) * 2 == len(messages)


def test_a_finding_says_what_where_and_in_both_languages() -> None:
    (found,) = check(GRAPH.replace("dip:participantCount 2", "dip:participantCount 3")).findings
    assert found.path == load_vocabulary().iri("participantCount")
    assert found.value == "3"
    assert found.message_ar == "عدد المشاركين المذكور ليس عددهم الفعلي."
    assert found.message_en == "The participant count is not the number of participants."
    assert found.component == "http://www.w3.org/ns/shacl#SPARQLConstraintComponent"
    assert [(source.document, source.quote) for source in found.sources] == [("one", QUOTE)]


def test_what_lacks_something_is_shown_by_the_words_behind_it() -> None:
    found = check(plant(f"{BOTH} ; dip:participantCount 2", "")).findings
    assert {one.check for one in found} == {"shapes/engagementHasParty", "shapes/callHasTwoParties"}
    assert all(
        [(one.document, one.quote) for one in finding.sources] == [("one", QUOTE)] for finding in found
    )


def test_a_path_of_several_properties_is_written_as_sparql_has_it() -> None:
    (found,) = check(
        GRAPH.replace("; dip:reportedBy :report", "; dip:reportedBy :report . :later dip:reportedBy :report")
    ).findings
    assert found.check == "shapes/reportEvent"
    assert found.path == f"^<{load_vocabulary().iri('reportedBy')}>"


# --- The reference ---------------------------------------------------------------------------------------------------


def test_both_engines_give_the_same_results() -> None:
    """On one graph with all the faults that can stand beside one another, and on the clean one."""
    pytest.importorskip("pyshacl", reason="pySHACL, the reference, is not installed")
    wrong = GRAPH
    for old, new, *_ in (*FAULTS, *GAPS):
        if not old:
            wrong += new
        elif old in wrong:
            wrong = wrong.replace(old, new)
    for graph in (GRAPH, wrong):
        fast, reference = (sorted(map(key, check(graph, engine=engine).findings)) for engine in ENGINES)
        assert fast == reference
    assert len({name for name, *_ in fast}) > 40


@pytest.mark.parametrize("seed", range(12))
def test_both_engines_agree_on_mutated_graphs(seed: int) -> None:
    """Every twelfth triple is left out, beginning with another one each time."""
    pytest.importorskip("pyshacl", reason="pySHACL, the reference, is not installed")
    with fill(GRAPH) as store:
        for number, quad in enumerate(sorted(store.quads(), key=str)):
            if number % 12 == seed:
                store.inner.remove(quad)
        fast, reference = (
            sorted(map(key, check_shapes(store, load_ontology(), engine=engine).findings))
            for engine in ENGINES
        )
    assert fast == reference
    assert fast


# --- Slices ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def damaged() -> Iterator[Store]:
    """The sample, with faults in several documents and the events they share."""
    with sample_graph.fill(Store.in_memory()) as store:
        for number, quad in enumerate(sorted(store.quads(), key=str)):
            if number % 9 == 0 and quad.graph_name != shared_graph("ontology"):
                store.inner.remove(quad)
        yield store


def test_the_sample_conforms() -> None:
    with sample_graph.fill(Store.in_memory()) as store:
        assert not [f for f in check_shapes(store, load_ontology()).findings if f.severity == "Violation"]


@pytest.mark.parametrize(("batch", "jobs"), [(1, 1), (2, 2), (3, 1), (5, 2)])
def test_slices_give_what_the_whole_gives(damaged: Store, batch: int, jobs: int) -> None:
    whole = check_shapes(damaged, load_ontology(), batch=10_000)
    part = check_shapes(damaged, load_ontology(), batch=batch, jobs=jobs)
    assert len(whole.findings) > 40
    assert part.modules > whole.modules
    assert part.findings == whole.findings


def test_the_reference_sees_all_at_once_and_the_same(damaged: Store) -> None:
    pytest.importorskip("pyshacl", reason="pySHACL, the reference, is not installed")
    reference = check_shapes(damaged, load_ontology(), engine="pyshacl")
    assert sorted(map(key, reference.findings)) == sorted(
        map(key, check_shapes(damaged, load_ontology()).findings)
    )


def test_every_subject_of_the_data_is_owned_by_a_slice(damaged: Store) -> None:
    owned = set().union(*(cut.owned for cut in Slicer(damaged, 2)))
    ontology = shared_graph("ontology")
    assert owned == {quad.subject for quad in damaged.quads() if quad.graph_name != ontology}


def test_what_was_inferred_is_no_data() -> None:
    with fill(GRAPH) as store:
        term = NamedNode(load_vocabulary().iri("PhoneCall"))
        kind = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
        store.inner.add(Quad(document_iri("x"), kind, term, shared_graph("inferences")))
        assert check_shapes(store, load_ontology()).findings == ()


# --- What cannot be checked ------------------------------------------------------------------------------------------


def test_an_unknown_engine_and_shapes_that_are_none_are_errors() -> None:
    with pytest.raises(ReasoningError, match="there are pyshifty, pyshacl"):
        check(GRAPH, engine="other")
    with pytest.raises(ReasoningError, match="does not understand the shapes"):
        check(GRAPH, shapes=b"this is no Turtle")


# --- The report in SHACL's vocabulary --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("format", "name"), [("turtle", "turtle"), ("jsonld", "json-ld"), ("ntriples", "nt")]
)
def test_a_report_is_one_that_shacl_tools_read(format: str, name: str) -> None:
    import rdflib
    from rdflib import RDF, SH

    graph = plant("; dip:reportedBy :report", "")
    part = check(graph.replace(QUOTE[-3:] + '" ;\n    dip:beginIndex', 'xyz" ;\n    dip:beginIndex'))
    written = rdflib.Graph().parse(data=report_graph(Report((part,)), format=format), format=name)
    (report,) = written.subjects(RDF.type, SH.ValidationReport)
    assert written.value(report, SH.conforms).toPython() is False
    results = list(written.objects(report, SH.result))
    assert len(results) == len(part.findings) >= 3
    for result in results:
        for needed in (SH.focusNode, SH.resultSeverity, SH.sourceConstraintComponent, SH.sourceShape):
            assert len(list(written.objects(result, needed))) == 1
        assert {message.language for message in written.objects(result, SH.resultMessage)} == {"ar", "en"}
    (inverse,) = written.objects(None, SH.inversePath)
    assert str(inverse) == load_vocabulary().iri("reportedBy")
    assert "one" in {
        str(source).rpartition("/")[2] for source in written.objects(None, rdflib.DCTERMS.source)
    } | {"one"}


def test_a_report_in_another_format_is_an_error() -> None:
    with pytest.raises(DataError, match="there are turtle"):
        report_graph(Report(), format="pdf")


def test_an_empty_report_conforms() -> None:
    assert b"sh:conforms true" in report_graph(Report())
