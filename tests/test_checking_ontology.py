"""The ontology itself: ours has no faults; each check of an ontology finds a planted one; profiles; questions."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
import sample_graph
from make_golden import write_golden_data
from pyoxigraph import NamedNode, RdfFormat, Triple, parse

from diplograph.catalog import load_catalog
from diplograph.checking.findings import Finding
from diplograph.checking.material import load_ontology
from diplograph.checking.ontology_checks import check_ontology, check_questions, check_terms, own_terms
from diplograph.checking.profiles import PROFILES, check_profiles, read_expression
from diplograph.model import DataError
from diplograph.resources import locate
from diplograph.store import Store

PREFIXES = """
@prefix : <https://w3id.org/example#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix vann: <http://purl.org/vocab/vann/> .
@prefix bibo: <http://purl.org/ontology/bibo/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""


def named(name: str, kind: str, more: str = "", label: str = "") -> str:
    label = label or name.lower()
    return (
        f':{name} a owl:{kind} ; rdfs:label "{label}"@en , "{label} ع"@ar ;'
        f' skos:definition "What {label} means."@en , "معنى {label}."@ar {more} .\n'
    )


HEAD = """<https://w3id.org/example> a owl:Ontology ; owl:versionIRI <https://w3id.org/example/1.2> ; owl:versionInfo "1.2" ;
    dcterms:title "Example"@en , "مثال"@ar ; dcterms:description "An example."@en ; dcterms:creator "Somebody" ;
    dcterms:license <https://creativecommons.org/licenses/by/4.0/> ; dcterms:created "2026" ; dcterms:modified "2026" ;
    dcterms:contributor "c" ; dcterms:publisher "p" ; dcterms:bibliographicCitation "b" ; dcterms:source "s" ;
    bibo:status "draft" ; rdfs:seeAlso <https://example.org/> ;
    vann:preferredNamespacePrefix "ex" ; vann:preferredNamespaceUri "https://w3id.org/example#" .
dcterms:title a owl:AnnotationProperty . dcterms:description a owl:AnnotationProperty .
dcterms:creator a owl:AnnotationProperty . dcterms:license a owl:AnnotationProperty .
dcterms:created a owl:AnnotationProperty . dcterms:modified a owl:AnnotationProperty .
dcterms:contributor a owl:AnnotationProperty . dcterms:publisher a owl:AnnotationProperty .
dcterms:bibliographicCitation a owl:AnnotationProperty . dcterms:source a owl:AnnotationProperty .
bibo:status a owl:AnnotationProperty . skos:definition a owl:AnnotationProperty .
vann:preferredNamespacePrefix a owl:AnnotationProperty . vann:preferredNamespaceUri a owl:AnnotationProperty .
prov:Entity a owl:Class .
"""
GOOD = (
    HEAD
    + named("Thing", "Class", "; rdfs:subClassOf prov:Entity")
    + named("Cat", "Class", "; rdfs:subClassOf :Thing ; owl:disjointWith :Dog")
    + named("Dog", "Class", "; rdfs:subClassOf :Thing")
    + named("chases", "ObjectProperty", "; rdfs:domain :Dog ; rdfs:range :Cat ; owl:inverseOf :fleesFrom")
    + named("fleesFrom", "ObjectProperty", "; rdfs:domain :Cat ; rdfs:range :Dog")
    + named("age", "DatatypeProperty", "; rdfs:domain :Thing ; rdfs:range xsd:integer")
)

# check: what is replaced in GOOD (nothing: added at its end), and by what
FAULTS: dict[str, tuple[str, str]] = {
    "missing-label": ('rdfs:label "cat"@en , "cat ع"@ar ;', ""),
    "missing-definition": ('; skos:definition "What cat means."@en , "معنى cat."@ar', ""),
    "missing-language": (', "cat ع"@ar', ""),
    "several-labels": ('"cat"@en', '"cat"@en , "tomcat"@en'),
    "several-definitions": ('"What cat means."@en', '"What cat means."@en , "An animal."@en'),
    "duplicate-label": ('"cat"@en', '"dog"@en'),
    "duplicate-definition": ('"What cat means."@en', '"What dog means."@en'),
    "label-formatting": ('"cat"@en', '"cat  flap"@en'),
    "annotation-whitespace": ('"What cat means."@en', '"What cat means. "@en'),
    "lowercase-definition": ('"What cat means."@en', '"what cat means."@en'),
    "invalid-iri": ("", "<https://w3id.org/example//a> a owl:Class ."),
    "file-extension-in-iri": ("", "<https://w3id.org/animals.owl#Cat> a owl:Class ."),
    "naming": ("", named("black_cat", "Class", "; rdfs:subClassOf :Cat")),
    "two-concepts-in-one": ("", named("BedAndBreakfast", "Class", "; rdfs:subClassOf :Cat")),
    "miscellaneous-class": ("", named("OtherAnimal", "Class", "; rdfs:subClassOf :Cat")),
    "is-as-a-property": ("", named("isA", "ObjectProperty", "; rdfs:domain :Cat ; rdfs:range :Cat")),
    "untyped-class": ("rdfs:range :Cat", "rdfs:range :Mouse"),
    "untyped-property": ("", ":Cat :colour 'black' ."),
    "unknown-builtin": ("", ":Cat owl:disjoint :Dog ."),
    "unconnected": ("", named("Mouse", "Class")),
    "hierarchy-cycle": ("", ":Thing rdfs:subClassOf :Cat ."),
    "missing-superclass": ("; rdfs:subClassOf prov:Entity", ""),
    "missing-disjointness": ("; owl:disjointWith :Dog", ""),
    "missing-domain-or-range": ("rdfs:domain :Thing ; ", ""),
    "several-domains-or-ranges": ("", ":chases rdfs:domain :Cat ."),
    "inverse-mismatch": ("rdfs:domain :Cat ; rdfs:range :Dog", "rdfs:domain :Thing ; rdfs:range :Dog"),
    "inverse-of-itself": ("", ":chases owl:inverseOf :chases ."),
    "missing-inverse": ("; owl:inverseOf :fleesFrom", ""),
    "symmetric-or-transitive": ("", ":chases a owl:TransitiveProperty ."),
    "chain-of-one": ("", ":chases owl:propertyChainAxiom ( :fleesFrom ) ."),
    "defined-by-itself": (
        "",
        ":Cat owl:equivalentClass [ owl:intersectionOf ( :Thing [ owl:complementOf :Cat ] ) ] .",
    ),
    "several-equivalents": (
        "",
        ":Cat owl:equivalentClass [ owl:unionOf ( :Dog :Thing ) ] , [ owl:intersectionOf ( :Dog :Thing ) ] .",
    ),
    "equivalent-names": ("", ":Cat owl:equivalentClass :Dog ."),
    "definition-without-genus": (
        "",
        ":Cat owl:equivalentClass [ owl:intersectionOf ( [ owl:complementOf :Dog ] [ owl:complementOf :Thing ] ) ] .",
    ),
    "deprecated-not-boolean": ("", ":Cat owl:deprecated 'yes' ."),
    "deprecated-in-use": ("", ":Cat owl:deprecated true ."),
    "redefines-others": ("", "prov:Entity rdfs:label 'my own entity' ."),
    "missing-title": ('dcterms:title "Example"@en , "مثال"@ar ;', ""),
    "missing-description": ('dcterms:description "An example."@en ;', ""),
    "missing-licence": ("<https://creativecommons.org/licenses/by/4.0/>", "'free'"),
    "missing-creator": ('dcterms:creator "Somebody" ;', ""),
    "missing-dates": ('dcterms:modified "2026" ;', ""),
    "missing-version": ('owl:versionInfo "1.2" ;', ""),
    "version-mismatch": ('owl:versionInfo "1.2"', 'owl:versionInfo "1.3"'),
    "missing-prefix": ('vann:preferredNamespacePrefix "ex" ;', ""),
    "missing-details": ('bibo:status "draft" ;', ""),
    "iri-not-persistent": ("<https://w3id.org/example>", "<https://example.org/example>"),
    "iri-not-http": ("<https://w3id.org/example>", "<urn:example>"),
    "no-known-vocabulary": ("dcterms:", "unheard:"),
    "no-reuse": ("prov:Entity", ":Entity"),
    "no-ontology": ("a owl:Ontology ;", "a owl:Thing ;"),
}


def read(text: str) -> tuple[Triple, ...]:
    turtle = PREFIXES + "@prefix unheard: <https://unheard.example/> .\n" + text
    return tuple(q.triple for q in parse(turtle.encode(), format=RdfFormat.TURTLE))


def names(findings: Sequence[Finding]) -> set[str]:
    return {finding.check.partition("/")[2] for finding in findings}


# --- Ours ------------------------------------------------------------------------------------------------------------


def test_ours_has_no_violations_and_no_warnings() -> None:
    parts = check_ontology()
    assert [part.name for part in parts] == ["profiles", "ontology", "competency"]
    assert [f for part in parts for f in part.findings if f.severity != "Info"] == []
    assert not any(part.failure for part in parts)
    assert parts[1].axioms > 45
    assert parts[2].axioms == len(load_catalog())


def test_its_own_terms_are_those_of_its_namespace() -> None:
    own = {term.value for term in own_terms(load_ontology())}
    assert own
    assert all(term.startswith("https://w3id.org/diplograph/ontology#") for term in own)


# --- Checks as queries -----------------------------------------------------------------------------------------------


def test_a_good_ontology_has_no_findings() -> None:
    assert [(f.check, f.focus) for f in check_terms(read(GOOD)).findings] == []


@pytest.mark.parametrize("check", FAULTS)
def test_each_check_finds_its_fault(check: str) -> None:
    old, new = FAULTS[check]
    assert old in GOOD
    text = GOOD.replace(old, new) if old else GOOD + new
    query = load_catalog("ontology-checks").get(check)
    findings = check_terms(read(text), queries=[query]).findings
    assert findings
    assert {(f.check, f.severity) for f in findings} == {(f"ontology/{check}", query.severity)}


def test_every_check_is_tried_and_speaks_both_languages() -> None:
    checks = tuple(load_catalog("ontology-checks"))
    assert {check.name for check in checks} == set(FAULTS)
    assert all(
        check.severity and check.message and check.message_ar and check.description for check in checks
    )


def test_a_finding_names_the_term() -> None:
    text = GOOD.replace('"cat"@en', '"cat "@en')
    (finding,) = [f for f in check_terms(read(text)).findings if f.check == "ontology/label-formatting"]
    assert (finding.focus, finding.value) == ("https://w3id.org/example#Cat", "cat ")


def test_terms_of_others_need_no_labels() -> None:
    assert "missing-label" not in names(check_terms(read(GOOD + "prov:Agent a owl:Class .")).findings)


# --- Profiles --------------------------------------------------------------------------------------------------------


def profiles_of(text: str) -> set[str]:
    notes = check_profiles(read(text)).notes
    return {name for name in PROFILES if f"OWL 2 {name}: yes" in notes}


@pytest.mark.parametrize(
    ("axiom", "profiles"),
    [
        ("", {"DL", "QL", "RL"}),  # GOOD has inverse properties, which EL has not
        (":age a owl:FunctionalProperty .", {"DL", "RL"}),
        (":chases a owl:FunctionalProperty .", {"DL", "RL"}),
        (":chases a owl:ReflexiveProperty .", {"DL", "QL"}),
        (":chases owl:propertyChainAxiom ( :chases :fleesFrom ) .", {"DL", "RL"}),
        ("[] a owl:AllDisjointClasses ; owl:members ( :Cat :Dog prov:Entity ) .", {"DL", "QL", "RL"}),
        (":Cat rdfs:subClassOf [ a owl:Restriction ; owl:onProperty :fleesFrom ; owl:someValuesFrom :Dog ] .", {"DL", "QL"}),
        (":Cat rdfs:subClassOf [ a owl:Restriction ; owl:onProperty :fleesFrom ; owl:allValuesFrom :Dog ] .", {"DL", "RL"}),
        (":Cat rdfs:subClassOf [ a owl:Class ; owl:unionOf ( :Dog :Thing ) ] .", {"DL"}),
        (":Cat rdfs:subClassOf [ a owl:Restriction ; owl:onProperty :age ; owl:hasValue 2 ] .", {"DL", "RL"}),
        (":Cat rdfs:subClassOf [ a owl:Restriction ; owl:onProperty :age ; owl:hasValue true ] .", {"DL", "RL"}),
        (":Cat rdfs:subClassOf [ a owl:Restriction ; owl:onProperty :fleesFrom ; owl:minCardinality 1 ] .", {"DL"}),
        (":age rdfs:range xsd:double .", {"DL", "RL"}),
        (":age rdfs:range xsd:date .", set()),
        ("dcterms:issued a owl:AnnotationProperty . :Cat dcterms:issued '2026-01-01'^^xsd:date .", set()),
    ],
)  # fmt: skip
def test_a_profile_is_left_by_what_it_has_not(axiom: str, profiles: set[str]) -> None:
    assert profiles_of(GOOD + axiom) == profiles


def test_a_small_taxonomy_is_in_all_profiles() -> None:
    part = check_profiles(read(GOOD.replace("; owl:inverseOf :fleesFrom", "")))
    assert part.findings == ()
    assert part.notes == ("OWL 2 DL: yes", "OWL 2 EL: yes", "OWL 2 QL: yes", "OWL 2 RL: yes")


def test_what_is_not_in_dl_is_in_no_profile() -> None:
    part = check_profiles(read(GOOD + ":age rdfs:range xsd:date ."))
    assert all("no" in note for note in part.notes)
    assert {f.severity for f in part.findings if f.check == "profiles/dl"} == {"Violation"}


def test_the_axioms_that_keep_ours_out_are_named() -> None:
    part = check_profiles(load_ontology())
    assert part.notes[0] == "OWL 2 DL: yes"
    assert all(finding.value and "not allowed" in finding.message_en for finding in part.findings)
    rl = {finding.value for finding in part.findings if finding.check == "profiles/rl"}
    assert "ObjectPropertyRange(dip:eventClass owl:Thing)" in rl


def test_literals_with_brackets_and_quotes_are_read_as_one() -> None:
    expression = read_expression(r'DataPropertyAssertion(a:p a:i "f(x) \" )"^^xsd:string)')
    assert expression.arguments == ("a:p", "a:i", r'"f(x) \" )"^^xsd:string')


# --- Competency questions --------------------------------------------------------------------------------------------


def test_the_golden_data_is_the_sample() -> None:
    with sample_graph.fill(Store.in_memory()) as store:
        path = locate("queries", "competency.trig")
        before = path.read_bytes()
        write_golden_data(store, path)
        assert path.read_bytes() == before, "make golden"


def test_questions_that_an_ontology_does_not_answer_are_violations() -> None:
    without = [
        triple
        for triple in load_ontology()
        if triple.subject != NamedNode("https://w3id.org/diplograph/ontology#initiator")
    ]
    findings = check_questions(without).findings
    assert findings
    assert {finding.severity for finding in findings} == {"Violation"}
    assert all(finding.check.startswith("competency/") for finding in findings)


def test_of_another_ontology_our_questions_are_not_asked() -> None:
    part = check_questions(read(GOOD))
    assert part.findings == ()
    assert part.skipped[0].count == len(load_catalog())


def test_a_file_that_is_no_ontology_is_an_error(tmp_path: object) -> None:
    from pathlib import Path

    path = Path(str(tmp_path)) / "no.ttl"
    path.write_text("this is no Turtle")
    with pytest.raises(DataError, match="not Turtle"):
        check_ontology(path)
