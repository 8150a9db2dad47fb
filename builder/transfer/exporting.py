"""Exports: a store, or some of its graphs, as RDF in a fixed order, so that equal stores give equal bytes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import IO, cast

from pyoxigraph import NamedNode, Quad, RdfFormat, parse, serialize

from diplograph.model import StoreError
from diplograph.quads import SHARED_GRAPHS, document_graph, read_document_ids, shared_graph
from diplograph.store import PREFIXES, Store
from diplograph.transfer.files import Output, open_output
from diplograph.transfer.formats import FORMATS, Format
from diplograph.transfer.lines import GraphSource, SortedLines, sort_graph, write_graph


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written: how many quads (rows of a table, edges of a network), and to which files."""

    count: int
    files: tuple[Path, ...] = ()


def export(
    store: Store,
    format: str,
    out: Path | IO[bytes],
    graphs: Sequence[NamedNode] = (),
    *,
    blank_nodes: bool = False,
    sort: bool = True,
    split: int | None = None,
    table: str = "events",
) -> Exported:
    """Writes the store, or these graphs of it, to a file or a binary stream.

    ``format`` is one of :data:`FORMATS`. N-Quads and N-Triples are sorted by line, as ``LC_ALL=C sort`` does; TriG,
    Turtle, RDF/XML and JSON-LD by graph and subject; with ``sort=False`` lines come as they are stored, which is
    quicker. A file whose name ends in .gz or .zst is compressed, without a time in it; ``split`` cuts it into parts of
    at most so many bytes before compression (formats other than N-Quads and N-Triples end with the subject that
    reaches it). Files appear whole or not at all. ``blank_nodes`` gives the ontology its blank nodes back, as OWL
    tools want them. ``table`` is events, actors or reports, for csv and parquet.

    Raises StoreError for an unknown format, a graph that is not there, a format that cannot hold several graphs, or a
    file that cannot be written.
    """
    chosen = _check(store, format, graphs, split)
    names = tuple(sorted(graphs, key=lambda name: name.value)) or store.graph_names()
    with open_output(out, split) as output:
        match chosen.kind:
            case "lines":
                count = _write_lines(store, chosen, names, output, blank_nodes=blank_nodes, sort=sort)
            case "grouped":
                count = _write_grouped(store, chosen, names, output, blank_nodes=blank_nodes)
            case "jsonld":
                from diplograph.transfer.jsonld import write_compact, write_framed

                write = write_framed if chosen.name == "jsonld-framed" else write_compact
                count = write(store, names, output)
            case "table":
                from diplograph.transfer.tables import write_table

                count = write_table(store, table, chosen, output)
            case _:
                from diplograph.transfer.network import write_network

                count = write_network(store, chosen, output)
    return Exported(count, tuple(output.files))


def _check(store: Store, format: str, graphs: Sequence[NamedNode], split: int | None) -> Format:
    if format not in FORMATS:
        raise StoreError(f'there is no format "{format}"; there are {", ".join(FORMATS)}')
    chosen = FORMATS[format]
    known = set(store.graph_names())
    for graph in graphs:
        if graph not in known:
            raise StoreError(f"the store has no graph {graph.value}")
    if chosen.kind in ("table", "network") and graphs:
        raise StoreError(f"{format} is made from the whole store; it takes no graph")
    if split and chosen.name in ("parquet", "graphml", "gexf"):
        raise StoreError(f"{format} is one file; leave the split out")
    if not chosen.datasets and len(graphs) != 1:
        raise StoreError(f"{format} holds one graph: name it, or use nquads or trig")
    return chosen


def find_graph(source: GraphSource, text: str) -> NamedNode:
    """The graph meant: events, actors, ontology or inferences, the id of a document, or an IRI.

    Raises StoreError, with the nearest name, when there is no such graph.
    """
    names = source.graph_names()
    shared = {name: shared_graph(name, base=source.base) for name in SHARED_GRAPHS}
    candidates = [shared[text]] if text in shared else []
    candidates.append(document_graph(text, base=source.base))
    for candidate in candidates:
        if candidate in names:
            return candidate
    for name in names:
        if name.value == text:
            return name
    known = [*shared, *read_document_ids(names, base=source.base)]
    near = get_close_matches(text, known, n=1, cutoff=0.5)
    hint = f'; did you mean "{near[0]}"?' if near else ""
    raise StoreError(f'the store has no graph "{text}"{hint}')


def _write_lines(
    store: Store,
    format: Format,
    graphs: Sequence[NamedNode],
    output: Output,
    *,
    blank_nodes: bool,
    sort: bool,
) -> int:
    if not sort:
        target = cast(IO[bytes], _Splitter(output))
        return sum(
            write_graph(store, graph, target, with_graph=format.datasets, blank_nodes=blank_nodes)
            for graph in graphs
        )
    with SortedLines() as lines:
        for graph in graphs:
            write_graph(store, graph, lines, with_graph=format.datasets, blank_nodes=blank_nodes)
        return output.write_lines(lines)


class _Splitter:
    """Blocks of lines, cut where a part ends."""

    def __init__(self, output: Output) -> None:
        self._output = output

    def write(self, block: bytes) -> int:
        self._output.write_lines(block.splitlines(keepends=True))
        return len(block)


class _Counted:
    """Quads of graphs in their order, one at a time, with a look at the next."""

    def __init__(self, quads: Iterator[Quad]) -> None:
        self._quads = quads
        self.next = next(quads, None)
        self.count = 0

    def until_full(self, output: Output) -> Iterator[Quad]:
        """The quads up to the subject with which the part at hand is full."""
        subject = None
        while self.next is not None and not (output.full and self.next.subject != subject):
            quad, self.next = self.next, next(self._quads, None)
            subject = quad.subject
            self.count += 1
            yield quad


def _write_grouped(
    store: Store, format: Format, graphs: Sequence[NamedNode], output: Output, *, blank_nodes: bool
) -> int:
    quads = _Counted(sorted_quads(store, graphs, blank_nodes=blank_nodes))
    rdf = cast(RdfFormat, format.rdf)
    while True:
        part = quads.until_full(output)
        items = part if format.datasets else (quad.triple for quad in part)
        serialize(items, cast(IO[bytes], output), rdf, prefixes=PREFIXES)
        if quads.next is None:
            return quads.count
        output.next_part()


def sorted_quads(store: Store, graphs: Sequence[NamedNode], *, blank_nodes: bool = False) -> Iterator[Quad]:
    """The quads of these graphs in the order of their lines, in bounded memory."""
    for graph in graphs:
        with sort_graph(store, graph, blank_nodes=blank_nodes) as lines:
            for quad in parse(cast(IO[bytes], _Reader(iter(lines))), format=RdfFormat.N_TRIPLES):
                yield Quad(quad.subject, quad.predicate, quad.object, graph)


class _Reader:
    """Lines as a file to read from."""

    def __init__(self, lines: Iterator[bytes]) -> None:
        self._lines = lines
        self._rest = b""

    def read(self, size: int = -1) -> bytes:
        while len(self._rest) < size or size < 0:
            line = next(self._lines, None)
            if line is None:
                break
            self._rest += line
        size = len(self._rest) if size < 0 else size
        block, self._rest = self._rest[:size], self._rest[size:]
        return block
