"""What a store was like before it was written to: of the subjects that are written, no more.

Whoever knows how much was in a store when it was opened can tell how much is in it now from this and a look at the same
subjects, without counting the store.
"""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox
from pyoxigraph import NamedNode, Quad

LIMIT = 30_000  # subjects; what changes more is counted as quickly as it is followed

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple


class Delta:
    """The subjects that were written since a store was opened, each in its graph, with the quads they had then; and
    whether the subjects and objects of those quads, and of the new ones, were subjects and objects of anything."""

    def __init__(self) -> None:
        self.before: dict[tuple[object, object], tuple[Quad, ...]] = {}
        self.subjects: dict[object, bool] = {}
        self.objects: dict[object, bool] = {}
        self.complete = True

    def note(
        self, inner: ox.Store, removed: Iterable[Quad], added: Iterable[Quad], emptied: Iterable[NamedNode]
    ) -> None:
        """Looks at what is about to change."""
        if not self.complete:
            return
        for graph in emptied:
            self._look(inner, inner.quads_for_pattern(None, None, None, graph))
        self._look(inner, removed)
        self._look(inner, added)

    def _look(self, inner: ox.Store, quads: Iterable[Quad]) -> None:
        for quad in quads:
            if len(self.before) > LIMIT:
                self.give_up()
                return
            place = (quad.graph_name, quad.subject)
            if place not in self.before:
                said = inner.quads_for_pattern(quad.subject, None, None, quad.graph_name)
                self.before[place] = tuple(said)
                if quad.subject not in self.subjects:
                    self.subjects[quad.subject] = is_subject(inner, quad.subject)
                for other in self.before[place]:
                    self.objects.setdefault(other.object, True)
            if quad.object not in self.objects:
                self.objects[quad.object] = is_object(inner, quad.object)

    def give_up(self) -> None:
        """Forgets all: too much changed, or nobody can tell what."""
        self.complete = False
        for kept in (self.before, self.subjects, self.objects):
            kept.clear()


def is_subject(inner: ox.Store, node: object) -> bool:
    """Whether a store says anything of a node."""
    return next(inner.quads_for_pattern(node, None, None, None), None) is not None  # type: ignore[arg-type]


def is_object(inner: ox.Store, node: object) -> bool:
    """Whether a store names a node, or has a literal, as the object of anything."""
    return next(inner.quads_for_pattern(None, None, node, None), None) is not None  # type: ignore[arg-type]
