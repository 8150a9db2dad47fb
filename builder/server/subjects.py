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

import orjson
import pyoxigraph as ox

from diplograph.vocabulary import XSD

Binding: TypeAlias = Mapping[str, str]
"""A term as in SPARQL 1.1 Query Results JSON Format."""

MOST = 100  # rows of an answer
_LONGEST = 16 << 10  # bytes that a subject which is kept may have as JSON
_LARGEST = 16 << 20  # bytes, all together
_ROW = 500  # bytes that a row takes beside its letters, about
_REMEMBERED = 20_000  # subjects that were asked for once, of which only a mark is kept
_STRING = XSD + "string"


@dataclass(frozen=True, slots=True)
class Said:
    """The predicates and values of a subject, as often as they are said in any graph; and the values by predicate."""

    pairs: tuple[tuple[Binding, Binding], ...]
    values: Mapping[str, tuple[Binding, ...]]
    size: int


class Subjects:
    """As many subjects as fit into so many bytes, from their second time on; those asked for longest ago go first."""

    def __init__(self, limit: int = _LARGEST) -> None:
        self._limit = limit
        self._size = 0
        self._kept: OrderedDict[str, Said] = OrderedDict()
        self._asked: set[str] = set()
        self._long: set[str] = set()

    def find(self, store: ox.Store, subject: ox.NamedNode, *, union: bool) -> Said | None:
        """What is said of a subject in all graphs or in the default graph; None the first time, and where it is much, or
        nothing that SPARQL 1.1 has a JSON for."""
        name = subject.value
        said = self._kept.get(name)
        if said is not None:
            self._kept.move_to_end(name)
            return said
        if name in self._long:
            return None
        if name not in self._asked:
            _mark(self._asked, name)
            return None
        said = _read(store, subject, union)
        if said is None:
            _mark(self._long, name)
            return None
        self._kept[name] = said
        self._size += said.size
        while self._size > self._limit:
            self._size -= self._kept.popitem(last=False)[1].size
        return said

    def forget(self) -> None:
        """Forgets all: the store is another one."""
        self._kept.clear()
        self._asked.clear()
        self._long.clear()
        self._size = 0


def _mark(names: set[str], name: str) -> None:
    if len(names) >= _REMEMBERED:
        names.clear()
    names.add(name)


def _read(store: ox.Store, subject: ox.NamedNode, union: bool) -> Said | None:
    graph = None if union else ox.DefaultGraph()
    quads = list(islice(store.quads_for_pattern(subject, None, None, graph), MOST + 1))
    if len(quads) > MOST:
        return None
    try:
        pairs = tuple((binding(quad.predicate), binding(quad.object)) for quad in quads)
    except ValueError:
        return None
    size = len(orjson.dumps(pairs))
    if size > _LONGEST:
        return None
    values: dict[str, tuple[Binding, ...]] = {}
    for predicate, value in pairs:
        values[predicate["value"]] = (*values.get(predicate["value"], ()), value)
    return Said(pairs, values, size + _ROW * (len(pairs) + 1))


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
