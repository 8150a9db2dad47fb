"""What an explanation is made of: axioms, parts of axioms, and triples of the data, each by itself.

An axiom often says more than an explanation needs: ten classes are disjoint where two matter, a definition works in one
direction. So axioms are split into parts that say the same together (Horridge, Parsia and Sattler, Laconic and Precise
Justifications in OWL, ISWC 2008; here by conjunction, direction and pair, not inside restrictions).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from diplograph.checking.axioms import Axiom, Term, read_axioms
from diplograph.checking.material import other_graphs
from diplograph.checking.nemo import name_blank_nodes
from diplograph.checking.wording import Expression, parse_axiom, write_expression
from diplograph.quads import TYPE
from diplograph.store import Store
from diplograph.vocabulary import OWL, RDF, RDFS

_SUB = NamedNode(RDFS + "subClassOf")
_EQUIVALENT = NamedNode(OWL + "equivalentClass")
_SKOLEM = "/.well-known/genid/"
_PAIRED = {
    OWL + "AllDisjointClasses": NamedNode(OWL + "disjointWith"),
    OWL + "AllDifferent": NamedNode(OWL + "differentFrom"),
    OWL + "AllDisjointProperties": NamedNode(OWL + "propertyDisjointWith"),
}
_MOST_INCOMING = 50  # triples that lead to a thing from elsewhere: some places and actors have thousands


@dataclass(frozen=True, slots=True)
class Piece:
    """An axiom, a part of one, or a triple of the data.

    ``triples`` say it, the main one first; ``axiom`` is the whole axiom in functional syntax and ``part`` the part;
    ``main`` is the main triple of the whole axiom, where this is a part. ``quad`` is that of the data. One of ``axiom``
    and ``quad`` is there.
    """

    triples: tuple[Triple, ...]
    axiom: str = ""
    part: str = ""
    quad: Quad | None = None
    main: Triple | None = None


@dataclass(frozen=True, slots=True)
class Base:
    """All that an explanation may use: pieces, and the declarations without which they are not understood."""

    pieces: tuple[Piece, ...]
    declarations: tuple[Triple, ...]

    def without(self, removed: frozenset[Piece]) -> Base:
        """The base without some pieces."""
        return Base(tuple(piece for piece in self.pieces if piece not in removed), self.declarations)


def make_base(ontology: Iterable[Triple], quads: Iterable[Quad]) -> Base:
    """The axioms of an ontology and triples of data, as pieces."""
    axioms = read_axioms(map(name_blank_nodes, ontology))
    declarations = [triple for axiom in axioms if axiom.kind == "Declaration" for triple in axiom.triples]
    pieces = [Piece(axiom.triples, axiom.text, axiom.text) for axiom in axioms if axiom.logical]
    pieces += [Piece((name_blank_nodes(quad.triple),), quad=quad) for quad in quads]
    return Base(tuple(pieces), tuple(declarations))


def neighbourhood(store: Store, seeds: Sequence[NamedNode], radius: int, most: int = 4000) -> list[Quad]:
    """The quads that say something of the seeds, of what these name, and so on, so many steps; no more than ``most``,
    the nearest first. What names a thing from elsewhere is taken too, where it is not in many places."""
    others = other_graphs(store)
    found: dict[Quad, None] = {}
    known: set[object] = set(seeds)
    level: list[NamedNode | BlankNode] = list(seeds)
    for _ in range(radius + 1):
        following: list[NamedNode | BlankNode] = []
        for node in level:
            for quad in _around(store, node):
                if quad.graph_name in others or len(found) >= most:
                    continue
                found[quad] = None
                for other in (quad.subject, quad.object):
                    if isinstance(other, NamedNode | BlankNode) and other not in known:
                        known.add(other)
                        if quad.predicate != TYPE:
                            following.append(other)
        level = following
    return list(found)


def _around(store: Store, node: NamedNode | BlankNode) -> Iterator[Quad]:
    yield from store.inner.quads_for_pattern(node, None, None, None)
    incoming = []
    for quad in store.inner.quads_for_pattern(None, None, node, None):
        incoming.append(quad)
        if len(incoming) > _MOST_INCOMING:
            return
    yield from incoming


# --- Parts -----------------------------------------------------------------------------------------------------------


def split(piece: Piece) -> tuple[Piece, ...]:
    """The parts of an axiom, which together say what it says; the piece itself where there are none."""
    if not piece.axiom or piece.part != piece.axiom:
        return (piece,)
    parts = tuple(
        Piece((triple, *_closure(triple, piece.triples)), piece.axiom, text, main=piece.triples[0])
        for triple, text in _split(Axiom(piece.axiom, piece.triples))
    )
    return parts if len(parts) > 1 else (piece,)


def _split(axiom: Axiom) -> Iterator[tuple[Triple, str]]:
    main = axiom.triples[0]
    head, *arguments = parse_axiom(axiom.text)
    if main.predicate == _EQUIVALENT and len(arguments) == 2:
        yield from _subclass(main.subject, main.object, arguments[0], arguments[1], axiom)
        yield from _subclass(main.object, main.subject, arguments[1], arguments[0], axiom)
    elif main.predicate == _SUB:
        yield from _subclass(main.subject, main.object, arguments[0], arguments[1], axiom)
    elif main.predicate in (NamedNode(RDFS + "domain"), NamedNode(RDFS + "range")):
        for node, expression in _members(main.object, arguments[1], "intersectionOf", axiom):
            text = write_expression([head, arguments[0], expression])
            yield Triple(main.subject, main.predicate, node), text
    elif main.predicate == TYPE and isinstance(main.object, NamedNode) and main.object.value in _PAIRED:
        lists = [
            t.object for t in axiom.triples if t.predicate.value in (OWL + "members", OWL + "distinctMembers")
        ]
        nodes = [node for start in lists for node in _list(start, axiom)]
        for (one, a), (other, b) in combinations(zip(nodes, arguments, strict=True), 2):
            yield _triple(one, _PAIRED[main.object.value], other), write_expression([head, a, b])


def _subclass(
    narrow: Term, wide: Term, narrow_text: Expression, wide_text: Expression, axiom: Axiom
) -> Iterator[tuple[Triple, str]]:
    for subject, a in _members(narrow, narrow_text, "unionOf", axiom):
        for value, b in _members(wide, wide_text, "intersectionOf", axiom):
            yield _triple(subject, _SUB, value), write_expression(["SubClassOf", a, b])


def _members(
    node: Term, expression: Expression, connective: str, axiom: Axiom
) -> Iterator[tuple[Term, Expression]]:
    """The members of a conjunction (or disjunction), at any depth, each with how it is written."""
    lists = [t.object for t in axiom.triples if t.subject == node and t.predicate.value == OWL + connective]
    if not lists or isinstance(expression, str):
        yield node, expression
        return
    for member, text in zip(_list(lists[0], axiom), expression[1:], strict=True):
        yield from _members(member, text, connective, axiom)


def _list(start: Term, axiom: Axiom) -> Iterator[Term]:
    parts: dict[tuple[Term, str], Term] = {(t.subject, t.predicate.value): t.object for t in axiom.triples}
    while (start, RDF + "first") in parts:
        yield parts[start, RDF + "first"]
        start = parts[start, RDF + "rest"]


def _triple(subject: Term, predicate: NamedNode, value: Term) -> Triple:
    assert not isinstance(subject, Literal)
    return Triple(subject, predicate, value)


def _closure(main: Triple, triples: Sequence[Triple]) -> list[Triple]:
    """The triples that say what the anonymous classes of a triple are."""
    found: dict[Triple, None] = {}
    waiting: list[object] = [main.subject, main.object]
    while waiting:
        node = waiting.pop()
        if not isinstance(node, NamedNode) or _SKOLEM not in node.value:
            continue
        for triple in triples:
            if triple.subject == node and triple not in found and triple.predicate not in (_SUB, _EQUIVALENT):
                found[triple] = None
                waiting.append(triple.object)
    return list(found)
