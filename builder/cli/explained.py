"""Printing why something follows, or cannot be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from diplograph.cli.output import print_json

if TYPE_CHECKING:
    from diplograph.checking.explaining import Explanation
    from diplograph.checking.findings import Statement


def print_explanations(explanations: Sequence[Explanation], format: str, base: str) -> None:
    """Prints explanations as text, as JSON or as RDF (turtle or jsonld)."""
    if format == "json":
        from diplograph.checking.justifications import explanations_json

        print_json(explanations_json(explanations))
    elif format in ("turtle", "jsonld"):
        from diplograph.checking.justifications import explanations_graph

        click.echo(explanations_graph(explanations, base, format), nl=False)
    else:
        for number, one in enumerate(explanations):
            if number:
                click.echo()
            click.echo(f"{one.conclusion or 'there is a contradiction'}, because")
            for statement in one.statements:
                for line in describe_statement(statement):
                    click.echo(line)


def describe_statement(statement: Statement) -> list[str]:
    """A statement as lines: the sentence, and below it the axiom, or the words it came from."""
    lines = [f"  - {statement.text or statement.axiom}"]
    if statement.axiom:
        lines.append(f"      {statement.part or statement.axiom}")
    for source in statement.sources:
        words = f": \u2068{source.quote}\u2069" if source.quote else ""
        lines.append(f"      {source.document}{words}")
    return lines
