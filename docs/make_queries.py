"""Writes docs/queries.md from the headers of the canned questions: ``make docs``."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path

from diplograph.catalog import Parameter, Query, load_catalog

PAGE = Path(__file__).parent / "queries.md"

OPENING = """\
# The canned questions

Made from the headers of [queries/](../queries) by `make docs`; what is to change is changed there.

`diplograph query NAME -p PARAMETER=VALUE` asks one. An actor or a place is given by its name in Arabic or English, its
Wikidata id or its IRI; an event by its IRI or key; a document by its id; a date as 2021, 2021-12 or 2021-12-30.
`--format csv` gives the columns below to other programs. Each file is SPARQL 1.1 as it stands and runs on any store.
"""

CHECKS = """\
## Checks

What no sound store answers to: each row is a fault, or something that a careful analyst would look into.
`diplograph check` asks them all, `diplograph query queries/checks/NAME.rq` one. A Violation is a fault of the graph, a
Warning something that a text may well be the cause of, an Info something to know.
"""

ONTOLOGY_CHECKS = """\
## Checks of an ontology

What `diplograph check --ontology` looks for in ours, or in another that is named. Most re-express checks of ROBOT's
report, of OOPS! and of FOOPS!, whose ERROR, WARN and INFO (or critical, important and minor) are Violation, Warning and
Info here.
"""


def write_page() -> str:
    """The page in Markdown: a table of all the questions, a section for each, and the checks."""
    questions = load_catalog()
    rows = [(f"[{query.name}](#{query.name})", query.summary, query.summary_ar) for query in questions]
    parts = [OPENING, "\n".join(table(("name", "question", "السؤال"), rows)) + "\n"]
    parts += ["\n".join(section(query)) + "\n" for query in questions]
    header = ("name", "severity", "fault", "الخلل")
    parts += [CHECKS, "\n".join(table(header, list(check_rows("checks")))) + "\n"]
    rows = [
        (*row, query.description)
        for row, query in zip(check_rows("ontology-checks"), load_catalog("ontology-checks"), strict=True)
    ]
    parts += [ONTOLOGY_CHECKS, "\n".join(table((*header, "after"), rows)) + "\n"]
    return "\n".join(parts)


def check_rows(folder: str) -> Iterator[tuple[str, ...]]:
    """A row for each check of a folder: its name, how bad it is, and what it finds."""
    for query in load_catalog(folder):
        link = f"[{query.name}](../queries/{folder}/{query.name}.rq)"
        yield link, query.severity, query.summary, query.summary_ar


def section(query: Query) -> Iterator[str]:
    """What a question asks, takes and gives, with a command to try."""
    yield f"## {query.name}\n"
    yield f"{query.summary}. {query.description}".rstrip() + f" ([SPARQL](../queries/{query.name}.rq))\n"
    if query.parameters:
        rows = [(f"`{one.name}`", one.type, needed(one), one.description) for one in query.parameters]
        yield from table(("parameter", "type", "needed", "meaning"), rows)
        yield ""
    yield from table(("column", "meaning"), [(f"`{name}`", told) for name, told in query.columns.items()])
    bound = "".join(f" -p {shlex.quote(f'{name}={value}')}" for name, value in query.example.items())
    yield f"\n```console\n$ diplograph query {query.name}{bound}\n```"


def needed(parameter: Parameter) -> str:
    """Whether a parameter must be given, and what stands in its place where not."""
    if parameter.default is not None:
        return f"no ({parameter.default})"
    return "yes" if parameter.required else "no"


def table(header: tuple[str, ...], rows: list[tuple[str, ...]]) -> Iterator[str]:
    """A Markdown table, line by line."""
    for row in (header, ("---",) * len(header), *rows):
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |"


if __name__ == "__main__":
    PAGE.write_text(write_page(), encoding="utf-8")
