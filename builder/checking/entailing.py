"""Whether some pieces entail something, and which of them are needed for it: asked of a reasoner, as of a black box.

Everything is turned into inconsistency: a class can have no instance when one instance is a contradiction, and an
inference holds when its opposite is one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from pyoxigraph import BlankNode, NamedNode, RdfFormat, Triple, serialize

from diplograph.checking.datatypes import Fitting
from diplograph.checking.pieces import Base, Piece
from diplograph.checking.reasoners import run_reasoner
from diplograph.quads import TYPE
from diplograph.vocabulary import OWL

_SKOLEM = "/.well-known/genid/"
_SOMETHING = NamedNode("urn:diplograph:something")
_PARTS_FIRST = 24  # from so many pieces on, halves, quarters … are tried before single ones


@dataclass(frozen=True, slots=True)
class Goal:
    """What is to be explained, in words, and the triples with which it becomes an inconsistency.

    ``focus`` are the individuals (or the class) it is about, and ``fact`` what of the rules' facts stands for it:
    a predicate and its arguments, or a clash about the focus.
    """

    kind: str
    focus: tuple[NamedNode, ...] = ()
    opposite: tuple[Triple, ...] = ()
    fact: tuple[object, ...] = ()


def inconsistency(focus: Iterable[str] = ()) -> Goal:
    """That there is a contradiction, about these individuals if any is given."""
    return Goal("inconsistency", tuple(map(NamedNode, focus)))


def no_instance(cls: str) -> Goal:
    """That a class can have no instance."""
    member = Triple(_SOMETHING, TYPE, NamedNode(cls))
    return Goal("unsatisfiable", (NamedNode(cls), _SOMETHING), (member,))


def inference(triple: Triple) -> Goal:
    """That a triple follows: a type, or a value of an object property."""
    subject, value = triple.subject, triple.object
    assert isinstance(subject, NamedNode) and isinstance(value, NamedNode)
    node = BlankNode("opposite")
    if triple.predicate == TYPE:
        opposite: tuple[Triple, ...] = (
            Triple(subject, TYPE, node),
            Triple(node, TYPE, NamedNode(OWL + "Class")),
            Triple(node, NamedNode(OWL + "complementOf"), value),
        )
        return Goal("inference", (subject,), opposite, ("type", subject, value))
    opposite = (
        Triple(node, TYPE, NamedNode(OWL + "NegativePropertyAssertion")),
        Triple(node, NamedNode(OWL + "sourceIndividual"), subject),
        Triple(node, NamedNode(OWL + "assertionProperty"), triple.predicate),
        Triple(node, NamedNode(OWL + "targetIndividual"), value),
    )
    return Goal("inference", (subject, value), opposite, ("triple", subject, triple.predicate, value))


@dataclass(slots=True)
class Judge:
    """Asks a reasoner; ``asked`` counts how often."""

    base: Base
    fitting: Fitting
    reasoner: str = "hermit"
    memory: int = 2000
    timeout: float | None = None
    asked: int = 0
    _declarations: dict[NamedNode, list[Triple]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for triple in self.base.declarations:
            if isinstance(triple.subject, NamedNode):
                self._declarations.setdefault(triple.subject, []).append(triple)

    def entails(self, candidates: Sequence[Sequence[Piece]], goal: Goal) -> Iterator[bool]:
        """For each set of pieces whether it entails the goal, as it is known; all in one run of Java while they do not.

        Raises ReasoningError when the reasoner cannot run, OutOfTime or OutOfMemory when it may not go on.
        """
        texts = [self.write(pieces, goal) for pieces in candidates]
        for verdict in run_reasoner(self.reasoner, texts, memory=self.memory, timeout=self.timeout):
            self.asked += 1
            yield not verdict.consistent

    def write(self, pieces: Iterable[Piece], goal: Goal) -> bytes:
        """Pieces, the declarations they need, and the opposite of the goal, as N-Triples."""
        seen: Counter[tuple[str, bool]] = Counter()
        triples: dict[Triple, None] = dict.fromkeys(goal.opposite)
        for number, piece in enumerate(pieces):
            for triple in piece.triples:
                fitted = triple if piece.axiom else self.fitting.fit(triple, seen)
                if fitted is not None:
                    triples[_with_blank_nodes(fitted, number) if piece.axiom else fitted] = None
        nodes = {node for triple in triples for node in (triple.subject, triple.predicate, triple.object)}
        for node in nodes:
            if isinstance(node, NamedNode):
                triples.update(dict.fromkeys(self._declarations.get(node, ())))
        text = serialize(triples, format=RdfFormat.N_TRIPLES)
        assert text is not None
        return text


def minimise(judge: Judge, pieces: Sequence[Piece], goal: Goal) -> tuple[Piece, ...] | None:
    """As few of the pieces as entail the goal: without any one of them it is lost. None where all do not entail it.

    Pieces are left out in groups and then one by one. What is needed in a larger set is needed in a smaller one, so
    each group is tried once, and the reasoner starts anew only where something could be left out.
    """
    kept = tuple(dict.fromkeys(pieces))
    size = len(kept) // 2 if len(kept) >= _PARTS_FIRST else 1
    known = False
    if size > 1 and not (known := next(judge.entails([kept], goal))):
        return None
    while True:
        reduced = _reduce(judge, kept, goal, size, known)
        if reduced is None:
            return None
        kept, known = reduced, True
        if size == 1:
            return kept
        size = max(1, min(size // 2, len(kept) // 2))


def _reduce(
    judge: Judge, pieces: tuple[Piece, ...], goal: Goal, size: int, known: bool
) -> tuple[Piece, ...] | None:
    """The pieces without the groups of this size that can be left out. ``known``: that all entail the goal."""
    groups = [pieces[start : start + size] for start in range(0, len(pieces), size)]
    tried = 0
    while tried < len(groups):
        candidates = [
            [piece for other, group in enumerate(groups) if other != number for piece in group]
            for number in range(tried, len(groups))
        ]
        everything = [piece for group in groups for piece in group]
        verdicts = judge.entails(candidates if known else [*candidates, everything], goal)
        for number, verdict in enumerate(verdicts):
            if verdict and number == len(candidates):
                known = True
            elif verdict:
                del groups[tried + number]
                tried, known = tried + number, True
                break
        else:
            if not known:
                return None
            break
    return tuple(piece for group in groups for piece in group)


def _with_blank_nodes(triple: Triple, number: int) -> Triple:
    """The anonymous classes of an axiom as blank nodes, as the mapping of OWL to RDF wants, its own for each piece."""

    def name(node: object) -> object:
        if isinstance(node, NamedNode) and _SKOLEM in node.value:
            return BlankNode(f"p{number}x{node.value.rpartition('/')[2]}")
        return node

    return Triple(name(triple.subject), triple.predicate, name(triple.object))  # type: ignore[arg-type]
