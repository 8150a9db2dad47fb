"""Takes the axioms of the ontology away one at a time and asks who notices: ``make mutate-ontology``.

Every logical axiom must be noticed by a case of tests/reasoning/, or follow from the others; of a list (disjoint
classes, an intersection, a union) every member must be noticed, too. HermiT decides, on the cases whose explanation
has the axiom. What nobody notices is in tests/reasoning/unnoticed.toml, by reason: reviewed, and exact.
"""

from __future__ import annotations

import sys
import time
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import combinations

from pyoxigraph import NamedNode, RdfFormat, Triple, parse, serialize
from reasoning_cases import (
    FOLDER,
    TEST,
    Case,
    Expected,
    clean_quads,
    clean_types,
    load_cases,
    ontology_axioms,
    ontology_triples,
    to_owl,
)

from diplograph.catalog import Query, load_catalog
from diplograph.checking.axioms import Axiom
from diplograph.checking.findings import INFO, Part
from diplograph.checking.ontology_checks import check_questions, check_terms
from diplograph.checking.profiles import check_profiles
from diplograph.checking.reasoners import Verdict, run_reasoner
from diplograph.model import TermError
from diplograph.resources import locate
from diplograph.store import PREFIXES
from diplograph.vocabulary import DIP, RDF, read_vocabulary

LIST = FOLDER / "unnoticed.toml"
FOLLOWS = "follows from the other axioms"
NOBODY = "nobody"
PROCESSES = 2
_REST, _FIRST = NamedNode(RDF + "rest"), NamedNode(RDF + "first")
_SOME = "[ a owl:Restriction ; owl:onProperty {subject} ; owl:someValuesFrom %s ]"
_NOT = "[ a owl:Class ; owl:complementOf {object} ]"
# What would break an axiom of each form: Turtle of a class.
_BROKEN = {
    "SubClassOf": f"[ owl:intersectionOf ( {{subject}} {_NOT} ) ]",
    "EquivalentClasses": f"[ owl:intersectionOf ( {{subject}} {_NOT} ) ]",  # a weaker definition lets more in
    "ClassAssertion": f"[ owl:intersectionOf ( [ owl:oneOf ( {{subject}} ) ] {_NOT} ) ]",
    "ObjectPropertyDomain": f"[ owl:intersectionOf ( {_SOME % 'owl:Thing'} {_NOT} ) ]",
    "DataPropertyDomain": f"[ owl:intersectionOf ( {_SOME % 'rdfs:Literal'} {_NOT} ) ]",
    "ObjectPropertyRange": _SOME % _NOT,
    "DataPropertyRange": _SOME % "[ a rdfs:Datatype ; owl:datatypeComplementOf {object} ]",
}


@dataclass(frozen=True)
class Mutant:
    """The ontology without an axiom, or with a member less in one of its lists; ``name`` tells the change."""

    axiom: Axiom
    name: str
    triples: tuple[Triple, ...]
    member: str = ""


@dataclass(frozen=True)
class Trial:
    """A mutant, and the case that may notice; None is the clean store."""

    mutant: Mutant
    case: Case | None

    def ontology(self) -> list[Triple]:
        return [*self.mutant.triples, *(self.case.axioms if self.case else ())]

    def data(self) -> bytes:
        return to_owl(self.ontology(), self.case.quads() if self.case else clean_quads())

    @property
    def classify(self) -> bool:
        return self.case is None or all(one.kind != "inconsistent" for one in self.case.consequences())

    def notices(self, verdict: Verdict) -> bool:
        """Whether the case's test fails with this verdict."""
        if self.case is None:
            return not verdict.consistent or defined_types(verdict) != clean_types()
        expected = self.case.consequences()
        if any(one.kind == "inconsistent" for one in expected):
            return verdict.consistent
        return (
            not verdict.consistent
            or bool(self.case.absent() & set(verdict.types))
            or not all(holds(one, verdict) for one in expected)
        )


def holds(expected: Expected, verdict: Verdict) -> bool:
    """Whether a reasoner said what a case expects."""
    if expected.kind == "inconsistent":
        return not verdict.consistent
    if expected.kind == "unsatisfiable":
        return expected.cls in verdict.unsatisfiable
    return (expected.individual, expected.cls) in verdict.types


def defined_types(verdict: Verdict) -> frozenset[tuple[str, str]]:
    """The defined classes of the individuals of the data."""
    defined = {a.triples[0].subject.value for a in ontology_axioms() if a.kind == "EquivalentClasses"}  # type: ignore[union-attr]
    return frozenset(pair for pair in verdict.types if pair[1] in defined)


# --- Mutants ---------------------------------------------------------------------------------------------------------


def removals() -> Iterator[Mutant]:
    """The ontology without each axiom in turn."""
    for axiom in ontology_axioms():
        gone = set(axiom.triples)
        yield Mutant(axiom, axiom.text, tuple(t for t in ontology_triples() if t not in gone))


def weakenings() -> Iterator[Mutant]:
    """The ontology with each member of each list of more than two, or of an intersection or union, taken out."""
    for axiom in ontology_axioms():
        cells = [t for t in axiom.triples if t.predicate == _FIRST]
        if not axiom.logical or len(cells) < 2 or "Chain" in axiom.text:
            continue
        if axiom.kind in ("DisjointClasses", "DifferentIndividuals") and len(cells) < 3:
            continue
        for cell in cells:
            if not isinstance(cell.object, NamedNode):
                continue  # a whole restriction: the removal of the axiom stands for it
            member = cell.object.value.removeprefix(DIP)
            triples = tuple(_without(cell, ontology_triples()))
            yield Mutant(axiom, f"{axiom.text} without dip:{member}", triples, member)


def _without(cell: Triple, triples: Iterable[Triple]) -> Iterator[Triple]:
    """The triples with one cell of a list taken out: what led to it leads to the next one."""
    node = cell.subject
    following = next(t.object for t in ontology_triples() if t.subject == node and t.predicate == _REST)
    for triple in triples:
        if triple.object == node:
            yield Triple(triple.subject, triple.predicate, following)
        elif triple.subject != node:
            yield triple


# --- Who notices -----------------------------------------------------------------------------------------------------


def candidates(mutant: Mutant) -> list[Case | None]:
    """The cases that may notice, the likeliest first: those whose every explanation has the axiom."""
    known = []
    for case in load_cases():
        for expected in case.consequences():
            if mutant.axiom.text in expected.critical:
                others = expected.critical - {mutant.axiom.text}
                far = mutant.member not in " ".join([*others, *map(str, case.planted)])
                known.append((far, case))
                break
    ordered: list[Case | None] = [case for _, case in sorted(known, key=lambda pair: pair[0])]
    if mutant.member:
        ordered += [None, *(case for case in load_cases() if case.absent())]
    return ordered


def decide(mutants: Sequence[Mutant]) -> dict[str, str]:
    """By the mutant's name, the case that notices it; what nobody notices is left out."""
    noticed: dict[str, str] = {}
    waiting = {mutant.name: (mutant, candidates(mutant)) for mutant in mutants}
    while waiting:
        trials = [Trial(mutant, cases.pop(0)) for mutant, cases in waiting.values() if cases]
        for trial, verdict in run(trials):
            if trial.notices(verdict):
                noticed[trial.mutant.name] = trial.case.name if trial.case else "clean.trig"
        waiting = {name: todo for name, todo in waiting.items() if todo[1] and name not in noticed}
    return noticed


def run(trials: Sequence[Trial]) -> list[tuple[Trial, Verdict]]:
    """The verdict on each trial, by as many runs of Java as there are processors."""
    groups = [
        [trial for trial in trials if trial.classify is classify][start::PROCESSES]
        for classify in (False, True)
        for start in range(PROCESSES)
    ]

    def judge(group: list[Trial]) -> list[tuple[Trial, Verdict]]:
        texts = [trial.data() for trial in group]
        return list(zip(group, run_reasoner("hermit", texts, classify=group[0].classify), strict=True))

    with ThreadPoolExecutor(PROCESSES) as pool:
        return [pair for pairs in pool.map(judge, filter(None, groups)) for pair in pairs]


# --- What follows from the rest --------------------------------------------------------------------------------------


def redundant(mutants: Sequence[Mutant]) -> set[str]:
    """The names of the mutants that entail the axiom they are without: the class of its counterexamples is empty.

    A union with a member less says more and not less, so that is not asked of it.
    """
    asked = [
        (mutant, triples)
        for mutant in mutants
        if not (mutant.member and "UnionOf" in mutant.axiom.text)
        and (triples := counterexamples(mutant.axiom))
    ]
    texts = [to_owl([*mutant.triples, *triples]) for mutant, triples in asked]
    verdicts = run_reasoner("hermit", texts, classify=True)
    return {
        mutant.name
        for (mutant, _), verdict in zip(asked, verdicts, strict=True)
        if TEST + "Counterexample" in verdict.unsatisfiable
    }


def counterexamples(axiom: Axiom) -> list[Triple]:
    """A class of what would break an axiom: it can have no instance if, and only if, the axiom holds."""
    first, *below = axiom.triples
    if axiom.kind == "DifferentIndividuals":
        members = [f"[ owl:oneOf ( {t.object} ) ]" for t in below if t.predicate == _FIRST]
        pairs = (f"[ owl:intersectionOf ( {a} {b} ) ]" for a, b in combinations(members, 2))
        broken = f"[ owl:unionOf ( {' '.join(pairs)} ) ]"
    elif axiom.kind in _BROKEN:
        broken = _BROKEN[axiom.kind].format(subject=first.subject, object=first.object)
    else:
        return []
    prefixes = "".join(f"@prefix {prefix}: <{space}> . " for prefix, space in PREFIXES.items())
    text = f"{prefixes} <{TEST}Counterexample> a owl:Class ; owl:equivalentClass {broken} . "
    text += " ".join(f"{triple} ." for triple in below)
    return [quad.triple for quad in parse(text, format=RdfFormat.TURTLE, rename_blank_nodes=True)]


# --- Declarations and annotations ------------------------------------------------------------------------------------


def decide_by_checks(mutants: Sequence[Mutant]) -> dict[str, str]:
    """By the mutant's name, the check of ``diplograph check --ontology`` that finds an error or a warning in it.

    The check that noticed the last axiom of the same property is asked first; most often no other is needed.
    """
    noticed: dict[str, str] = {}
    order: dict[str, list[Query]] = {}
    every = list(load_catalog("ontology-checks"))
    for mutant in mutants:
        queries = order.setdefault(mutant.axiom.triples[0].predicate.value, list(every))
        for query in queries:
            if faults(check_terms(mutant.triples, queries=[query])):
                queries.insert(0, queries.pop(queries.index(query)))
                noticed[mutant.name] = f"ontology/{query.name}"
                break
        else:
            found = faults(check_profiles(mutant.triples)) or faults(check_questions(mutant.triples))
            if found or lacks_terms(mutant):
                noticed[mutant.name] = found[0] if found else "vocabulary"
    return noticed


def lacks_terms(mutant: Mutant) -> bool:
    """Whether the vocabulary lacks a term that the clean store or the shapes use: writing a store would stop there."""
    known = read_vocabulary(serialize(mutant.triples, format=RdfFormat.TURTLE, prefixes=PREFIXES) or b"")
    spaces = tuple(PREFIXES[prefix] for prefix in ("dip", "prov", "dcterms"))
    shapes = parse(locate("ontology", "shapes.ttl").read_bytes(), format=RdfFormat.TURTLE)
    terms = (term for quad in (*clean_quads(), *shapes) for term in (quad.predicate, quad.object))
    used = {term.value for term in terms if isinstance(term, NamedNode)} - {DIP}
    try:
        for iri in sorted(used):
            if iri.startswith(spaces):
                known.local_name(iri)
    except TermError:
        return True
    return False


def faults(part: Part) -> list[str]:
    """The checks that found an error or a warning."""
    return [finding.check for finding in part.findings if finding.severity != INFO]


# --- The list --------------------------------------------------------------------------------------------------------


def judge() -> dict[str, str]:
    """By the name of each mutant who notices it: a case, a check, :data:`FOLLOWS` or :data:`NOBODY`."""
    mutants = [*removals(), *weakenings()]
    logical = [mutant for mutant in mutants if mutant.axiom.logical]
    noticed = decide(logical) | decide_by_checks([m for m in mutants if not m.axiom.logical])
    follows = redundant([mutant for mutant in logical if mutant.name not in noticed])
    return {
        mutant.name: noticed.get(mutant.name) or (FOLLOWS if mutant.name in follows else NOBODY)
        for mutant in mutants
    }


def read_list() -> dict[str, str]:
    """What nobody notices, as reviewed: by the mutant's name, :data:`FOLLOWS` or :data:`NOBODY`."""
    listed = tomllib.loads(LIST.read_text(encoding="utf-8"))
    return {
        name: FOLLOWS if key == "follows" else NOBODY
        for key in ("follows", "unnoticed")
        for reason in listed[key]
        for name in reason["axioms"]
    }


def main() -> None:
    start = time.perf_counter()
    judged = judge()
    for name, who in judged.items():
        print(f"{who:45} {name}")
    unnoticed = {name: who for name, who in judged.items() if who in (FOLLOWS, NOBODY)}
    listed = read_list()
    for name in unnoticed.keys() ^ listed.keys():
        print(f"{'not' if name in unnoticed else 'wrongly'} in {LIST.name}: {name}", file=sys.stderr)
    print(
        f"{len(judged)} mutants: {len(judged) - len(unnoticed)} noticed, {len(unnoticed)} not; "
        f"{time.perf_counter() - start:.0f} s",
        file=sys.stderr,
    )
    sys.exit(unnoticed != listed)


if __name__ == "__main__":
    main()
