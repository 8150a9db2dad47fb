"""Every case of tests/reasoning/ through what is behind ``diplograph check``, and the ontology without each axiom."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from pyoxigraph import Quad, Triple
from reasoning_cases import (
    Case,
    clean_quads,
    clean_types,
    fill,
    load_cases,
    ontology_axioms,
    ontology_triples,
    together,
)

from diplograph.catalog import load_catalog
from diplograph.checking.findings import Part, Report
from diplograph.checking.owl import OwlSettings
from diplograph.checking.running import CHECKS, CheckSettings, check_store
from diplograph.resources import locate
from diplograph.vocabulary import BASE, DIP, load_vocabulary

CASES = load_cases()
REASONED = [case for case in CASES if "owl" in case.expected]
CONSISTENT = [case for case in REASONED if case.expected["owl"]["consistent"]]
CONTRADICTORY = [case for case in REASONED if case not in CONSISTENT]
# What contradicts the ontology's own individuals contradicts every case that shares a store with it.
STATUSES = {f"<{DIP}{name}>" for name in load_vocabulary().statuses()}
APART = [
    case for case in CONTRADICTORY if any({str(q.subject), str(q.object)} & STATUSES for q in case.planted)
]
SEARCHED = [case for case in CASES if "findings" in case.expected]


def by_name(cases: list[Case] | tuple[Case, ...]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", cases, ids=lambda case: case.name)


def check(quads: list[Quad], ontology: list[Triple], *checks: str) -> Report:
    """The report of the command on these quads."""
    with fill(quads) as store:
        settings = CheckSettings(checks, OwlSettings(jobs=1, split="never"), explain=False)
        report = check_store(store, settings, ontology=ontology)
    assert report.complete
    return report


def check_case(case: Case, *checks: str) -> Report:
    return check(case.quads(), case.ontology(), *checks)


@pytest.fixture(scope="module")
def verdicts(request: pytest.FixtureRequest) -> Iterator[Callable[[Case], Part]]:
    """What the OWL reasoner says of a contradictory case. Of those that this session asks for two run at a time, for
    Java is slow to start."""
    calls = [item.callspec for item in request.session.items if hasattr(item, "callspec")]
    cases = (call.params.get("case") for call in calls)
    asked = {case.name for case in cases if isinstance(case, Case)}
    with ThreadPoolExecutor(2) as pool:
        running = {c.name: pool.submit(check_case, c, "owl") for c in CONTRADICTORY if c.name in asked}
        yield lambda case: running[case.name].result().parts[0]
        pool.shutdown(cancel_futures=True)


@pytest.fixture(scope="module")
def consistent() -> Part:
    """What it says of all consistent cases in one store."""
    return check(*together(CONSISTENT), "owl").parts[0]


@pytest.fixture(scope="module")
def ruled() -> Part:
    """What the rules say of all cases in one store; a contradiction in one does not touch another."""
    return check(*together(case for case in REASONED if case not in APART), "rules").parts[0]


def types(part: Part) -> frozenset[tuple[str, str]]:
    return frozenset((one.individual, one.cls) for one in part.inferred)


def found(report: Report) -> list[tuple[str, str, str]]:
    """(check, focus below the base, severity) of each finding, once."""
    return sorted({(f.check, f.focus.removeprefix(BASE), f.severity) for f in report.findings})


# --- The clean store -------------------------------------------------------------------------------------------------


def test_there_is_nothing_to_find_in_the_clean_store() -> None:
    report = check(list(clean_quads()), list(ontology_triples()), *CHECKS)
    assert report.findings == ()
    owl, rules, *_ = report.parts
    assert types(owl) == types(rules) == clean_types()


def test_every_case_plants_something_and_says_what_for() -> None:
    assert len(CASES) >= 180
    for case in CASES:
        assert case.planted or case.removed or case.axioms, case.name
        assert len(case.quads()) == len(clean_quads()) + len(case.planted) - len(case.removed), case.name
        assert case.expected["about"].endswith("."), case.name
        assert set(case.expected) <= {"about", "owl", "findings"} and len(case.expected) > 1, case.name


# --- Contradictions and inferences -----------------------------------------------------------------------------------


@by_name(CONTRADICTORY)
def test_the_reasoner_finds_the_contradiction(case: Case, verdicts: Callable[[Case], Part]) -> None:
    part = verdicts(case)
    assert [finding.check for finding in part.findings] == ["owl/inconsistent"]
    assert part.inferred == ()


@by_name(CONSISTENT)
def test_the_reasoner_infers_what_follows_and_no_more(case: Case, consistent: Part) -> None:
    for one in case.consequences():
        if one.kind == "inferred":
            assert (case.own(one.individual), case.own(one.cls)) in types(consistent)
    assert not types(consistent) & {
        (case.own(individual), case.own(cls)) for individual, cls in case.absent()
    }
    assert {(case.own(individual), cls) for individual, cls in clean_types()} <= types(consistent)


def test_the_reasoner_names_the_classes_without_instances_and_no_others(consistent: Part) -> None:
    expected = {
        case.own(one.cls) for case in CONSISTENT for one in case.consequences() if one.kind == "unsatisfiable"
    }
    assert len(expected) >= 4
    assert {(f.check, f.focus) for f in consistent.findings} == {
        ("owl/unsatisfiable", cls) for cls in expected
    }


@by_name([case for case in CONTRADICTORY if case not in APART])
def test_the_rules_find_the_contradiction_where_they_can(case: Case, ruled: Part) -> None:
    places = [f"{f.focus} {f.value} {f.message_en}" for f in ruled.findings]
    (expected,) = case.consequences()
    assert any(re.search(f"/{case.name}[/-]", place) for place in places) is expected.rules


@by_name(APART)
def test_the_rules_find_what_contradicts_the_ontology(case: Case) -> None:
    assert any(finding.check.startswith("rules/") for finding in check_case(case, "rules").findings)


@by_name(CONSISTENT)
def test_the_rules_infer_what_follows_where_they_can(case: Case, ruled: Part) -> None:
    assert not [f for f in ruled.findings if f"/{case.name}/" in f.focus]
    for one in case.consequences():
        if one.kind == "inferred" and one.rules:
            assert (case.own(one.individual), case.own(one.cls)) in types(ruled)
    assert not types(ruled) & {(case.own(individual), case.own(cls)) for individual, cls in case.absent()}


@by_name([case for case in REASONED if "skipped" in case.expected["owl"]])
def test_what_owl_cannot_read_is_counted(case: Case) -> None:
    clean = check(list(clean_quads()), case.ontology(), "owl")
    counts = [
        sum(one.count for one in report.parts[0].skipped) for report in (clean, check_case(case, "owl"))
    ]
    assert counts[1] - counts[0] == case.expected["owl"]["skipped"]


# --- Violations ------------------------------------------------------------------------------------------------------


@by_name(SEARCHED)
def test_shapes_and_questions_find_what_was_planted_and_nothing_else(case: Case) -> None:
    report = check_case(case, "shapes", "sanity")
    rows = case.expected["findings"]
    assert found(report) == sorted((row["check"], row["focus"], row["severity"]) for row in rows)
    assert all(finding.message_en and finding.message_ar for finding in report.findings)


# --- Nothing is left out ---------------------------------------------------------------------------------------------


def test_every_shape_and_every_question_has_a_case() -> None:
    covered = {row["check"] for case in SEARCHED for row in case.expected["findings"]}
    text = locate("ontology", "shapes.ttl").read_text(encoding="utf-8")
    blocks = re.findall(r"^shape:(\w+)(.*?\.)$", text, re.MULTILINE | re.DOTALL)
    shapes = {f"shapes/{name}" for name, body in blocks if "sh:message" in body}
    assert len(shapes) > 60
    assert shapes - covered == set()
    assert {f"sanity/{query.name}" for query in load_catalog("checks")} - covered == set()


def test_every_defined_class_is_inferred_somewhere() -> None:
    inferred = {
        one.cls.removeprefix(DIP) for case in CASES for one in case.consequences() if one.kind == "inferred"
    }
    assert set(load_vocabulary().defined_classes()) <= inferred


def test_explanations_name_axioms_that_there_are() -> None:
    ours = {axiom.text for axiom in ontology_axioms()}
    for case in CASES:
        for one in case.consequences():
            for axioms in one.because:
                assert {text for text in axioms if "/test#" not in text} <= ours, case.name


# --- Explanations ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "a-call-that-is-a-summit",
        "a-country-with-a-start-date",
        "one-report-of-two-events",
        "two-actors-of-one-wikidata-entity",
        "a-class-of-calls-that-are-summits",
    ],
)
def test_the_reasons_are_a_minimal_set_that_the_case_lists(name: str) -> None:
    (case,) = (case for case in CASES if case.name == name)
    (expected,) = case.consequences()
    with fill(case.quads()) as store:
        settings = CheckSettings(("owl",), OwlSettings(jobs=1), explain=True)
        (finding,) = check_store(store, settings, ontology=case.ontology()).findings
    axioms = sorted(one.axiom for one in finding.statements if one.axiom)
    assert axioms in [sorted(alternative) for alternative in expected.because]
    facts = [one for one in finding.statements if not one.axiom]
    planted = {(str(q.subject), str(q.predicate), str(q.object)) for q in case.planted}
    assert bool({(one.subject, one.predicate, one.object) for one in facts} & planted) is bool(case.planted)
