"""The cases of tests/reasoning/: what is planted in the clean store, and what must come out (see README.md there)."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from pyoxigraph import NamedNode, Quad, RdfFormat, Triple, parse, serialize

from diplograph.checking.axioms import Axiom, read_axioms
from diplograph.checking.datatypes import read_fitting
from diplograph.quads import WIKIDATA, ontology_quads
from diplograph.resources import locate
from diplograph.store import PREFIXES, Store
from diplograph.vocabulary import BASE, DIP

FOLDER = Path(__file__).parent / "reasoning"
TEST = f"{BASE}test#"
"""Where the classes are that a case adds to the ontology, by its axioms.ttl."""

Axioms = tuple[str, ...]


@dataclass(frozen=True)
class Expected:
    """One thing that must follow in a case. ``kind`` is inconsistent, inferred or unsatisfiable; ``individual`` and
    ``cls`` are IRIs, empty where there is none. ``because`` are the minimal sets of axioms from which it follows, each
    of them enough; ``rules`` whether OWL 2 RL can find it."""

    kind: str
    individual: str = ""
    cls: str = ""
    because: tuple[Axioms, ...] = ()
    rules: bool = True

    @property
    def critical(self) -> frozenset[str]:
        """The axioms that every explanation has: without any of them it does not follow."""
        return frozenset.intersection(*map(frozenset, self.because)) if self.because else frozenset()


@dataclass(frozen=True)
class Case:
    """A folder of tests/reasoning/."""

    name: str
    expected: Mapping[str, Any]

    @property
    def folder(self) -> Path:
        return FOLDER / self.name

    @cached_property
    def planted(self) -> frozenset[Quad]:
        return frozenset(_read(self.folder / "plant.trig"))

    @cached_property
    def removed(self) -> frozenset[Quad]:
        return frozenset(_read(self.folder / "remove.trig"))

    def quads(self) -> list[Quad]:
        """The clean store with the plant in it, and without what it takes away."""
        clean, planted, removed = clean_quads(), self.planted, self.removed
        assert removed <= set(clean), f"{self.name} takes away what is not there"
        assert not planted & set(clean), f"{self.name} plants what is there"
        return [*(quad for quad in clean if quad not in removed), *planted]

    @cached_property
    def axioms(self) -> tuple[Triple, ...]:
        """What it adds to the ontology."""
        return tuple(quad.triple for quad in _read(self.folder / "axioms.ttl"))

    def ontology(self) -> list[Triple]:
        return [*ontology_triples(), *self.axioms]

    def own(self, iri: str) -> str:
        """What an IRI becomes where several cases share a store: a term of the ontology stays, the rest is the case's."""
        for space in (TEST, WIKIDATA):
            if iri.startswith(space):
                return f"{space}{self.name}-{iri.removeprefix(space)}"
        room, slash, key = iri.removeprefix(BASE).partition("/")
        if iri.startswith(DIP) or not iri.startswith(BASE) or not slash:
            return iri
        return f"{BASE}{room}/{self.name}/{key}"

    def consequences(self) -> tuple[Expected, ...]:
        """What a reasoner must find: nothing where there is only something for the shapes."""
        owl = self.expected.get("owl", {})
        rules, found = owl.get("rules", True), []
        if not owl.get("consistent", True):
            found.append(Expected("inconsistent", because=_because(owl), rules=rules))
        for name in owl.get("unsatisfiable", []):
            found.append(Expected("unsatisfiable", cls=term(name), because=_because(owl), rules=rules))
        for one in owl.get("inferred", []):
            individual, cls = BASE + one["individual"], term(one["class"])
            found.append(Expected("inferred", individual, cls, _because(one), one.get("rules", rules)))
        return tuple(found)

    def absent(self) -> frozenset[tuple[str, str]]:
        """(individual, class) of what must not be inferred."""
        rows = self.expected.get("owl", {}).get("absent", [])
        return frozenset((BASE + row["individual"], term(row["class"])) for row in rows)


def term(name: str) -> str:
    """The IRI of a class as expected.toml writes it: ``PhoneCall``, ``prov:Activity``, ``test:Own``."""
    prefix, _, local = name.rpartition(":")
    return {**PREFIXES, "test": TEST, "": DIP}[prefix] + local


@cache
def load_cases() -> tuple[Case, ...]:
    """All cases, by name."""
    names = sorted(path.parent.name for path in FOLDER.glob("*/expected.toml"))
    return tuple(Case(name, tomllib.loads((FOLDER / name / "expected.toml").read_text())) for name in names)


@cache
def clean_quads() -> tuple[Quad, ...]:
    return tuple(_read(FOLDER / "clean.trig"))


def clean_types() -> frozenset[tuple[str, str]]:
    """(individual, class) of all that follows in the clean store: it has two heads of state."""
    return frozenset((f"{BASE}actor/{who}", DIP + "HeadOfState") for who in ("amir", "malik"))


@cache
def ontology_triples() -> tuple[Triple, ...]:
    text = locate("ontology", "diplograph.ttl").read_bytes()
    return tuple(quad.triple for quad in parse(text, format=RdfFormat.TURTLE, rename_blank_nodes=True))


@cache
def ontology_axioms() -> tuple[Axiom, ...]:
    return read_axioms(ontology_triples())


def together(cases: Iterable[Case]) -> tuple[list[Quad], list[Triple]]:
    """The data of several cases, each in IRIs of its own, and the ontology with the axioms of all."""
    quads, ontology = [], [*ontology_triples()]
    for case in cases:

        def own(term: Any, case: Case = case) -> Any:
            return NamedNode(case.own(term.value)) if isinstance(term, NamedNode) else term

        quads += [Quad(own(q.subject), q.predicate, own(q.object), own(q.graph_name)) for q in case.quads()]
        ontology += [Triple(own(t.subject), t.predicate, own(t.object)) for t in case.axioms]
    return quads, ontology


def fill(quads: list[Quad] | tuple[Quad, ...]) -> Store:
    """A store in memory with these quads, and the ontology beside them, as a build makes it."""
    store = Store.in_memory()
    store.inner.extend(
        [*quads, *ontology_quads(locate("ontology", "diplograph.ttl").read_text(encoding="utf-8"))]
    )
    return store


def to_owl(ontology: list[Triple], quads: list[Quad] | tuple[Quad, ...] = ()) -> bytes:
    """Ontology and data as N-Triples, as a reasoner is given them."""
    data = read_fitting(ontology).fit_all((quad.triple for quad in quads), Counter())
    text = serialize([*ontology, *data], format=RdfFormat.N_TRIPLES)
    assert text is not None
    return text


def _read(path: Path) -> list[Quad]:
    if not path.exists():
        return []
    return list(parse(path.read_bytes(), format=RdfFormat.TRIG, base_iri=BASE, rename_blank_nodes=True))


def _because(table: Mapping[str, Any]) -> tuple[Axioms, ...]:
    return tuple(tuple(axioms) for axioms in table.get("because", []))
