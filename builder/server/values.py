"""The values of a few properties of one subject, straight from the indexes.

A page looks up what it shows by such queries, so they are the commonest of all; and to parse, plan and run one costs Oxigraph
more than to find what it asks for. So a query of this one form, told by a regular expression, is answered from the indexes, in
the JSON that nearly every client wants (SPARQL 1.1 Query Results JSON Format). All that is not quite of this form is left to
Oxigraph, and so is all that is said of a subject, since many rows are made quicker there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice, product

import orjson
import pyoxigraph as ox

from diplograph.vocabulary import RDF, XSD

_MOST = 100  # rows
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
_EACH_PREFIX = re.compile(r"PREFIX\s+([A-Za-z][A-Za-z0-9_-]*):\s*<([^>]*)>")
_STRING = XSD + "string"


@dataclass(frozen=True, slots=True)
class Asked:
    """The values of ``properties`` of ``subject``, each by the variable in ``variables`` that it is asked for with, of which
    those that are ``selected`` are wanted."""

    subject: ox.NamedNode
    properties: tuple[ox.NamedNode, ...]
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
        return None
    declared, selected, subject, *terms = found.groups("")
    known = {**prefixes, **dict(_EACH_PREFIX.findall(declared))} if declared else prefixes
    properties = []
    for predicate in filter(None, terms[::2]):
        iri = _expand(predicate, known)
        if iri is None:
            return None
        properties.append(ox.NamedNode(iri))
    variables = tuple(value[1:] for value in terms[1::2] if value)
    names = tuple(name[1:] for name in selected.split())
    if len({*variables}) < len(variables) or len({*names}) < len(names) or not {*names} <= {*variables}:
        return None
    return Asked(ox.NamedNode(subject[1:-1]), tuple(properties), variables, names)


def _expand(predicate: str, prefixes: Mapping[str, str]) -> str | None:
    if predicate[0] == "<":
        return predicate[1:-1]
    if predicate == "a":
        return RDF + "type"
    prefix, _, name = predicate.partition(":")
    return prefixes[prefix] + name if prefix in prefixes else None


def find_values(store: ox.Store, asked: Asked, *, union: bool) -> bytes | None:
    """The answer as JSON, from all graphs or the default graph; None where there are many rows, or values of other kinds than
    IRIs, blank nodes and plain literals."""
    graph = None if union else ox.DefaultGraph()
    columns: list[list[dict[str, str]]] = []
    combinations = 1
    for wanted in asked.properties:
        # as often as it is said, in however many graphs: so Oxigraph has it, too
        quads = list(islice(store.quads_for_pattern(asked.subject, wanted, None, graph), _MOST + 1))
        combinations *= len(quads)
        if len(quads) > _MOST or combinations > _MOST:
            return None
        try:
            columns.append([_as_json(quad.object) for quad in quads])
        except ValueError:
            return None
    places = [(name, asked.variables.index(name)) for name in asked.selected]
    bindings = [{name: row[place] for name, place in places} for row in product(*columns)]
    return orjson.dumps({"head": {"vars": asked.selected}, "results": {"bindings": bindings}})


def _as_json(term: object) -> dict[str, str]:
    """A term as in SPARQL's JSON. Raises ValueError for those of RDF 1.2."""
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
