"""``diplograph explain``, ``parse`` and ``stats``: looking at what was made."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from diplograph.cli.build import SOME_FAILED, check_sources
from diplograph.cli.options import cache_option, format_option, model_option, published_option, store_option
from diplograph.cli.output import print_json, print_pairs, print_table

if TYPE_CHECKING:
    from diplograph.inspection import ExplainedReport, Explanation, StatedValue


@click.command()
@click.argument("event")
@store_option
@format_option("table", "json")
def explain(event: str, store_directory: Path, format: str) -> None:
    """Show an event with its reports, their quotes, and where each value came from.

    EVENT is the event's IRI, its key (the end of the IRI), or the beginning of a key.

    \b
    Example:
      diplograph explain summit-2021-06
    """
    from diplograph import inspection
    from diplograph.store import Store

    with Store.open(store_directory, read_only=True) as store:
        explanation = inspection.explain(store, event)
    if format == "json":
        print_json(explanation)
    else:
        _print_explanation(explanation)


def _print_explanation(explanation: Explanation) -> None:
    print_pairs(
        {
            "event": explanation.event,
            "class": explanation.event_class,
            "label": f"{explanation.label_en} / {explanation.label_ar}",
            "confidence": explanation.confidence,
            "reports": len(explanation.reports),
        }
    )
    print_table(("property", "value", "labels"), [_value_row(value) for value in explanation.values])
    for report in explanation.reports:
        click.echo()
        _print_report(report)


def _value_row(value: StatedValue) -> tuple[str, str, str]:
    return value.property, value.value, " / ".join(value.labels)


def _print_report(report: ExplainedReport) -> None:
    click.echo(
        f"report {report.number} of {report.document}, published {report.published or 'at an unknown date'}"
    )
    print_table(("property", "value", "labels"), [_value_row(value) for value in report.values])
    rows = [
        (
            f"{quote.begin}-{quote.end}",
            quote.text,
            ", ".join(quote.aspects),
            ", ".join(quote.refers_to),
            ", ".join(quote.rules),
        )
        for quote in report.quotes
    ]
    print_table(("characters", "quote", "supports", "refers to", "rule"), rows)


@click.command()
@click.argument("file")
@model_option
@published_option
@cache_option
@format_option("conllu", "json")
@click.pass_context
def parse(
    context: click.Context, file: str, model: str, published: str | None, cache: bool, format: str
) -> None:
    """Print the parses of the documents in a file as CoNLL-U with the text.

    FILE is whatever `diplograph build` reads. What is printed can be built from in place of the text.

    \b
    Example:
      diplograph parse seeds/articles/2021-12-31-call.txt > call.conllu
    """
    from diplograph import pipeline
    from diplograph.model import SourceFailure
    from diplograph.parsing import write_conllu

    check_sources((file,))
    failed = False
    parses = []
    for result in pipeline.parse_sources([file], model=model, published=published, cache=cache):
        if isinstance(result, SourceFailure):
            click.echo(f"diplograph: {' '.join(str(result).split())}", err=True)
            failed = True
        elif format == "conllu":
            click.echo(write_conllu(result), nl=False)
        else:
            parses.append(result)
    if format == "json":
        from dataclasses import asdict

        print_json([asdict(parsed) for parsed in parses])
    if failed:
        context.exit(SOME_FAILED)


@click.command()
@store_option
@format_option("table", "json")
def stats(store_directory: Path, format: str) -> None:
    """Count what is in the store: documents, reports, events, actors, quads.

    \b
    Example:
      diplograph stats --format json
    """
    from diplograph.inspection import count_store
    from diplograph.store import Store

    with Store.open(store_directory, read_only=True) as store:
        counts = count_store(store)
    if format == "json":
        print_json(counts)
        return
    print_pairs(
        {
            "documents": f"{counts.documents}, {counts.documents_with_events} of them with events",
            "reports": counts.reports,
            "mentions": counts.mentions,
            "events": counts.events,
            **{f"  {name}": count for name, count in counts.events_by_class},
            "by status": ", ".join(f"{count} {name}" for name, count in counts.events_by_status) or "none",
            "actors": ", ".join(f"{count} {name}" for name, count in counts.actors_by_kind) or "none",
            "quads": counts.quads,
        }
    )
