"""Counts that follow what was written, where counting the store anew would read all of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from pyoxigraph import Literal, NamedNode, Quad

from diplograph import generations
from diplograph.quads import SHARED_GRAPHS, TYPE, shared_graph
from diplograph.server.description.counts import (
    DETAILED_UP_TO,
    ClassProperty,
    Counts,
    ranked,
    recall_counts,
)
from diplograph.store import Store, is_object, is_subject


def follow_counts(store: Store) -> Counts | None:
    """How much there is in a store that is open for writing: what its newest generation states, with what was written
    since. None when that cannot be told: it was made of another state, or too much was written."""
    if store.directory is None or not store.delta.complete or not generations.is_newest(store):
        return None
    graph = shared_graph("description", base=store.base)
    with generations.open_newest(store.directory, base=store.base) as newest:
        known = recall_counts(quad.triple for quad in newest.quads(graph))
    if known is None or known.triples is None or known.subjects is None or known.objects is None:
        return None
    return _Following(store, known).counts()


class _Following:
    """What was counted, and what is to be added to it."""

    def __init__(self, store: Store, known: Counts) -> None:
        self._store = store
        self._known = known
        self._shared = {shared_graph(name, base=store.base) for name in SHARED_GRAPHS}
        self._graphs: Counter[str] = Counter(dict(known.graphs))
        self._properties: Counter[str] = Counter(dict(known.properties))
        self._classes: Counter[str] = Counter(dict(known.classes))
        self._of_class: Counter[tuple[str, str]] = Counter()
        self._datatypes: Counter[tuple[str, str, str]] = Counter()
        for kind, properties in known.class_properties:
            for found in properties:
                self._of_class[kind, found.property] += found.triples
                for datatype, count in found.datatypes:
                    self._datatypes[kind, found.property, datatype] += count

    def counts(self) -> Counts | None:
        inner, delta, known = self._store.inner, self._store.delta, self._known
        for (graph, subject), before in delta.before.items():
            now = inner.quads_for_pattern(subject, None, None, graph)  # type: ignore[arg-type]
            self._add(graph, before, -1)
            self._add(graph, tuple(now), 1)
        subjects = sum(is_subject(inner, node) - existed for node, existed in delta.subjects.items())
        objects = sum(is_object(inner, node) - existed for node, existed in delta.objects.items())
        triples = sum(self._properties.values())
        detailed = bool(known.class_properties)
        if not detailed and triples <= DETAILED_UP_TO:
            return None
        return Counts(
            triples=triples,
            subjects=(known.subjects or 0) + subjects,
            objects=(known.objects or 0) + objects,
            graphs=ranked(+self._graphs),
            properties=ranked(+self._properties),
            classes=ranked(+self._classes),
            class_properties=self._class_properties() if triples <= DETAILED_UP_TO else (),
        )

    def _add(self, graph: object, quads: Iterable[Quad], sign: int) -> None:
        quads = tuple(quads)
        kinds = [q.object.value for q in quads if q.predicate == TYPE and isinstance(q.object, NamedNode)]
        if isinstance(graph, NamedNode) and graph in self._shared:
            self._graphs[graph.value] += sign * len(quads)
        for kind in kinds:
            self._classes[kind] += sign
        for quad in quads:
            name = quad.predicate.value
            self._properties[name] += sign
            for kind in kinds:
                self._of_class[kind, name] += sign
                if isinstance(quad.object, Literal):
                    self._datatypes[kind, name, quad.object.datatype.value] += sign

    def _class_properties(self) -> tuple[tuple[str, tuple[ClassProperty, ...]], ...]:
        found: dict[str, Counter[str]] = {}
        for (kind, name), count in (+self._of_class).items():
            found.setdefault(kind, Counter())[name] = count
        datatypes: dict[tuple[str, str], Counter[str]] = {}
        for (kind, name, datatype), count in (+self._datatypes).items():
            datatypes.setdefault((kind, name), Counter())[datatype] = count
        return tuple(
            (
                kind,
                tuple(
                    ClassProperty(name, count, ranked(datatypes.get((kind, name), {})))
                    for name, count in ranked(found[kind])
                ),
            )
            for kind in sorted(found)
        )
