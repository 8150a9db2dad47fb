"""Sanity by SPARQL: ``queries/checks/*.rq``, each of whose rows is something a careful analyst would look into.

What the graph does not hold and a check needs (who held which office when) comes from the gazetteer: a line
``#= VALUES (?person …) { offices }`` is filled in with a table of that name, and is a comment to everybody else.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

import pyoxigraph
from pyoxigraph import Literal, NamedNode, QuerySolution, QuerySolutions

from diplograph.arabic import fold
from diplograph.catalog import Query, load_catalog
from diplograph.checking.findings import Finding, Part, Source
from diplograph.checking.tracing import describe
from diplograph.inspection import shorten
from diplograph.linking.gazetteer import load_gazetteer, load_titles
from diplograph.model import DataError
from diplograph.quads import actor_iri
from diplograph.store import Store

_TABLE = re.compile(r"^(?P<indent> *)#= (?P<values>VALUES [^{]+)\{ (?P<name>\w+) \}$", re.MULTILINE)
_TRACED = (
    "report",
    "mention",
    "event",
    "document",
)  # the rooms whose things have words of documents behind them
_MOST = 5  # sources of one finding that are shown

Tables = Mapping[str, str]


def check_sanity(store: Store, *, queries: Iterable[Query] | None = None) -> Part:
    """What the checks find in a store; ``queries`` are others than all of ``queries/checks``.

    The finding's focus is the first column of a row, its value the others, its severity and message those of the
    check's header. Raises QueryError when a query cannot be asked, DataError when it names an unknown table.
    """
    begin = time.monotonic()
    tables = read_tables(store)
    asked = tuple(queries if queries is not None else load_catalog("checks"))
    findings = tuple(finding for query in asked for finding in ask(store, query, tables))
    return Part(
        name="sanity",
        tool="pyoxigraph",
        version=pyoxigraph.__version__,
        axioms=len(asked),
        triples=len(store),
        seconds=time.monotonic() - begin,
        findings=findings,
    )


def ask(store: Store, query: Query, tables: Tables, kind: str = "sanity") -> Iterator[Finding]:
    """A finding for each row that a check has; ``kind`` is the part it is of."""
    answer = store.query(fill(query, tables))
    assert isinstance(answer, QuerySolutions)  # the catalogue refuses other forms
    for row in list(answer):
        cells = [_cell(row, column) for column in query.columns]
        yield Finding(
            check=f"{kind}/{query.name}",
            severity=query.severity,
            message_en=query.message,
            message_ar=query.message_ar,
            focus=cells[0],
            value="; ".join(shorten(cell, store.base) for cell in cells[1:]),
            sources=_sources(store, cells),
        )


def _cell(row: QuerySolution, column: str) -> str:
    value = row[column]
    return value.value if isinstance(value, NamedNode | Literal) else str(value or "")


def _sources(store: Store, cells: Iterable[str]) -> tuple[Source, ...]:
    """The words behind all that a row names, or else those that name its actor."""
    named = [cell for cell in cells if any(cell.startswith(f"{store.base}{room}/") for room in _TRACED)]
    found = dict.fromkeys(source for cell in named or cells for source in describe(store, cell))
    return tuple(found)[:_MOST]


# --- Tables ----------------------------------------------------------------------------------------------------------


def fill(query: Query, tables: Tables) -> str:
    """The text of a check with its tables in place. Raises DataError when there is no such table."""

    def replace(found: re.Match[str]) -> str:
        if found["name"] not in tables:
            raise DataError(
                f'{query.name}: there is no table "{found["name"]}"; there are {", ".join(tables)}'
            )
        return f"{found['indent']}{found['values']}{{ {tables[found['name']]} }}"

    return _TABLE.sub(replace, query.text)


def read_tables(store: Store) -> Tables:
    """The rows of each table, in SPARQL.

    ``offices``: a person of the store, the rank of an office he held, whether it is a leader's, its first and its last
    day (partial dates; "" where it is not known or has not ended). ``titles``: a rank, a pattern of its titles, folded,
    and one of longer titles of other ranks; ``leaders``: a pattern of the titles of leaders.
    """
    rows = []
    for key, entry in load_gazetteer().entries.items():
        iri = actor_iri(key, base=store.base)
        if entry.kind == "Person" and _is_described(store, iri):
            for office in entry.offices:
                cells = (
                    iri,
                    Literal(office.rank),
                    Literal(office.leader),
                    Literal(office.start),
                    Literal(office.end),
                )
                rows.append(f"({' '.join(str(cell) for cell in cells)})")
    return {"offices": " ".join(rows), **_title_tables()}


def _is_described(store: Store, iri: NamedNode) -> bool:
    return next(iter(store.inner.quads_for_pattern(iri, None, None, None)), None) is not None


@cache
def _title_tables() -> Tables:
    titles = load_titles()
    # "The president" is one; "president of …" may be that of a party.
    phrases = [
        (rank, " ".join(words))
        for words, rank in titles.ranks.items()
        if len(words) > 1 or words[0].startswith(fold("ال"))
    ]
    rows = []
    for rank in dict.fromkeys(rank for rank, _ in phrases):
        own = [phrase for other, phrase in phrases if other == rank]
        longer = [
            phrase
            for other, phrase in phrases
            if other != rank and any(f" {one} " in f" {phrase} " for one in own)
        ]
        rows.append(f"({Literal(rank)} {Literal(_pattern(own))} {Literal(_pattern(longer))})")
    leaders = [phrase for rank, phrase in phrases if rank in titles.leaders]
    return {"titles": " ".join(rows), "leaders": str(Literal(_pattern(leaders)))}


def _pattern(phrases: Iterable[str]) -> str:
    """A regular expression for any of these between spaces; of none, one that nothing matches."""
    listed = "|".join(phrases)
    return f" ({listed}) " if listed else "^$"
