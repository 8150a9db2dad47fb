"""``diplograph build``."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
@click.option(
    "--sieve/--no-sieve",
    default=True,
    help="Parse whole only articles that can have an event (no quad changes).",
)
@click.option(
    "-j",
    "--jobs",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="How many processes read articles.",
)
@click.option(
    "--cluster",
    metavar="ADDRESS",
    help="Read on the workers of this Dask scheduler, as tcp://host:8786 (extra cluster).",
)
@click.option(
    "--update", is_flag=True, help="Remove documents that came from these sources and are not there any more."
)
@click.option(
    "--watch", is_flag=True, help="Keep the store up to date with SOURCE, a directory, until stopped."
)
@format_option("table", "json")
@click.pass_context
def build(
    context: click.Context,
    sources: tuple[str, ...],
    store_directory: Path,
    model: str,
    published: str | None,
    cache: bool,
    sieve: bool,
    jobs: int,
    cluster: str | None,
    update: bool,
    watch: bool,
    format: str,
) -> None:
    """Build the graph from articles, or add to it.

    A SOURCE is a text file, HTML, JSON Lines (id, text, and optionally title, published, source, url), parses in
    CoNLL-U (*.conllu), a directory of these, the address of one (s3://bucket/articles,
    with fsspec), or - for standard input. What is in the store and unchanged is not done
    again; a build that was stopped goes on where it was. Nothing is removed, unless by --update, which takes the sources
    for the whole truth about what came from them. --watch goes on doing so for one directory, until Ctrl-C (status 130)
    or SIGTERM (status 0). Ends with status 1 when some documents failed.

    \b
    Example:
      diplograph build seeds/articles
      diplograph build articles.jsonl.gz --jobs 8
    """
    from diplograph import pipeline

    check_sources(sources)
    if watch:
        keep_up(sources, store_directory, format, model=model, published=published, cache=cache)
        return
    with progress_bar("Building") as progress:
        report = pipeline.build(
            sources,
            store_directory,
            model=model,
            published=published,
            cache=cache,
            sieve=sieve,
            jobs=jobs,
            cluster=cluster,
            update=update,
            progress=progress,
        )
    say_failures(report)
    _print_report(report, store_directory, format)
    if report.failed:
        context.exit(SOME_FAILED)


def keep_up(sources: tuple[str, ...], store: Path, format: str, **options: Any) -> None:
    """Watches a directory, and prints a line for each build that did something."""
    import signal
    import threading

    from diplograph import pipeline

    if len(sources) != 1 or not Path(sources[0]).is_dir():
        raise click.UsageError("--watch takes one SOURCE, a directory")
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())

    def show(report: BuildReport) -> None:
        say_failures(report)
        line = json.dumps(asdict(report), ensure_ascii=False) if format == "json" else _summary(report)
        click.echo(line)
        sys.stdout.flush()

    click.echo(f"diplograph: watching {sources[0]}; Ctrl-C ends it", err=True)
    pipeline.watch(
        sources[0],
        store,
        stop=stop,
        built=show,
        hindered=lambda text: click.echo(f"diplograph: {text}", err=True),
        **options,
    )


def say_failures(report: BuildReport) -> None:
    """Says on standard error what failed."""
    for failure in report.failures:
        click.echo(f"diplograph: {' '.join(str(failure).split())}", err=True)


def _summary(report: BuildReport) -> str:
    documents = f"{report.added} added, {report.changed} changed, {report.unchanged} unchanged, "
    return documents + f"{len(report.removed)} removed, {report.failed} failed"


def check_sources(sources: tuple[str, ...]) -> None:
    """Raises a usage error for the first source that is not there."""
    for source in sources:
        if source != "-" and "://" not in source and not Path(source).exists():
            raise click.BadParameter(f"{source}: there is no such file or directory", param_hint="SOURCE")


def _print_report(report: BuildReport, store: Path, format: str) -> None:
    if format == "json":
        print_json(report)
        return
    print_pairs(
        {
            "store": store,
            "documents": _summary(report),
            "reports": f"{report.reports} new",
            "events": f"{report.events} in the store",
            "time": f"{report.seconds:.1f} s",
        }
    )
