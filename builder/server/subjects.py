"""What is said of the subjects that are asked for again and again, ready to be put into an answer.

Pages and programs ask many things of the same few events: all that is said of one, then its label, its dates, its parties.
The text of each such query is another one, so no answer is kept that would serve; what they are made of is.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TypeAlias

import pyoxigraph as ox

from diplograph.vocabulary import XSD

Binding: TypeAlias = Mapping[str, str]
"""A term as in SPARQL 1.1 Query Results JSON Format."""

MOST = 100  # rows of an answer
_LONGEST = 64 << 10  # letters of all values; a subject that has more would keep other requests waiting
_LARGEST = 16 << 20  # bytes, all together
_ROW = 500  # bytes that a row takes beside its letters, about
_REMEMBERED = (
    2000  # subjects asked for once, of which a mark is kept; few, lest a walk through a store fill the memory
)
_STRING = XSD + "string"


@dataclass(frozen=True, slots=True)
class Said:
    """The predicates and values of a subject, as often as they are said in any graph."""

    pairs: tuple[tuple[Binding, Binding], ...]

    def values(self, predicate: str) -> list[Binding]:
        """The values of a predicate."""
        return [value for found, value in self.pairs if found["value"] == predicate]

    def size(self) -> int:
        """How many bytes it takes, about."""
        return _ROW * (len(self.pairs) + 1) + sum(len(value["value"]) for _, value in self.pairs)


class Subjects:
    """As many subjects as fit into so many bytes, from their second time on; those asked for longest ago go first."""

    def __init__(self, limit: int = _LARGEST) -> None:
        self._limit = limit
        self._size = 0
        self._kept: OrderedDict[str, Said] = OrderedDict()
        self._asked: set[str] = set()
        self._many: set[str] = set()

    def find(self, store: ox.Store, subject: ox.NamedNode, *, union: bool, whole: bool) -> Said | None:
        """What is said of a subject in all graphs or in the default graph; None where it is much or long, or nothing that
        SPARQL 1.1 has a JSON for. Where not the ``whole`` is wanted, None the first time, too: a part is read more quickly."""
        name = subject.value
        said = self._kept.get(name)
        if said is not None:
            self._kept.move_to_end(name)
            return said
        again = name in self._asked
        if not again:
            _mark(self._asked, name)
        if name in self._many or not (whole or again):
            return None
        said = _read(store, subject, union)
        if said is None:
            _mark(self._many, name)
        elif again:
            self._keep(name, said)
        return said

    def _keep(self, name: str, said: Said) -> None:
        self._kept[name] = said
        self._size += said.size()
        while self._size > self._limit:
            self._size -= self._kept.popitem(last=False)[1].size()

    def forget(self) -> None:
        """Forgets all: the store is another one."""
        self._kept.clear()
        self._asked.clear()
        self._many.clear()
        self._size = 0


def _mark(names: set[str], name: str) -> None:
    if len(names) >= _REMEMBERED:
        names.clear()
    names.add(name)


def _read(store: ox.Store, subject: ox.NamedNode, union: bool) -> Said | None:
    graph = None if union else ox.DefaultGraph()
    pairs: list[tuple[Binding, Binding]] = []
    letters = 0
    try:
        for quad in islice(store.quads_for_pattern(subject, None, None, graph), MOST + 1):
            value = binding(quad.object)
            pairs.append((binding(quad.predicate), value))
            letters += len(value["value"])
            if letters > _LONGEST:
                return None
    except ValueError:
        return None
    return Said(tuple(pairs)) if len(pairs) <= MOST else None


def binding(term: object) -> Binding:
    """A term as in SPARQL's JSON. Raises ValueError for those of RDF 1.2.

    >>> binding(ox.Literal("سلام", language="ar"))
    {'type': 'literal', 'value': 'سلام', 'xml:lang': 'ar'}
    """
    if isinstance(term, ox.NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, ox.BlankNode):
        return {"type": "bnode", "value": term.value}
    if not isinstance(term, ox.Literal) or term.direction is not None:
        raise ValueError(f"{term} is not of RDF 1.1")
    if term.language is not None:
        return {"type": "literal", "value": term.value, "xml:lang": term.language}
    datatype = term.datatype.value
    if datatype == _STRING:
        return {"type": "literal", "value": term.value}
    return {"type": "literal", "value": term.value, "datatype": datatype}
