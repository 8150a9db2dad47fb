"""``diplograph build``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from diplograph.cli.options import cache_option, format_option, model_option, published_option, store_option
from diplograph.cli.output import print_json, print_pairs, progress_bar

if TYPE_CHECKING:
    from diplograph.pipeline import BuildReport

SOME_FAILED = 1


@click.command()
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@store_option
@model_option
@published_option
@cache_option
@format_option("table", "json")
@click.pass_context
def build(
    context: click.Context,
    sources: tuple[str, ...],
    store_directory: Path,
    model: str,
    published: str | None,
    cache: bool,
    format: str,
) -> None:
    """Build the graph from articles, or add to it.

    A SOURCE is a text file, HTML, JSON Lines (id, text, and optionally title, published, source, url), parses in
    CoNLL-U (*.conllu), a directory of these, or - for standard input. What is in the store and unchanged is not done
    again; a build that was stopped goes on where it was. Ends with status 1 when some documents failed.

    \b
    Example:
      diplograph build seeds/articles
    """
    from diplograph import pipeline

    check_sources(sources)
    with progress_bar("Building") as progress:
        report = pipeline.build(
            sources,
            store_directory,
            model=model,
            published=published,
            cache=cache,
            progress=progress,
        )
    for failure in report.failures:
        click.echo(f"diplograph: {' '.join(str(failure).split())}", err=True)
    _print_report(report, store_directory, format)
    if report.failures:
        context.exit(SOME_FAILED)


def check_sources(sources: tuple[str, ...]) -> None:
    """Raises a usage error for the first source that is not there."""
    for source in sources:
        if source != "-" and not Path(source).exists():
            raise click.BadParameter(f"{source}: there is no such file or directory", param_hint="SOURCE")


def _print_report(report: BuildReport, store: Path, format: str) -> None:
    if format == "json":
        print_json(report)
        return
    print_pairs(
        {
            "store": store,
            "documents": f"{report.added} added, {report.changed} changed, {report.unchanged} unchanged, "
            f"{report.failed} failed",
            "reports": f"{report.reports} new",
            "events": f"{report.events} in the store",
            "time": f"{report.seconds:.1f} s",
        }
    )
