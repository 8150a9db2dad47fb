"""``diplograph parse`` and ``stats``: looking at what was made."""

from __future__ import annotations

from pathlib import Path

import click

from diplograph.cli.build import SOME_FAILED, check_sources
from diplograph.cli.options import cache_option, format_option, model_option, published_option, store_option
from diplograph.cli.output import print_json, print_pairs


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
