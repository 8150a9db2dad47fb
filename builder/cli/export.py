"""``diplograph export``."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import click

from diplograph.cli.options import graphs_option, store_option

EXPORT_FORMATS = (
    "nquads", "trig", "turtle", "ntriples", "rdfxml", "jsonld", "jsonld-framed", "csv", "parquet", "graphml", "gexf",
)  # fmt: skip
TABLES = ("events", "actors", "reports")
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kmg]?)b?", re.IGNORECASE)


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
    help="Where to; by default standard output. A name ending in .gz or .zst is compressed.",
)
@graphs_option
@click.option(
    "--table", type=click.Choice(TABLES), default="events", show_default=True, help="For csv and parquet."
)
@click.option(
    "--sorted/--as-stored",
    "sort",
    default=True,
    help="N-Quads and N-Triples sorted, so that equal stores give equal bytes (the default), or quicker as stored.",
)
@click.option(
    "--split",
    metavar="SIZE",
    callback=lambda _context, _parameter, value: parse_size(value),
    help="Cut into parts of at most this size before compression: 500k, 64M, 2G.",
)
@click.option(
    "--describe",
    is_flag=True,
    help="Put a description (VoID, DCAT) and checksums beside the file: FILE.void.ttl and FILE.sha256.",
)
@click.option(
    "--blank-nodes", is_flag=True, help="Give the ontology its blank nodes back, as OWL tools want them."
)
@store_option
def export(
    format: str,
    output: Path | None,
    graphs: tuple[str, ...],
    table: str,
    sort: bool,
    split: int | None,
    describe: bool,
    blank_nodes: bool,
    store_directory: Path,
) -> None:
    """Write the graph, or some of its named graphs: as RDF, as a table, or as a network of actors.

    RDF is in a fixed order, so that equal stores give equal files. Turtle, N-Triples and RDF/XML hold one graph, so
    name one with --graph.

    \b
    Example:
      diplograph export --output graph.nq.gz --describe
      diplograph export --format turtle --graph events
      diplograph export --format parquet --table reports --output reports.parquet
      diplograph export --format graphml --output actors.graphml
    """
    from diplograph import transfer
    from diplograph.store import Store

    if output is None and (split or describe):
        raise click.UsageError("--split and --describe make files; name one with --output")
    with Store.open(store_directory, read_only=True) as store:
        chosen = [transfer.find_graph(store, graph) for graph in graphs]
        exported = transfer.export(
            store,
            format,
            output or sys.stdout.buffer,
            chosen,
            blank_nodes=blank_nodes,
            sort=sort,
            split=split,
            table=table,
        )
        if describe and output is not None:
            transfer.describe_export(store, format, output, exported, chosen)
    sys.stdout.flush()
    unit = {"csv": "rows", "parquet": "rows", "graphml": "edges", "gexf": "edges"}.get(format, "quads")
    where = f" to {output}" if output else ""
    parts = f" in {len(exported.files)} parts" if split else ""
    click.echo(f"{exported.count} {unit} written{where}{parts}", err=True)


def parse_size(text: str | None) -> int | None:
    """A size in bytes: ``64M`` is 64 million.

    >>> parse_size("64M")
    64000000
    """
    if text is None:
        return None
    found = _SIZE.fullmatch(text.strip())
    size = float(found[1]) * 1000 ** " kmg".index(found[2].lower() or " ") if found else 0
    if size < 1:
        raise click.BadParameter(f'"{text}" is not a size like 500k, 64M or 2G')
    return int(size)
