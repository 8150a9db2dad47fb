"""``diplograph pull``."""

from __future__ import annotations

from pathlib import Path

import click

from diplograph.cli.options import Reach, endpoint_options, format_option, store_option
from diplograph.cli.output import print_json, print_rows


@click.command()
@click.argument("url")
@endpoint_options
@click.option(
    "--graph",
    "graphs",
    multiple=True,
    metavar="IRI",
    help="Only this graph; may be repeated. By default all of diplograph's that are there.",
)
@store_option
@format_option("table", "csv", "json")
def pull(
    url: str,
    reach: Reach,
    graphs: tuple[str, ...],
    store_directory: Path,
    format: str,
) -> None:
    """Take graphs that a store elsewhere holds into the store here, which is made when there is none.

    Each graph takes the place of the one of its name, whole or not at all. Where the store has documents of its own,
    actors are added to those it has, and its events are made anew from the reports of all documents.

    \b
    Example:
      diplograph pull http://localhost:7878 --store copy
    """
    from diplograph import transfer
    from diplograph.pipeline import FrameExtractor, consolidate_store
    from diplograph.store import Store

    with (
        reach(url) as endpoint,
        Store.open(store_directory) as store,
    ):
        report = transfer.pull(store, endpoint, graphs=graphs)
        events = consolidate_store(store, FrameExtractor()) if report.mixed else None
    if format == "json":
        print_json(report)
    else:
        rows = [(graph.graph, str(graph.triples), graph.state) for graph in report.graphs]
        print_rows(("graph", "triples", "state"), rows, format)
    click.echo(f"{len(report.graphs)} graphs are in {store_directory}", err=True)
    if events is not None:
        click.echo(f"{events} events were made anew from the reports of all documents", err=True)
