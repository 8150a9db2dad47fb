"""Whoever takes an axiom out of the ontology is noticed: ``make mutate-ontology`` shows by whom."""

from __future__ import annotations

import tomllib

from mutate_ontology import FOLLOWS, LIST, NOBODY, judge, read_list, removals
from reasoning_cases import ontology_axioms


def test_every_axiom_is_noticed_or_listed_with_a_reason() -> None:
    judged = judge()
    assert len(judged) > 550
    assert {name: who for name, who in judged.items() if who in (FOLLOWS, NOBODY)} == read_list()


def test_mutants_are_the_ontology_without_one_axiom_each() -> None:
    whole = sum(len(axiom.triples) for axiom in ontology_axioms())
    mutants = list(removals())
    assert len({mutant.name for mutant in mutants}) == len(mutants) == len(ontology_axioms())
    assert all(len(mutant.triples) == whole - len(mutant.axiom.triples) for mutant in mutants)


def test_every_reason_is_a_sentence() -> None:
    listed = tomllib.loads(LIST.read_text(encoding="utf-8"))
    reasons = [group["reason"] for groups in listed.values() for group in groups]
    assert len(reasons) == len(set(reasons)) > 5
    assert all(len(reason.split()) > 4 and reason.endswith(".") for reason in reasons)
