"""Why there is a contradiction, why a class can have no instance, why something follows: minimal sets of statements.

A justification is a set of axioms and triples that entails something while no part of the set does
(:mod:`~diplograph.checking.justifying` finds it). Here it is looked for ever farther from what is asked about, and put
into statements with their sources.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from pyoxigraph import NamedNode, Quad, Triple

from diplograph.catalog import resolve_actor, resolve_event
from diplograph.checking.datatypes import read_fitting
from diplograph.checking.entailing import Goal, Judge, inconsistency, inference, no_instance
from diplograph.checking.findings import Finding, Source, Statement
from diplograph.checking.justifying import (
    Justification,
    find_several,
    justify_by_reasoner,
    justify_by_rules,
)
from diplograph.checking.material import data_quads
from diplograph.checking.nemo import run_rules
from diplograph.checking.pieces import Piece, make_base, neighbourhood
from diplograph.checking.tracing import trace
from diplograph.checking.wording import Labels, say_axiom, say_triple, short
from diplograph.model import QueryError
from diplograph.quads import TYPE
from diplograph.store import Store
from diplograph.vocabulary import OWL

_RADII = (1, 2, 4)  # steps from what is asked about, tried one after the other
_SMALL = (
    3000  # triples of data that are looked at as a whole where nothing says what a contradiction is about
)
_MOST_SOURCES = 5
_CLASS = NamedNode(OWL + "Class")


@dataclass(frozen=True, slots=True)
class Explanation:
    """A minimal set of statements that entails something.

    ``kind`` is inconsistency, unsatisfiable or inference; ``focus`` the IRI of what it is about, ``value`` that of the
    class or thing that is inferred of it (by ``property``).
    """

    kind: str
    focus: str
    statements: tuple[Statement, ...]
    property: str = ""
    value: str = ""
    conclusion: str = ""


@dataclass(slots=True)
class Explainer:
    """Explains under one ontology, over one store. ``memory`` (MB) and ``timeout`` (seconds) limit each run of Java."""

    store: Store
    ontology: Sequence[Triple]
    reasoner: str = "hermit"
    memory: int = 2000
    timeout: float | None = 300

    def explain(self, goal: Goal, limit: int = 1) -> tuple[Explanation, ...]:
        """Up to ``limit`` justifications, each with the fewest parts; none where the goal is not entailed.

        Raises ReasoningError when the reasoner cannot run, OutOfTime or OutOfMemory when it may not go on.
        """
        fitting = read_fitting(self.ontology)
        bases = [make_base(self.ontology, quads) for quads in self._materials(goal)]
        judges = [Judge(base, fitting, self.reasoner, self.memory, self.timeout) for base in bases]
        for judge in judges:
            if found := find_several(partial(justify_by_rules, judge, goal), judge.base, limit):
                return self._present_all(goal, found)
        if not judges:
            return ()
        # What the rules do not see, the reasoner is asked for: all bases in one run, as long as it says no.
        answers = judges[-1].entails([base.pieces for base in bases], goal)
        entailing = next((judge for judge, answer in zip(judges, answers, strict=True) if answer), None)
        if entailing is None:
            return ()
        found = find_several(partial(justify_by_reasoner, entailing, goal), entailing.base, limit)
        return self._present_all(goal, found)

    def _present_all(self, goal: Goal, found: Sequence[Justification]) -> tuple[Explanation, ...]:
        return tuple(self._present(goal, one) for one in found)

    def _materials(self, goal: Goal) -> list[list[Quad]]:
        """Ever more of the data around what is asked about; all of it where nothing is and it is small."""
        seeds = [
            node
            for node in goal.focus
            if any(True for _ in self.store.inner.quads_for_pattern(node, None, None))
        ]
        if goal.kind == "unsatisfiable":
            return [[]]
        if not seeds:
            everything = []
            for quad in data_quads(self.store):
                everything.append(quad)
                if len(everything) > _SMALL:
                    return [[]]
            return [[], everything]
        found: list[list[Quad]] = []
        for radius in _RADII:
            quads = neighbourhood(self.store, seeds, radius)
            if not found or len(quads) > len(found[-1]):
                found.append(quads)
        return found

    def _present(self, goal: Goal, found: Justification) -> Explanation:
        labels = Labels(self.ontology, self.store)
        statements = _state(self.store, found.parts, labels)
        focus = goal.focus[0].value if goal.focus else ""
        if goal.kind != "inference":
            words = f"{labels.label(focus)} can have no instance" if goal.kind == "unsatisfiable" else ""
            return Explanation(goal.kind, focus, statements, conclusion=words)
        triple = _concluded(goal)
        return Explanation(
            goal.kind,
            focus,
            statements,
            triple.predicate.value,
            str(getattr(triple.object, "value", "")),
            say_triple(triple, labels),
        )


def explain_finding(store: Store, ontology: Sequence[Triple], finding: Finding) -> Finding:
    """The finding with the statements behind it, for a contradiction or a class without instances; as it is for others.

    Raises what :meth:`Explainer.explain` raises.
    """
    goal = _goal_of(finding)
    if goal is None:
        return finding
    found = Explainer(store, ontology).explain(goal)
    if not found and goal.focus and goal.kind == "inconsistency":
        found = Explainer(store, ontology).explain(inconsistency())
    if not found:
        return finding
    sources = dict.fromkeys(source for one in found[0].statements for source in one.sources)
    return replace(
        finding, statements=found[0].statements, sources=tuple(sources)[:_MOST_SOURCES] or finding.sources
    )


def explain_findings(
    store: Store, ontology: Sequence[Triple], findings: Sequence[Finding], *, most: int = 10
) -> tuple[Finding, ...]:
    """The findings, the first ``most`` of those that can be explained with the statements behind them.

    Each costs a second or two; the others are explained when they are asked about.
    """
    explained, left = [], most
    for finding in findings:
        wanted = left > 0 and not finding.statements and _goal_of(finding) is not None
        left -= wanted
        explained.append(explain_finding(store, ontology, finding) if wanted else finding)
    return tuple(explained)


def explain_class(ontology: Sequence[Triple], cls: str, *, limit: int = 1) -> tuple[Explanation, ...]:
    """Why a class, by IRI, can have no instance; nothing where it can have some."""
    with Store.in_memory() as empty:
        return Explainer(empty, ontology).explain(no_instance(cls), limit)


def explain_inference(
    store: Store,
    ontology: Sequence[Triple],
    individual: str,
    value: str,
    *,
    property: str = "",
    limit: int = 1,
) -> tuple[Explanation, ...]:
    """Why an individual is of a class, or why it has a value of an object property; all by IRI. Nothing where it does
    not follow."""
    predicate = NamedNode(property) if property else TYPE
    goal = inference(Triple(NamedNode(individual), predicate, NamedNode(value)))
    return Explainer(store, ontology).explain(goal, limit)


def explain_subject(
    store: Store, ontology: Sequence[Triple], subject: str, *, limit: int = 1
) -> tuple[Explanation, ...]:
    """Why a class can have no instance, or what an individual follows to be; and every contradiction about it.

    ``subject`` is an IRI, the local name of a class, an event's key or the beginning of one, or an actor's name. Raises
    QueryError when it is none of these, or there is nothing to explain.
    """
    classes = {
        triple.subject.value
        for triple in ontology
        if triple.predicate == TYPE and triple.object == _CLASS and isinstance(triple.subject, NamedNode)
    }
    cls = next((iri for iri in sorted(classes) if subject in (iri, short(iri))), None)
    if cls is not None:
        if found := explain_class(ontology, cls, limit=limit):
            return found
        raise QueryError(f"{subject} is a class that can have instances: there is nothing to explain")
    individual = _resolve(store, subject)
    explainer = Explainer(store, ontology)
    if found := explainer.explain(inconsistency([individual]), limit):
        return found  # of a contradiction everything follows
    if found := explain_individual(store, ontology, individual, limit=limit):
        return found
    raise QueryError(f"{subject} is of no class but those that the graph says: there is nothing to explain")


def _resolve(store: Store, subject: str) -> str:
    """The IRI of the event, actor or other thing meant."""
    if "://" in subject:
        return subject
    try:
        return resolve_event(store, subject).value
    except QueryError as no_event:
        try:
            return resolve_actor(store, subject).value
        except QueryError:
            raise no_event from None


def explain_individual(
    store: Store, ontology: Sequence[Triple], individual: str, *, limit: int = 1
) -> tuple[Explanation, ...]:
    """Why an individual, by IRI, is of each of the narrowest classes that it follows to be of.

    Which these are is found by the rules over what is around it. Raises QueryError when the store says nothing of it.
    """
    node = NamedNode(individual)
    quads = neighbourhood(store, [node], _RADII[-1])
    if not any(quad.subject == node for quad in quads):
        raise QueryError(
            f"the store says nothing of <{individual}>; diplograph query events lists its events"
        )
    with run_rules(ontology, (quad.triple for quad in quads)) as run:
        classes = sorted(cls.value for one, cls in run.rows("found") if one == node)
    found: list[Explanation] = []
    for cls in classes:
        found.extend(explain_inference(store, ontology, individual, cls, limit=limit))
    return tuple(found)


def _goal_of(finding: Finding) -> Goal | None:
    if finding.check == "owl/unsatisfiable":
        return no_instance(finding.focus)
    if finding.check == "owl/inconsistent" or finding.check.startswith("rules/"):
        return inconsistency([finding.focus] if "://" in finding.focus else [])
    return None


# --- Statements ------------------------------------------------------------------------------------------------------


def _state(store: Store, pieces: Sequence[Piece], labels: Labels) -> tuple[Statement, ...]:
    """The data first, then the axioms, each axiom once with all its parts that are needed."""
    facts = [_state_fact(store, piece.quad, labels) for piece in pieces if piece.quad]
    parts: dict[str, list[Piece]] = {}
    for piece in pieces:
        if piece.axiom:
            parts.setdefault(piece.axiom, []).append(piece)
    return (*facts, *(_state_axiom(axiom, found, labels) for axiom, found in parts.items()))


def _state_fact(store: Store, quad: Quad, labels: Labels) -> Statement:
    graph = quad.graph_name.value if isinstance(quad.graph_name, NamedNode) else ""
    sources: tuple[Source, ...] = trace(store, quad)
    terms = (str(quad.subject), str(quad.predicate), str(quad.object))
    return Statement(*terms, graph, sources=sources, text=say_triple(quad.triple, labels))


def _state_axiom(axiom: str, parts: Sequence[Piece], labels: Labels) -> Statement:
    main = parts[0].main or parts[0].triples[0]
    texts = [piece.part for piece in parts]
    return Statement(
        str(main.subject),
        str(main.predicate),
        str(main.object),
        axiom=axiom,
        part="; ".join(texts) if texts != [axiom] else "",
        text="; ".join(say_axiom(text, labels) for text in texts),
    )


def _concluded(goal: Goal) -> Triple:
    name, *arguments = goal.fact
    if name == "type":
        subject, value = arguments
        return Triple(subject, TYPE, value)  # type: ignore[arg-type]
    return Triple(*arguments)  # type: ignore[arg-type]
