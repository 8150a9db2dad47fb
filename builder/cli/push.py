"""``diplograph push``."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from diplograph.cli.options import Reach, endpoint_options, format_option, graphs_option, store_option
from diplograph.cli.output import print_json, print_rows, progress_bar

if TYPE_CHECKING:
    from diplograph.transfer import PushedGraph, PushReport

SOME_DIFFER = 1
STATES = ("sent", "unchanged", "removed", "gone")
_MOST_ROWS = 30


@click.command()
@click.argument("url")
@endpoint_options
@click.option(
    "--update-url", metavar="URL", help="Where updates go, if that is another address; for --to sparql."
)
@click.option(
    "--from",
    "files",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    metavar="FILE",
    help="Send what `diplograph export` wrote as N-Quads (.nq, .nq.gz, .nq.zst) in place of a store; may be repeated, for "
    "the parts of one export.",
)
@graphs_option
@click.option("--all", "everything", is_flag=True, help="Send every graph, also those that did not change.")
@click.option(
    "--remove-gone", is_flag=True, help="Remove graphs over there that were pushed once and are gone here."
)
@click.option(
    "--gzip/--no-gzip", default=None, help="Compress what is sent; by default if the store is elsewhere."
)
@click.option(
    "--chunk",
    type=click.IntRange(min=1),
    metavar="TRIPLES",
    help="How much goes into one request; by default what suits the store, for Oxigraph everything.",
)
@click.option(
    "--unlogged",
    is_flag=True,
    help="Have a Virtuoso on this machine keep no log of what it takes in, and write it down at the end, as its own bulk "
    "loader does. Quicker; not while others write there.",
)
@click.option(
    "--dry-run", is_flag=True, help="Change nothing; print the curl commands that would do the same."
)
@store_option
@format_option("table", "csv", "json")
@click.pass_context
def push(
    context: click.Context,
    url: str,
    reach: Reach,
    update_url: str | None,
    files: tuple[Path, ...],
    graphs: tuple[str, ...],
    everything: bool,
    remove_gone: bool,
    gzip: bool | None,
    chunk: int | None,
    unlogged: bool,
    dry_run: bool,
    store_directory: Path,
    format: str,
) -> None:
    """Load the graph into a store elsewhere, and compare every graph's count of triples afterwards.

    URL is the address of the store, or of any of its services; what store it is is found out, or said with --to. User
    and password come from DIPLOGRAPH_USER and DIPLOGRAPH_PASSWORD, a token from DIPLOGRAPH_TOKEN, or from a netrc file.
    Only graphs that changed since the last push are sent. A push that was stopped is gone on with by the next. Ends
    with status 1 when counts differ.

    \b
    Example:
      diplograph push http://localhost:7878
      diplograph push http://localhost:8890 --to virtuoso --remove-gone
      diplograph push http://localhost:7878 --from news.nq.gz
    """
    from diplograph import transfer
    from diplograph.pipeline import Progress
    from diplograph.store import Store

    if files and context.get_parameter_source("store_directory") != ParameterSource.DEFAULT:
        raise click.UsageError("--from sends files in place of a store; leave --store or --from out")
    with (
        transfer.open_quads_file(files) if files else Store.open(store_directory, read_only=True) as source,
        reach(url, update_url=update_url) as endpoint,
    ):
        chosen = [transfer.find_graph(source, graph) for graph in graphs]
        settings = {
            "graphs": chosen,
            "everything": everything,
            "remove_gone": remove_gone,
            "gzip": gzip,
            "chunk": chunk,
            "unlogged": unlogged,
        }
        if dry_run:
            read = transfer.FileReading(files) if files else transfer.StoreReading(store_directory)
            for line in transfer.curl_commands(source, endpoint, read, **settings):  # type: ignore[arg-type]
                click.echo(line)
            return
        with progress_bar("Pushing") as bar:
            report = transfer.push(
                source,
                endpoint,
                progress=lambda done, total, name: bar(Progress(done, total, name)),
                **settings,  # type: ignore[arg-type]
            )
        _print(report, format, source.base)
    if report.differing:
        context.exit(SOME_DIFFER)


def _print(report: PushReport, format: str, base: str) -> None:
    if format == "json":
        print_json(report)
    else:
        rows = report.graphs if format == "csv" or len(report.graphs) <= _MOST_ROWS else _sum_up(report, base)
        print_rows(
            ("graph", "here", "there", "state"),
            [(row.graph, str(row.here), str(row.there), row.state) for row in rows],
            format,
        )
    if len(report.interrupted) > _MOST_ROWS:
        click.echo(f"{len(report.interrupted)} graphs were left incomplete by an earlier push", err=True)
    else:
        for graph in report.interrupted:
            click.echo(f"{graph} was left incomplete by an earlier push", err=True)
    for graph in report.corrupted:
        click.echo(
            f"{graph} has values that {report.target} does not keep as they are (xsd:duration)", err=True
        )
    counts = Counter(graph.state for graph in report.graphs)
    said = ", ".join(f"{counts[state]} {state}" for state in STATES if counts[state]) or "no graphs"
    click.echo(f"{report.target} at {report.url}: {said}", err=True)
    if counts["gone"]:
        click.echo("graphs that are gone here are still there; --remove-gone removes them", err=True)
    for found in report.differing:
        click.echo(
            f"diplograph: {found.graph} has {found.there} triples there and {found.here} here; push again with --all",
            err=True,
        )


def _sum_up(report: PushReport, base: str) -> list[PushedGraph]:
    """A row for each graph that is not a document's or is not right, and one for the documents of each state."""
    from diplograph.transfer import PushedGraph

    shown = [g for g in report.graphs if "/graph/document/" not in g.graph or g.state == "different"]
    for state in STATES:
        rest = [g for g in report.graphs if g not in set(shown) and g.state == state]
        if rest:
            here, there = sum(g.here for g in rest), sum(g.there for g in rest)
            shown.append(PushedGraph(f"{len(rest)} documents", here, there, state))
    return shown
