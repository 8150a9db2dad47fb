"""Explanations: minimal sets of statements, checked by asking the reasoner anew, and traced to the words of documents."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

import click
import pytest
import sample_graph
from click.testing import CliRunner
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Triple, parse, serialize
from rdflib import Graph, URIRef
from rdflib.namespace import PROV, RDF, RDFS, SH

from diplograph.checking.axioms import read_axioms
from diplograph.checking.datatypes import read_fitting
from diplograph.checking.entailing import Judge, inconsistency, minimise
from diplograph.checking.explaining import (
    Explainer,
    Explanation,
    explain_class,
    explain_finding,
    explain_findings,
    explain_individual,
    explain_inference,
    explain_subject,
)
from diplograph.checking.findings import VIOLATION, Finding, Source, Statement
from diplograph.checking.justifications import explanations_graph, explanations_json, statement_triples
from diplograph.checking.material import load_ontology
from diplograph.checking.pieces import make_base, split
from diplograph.checking.reasoners import run_reasoner
from diplograph.checking.reporting import report_graph
from diplograph.checking.running import CheckSettings, check_store
from diplograph.checking.tracing import describe, trace
from diplograph.checking.wording import Labels, parse_axiom, say_axiom, write_expression
from diplograph.cli.explained import print_explanations
from diplograph.model import QueryError
from diplograph.quads import (
    TYPE,
    actor_iri,
    document_iri,
    event_iri,
    mention_iri,
    report_iri,
    shared_graph,
    term,
)
from diplograph.store import PREFIXES, Store
from diplograph.vocabulary import RDFS as RDFS_

EVENTS, ACTORS = shared_graph("events"), shared_graph("actors")
CALL, TALKS, THREAT = (
    event_iri("call-macron-putin"),
    event_iri("talks-geneva"),
    event_iri("threat-biden-russia"),
)
HEADS = event_iri("call-biden-putin-20211230")
PUTIN, BIDEN, RUSSIA = actor_iri("Q7747"), actor_iri("Q6279"), actor_iri("Q159")
ONTOLOGY = load_ontology()
HEADER = "".join(f"@prefix {prefix}: <{space}> .\n" for prefix, space in PREFIXES.items())


@pytest.fixture
def store() -> Iterator[Store]:
    with sample_graph.fill(Store.in_memory()) as filled:
        yield filled


def add(
    store: Store, *triples: tuple[NamedNode, NamedNode, NamedNode | Literal], graph: NamedNode = EVENTS
) -> None:
    store.inner.extend([Quad(*triple, graph) for triple in triples])


def with_axioms(turtle: str) -> tuple[Triple, ...]:
    extra = parse((HEADER + turtle).encode(), format=RdfFormat.TURTLE, rename_blank_nodes=True)
    return (*ONTOLOGY, *(quad.triple for quad in extra))


def axioms_of(explanation: Explanation) -> set[str]:
    return {statement.axiom for statement in explanation.statements if statement.axiom}


def facts_of(explanation: Explanation) -> set[tuple[str, str, str]]:
    return {(s.subject, s.predicate, s.object) for s in explanation.statements if s.graph}


def fact(*terms: NamedNode | Literal) -> tuple[str, ...]:
    return tuple(map(str, terms))


def assert_minimal(
    explanation: Explanation, ontology: Sequence[Triple], opposite: Sequence[Triple] = ()
) -> None:
    """HermiT, asked with whole axioms as the ontology has them: a contradiction, and none without any one statement."""
    axioms = {axiom.text: axiom.triples for axiom in read_axioms(ontology)}
    declared = [
        triple for text, triples in axioms.items() if text.startswith("Declaration(") for triple in triples
    ]
    said = []
    for one in explanation.statements:
        line = f"{one.subject} {one.predicate} {one.object} ."
        parsed = [quad.triple for quad in parse(line.encode(), format=RdfFormat.N_TRIPLES)]
        said.append(axioms[one.axiom] if one.axiom else parsed)
    sets = [said, *([other for other in said if other is not one] for one in said)]
    texts = [
        serialize(
            [*declared, *opposite, *(triple for part in chosen for triple in part)],
            format=RdfFormat.N_TRIPLES,
        )
        or b""
        for chosen in sets
    ]
    assert [verdict.consistent for verdict in run_reasoner("hermit", texts)] == [False, *([True] * len(said))]


# --- Contradictions ----------------------------------------------------------------------------------------------------


def test_two_disjoint_classes(store: Store) -> None:
    add(store, (CALL, TYPE, term("SanctionThreat")))
    finding = Finding("owl/inconsistent", VIOLATION, "", "", focus=CALL.value)
    explained = explain_finding(store, ONTOLOGY, finding)
    one = Explanation("inconsistency", CALL.value, explained.statements)
    assert facts_of(one) == {
        fact(CALL, TYPE, term("PhoneCall")),
        fact(CALL, TYPE, term("SanctionThreat")),
    }
    assert axioms_of(one) == {
        "SubClassOf(dip:PhoneCall dip:Engagement)",
        "SubClassOf(dip:SanctionThreat dip:Threat)",
        "DisjointClasses(dip:Engagement dip:Threat)",
    }
    assert_minimal(one, ONTOLOGY)
    assert explained.sources == (Source("press/denial", "واتصل ماكرون ببوتين عام 2022.", 62, 91),)
    assert "nothing is two of: engagement; threat" in {s.text for s in one.statements}


def test_two_values_of_an_identifier(store: Store) -> None:
    add(store, (RUSSIA, term("identifier"), Literal("other")), graph=ACTORS)
    [one] = Explainer(store, ONTOLOGY).explain(inconsistency([RUSSIA.value]))
    assert facts_of(one) == {
        fact(RUSSIA, term("identifier"), Literal("Q159")),
        fact(RUSSIA, term("identifier"), Literal("other")),
    }
    assert axioms_of(one) == {"FunctionalDataProperty(dip:identifier)"}
    assert_minimal(one, ONTOLOGY)
    quotes = {source.quote for statement in one.statements for source in statement.sources}
    assert {"روسيا", "موسكو"} <= quotes


@pytest.mark.parametrize(
    ("axiom", "pairs", "text"),
    [
        ("dip:represents a owl:IrreflexiveProperty .", [(PUTIN, PUTIN)], "IrreflexiveObjectProperty"),
        (
            "dip:represents a owl:AsymmetricProperty .",
            [(PUTIN, BIDEN), (BIDEN, PUTIN)],
            "AsymmetricObjectProperty",
        ),
    ],
)
def test_a_property_that_may_not_lead_back(
    store: Store, axiom: str, pairs: list[tuple[NamedNode, NamedNode]], text: str
) -> None:
    ontology = with_axioms(axiom)
    add(store, *((one, term("represents"), other) for one, other in pairs), graph=ACTORS)
    [one] = Explainer(store, ontology).explain(inconsistency([PUTIN.value]))
    assert axioms_of(one) == {f"{text}(dip:represents)"}
    assert facts_of(one) == {fact(a, term("represents"), b) for a, b in pairs}
    assert_minimal(one, ontology)


def test_a_contradiction_that_no_rule_sees(store: Store) -> None:
    """A union, of which the data leaves nothing: beyond OWL 2 RL, so found by asking HermiT alone."""
    text = """dip:Actor a owl:Class ; owl:disjointWith dip:Place ;
            rdfs:subClassOf [ a owl:Class ; owl:unionOf ( dip:Person dip:Country dip:Organization ) ] .
        dip:Ghost a owl:Class ; rdfs:subClassOf dip:Actor ; rdfs:label "ghost"@en .
        dip:Person a owl:Class . dip:Country a owl:Class . dip:Organization a owl:Class . dip:Place a owl:Class .
        dip:identifier a owl:DatatypeProperty , owl:FunctionalProperty . dip:represents a owl:ObjectProperty .
        [] a owl:AllDisjointClasses ; owl:members ( dip:Ghost dip:Person dip:Country dip:Organization dip:Place ) ."""
    ontology = tuple(quad.triple for quad in parse((HEADER + text).encode(), format=RdfFormat.TURTLE))
    ghost = actor_iri("ghost")
    add(store, (ghost, TYPE, NamedNode(PREFIXES["dip"] + "Ghost")), graph=ACTORS)
    [one] = Explainer(store, ontology).explain(inconsistency([ghost.value]))
    assert facts_of(one) == {fact(ghost, TYPE, NamedNode(PREFIXES["dip"] + "Ghost"))}
    assert "SubClassOf(dip:Ghost dip:Actor)" in axioms_of(one)
    assert_minimal(one, ontology)


def test_more_than_one_reason(store: Store) -> None:
    add(store, (TALKS, TYPE, term("Summit")), (TALKS, term("status"), term("denied")))
    found = Explainer(store, ONTOLOGY).explain(inconsistency([TALKS.value]), limit=2)
    assert len(found) == 2
    sets = [frozenset((s.subject, s.predicate, s.object, s.axiom) for s in one.statements) for one in found]
    assert not any(one < other for one in sets for other in sets)
    for one in found:
        assert_minimal(one, ONTOLOGY)


def test_a_consistent_graph_has_no_reason(store: Store) -> None:
    assert Explainer(store, ONTOLOGY).explain(inconsistency([CALL.value])) == ()
    finding = Finding("rules/cax-dw", VIOLATION, "", "", focus=CALL.value)
    assert explain_finding(store, ONTOLOGY, finding) is finding
    other = Finding("shapes/call", VIOLATION, "", "", focus=CALL.value)
    assert explain_findings(store, ONTOLOGY, [other]) == (other,)


def test_only_so_many_findings_are_explained_at_once(store: Store) -> None:
    add(store, (CALL, TYPE, term("SanctionThreat")))
    finding = Finding("rules/cax-dw", VIOLATION, "", "", focus=CALL.value)
    first, second = explain_findings(store, ONTOLOGY, [finding, finding], most=1)
    assert first.statements
    assert second is finding


# --- Classes -----------------------------------------------------------------------------------------------------------


def test_a_class_that_can_have_no_instance() -> None:
    ontology = with_axioms("dip:Summit rdfs:subClassOf dip:HeadOfStateCall .")
    summit = term("Summit")
    found = explain_class(ontology, summit.value, limit=2)
    assert len(found) == 2  # once by what is said of calls between heads of state, once by their definition
    for one in found:
        assert one.conclusion == "summit can have no instance"
        assert_minimal(one, ontology, [Triple(NamedNode("urn:x"), TYPE, summit)])
    assert explain_class(ONTOLOGY, summit.value) == ()


def test_without_the_rules_the_reasoner_is_asked_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("diplograph.checking.justifying.find_spec", lambda _: None)
    text = """dip:A a owl:Class ; rdfs:subClassOf dip:B , dip:C . dip:B a owl:Class ; owl:disjointWith dip:C .
        dip:C a owl:Class . dip:D a owl:Class ; rdfs:subClassOf dip:C ."""
    ontology = tuple(quad.triple for quad in parse((HEADER + text).encode(), format=RdfFormat.TURTLE))
    [one] = explain_class(ontology, PREFIXES["dip"] + "A")
    assert axioms_of(one) == {
        "SubClassOf(dip:A dip:B)",
        "SubClassOf(dip:A dip:C)",
        "DisjointClasses(dip:B dip:C)",
    }


# --- Inferences --------------------------------------------------------------------------------------------------------


def test_a_call_of_heads_of_state(store: Store) -> None:
    [one] = explain_inference(store, ONTOLOGY, HEADS.value, term("HeadOfStateCall").value)
    assert one.conclusion == "Phone call between Putin and Biden is call between heads of state"
    assert {
        fact(HEADS, TYPE, term("PhoneCall")),
        fact(HEADS, term("initiator"), PUTIN),
        fact(HEADS, term("participant"), BIDEN),
    } <= facts_of(one)
    assert "SubObjectPropertyOf(dip:initiator dip:participant)" in axioms_of(one)
    assert "FunctionalDataProperty(dip:identifier)" in axioms_of(one)
    parts = [statement.part for statement in one.statements if "HeadOfStateCall" in statement.axiom]
    assert parts == [
        (
            "SubClassOf(ObjectIntersectionOf(dip:PhoneCall ObjectMinCardinality(2 dip:participant dip:HeadOfState)) "
            "dip:HeadOfStateCall)"
        )
    ]
    text = f"{HEADS} {TYPE} [ a owl:Class ; owl:complementOf {term('HeadOfStateCall')} ] ."
    opposite = [quad.triple for quad in parse((HEADER + text).encode(), format=RdfFormat.TURTLE)]
    assert_minimal(one, ONTOLOGY, opposite)
    [quote] = {s.sources[0].quote for s in one.statements if s.predicate == str(term("initiator"))}
    assert quote == "فلاديمير بوتين"


def test_what_a_threat_follows_to_be(store: Store) -> None:
    found = {one.value: one for one in explain_individual(store, ONTOLOGY, THREAT.value)}
    assert set(found) == {term("ConditionalThreat").value, term("ThreatAgainstState").value}
    conditional = found[term("ConditionalThreat").value]
    assert "إذا دخلت قواتها أوكرانيا" in {s.sources[0].quote for s in conditional.statements if s.sources}
    with pytest.raises(QueryError, match="says nothing of"):
        explain_individual(store, ONTOLOGY, event_iri("none").value)


def test_whom_a_call_involves_in_two_ways(store: Store) -> None:
    """By a property chain; the country is represented outright, and by its head of state."""
    found = explain_inference(
        store, ONTOLOGY, CALL.value, RUSSIA.value, property=term("involves").value, limit=5
    )
    chain = "SubObjectPropertyOf(ObjectPropertyChain(dip:hasActor dip:represents) dip:involves)"
    assert len(found) == 2
    assert all(chain in axioms_of(one) for one in found)
    assert (
        explain_inference(
            store, ONTOLOGY, CALL.value, actor_iri("Q30").value, property=term("involves").value
        )
        == ()
    )


# --- Forms -------------------------------------------------------------------------------------------------------------


def test_as_json_and_as_rdf(store: Store) -> None:
    found = explain_inference(store, ONTOLOGY, THREAT.value, term("ConditionalThreat").value)
    [plain] = json.loads(json.dumps(explanations_json(found), ensure_ascii=False))
    assert plain["kind"] == "inference"
    assert plain["value"] == term("ConditionalThreat").value
    [condition] = [one for one in plain["statements"] if one["predicate"] == str(term("condition"))]
    assert condition["sources"] == [
        {"document": "wire/call", "quote": "إذا دخلت قواتها أوكرانيا", "begin": 113, "end": 137}
    ]
    for format, name in (("turtle", "turtle"), ("ntriples", "nt"), ("jsonld", "json-ld")):
        graph = Graph().parse(data=explanations_graph(found, format=format), format=name)
        [explanation] = graph.subjects(RDF.type, PROV.Entity)
        statements = list(graph.objects(explanation, PROV.wasDerivedFrom))
        assert len(statements) == len(found[0].statements)
        assert all((one, RDF.type, RDF.Statement) in graph for one in statements)
        assert {str(text) for one in statements for text in graph.objects(one, RDFS.comment)} == {
            one.text for one in found[0].statements
        }
        mention = mention_iri("wire/call", 113, 137).value
        assert mention in {
            str(node) for one in statements for node in graph.objects(one, PROV.wasDerivedFrom)
        }
        assert str(graph.value(URIRef(mention), URIRef(term("quote").value))) == "إذا دخلت قواتها أوكرانيا"


def test_statements_without_words_lead_to_their_document() -> None:
    statement = Statement("<urn:a>", "<urn:b>", '"c"', sources=(Source("wire/call"),))
    found = list(statement_triples(NamedNode("urn:x"), [statement]))
    assert document_iri("wire/call") in [triple.object for triple in found]


def test_subjects_by_name(store: Store) -> None:
    [one] = explain_subject(store, ONTOLOGY, "Putin")
    assert one.conclusion == "Vladimir Putin is head of state"
    with pytest.raises(QueryError, match="class that can have instances"):
        explain_subject(store, ONTOLOGY, "Summit")
    with pytest.raises(QueryError, match="no event"):
        explain_subject(store, ONTOLOGY, "nothing-like-it")


# --- Parts, words, sources ---------------------------------------------------------------------------------------------


def test_the_parts_of_an_axiom_say_what_it_says() -> None:
    """Every axiom of ours, with its parts in its place and they with it: HermiT sees no difference either way."""
    base = make_base(ONTOLOGY, [])
    for piece in base.pieces:
        parts = split(piece)
        assert all(part.axiom == piece.axiom for part in parts)
        for part in parts:
            assert write_expression(parse_axiom(part.part)) == part.part
    defined = [piece for piece in base.pieces if len(split(piece)) > 1]
    assert len(defined) > 10
    judge = Judge(base, read_fitting(ONTOLOGY))
    pairs = [piece for piece in defined if piece.axiom.startswith("DisjointClasses(dip:Person")]
    [persons] = pairs
    assert {part.part for part in split(persons)} == {
        "DisjointClasses(dip:Person dip:Country)",
        "DisjointClasses(dip:Person dip:Organization)",
        "DisjointClasses(dip:Country dip:Organization)",
    }
    both = Triple(NamedNode("urn:x"), TYPE, term("Person")), Triple(NamedNode("urn:x"), TYPE, term("Country"))
    goal = inconsistency()
    contradiction = type(goal)("inconsistency", (), both)
    assert minimise(judge, split(persons), contradiction) == tuple(
        part for part in split(persons) if part.part == "DisjointClasses(dip:Person dip:Country)"
    )


def test_many_pieces_are_reduced_in_groups() -> None:
    base = make_base(ONTOLOGY, [])
    judge = Judge(base, read_fitting(ONTOLOGY))
    both = Triple(NamedNode("urn:x"), TYPE, term("Person")), Triple(NamedNode("urn:x"), TYPE, term("Summit"))
    contradiction = type(inconsistency())("inconsistency", (), both)
    pieces = [one for one in base.pieces if one.axiom.startswith(("SubClassOf", "DisjointClasses"))]
    assert len(pieces) > 24
    found = minimise(judge, pieces, contradiction)
    assert found is not None
    assert len(found) < 6
    assert all(not answer for answer in judge.entails([found[1:], found[:-1]], contradiction))
    consistent = type(inconsistency())("inconsistency", (), both[:1])
    assert minimise(judge, pieces, consistent) is None


def test_every_axiom_is_put_into_words() -> None:
    labels = Labels(ONTOLOGY)
    for axiom in read_axioms(ONTOLOGY):
        if axiom.logical:
            words = say_axiom(axiom.text, labels)
            assert words != axiom.text, axiom.text
            assert "dip:" not in words and "{" not in words
    assert say_axiom("Odd(a b)", labels) == "Odd(a b)"


def test_triples_lead_to_the_words_they_came_from(store: Store) -> None:
    def words(subject: NamedNode, predicate: NamedNode, graph: NamedNode) -> set[str]:
        quads = store.inner.quads_for_pattern(subject, predicate, None, graph)
        return {source.quote for quad in quads for source in trace(store, quad)}

    assert words(HEADS, term("durationMinutes"), EVENTS) == {
        "50 دقيقة"
    }  # not the 55 that the other document has
    assert words(PUTIN, NamedNode(RDFS_ + "label"), ACTORS) == {"بوتين", "فلاديمير بوتين"}
    document = document_iri("press/denial")
    assert describe(store, document.value) == (Source("press/denial"),)
    report = report_iri("press/denial", 1)
    assert describe(store, report.value, term("status").value) == (Source("press/denial", "نفى", 0, 3),)
    mention = mention_iri("press/denial", 0, 3)
    assert describe(store, mention.value) == (Source("press/denial", "نفى", 0, 3),)
    assert describe(store, "no IRI") == ()
    for quad in store.quads(ACTORS):
        assert trace(store, quad), quad  # also of countries that no document names: by who represents them
    for graph in store.graph_names():
        if "graph/document/" in graph.value:
            assert all(trace(store, quad) for quad in store.quads(graph))


def test_explanations_in_print(store: Store) -> None:
    found = explain_inference(store, ONTOLOGY, PUTIN.value, term("HeadOfState").value)

    @click.command()
    @click.argument("format")
    def command(format: str) -> None:
        print_explanations(found, format, store.base)

    shown = CliRunner().invoke(command, ["text"]).output
    assert shown.startswith("Vladimir Putin is head of state, because\n  - ")
    assert "wire/call: \u2068فلاديمير بوتين\u2069" in shown
    assert json.loads(CliRunner().invoke(command, ["json"]).output)[0]["focus"] == PUTIN.value
    assert Graph().parse(data=CliRunner().invoke(command, ["turtle"]).output, format="turtle")


def test_the_report_of_a_check_has_the_statements_behind_a_contradiction(store: Store) -> None:
    add(store, (CALL, TYPE, term("SanctionThreat")))
    report = check_store(store, CheckSettings(("rules",)), ontology=ONTOLOGY)
    [finding] = report.findings
    assert len(finding.statements) == 5
    graph = Graph().parse(data=report_graph(report), format="turtle")
    [result] = graph.subjects(RDF.type, SH.ValidationResult)
    texts = {
        str(t) for one in graph.objects(result, PROV.wasDerivedFrom) for t in graph.objects(one, RDFS.comment)
    }
    assert "nothing is two of: engagement; threat" in texts
    assert len(texts) == 5
