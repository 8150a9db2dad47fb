"""OWL 2 RL over large graphs: the rules of ``ontology/rules/owl-rl.rls``, run by nemo.

nemo (Ivliev et al., Nemo: Your Friendly and Versatile Rule Reasoning Toolkit, KR 2024) is a Datalog engine; the rules
are those of W3C, OWL 2 Profiles, section 4.3. What follows by them follows in OWL 2 DL; the converse fails, and
:attr:`Outcome.outside` says for which terms of an ontology.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse, serialize

from diplograph.checking.wording import Labels
from diplograph.model import ReasoningError
from diplograph.resources import locate, read_toml
from diplograph.vocabulary import BASE, RDF, XSD

MOST_CLASHES = 1000
"""Clashes that are explained in one run; more are counted."""

_INPUT = ("ontology", "data", "said")  # nemo ends a derivation at any of them
_ASIDE = (
    "literal(",
    "asked(",
)  # rules about values as such: what they rest on is any triple that has the value
_GENID = f"{BASE}.well-known/genid/"
Node = NamedNode | Literal


@dataclass(frozen=True, slots=True)
class Clash:
    """What cannot be: the rule that says so, who it is about, the property it is about, and what clashes there.

    ``axioms`` and ``facts`` are the triples of the ontology and of the data from which it follows, together enough and
    nearly always no more than that.
    """

    rule: str
    focus: str
    property: str
    values: tuple[str, str]
    axioms: tuple[Triple, ...] = ()
    facts: tuple[Triple, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the rules found: clashes (each with what it rests on; ``clashes_in_all`` may be more than were looked into),
    (individual, narrowest class) that follow and were not said, and (term, construct, side) that the rules do not see:
    ``below`` individuals are not recognised, ``above`` not all that the axiom says of them is concluded."""

    clashes: tuple[Clash, ...]
    clashes_in_all: int
    inferred: tuple[tuple[str, str], ...]
    outside: tuple[tuple[str, str, str], ...]


def materialise(ontology: Iterable[Triple], data: Iterable[Triple]) -> Iterator[Triple]:
    """All triples that follow by OWL 2 RL and were not said: types by named classes, and property values.

    Blank nodes come back as IRIs. Raises ReasoningError when nemo is not installed::

        [str(triple.object) for triple in materialise(ontology, data)]
    """
    with run_rules(ontology, data) as run:
        for subject, cls in run.rows("derivedType"):
            yield _triple(subject, NamedNode(RDF + "type"), cls)
        for subject, predicate, value in run.rows("derivedTriple"):
            yield _triple(subject, predicate, value)


def apply_rules(ontology: Iterable[Triple], data: Iterable[Triple]) -> Outcome:
    """What follows from data and ontology by OWL 2 RL. Raises ReasoningError when nemo is not installed or fails."""
    with run_rules(ontology, data) as run:
        return read_outcome(run)


def read_outcome(run: RuleRun) -> Outcome:
    """All that a run of the rules found."""
    clashes, count = run.clashes()
    inferred = sorted((text(one), text(cls)) for one, cls in run.rows("found"))
    outside = sorted((text(a), text(b), text(c)) for a, b, c in run.rows("outside"))
    return Outcome(clashes, count, tuple(inferred), tuple(outside))


@contextmanager
def run_rules(ontology: Iterable[Triple], data: Iterable[Triple]) -> Iterator[RuleRun]:
    """The rules applied to these triples, to be asked for what follows and why."""
    with open_rules() as rules:
        yield rules.apply(ontology, data)


@contextmanager
def open_rules() -> Iterator[Rules]:
    """The rules, read once, to be applied several times."""
    with TemporaryDirectory(prefix="diplograph-") as folder:
        yield Rules(Path(folder))


class Rules:
    """The rules over the files ``ontology.nt`` and ``data.nt`` of a folder."""

    def __init__(self, folder: Path) -> None:
        try:
            from nmo_python import load_string
        except ImportError as error:
            raise ReasoningError("nemo is not installed: pip install 'diplograph[check]'") from error
        self._folder = folder
        imports = "".join(
            f'@import {name} :- ntriples{{resource="{folder / name}.nt"}} .\n'
            for name in ("ontology", "data")
        )
        text = locate("ontology", "rules", "owl-rl.rls").read_text(encoding="utf-8")
        self._program: Any = load_string(f"{text}\n{imports}")

    def apply(self, ontology: Iterable[Triple], data: Iterable[Triple]) -> RuleRun:
        """What follows from these; the files are written anew."""
        axioms = tuple(map(name_blank_nodes, ontology))
        serialize(axioms, self._folder / "ontology.nt", format=RdfFormat.N_TRIPLES)
        serialize(map(name_blank_nodes, data), self._folder / "data.nt", format=RdfFormat.N_TRIPLES)
        return self.run(axioms)

    def run(self, axioms: Iterable[Triple]) -> RuleRun:
        """What follows from the files as they are; ``axioms`` are the triples of the ontology's."""
        from nmo_python import NemoEngine

        try:
            engine = NemoEngine(self._program)
            engine.reason()
        except Exception as error:  # the one exception of nemo's bindings is of no named class
            raise ReasoningError(f"nemo failed on ontology/rules/owl-rl.rls: {error}") from error
        return RuleRun(engine, axioms)


class RuleRun:
    """What the rules made of some triples; ``axioms`` are those of the ontology."""

    def __init__(self, engine: Any, axioms: Iterable[Triple]) -> None:
        self._engine = engine
        self._axioms: dict[tuple[object, object], list[Triple]] = {}
        for triple in axioms:
            self._axioms.setdefault((triple.subject, triple.predicate), []).append(triple)

    def rows(self, predicate: str) -> Iterator[list[Node]]:
        """The facts of a predicate of the rules."""
        for row in self._engine.result(predicate):
            yield [read_value(value) for value in row]

    def derive(self, predicate: str, *arguments: Node) -> tuple[tuple[Triple, ...], tuple[Triple, ...]]:
        """The triples of the ontology and of the data from which a fact was derived first; none where it was not.

        Those of the ontology are as they were given, those of the data with numbers in their canonical form.
        """
        trace = self._engine.trace(f"{predicate}({', '.join(map(str, arguments))})")
        axioms: dict[Triple, None] = {}
        facts: dict[Triple, None] = {}
        for name, terms in _leaves(trace) if trace is not None else ():
            if name not in _INPUT:
                continue
            triple = _triple(*terms)
            known = self._axioms.get((triple.subject, triple.predicate), ())
            axiom = next((one for one in known if same_value(one.object, triple.object)), None)
            (facts if axiom is None else axioms)[axiom or triple] = None
        return tuple(axioms), tuple(facts)

    def clashes(self) -> tuple[tuple[Clash, ...], int]:
        """The clashes, without those that follow from others by owl:sameAs alone; and how many there are in all."""
        rows: dict[tuple[str, ...], list[Node]] = {}
        for row in sorted(self.rows("clash"), key=str):
            rule, focus, prop, *values = map(text, row)
            rows.setdefault((rule, focus, prop, *sorted(values)), row)
        found = []
        for row in list(rows.values())[:MOST_CLASHES]:
            rule, focus, prop, *(a, b) = map(text, row)
            axioms, facts = self.derive("clash", *row)
            found.append(Clash(rule, focus, prop, (a, b), axioms, facts))
        return _smallest(found), len(rows)


def describe_clash(clash: Clash, labels: Labels) -> tuple[str, str]:
    """What is wrong, in English and in Arabic."""
    templates = read_toml("ontology", "rules", "owl-rl.toml")[clash.rule]
    arguments = {"focus": clash.focus, "property": clash.property, "a": clash.values[0], "b": clash.values[1]}
    english, arabic = (
        str(templates[language]).format(
            **{name: labels.label(value, language) for name, value in arguments.items()}
        )
        for language in ("en", "ar")
    )
    return english, arabic


# --- nemo's values ---------------------------------------------------------------------------------------------------


def read_value(value: Any) -> Node:
    """A value of nemo's as a term of RDF. Numbers come back in the canonical form of their value, not as written."""
    if isinstance(value, bool | int | float):
        return Literal(value)
    if not isinstance(value, str):  # nmo_python.NemoLiteral
        if value.language():
            return Literal(value.value(), language=value.language())
        return Literal(value.value(), datatype=NamedNode(value.datatype()))
    if value.startswith("<"):
        return NamedNode(value[1:-1])
    return _unquote(value)


def text(term: Node) -> str:
    """The IRI of a node, or the letters of a literal."""
    return term.value


def same_value(one: object, other: object) -> bool:
    """Whether two terms are one to nemo, which writes numbers anew.

    >>> same_value(Literal(2), Literal("02", datatype=NamedNode(XSD + "nonNegativeInteger")))
    True
    """
    if one == other:
        return True
    if not isinstance(one, Literal) or not isinstance(other, Literal) or one.language or other.language:
        return False
    if XSD + "string" in (one.datatype.value, other.datatype.value):
        return False
    try:
        return float(one.value) == float(other.value)
    except ValueError:
        return False


def _unquote(value: str) -> Literal:
    [quad] = parse(f"<a:a> <a:a> {value} .".encode(), format=RdfFormat.N_TRIPLES)
    assert isinstance(quad.object, Literal)
    return quad.object


def _leaves(trace: Any) -> Iterator[tuple[str, list[Node]]]:
    """The facts at the ends of a derivation, each once."""
    waiting, seen = [trace], set()
    while waiting:
        node = waiting.pop()
        fact = node.fact()
        if fact is None:
            waiting.extend(() if node.rule().startswith(_ASIDE) else node.subtraces())
        elif repr(fact) not in seen:
            seen.add(repr(fact))
            yield fact.predicate(), [read_value(value) for value in fact.constants()]


def _smallest(clashes: list[Clash]) -> tuple[Clash, ...]:
    """Without those that rest on all that another one rests on, and more."""
    kept: list[tuple[frozenset[Triple], Clash]] = []
    for clash in sorted(clashes, key=lambda one: len(one.axioms) + len(one.facts)):
        basis = frozenset((*clash.axioms, *clash.facts))
        if not any(other <= basis for other, _ in kept):
            kept.append((basis, clash))
    return tuple(sorted((clash for _, clash in kept), key=lambda one: (one.focus, one.rule, one.values)))


def _triple(subject: Node, predicate: Node, value: Node) -> Triple:
    # Values of literals are typed too, inside the rules only: a literal is no subject of a triple of RDF 1.1.
    assert isinstance(subject, NamedNode) and isinstance(predicate, NamedNode)
    return Triple(subject, predicate, value)


def name_blank_nodes(triple: Triple) -> Triple:
    """The triple with IRIs for blank nodes, which nemo would number anew: those that quads.skolemise gives."""

    def name(term: Any) -> Any:
        return NamedNode(_GENID + term.value) if isinstance(term, BlankNode) else term

    return Triple(name(triple.subject), triple.predicate, name(triple.object))
