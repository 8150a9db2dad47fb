"""Rows of an answer, small enough to be held in memory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from pyoxigraph import BlankNode, Literal, NamedNode, QuerySolutions

Node: TypeAlias = NamedNode | Literal | BlankNode
Row: TypeAlias = Mapping[str, Node]
"""A row; a variable that is not bound is not in it."""


def read_rows(answer: QuerySolutions, most: int | None = None) -> tuple[list[Row], bool]:
    """The first rows of an answer (``most`` of them, or all), and whether there are more."""
    names = [variable.value for variable in answer.variables]
    rows: list[Row] = []
    for found in answer:
        if len(rows) == most:
            return rows, True
        rows.append({name: value for name in names if isinstance(value := found[name], Node)})
    return rows, False


def value(row: Row, name: str) -> str:
    """The letters of a value, or of an IRI; empty when the variable is not bound."""
    found = row.get(name)
    return found.value if found is not None else ""
