"""``diplograph forget`` and ``history``: what is to go, and what was done."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path

import click

from diplograph.cli.options import format_option, store_option
from diplograph.cli.output import ROW_FORMATS, print_json, print_rows


@click.command()
@click.argument("documents", nargs=-1, required=True, metavar="DOCUMENT...")
@store_option
@click.option("--dry-run", is_flag=True, help="Only print the ids of the documents that would go.")
@click.option("--yes", is_flag=True, help="Do not ask on a terminal.")
@format_option("text", "json")
def forget(documents: tuple[str, ...], store_directory: Path, dry_run: bool, yes: bool, format: str) -> None:
    """Remove documents from the store; the events and actors they speak of follow.

    A DOCUMENT is an id, an IRI, or a pattern of ids ("wire/2021-*"). When one is not there, none is removed. On a
    terminal it asks before; in a script it does not. A file that is built again is there again.

    \b
    Example:
      diplograph forget 2021-12-31-call --dry-run
    """
    from diplograph import pipeline

    found = pipeline.forget(store_directory, documents, dry_run=True).documents
    question = f"Forget {len(found)} documents in {store_directory}?"
    asks = not dry_run and not yes and sys.stdin.isatty()
    if asks and not click.confirm(question, err=True):
        raise click.ClickException("nothing was removed")
    report = pipeline.ForgetReport(found, None)
    if not dry_run:
        report = pipeline.forget(store_directory, documents)
    if format == "json":
        print_json(report)
    else:
        for id in report.documents:
            click.echo(id)
    done = "would be removed" if dry_run else "removed"
    left = "" if report.events is None else f"; {report.events} events are in the store"
    click.echo(f"{len(report.documents)} documents {done}{left}", err=True)


@click.command()
@store_option
@click.option("--removed", is_flag=True, help="The documents that were removed, and by which run.")
@format_option(*ROW_FORMATS)
def history(store_directory: Path, removed: bool, format: str) -> None:
    """List the runs that wrote to the store: when, from which sources, and what became of the documents.

    \b
    Example:
      diplograph history --format json
    """
    from diplograph import pipeline

    if removed:
        rows = [(str(run), id) for run, id in pipeline.read_removals(store_directory)]
        print_rows(("run", "document"), rows, format)
        return
    runs = pipeline.read_runs(store_directory)
    if format == "json":
        print_json([asdict(run) for run in runs])
        return
    columns: tuple[str, ...] = (
        "number",
        "command",
        "started",
        "ended",
        "state",
        "added",
        "changed",
        "unchanged",
        "removed",
    )
    columns += ("failed", "events", "sources")
    cells = [{**asdict(run), "sources": " ".join(run.sources)} for run in runs]
    print_rows(columns, [[str(run[column]) for column in columns] for run in cells], format)
