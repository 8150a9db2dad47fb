"""A graph cut into neighbourhoods that a reasoner can take one by one: of an event, of an actor or place, of a document.

The neighbourhood of something is what is said of it, of those of its values that matter for what it is, and so on; from
an actor nothing leads back to the events it takes part in, so neighbourhoods stay small however large the graph. Which
values matter, and where something follows from the other side, is read off the ontology
(:class:`~diplograph.checking.links.Links`); individuals that are one are taken together. Every triple of the data is in some neighbourhood, and none is in one that the data lacks; so what
contradicts in a neighbourhood contradicts in the whole. docs/checking.md says what a split can miss.

What comes to one thing from several neighbourhoods is checked by :func:`summarise`: all things of the same classes with
the same properties, in both directions, are stood for by one.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from diplograph.checking.datatypes import Fitting
from diplograph.checking.links import Links
from diplograph.checking.material import data_quads, other_graphs
from diplograph.quads import SAME_AS, TYPE, document_graph, shared_graph
from diplograph.store import Store
from diplograph.vocabulary import OWL

Node = NamedNode | BlankNode
STAND_IN = "urn:diplograph:checking:"
"""Individuals below this IRI stand for some that have no name; they are in no answer."""
KINDS = ("actor", "event", "document", "rest")


@dataclass(frozen=True, slots=True)
class Module:
    """A neighbourhood: of what it is (an IRI, empty for the whole), and its lines of N-Triples, sorted.

    ``kind`` is actor (or place), event, document, rest or summary; ``hash`` is the SHA-256 of the lines.
    """

    kind: str
    seed: str
    lines: tuple[str, ...]
    hash: str


@dataclass(slots=True)
class Survey:
    """What one look at all the data gives; made by :func:`survey`.

    ``equal`` has the individuals that are one with each; ``signatures`` has for each set of classes and properties, in
    both directions, one individual that has just these; ``common`` is what the data says of the ontology's own terms,
    which no module can do without; ``inward`` are the properties that lead to an actor or place from anywhere;
    ``triples`` counts the data, ``values`` those that a reasoner does not get as they
    are: (datatype, whether given as a text).
    """

    triples: int = 0
    values: Counter[tuple[str, bool]] = field(default_factory=Counter)
    equal: dict[Node, frozenset[Node]] = field(default_factory=dict)
    signatures: dict[frozenset[str], Node] = field(default_factory=dict)
    common: tuple[Triple, ...] = ()
    inward: dict[Node, tuple[str, ...]] = field(default_factory=dict)


class _Marks:
    """The classes and properties of each individual: sets that many share, each kept once, so that millions fit."""

    def __init__(self) -> None:
        self._sets: list[frozenset[str]] = [frozenset()]
        self._numbers = {self._sets[0]: 0}
        self._steps: dict[tuple[int, str], int] = {}
        self._of: dict[Node, int] = {}

    def add(self, node: Node, sign: str) -> None:
        """Adds a class, as in N-Triples, a property that leads from it (>o, >d for values) or one that leads to it (<)."""
        before = self._of.get(node, 0)
        after = self._steps.get((before, sign))
        if after is None:
            larger = self._sets[before] | {sign}
            after = self._numbers.setdefault(larger, len(self._sets))
            if after == len(self._sets):
                self._sets.append(larger)
            self._steps[before, sign] = after
        self._of[node] = after

    def __getitem__(self, node: Node) -> frozenset[str]:
        return self._sets[self._of[node]]

    def __iter__(self) -> Iterator[Node]:
        return iter(self._of)


def survey(store: Store, links: Links, fitting: Fitting) -> Survey:
    """Looks at every triple of the data once."""
    found = Survey()
    first_value: dict[tuple[str, Node], Node] = {}
    first_owner: dict[tuple[str, Node], Node] = {}
    marks = _Marks()
    same: list[tuple[Node, Node]] = []
    common: list[Triple] = []
    actors = shared_graph("actors", base=store.base)
    shared: set[Node] = set()
    for quad in data_quads(store):
        found.triples += 1
        subject, predicate, value = quad.subject, quad.predicate.value, quad.object
        assert isinstance(subject, NamedNode | BlankNode)
        if quad.graph_name == actors:
            shared.add(subject)
        if _is_term((subject,), links):
            common.append(quad.triple)
        if isinstance(value, Literal):
            fitting.fit(quad.triple, found.values)
            marks.add(subject, f">d{predicate}")
        elif quad.predicate == TYPE:
            marks.add(subject, str(value))
        elif isinstance(value, NamedNode | BlankNode):
            marks.add(subject, f">o{predicate}")
            marks.add(value, f"<{predicate}")
            if quad.predicate == SAME_AS:
                same.append((subject, value))
            if predicate in links.one_value:
                first = first_value.setdefault((predicate, subject), value)
                same += [] if first == value else [(first, value)]
            if predicate in links.one_owner:
                first = first_owner.setdefault((predicate, value), subject)
                same += [] if first == subject else [(first, subject)]
    found.equal = _group(pair for pair in same if pair[0] != pair[1] and not _is_term(pair, links))
    for node in marks:
        if not _is_term((node,), links):
            found.signatures.setdefault(marks[node], node)
    found.common = tuple(common)
    for node in shared:
        found.inward[node] = tuple(sorted(one[1:] for one in marks[node] if one[0] == "<" and one[-1] != ">"))
    return found


def _is_term(nodes: Iterable[Node], links: Links) -> bool:
    return any(isinstance(node, NamedNode) and node.value in links.terms for node in nodes)


def _group(pairs: Iterable[tuple[Node, Node]]) -> dict[Node, frozenset[Node]]:
    """The sets that pairs of equals make up, by member."""
    groups: dict[Node, set[Node]] = {}
    for one, other in pairs:
        merged = groups.get(one, {one}) | groups.get(other, {other})
        for member in merged:
            groups[member] = merged
    return {member: frozenset(group) for member, group in groups.items()}


class Splitter:
    """Cuts a store into modules.

    >>> from diplograph.checking.material import load_ontology
    >>> from diplograph.checking.datatypes import read_fitting
    >>> from diplograph.checking.links import read_links
    >>> ontology = load_ontology()
    >>> links, fitting = read_links(ontology), read_fitting(ontology)
    >>> with Store.in_memory() as store:
    ...     splitter = Splitter(store, links, fitting, survey(store, links, fitting))
    ...     list(splitter.modules("event"))
    []
    """

    def __init__(self, store: Store, links: Links, fitting: Fitting, seen: Survey) -> None:
        self._store = store
        self._links = links
        self._fitting = fitting
        self._equal = seen.equal
        self._others = other_graphs(store)
        self._kept: dict[Node, tuple[tuple[str, ...], tuple[Node, ...]]] = {}
        self._actors = shared_graph("actors", base=store.base)
        self._inward = seen.inward
        self._common = [write_line(one) for one in map(fitting.fit, seen.common) if one is not None]
        self._inferred: dict[str, list[str]] = {}

    def learn(self, types: Iterable[tuple[str, str]]) -> None:
        """Takes what was inferred of actors and places, (individual, class) by IRI, into the modules that follow."""
        for individual, cls in types:
            line = f"<{individual}> {TYPE} <{cls}> .\n"
            self._inferred.setdefault(f"<{individual}>", []).append(line)
        self._kept.clear()

    def modules(self, kind: str) -> Iterator[Module]:
        """The neighbourhoods of this kind, in the order of what they are of."""
        for seed, nodes in self._seeds(kind):
            yield self._module(kind, seed, nodes)

    def _seeds(self, kind: str) -> Iterator[tuple[str, Sequence[Node]]]:
        """(name, individuals) of each neighbourhood. What is in no graph of the other kinds is the rest, by graph."""
        base = self._store.base
        if kind in ("actor", "event"):
            for node in sorted(self._subjects(shared_graph(f"{kind}s", base=base)), key=str):
                yield str(node).strip("<>"), [node]
            return
        known = {shared_graph(name, base=base) for name in ("actors", "events")} | self._others
        start = document_graph("", base=base).value
        for graph in self._store.graph_names():
            if graph not in known and (kind == "document") == graph.value.startswith(start):
                yield graph.value, sorted(self._subjects(graph), key=str)

    def _subjects(self, graph: NamedNode) -> set[Node]:
        return {q.subject for q in self._store.quads(graph) if isinstance(q.subject, NamedNode | BlankNode)}

    def _module(self, kind: str, seed: str, nodes: Sequence[Node]) -> Module:
        lines = set(self._common)
        if kind == "actor":  # what others say of it, without saying who
            for number, iri in enumerate(self._inward.get(nodes[0], ())):
                lines.add(f"<{STAND_IN}{make_label(seed)}:{number}> <{iri}> {nodes[0]} .\n")
        seen: set[Node] = set(nodes)
        waiting = list(nodes)
        while waiting:
            said, named = self._said_of(waiting.pop())
            lines.update(said)
            fresh = [node for node in named if node not in seen]
            seen.update(fresh)
            waiting.extend(fresh)
        return make_module(kind, seed, lines)

    def _said_of(self, node: Node) -> tuple[tuple[str, ...], tuple[Node, ...]]:
        """What is said of an individual, and whom that leads to; kept for those that many neighbourhoods share."""
        if node in self._kept:
            return self._kept[node]
        lines, named, shared = list(self._inferred.get(str(node), ())), [], node in self._equal
        for quad in self._quads(node):
            fitted = self._fitting.fit(quad.triple)
            if fitted is None:
                continue
            lines.append(write_line(fitted))
            shared = shared or quad.graph_name == self._actors
            other = quad.object if quad.subject == node else quad.subject
            if isinstance(other, NamedNode | BlankNode) and self._leads(quad, node):
                named.append(other)
        for equal in self._equal.get(node, ()):
            if equal != node:
                lines.append(write_line(Triple(node, SAME_AS, equal)))
                named.append(equal)
        leading = tuple(one for one in named if not _is_term((one,), self._links))
        found = tuple(lines), leading
        if shared:
            self._kept[node] = found
        return found

    def _leads(self, quad: Quad, node: Node) -> bool:
        """Whether the other end of a triple matters for this one."""
        name = quad.predicate.value
        if self._links.indivisible:
            return quad.predicate != TYPE
        return (
            quad.subject != node
            or name in self._links.lead
            or (name.startswith(OWL) and quad.predicate != SAME_AS)
        )

    def _quads(self, node: Node) -> Iterator[Quad]:
        inner, others = self._store.inner, self._others
        for quad in inner.quads_for_pattern(node, None, None, None):
            if quad.graph_name not in others:
                yield quad
        properties: Iterable[NamedNode | None] = map(NamedNode, sorted(self._links.follow))
        if self._links.indivisible:
            properties = (None,)
        for predicate in properties:
            for quad in inner.quads_for_pattern(None, predicate, node, None):
                if quad.graph_name not in others:
                    yield quad


def write_line(triple: Triple) -> str:
    """A triple as a line of N-Triples, with an IRI for each blank node: OWL 2 DL lets anonymous individuals do less."""
    subject, value = triple.subject, triple.object
    if isinstance(subject, BlankNode):
        subject = NamedNode(f"{STAND_IN}blank:{subject.value}")
    if isinstance(value, BlankNode):
        value = NamedNode(f"{STAND_IN}blank:{value.value}")
    return f"{subject} {triple.predicate} {value} .\n"


def make_label(iri: str) -> str:
    """Letters and digits for an IRI, to be part of another."""
    return hashlib.sha256(iri.encode("utf-8")).hexdigest()[:16]


def make_module(kind: str, seed: str, lines: Iterable[str]) -> Module:
    """A module of these lines of N-Triples."""
    ordered = tuple(sorted(set(lines)))
    return Module(kind, seed, ordered, hashlib.sha256("".join(ordered).encode("utf-8")).hexdigest())


def summarise(store: Store, fitting: Fitting, seen: Survey) -> Iterator[Module]:
    """For each set of classes and properties that some have, one individual that stands for all of them, with a neighbour
    of its own for each property.

    That says less than the data says of the individual that the module is named by, so what contradicts here contradicts
    there; and it brings together what different documents say of one thing.
    """
    for mark, node in sorted(seen.signatures.items(), key=lambda item: sorted(item[0])):
        signs = sorted(mark)
        name = f"{STAND_IN}{make_label(' '.join(signs))}"
        thing = f"<{name}>"
        values = {
            quad.predicate: fitted
            for quad in store.inner.quads_for_pattern(node, None, None, None)
            if isinstance(quad.object, Literal) and (fitted := fitting.fit(quad.triple)) is not None
        }
        lines = [f"{thing} {one.predicate} {one.object} .\n" for one in values.values()]
        for place, sign in enumerate(signs):
            neighbour = f"<{name}:{place}>"
            if sign.endswith(">") or sign.startswith("_"):
                lines.append(f"{thing} {TYPE} {sign} .\n")  # a class, as in N-Triples
            elif sign.startswith("<"):
                lines.append(f"{neighbour} {sign}> {thing} .\n")
            elif sign.startswith(">o"):
                lines.append(f"{thing} <{sign[2:]}> {neighbour} .\n")
        yield make_module("summary", str(node).strip("<>"), lines)


def whole(store: Store, fitting: Fitting) -> Module:
    """All the data as one module."""
    triples: Iterator[Triple] = (quad.triple for quad in data_quads(store))
    fitted = (fitting.fit(triple) for triple in triples)
    return make_module("whole", "", (write_line(one) for one in fitted if one is not None))
