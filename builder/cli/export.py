"""``diplograph export``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from diplograph.cli.options import store_option

EXPORT_FORMATS = ("nquads", "trig", "turtle", "ntriples")


@click.command()
@click.option(
    "--format",
    "-f",
    "format",
    type=click.Choice(EXPORT_FORMATS),
    default="nquads",
    show_default=True,
    help="How to write.",
)
@click.option(
    "--output",
    "-o",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Where to; by default standard output. A name ending in .gz is compressed.",
)
@click.option(
    "--graph",
    metavar="GRAPH",
    help="Only this graph: events, actors, ontology, inferences, or the id of a document; all by default.",
)
@click.option(
    "--blank-nodes", is_flag=True, help="Give the ontology its blank nodes back, as OWL tools want them."
)
@store_option
def export(
    format: str, output: Path | None, graph: str | None, blank_nodes: bool, store_directory: Path
) -> None:
    """Write the graph, or one of its named graphs, as RDF in a fixed order; equal stores give equal files.

    Turtle and N-Triples hold one graph, so name one with --graph.

    \b
    Example:
      diplograph export --output graph.nq.gz
      diplograph export --format turtle --graph events
    """
    from diplograph import transfer
    from diplograph.store import Store

    with Store.open(store_directory, read_only=True) as store:
        chosen = transfer.find_graph(store, graph) if graph else None
        out = output or sys.stdout.buffer
        count = transfer.export(store, format, out, chosen, blank_nodes=blank_nodes)
    sys.stdout.flush()
    click.echo(f"{count} quads written{f' to {output}' if output else ''}", err=True)
