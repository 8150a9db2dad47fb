"""The values of a few properties of one subject, or of all it has, straight from the indexes or from memory.

A page looks up what it shows by such queries, so they are the commonest of all; and to parse, plan and run one costs Oxigraph
more than to find what it asks for. So queries of two forms, told by a regular expression each, are answered here, in the JSON
that nearly every client wants (SPARQL 1.1 Query Results JSON Format). All that is not quite of these forms is left to
Oxigraph, and so is what has many rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, product

import orjson
import pyoxigraph as ox

from diplograph.server.subjects import MOST, Binding, Said, Subjects, binding
from diplograph.vocabulary import RDF

# Terms as they are written, of the plainer kinds.
IRI = r"<[^<>\"{}|^`\\\s]*>"
NAME = r"[A-Za-z][A-Za-z0-9_-]*:[A-Za-z0-9_]+"
VARIABLE = r"[?$][A-Za-z][A-Za-z0-9_]*"
_PAIR = rf"({IRI}|{NAME}|a)\s+({VARIABLE})\s*"
_AND_PAIR = rf"(?:;\s*{_PAIR})?"
_QUERY = re.compile(
    rf"""\s*((?:PREFIX\s+[A-Za-z][A-Za-z0-9_-]*:\s*{IRI}\s*)*)
    SELECT\s+({VARIABLE}(?:\s+{VARIABLE}){{0,4}})\s*(?:WHERE\s*)?
    \{{\s*({IRI})\s+{_PAIR}{_AND_PAIR * 3}(?:\.\s*)?\}}\s*""",
    re.VERBOSE,
)
_ALL = re.compile(
    rf"""\s*(?:PREFIX\s+[A-Za-z][A-Za-z0-9_-]*:\s*{IRI}\s*)*
    SELECT\s+(\*|{VARIABLE}(?:\s+{VARIABLE})?)\s*(?:WHERE\s*)?
    \{{\s*({IRI})\s+({VARIABLE})\s+({VARIABLE})\s*(?:\.\s*)?\}}\s*""",
    re.VERBOSE,
)
_EACH_PREFIX = re.compile(r"PREFIX\s+([A-Za-z][A-Za-z0-9_-]*):\s*<([^>]*)>")


@dataclass(frozen=True, slots=True)
class Asked:
    """The values of ``properties`` of ``subject``, each by the variable in ``variables`` that it is asked for with, of which
    those that are ``selected`` are wanted. Without ``properties`` the variables are for any of them and for its values."""

    subject: ox.NamedNode
    properties: tuple[ox.NamedNode, ...] | None
    variables: tuple[str, ...]
    selected: tuple[str, ...]


def read_query(text: str, prefixes: Mapping[str, str]) -> Asked | None:
    """What a query asks of one subject; None when it is none of this form. ``prefixes`` are those that a query need not
    declare. Raises ValueError for what is no absolute IRI.

    >>> read_query("SELECT ?type { <http://example.org/> a ?type }", {}).variables
    ('type',)
    """
    found = _QUERY.fullmatch(text)
    if found is None:
        return _read_all(text)
    declared, selected, subject, *terms = found.groups("")
    known = {**prefixes, **dict(_EACH_PREFIX.findall(declared))} if declared else prefixes
    properties = []
    for predicate in filter(None, terms[::2]):
        iri = _expand(predicate, known)
        if iri is None:
            return None
        properties.append(ox.NamedNode(iri))
    variables = tuple(value[1:] for value in terms[1::2] if value)
    return _asked(subject, tuple(properties), variables, tuple(name[1:] for name in selected.split()))


def _read_all(text: str) -> Asked | None:
    """What a query asks that wants all that is said of a subject; None when it is none."""
    found = _ALL.fullmatch(text)
    if found is None:
        return None
    selected, subject, *variables = found.groups()
    both = tuple(name[1:] for name in variables)
    names = tuple(sorted(both)) if selected == "*" else tuple(name[1:] for name in selected.split())
    return _asked(subject, None, both, names)  # sorted as Oxigraph has them


def _asked(
    subject: str,
    properties: tuple[ox.NamedNode, ...] | None,
    variables: tuple[str, ...],
    names: tuple[str, ...],
) -> Asked | None:
    if len({*variables}) < len(variables) or len({*names}) < len(names) or not {*names} <= {*variables}:
        return None
    return Asked(ox.NamedNode(subject[1:-1]), properties, variables, names)


def _expand(predicate: str, prefixes: Mapping[str, str]) -> str | None:
    if predicate[0] == "<":
        return predicate[1:-1]
    if predicate == "a":
        return RDF + "type"
    prefix, _, name = predicate.partition(":")
    return prefixes[prefix] + name if prefix in prefixes else None


def find_values(store: ox.Store, asked: Asked, subjects: Subjects, *, union: bool) -> bytes | None:
    """The answer as JSON, from all graphs or the default graph, or from what ``subjects`` knows of them; None where there are
    many rows, or values of other kinds than IRIs, blank nodes and plain literals."""
    said = subjects.find(store, asked.subject, union=union, whole=asked.properties is None)
    rows: Iterable[Sequence[Binding]] | None
    if asked.properties is not None:
        rows = _combinations(store, asked.subject, asked.properties, said, union)
    else:
        rows = None if said is None else said.pairs
    if rows is None:
        return None
    places = [(name, asked.variables.index(name)) for name in asked.selected]
    bindings = [{name: row[place] for name, place in places} for row in rows]
    return orjson.dumps({"head": {"vars": asked.selected}, "results": {"bindings": bindings}})


def _combinations(
    store: ox.Store, subject: ox.NamedNode, properties: Sequence[ox.NamedNode], said: Said | None, union: bool
) -> Iterable[Sequence[Binding]] | None:
    columns: list[Sequence[Binding]] = []
    combinations = 1
    for wanted in properties:
        try:
            column = said.values(wanted.value) if said is not None else _read(store, subject, wanted, union)
        except ValueError:
            return None
        combinations *= len(column)
        if len(column) > MOST or combinations > MOST:
            return None
        columns.append(column)
    return product(*columns)


def _read(store: ox.Store, subject: ox.NamedNode, wanted: ox.NamedNode, union: bool) -> list[Binding]:
    """The values of a property, as often as they are said, in however many graphs: so Oxigraph has them, too."""
    quads = store.quads_for_pattern(subject, wanted, None, None if union else ox.DefaultGraph())
    return [binding(quad.object) for quad in islice(quads, MOST + 1)]
