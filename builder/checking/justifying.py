"""Minimal sets of pieces that entail something (justifications), and the parts of their axioms that are needed for it.

The rules propose: their derivation of a fact rests on few triples. Where they see nothing, all pieces are reduced. HermiT
disposes: that a set entails, and that without any one of its members it does not, is always its word (Kalyanpur et al.,
Finding All Justifications of OWL DL Entailments, ISWC 2007). Axioms are then cut down to the parts that are needed
(Horridge, Parsia and Sattler, Laconic and Precise Justifications in OWL, ISWC 2008; see ``pieces``).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec

from pyoxigraph import NamedNode, Triple

from diplograph.checking.axioms import shorten_iri
from diplograph.checking.entailing import Goal, Judge, minimise
from diplograph.checking.locality import relevant_axioms
from diplograph.checking.nemo import RuleRun, Rules, open_rules, same_value
from diplograph.checking.pieces import Base, Piece, split

_STEPS = 8  # how many sets of ever more facts are tried at once


@dataclass(frozen=True, slots=True)
class Justification:
    """Pieces that entail a goal while no fewer of them do, and the parts of them that do so likewise."""

    pieces: tuple[Piece, ...]
    parts: tuple[Piece, ...]


def justify_by_rules(judge: Judge, goal: Goal, base: Base) -> Justification | None:
    """A justification within a base, on which the goal rests by the rules too; None where these do not derive it, or
    nemo, which runs them, is not installed."""
    if find_spec("nmo_python") is None:
        return None
    with open_rules() as rules:
        pieces = _reduce_by_rules(rules, base.pieces, goal)
        if not pieces:
            return None
        parts = _reduce_by_rules(rules, _split(pieces), goal) or pieces
    if _is_minimal(judge, pieces, parts, goal):
        return Justification(pieces, parts)
    # What the rules cannot do without, the reasoner may.
    return _justify(judge, pieces, goal)


def justify_by_reasoner(judge: Judge, goal: Goal, base: Base) -> Justification | None:
    """A justification within a base, found by asking the reasoner alone; None where the base does not entail it.

    The base is cut down first: to the facts nearest to what is asked about, as many as are needed with all axioms; then
    to the axioms that can matter for the terms of those.
    """
    axioms = [piece for piece in base.pieces if piece.axiom]
    facts = [piece for piece in base.pieces if piece.quad]
    counts = [len(facts) * step // _STEPS for step in range(_STEPS + 1)]
    candidates = [[*axioms, *facts[:count]] for count in counts]
    enough = next((n for n, answer in enumerate(judge.entails(candidates, goal)) if answer), None)
    if enough is None:
        return None
    near = facts[: counts[enough]]
    triples = [triple for piece in near for triple in piece.triples] + list(goal.opposite)
    terms = {
        node.value for one in triples for node in (one.predicate, one.object) if isinstance(node, NamedNode)
    }
    relevant = relevant_axioms((piece.axiom for piece in axioms), map(shorten_iri, terms))
    return _justify(
        judge, [*(piece for piece in axioms if piece.axiom in relevant), *near], goal
    ) or _justify(judge, [*axioms, *near], goal)


def find_several(
    justify: Callable[[Base], Justification | None], base: Base, limit: int
) -> list[Justification]:
    """Up to ``limit`` justifications: each further one lacks something of those before (Reiter, A Theory of Diagnosis
    from First Principles, 1987)."""
    found: list[Justification] = []
    waiting: deque[frozenset[Piece]] = deque([frozenset()])
    seen: set[frozenset[Piece]] = set()
    while waiting and len(found) < limit:
        removed = waiting.popleft()
        known = next((one for one in found if not removed & set(one.pieces)), None)
        one = known or justify(base.without(removed))
        if one is None:
            continue
        if known is None:
            found.append(one)
        for piece in one.pieces:
            following = removed | {piece}
            if following not in seen:
                seen.add(following)
                waiting.append(following)
    return found


def _justify(judge: Judge, candidates: Sequence[Piece], goal: Goal) -> Justification | None:
    pieces = minimise(judge, candidates, goal)
    if pieces is None:
        return None
    parts = _split(pieces)
    return Justification(
        pieces, pieces if len(parts) == len(pieces) else minimise(judge, parts, goal) or pieces
    )


def _split(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    return tuple(part for piece in pieces for part in split(piece))


def _is_minimal(judge: Judge, pieces: Sequence[Piece], parts: Sequence[Piece], goal: Goal) -> bool:
    """Whether the parts entail the goal, and neither they nor the pieces do with one left out; in one run of Java, since
    only the last question is answered by yes. That the pieces entail it follows: they say all that the parts say."""
    fewer = [[one for one in pieces if one != left_out] for left_out in pieces]
    if tuple(parts) != tuple(pieces):
        fewer += [[one for one in parts if one != left_out] for left_out in parts]
    answers = judge.entails([*fewer, list(parts)], goal)
    return all(answer == (number == len(fewer)) for number, answer in enumerate(answers))


# --- Rules -----------------------------------------------------------------------------------------------------------


def _reduce_by_rules(rules: Rules, pieces: Sequence[Piece], goal: Goal) -> tuple[Piece, ...]:
    """As few pieces as let the rules derive the goal; none where all do not."""
    kept = _derive(rules, pieces, goal)
    for piece in kept:
        if piece in kept and (fewer := _derive(rules, [one for one in kept if one != piece], goal)):
            kept = fewer
    return kept


def _derive(rules: Rules, pieces: Sequence[Piece], goal: Goal) -> tuple[Piece, ...]:
    """The pieces on which the rules' derivation of the goal rests, in their order."""
    axioms = [triple for piece in pieces if piece.axiom for triple in piece.triples]
    facts = [piece.triples[0] for piece in pieces if piece.quad]
    if goal.kind == "unsatisfiable":
        facts += goal.opposite
    leaves = _derivation(rules.apply(axioms, facts), goal)
    return tuple(
        piece
        for piece in pieces
        if any(_is_same(leaf, triple) for leaf in leaves for triple in piece.triples)
    )


def _derivation(run: RuleRun, goal: Goal) -> tuple[Triple, ...]:
    if goal.fact:
        name, *arguments = goal.fact
        axioms, facts = run.derive(str(name), *arguments)  # type: ignore[arg-type]
        return (*axioms, *facts)
    clashes, _ = run.clashes()
    focus = {node.value for node in goal.focus}
    about = [clash for clash in clashes if clash.focus in focus] or list(clashes)
    shortest = min(about, key=lambda one: len(one.axioms) + len(one.facts), default=None)
    return (*shortest.axioms, *shortest.facts) if shortest else ()


def _is_same(leaf: Triple, triple: Triple) -> bool:
    return (
        leaf.subject == triple.subject
        and leaf.predicate == triple.predicate
        and same_value(leaf.object, triple.object)
    )
