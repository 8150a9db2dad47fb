"""``diplograph query`` and ``queries``: the questions."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from diplograph.cli.options import Reach, endpoint_options, format_option, store_option
from diplograph.cli.output import ROW_FORMATS, print_json, print_rows, print_table

if TYPE_CHECKING:
    from diplograph.catalog import Query
    from diplograph.store import Answer
    from diplograph.transfer import Endpoint

SERIALIZED = ("sparql-json", "sparql-xml", "turtle", "ntriples")


@click.command()
@click.argument("question", metavar="NAME|FILE|-")
@click.option(
    "--parameter",
    "-p",
    "parameters",
    multiple=True,
    metavar="NAME=VALUE",
    help="A parameter's value; may be repeated.",
)
@click.option(
    "--columns", metavar="NAMES", help="Only these columns, in this order, with commas between them."
)
@click.option(
    "--endpoint",
    metavar="URL",
    help="Ask a store elsewhere, by SPARQL over HTTP, in place of one of our directories.",
)
@click.option(
    "--inferences/--no-inferences",
    default=True,
    help="Whether SPARQL sees the graph of what was inferred; the canned questions ask only for what was said.",
)
@endpoint_options
@store_option
@format_option(*ROW_FORMATS, *SERIALIZED)
def query(
    question: str,
    parameters: tuple[str, ...],
    columns: str | None,
    endpoint: str | None,
    inferences: bool,
    reach: Reach,
    store_directory: Path,
    format: str,
) -> None:
    """Ask the graph: one of the canned questions by name, or SPARQL (SELECT, ASK, CONSTRUCT) from a file or -.

    Actors and places are given by name, Wikidata id or IRI; dates as 2021, 2021-12 or 2021-12-30.

    \b
    Example:
      diplograph query events
      diplograph query events --columns start,label_en,label_ar
      diplograph query actor-timeline -p actor=Biden
      diplograph query events --endpoint http://localhost:7878
      echo 'SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }' | diplograph query -
    """
    from diplograph.catalog import load_catalog

    values = dict(map(_split_parameter, parameters))
    sparql = _read_sparql(question, values)
    asked = sparql if sparql is not None else load_catalog().get(question)
    with ExitStack() as stack:
        if endpoint is None:
            answer, base = _ask_here(stack, store_directory, asked, values, inferences)
        else:
            answer, base = _ask_there(stack, reach(endpoint), asked, values)
        _print_answer(answer, base, columns, format)


def _ask_here(
    stack: ExitStack, directory: Path, asked: Query | str, values: dict[str, str], inferences: bool
) -> tuple[Answer, str]:
    from diplograph.catalog import bind, resolve
    from diplograph.store import Store

    store = stack.enter_context(Store.open(directory, read_only=True))
    text = asked if isinstance(asked, str) else bind(asked, resolve(store, asked, values))
    return store.query(text, inferences=inferences), store.base


def _ask_there(
    stack: ExitStack,
    there: Endpoint,
    asked: Query | str,
    values: dict[str, str],
) -> tuple[Answer, str]:
    from diplograph import transfer
    from diplograph.catalog import bind
    from diplograph.vocabulary import BASE

    stack.enter_context(there)
    text = asked if isinstance(asked, str) else bind(asked, transfer.resolve_there(there, asked, values))
    return transfer.ask(there, text), BASE


def _print_answer(answer: Answer, base: str, columns: str | None, format: str) -> None:
    from diplograph import inspection

    if format in SERIALIZED:
        click.echo(inspection.serialize_answer(answer, format), nl=False)
        return
    found = inspection.read_answer(answer)
    if columns is not None:
        found = inspection.select_columns(found, [name.strip() for name in columns.split(",")])
    if format != "table":
        print_rows(found.columns, found.rows, format)
        return
    rows = [tuple(inspection.shorten(cell, base) for cell in row) for row in found.rows]
    print_table(found.columns, rows)
    click.echo(f"{len(rows)} row{'' if len(rows) == 1 else 's'}", err=True)


def _split_parameter(text: str) -> tuple[str, str]:
    name, separator, value = text.partition("=")
    if not separator:
        raise click.BadParameter(f'"{text}" is not NAME=VALUE', param_hint="--parameter")
    return name.strip(), value


def _read_sparql(question: str, values: dict[str, str]) -> str | None:
    """The SPARQL text in a file or on standard input; None when the question is a name."""
    is_file = question == "-" or "/" in question or question.endswith((".rq", ".sparql"))
    if not is_file:
        return None
    if values:
        raise click.UsageError(
            "only the canned questions take parameters; write the values into the SPARQL text"
        )
    try:
        return sys.stdin.read() if question == "-" else Path(question).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise click.BadParameter(f"{question} cannot be read: {reason}", param_hint="FILE") from error


@click.command()
@click.argument("name", required=False)
@format_option("table", "json")
def queries(name: str | None, format: str) -> None:
    """List the canned questions, or show one with its parameters and its SPARQL.

    \b
    Example:
      diplograph queries
      diplograph queries event-report
    """
    from diplograph.catalog import load_catalog

    catalog = load_catalog()
    if name is not None:
        _show(catalog.get(name), format)
    elif format == "json":
        print_json([_describe(canned) for canned in catalog])
    else:
        rows = [(canned.name, canned.summary, _signature(canned)) for canned in catalog]
        print_table(("name", "question", "parameters"), rows)


def _signature(canned: Query) -> str:
    return ", ".join(p.name if p.required else f"[{p.name}]" for p in canned.parameters)


def _describe(canned: Query) -> dict[str, object]:
    from dataclasses import asdict

    return {
        "name": canned.name,
        "summary": canned.summary,
        "summary_ar": canned.summary_ar,
        "description": canned.description,
        "parameters": [asdict(parameter) for parameter in canned.parameters],
        "columns": dict(canned.columns),
        "example": dict(canned.example),
    }


def _show(canned: Query, format: str) -> None:
    if format == "json":
        print_json({**_describe(canned), "sparql": canned.text})
        return
    click.echo(f"{canned.name}: {canned.summary}\n{canned.summary_ar}")
    if canned.description:
        click.echo(canned.description)
    rows = [(p.name, p.type, "yes" if p.required else "no", p.description) for p in canned.parameters]
    if rows:
        print_table(("parameter", "type", "required", "meaning"), rows)
    print_table(("column", "meaning"), list(canned.columns.items()))
    example = " ".join(f"-p {parameter}='{value}'" for parameter, value in canned.example.items())
    click.echo(f"Example: diplograph query {canned.name} {example}".rstrip())
    click.echo()
    click.echo(canned.text)
