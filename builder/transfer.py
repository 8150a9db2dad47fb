"""Exports: a store, or one of its graphs, as RDF text in a fixed order, so that equal stores give equal bytes."""

from __future__ import annotations

import gzip
import heapq
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType
from typing import IO, cast

from pyoxigraph import NamedNode, Quad, RdfFormat, serialize

from diplograph.model import StoreError
from diplograph.quads import document_graph, restore_blank_nodes, shared_graph, sort_quads
from diplograph.store import PREFIXES, Store

FORMATS = MappingProxyType(
    {
        "nquads": RdfFormat.N_QUADS,
        "trig": RdfFormat.TRIG,
        "turtle": RdfFormat.TURTLE,
        "ntriples": RdfFormat.N_TRIPLES,
    }
)
"""The formats by name; turtle and ntriples hold one graph."""

_LINES_IN_MEMORY = 500_000


def export(
    store: Store,
    format: str,
    out: Path | IO[bytes],
    graph: NamedNode | None = None,
    *,
    blank_nodes: bool = False,
) -> int:
    """Writes the store, or one graph of it, to a file or a binary stream, and says how many quads that were.

    ``format`` is one of :data:`FORMATS`. N-Quads and N-Triples are sorted by line, as ``LC_ALL=C sort`` does; TriG and
    Turtle by graph and subject. A file whose name ends in .gz is compressed, without a time in it. A file appears
    whole or not at all. ``blank_nodes`` gives the ontology its blank nodes back, as OWL tools want them.
    Raises StoreError for an unknown format, a graph that is not there, a format that cannot hold several graphs, or a
    file that cannot be written.
    """
    if format not in FORMATS:
        raise StoreError(f'there is no format "{format}"; there are {", ".join(FORMATS)}')
    if graph is not None and graph not in store.graph_names():
        raise StoreError(f"the store has no graph {graph.value}")
    if graph is None and not FORMATS[format].supports_datasets:
        raise StoreError(f"{format} holds one graph: name it, or use nquads or trig")
    with ExitStack() as stack:
        stream = stack.enter_context(_open_for_writing(out)) if isinstance(out, Path) else out
        if format in ("nquads", "ntriples"):
            return _write_lines(_each_graph(store, graph, blank_nodes), stream, with_graph=format == "nquads")
        return _write_grouped(_each_graph(store, graph, blank_nodes), stream, FORMATS[format])


def find_graph(store: Store, text: str) -> NamedNode:
    """The graph meant: events, actors, ontology or inferences, the id of a document, or an IRI.

    Raises StoreError, with the nearest name, when the store has no such graph.
    """
    names = store.graph_names()
    shared = {
        name: shared_graph(name, base=store.base) for name in ("events", "actors", "ontology", "inferences")
    }
    candidates = [shared[text]] if text in shared else []
    candidates.append(document_graph(text, base=store.base))
    for candidate in candidates:
        if candidate in names:
            return candidate
    for name in names:
        if name.value == text:
            return name
    near = get_close_matches(text, [*shared, *store.document_ids()], n=1, cutoff=0.5)
    hint = f'; did you mean "{near[0]}"?' if near else ""
    raise StoreError(f'the store has no graph "{text}"{hint}')


@contextmanager
def _open_for_writing(path: Path) -> Iterator[IO[bytes]]:
    """A file that takes its name only when it is complete."""
    unfinished = path.with_name(path.name + ".part")
    try:
        with ExitStack() as stack:
            file: IO[bytes] = stack.enter_context(unfinished.open("wb"))
            if path.suffix == ".gz":
                compressed = gzip.GzipFile(filename="", fileobj=file, mode="wb", mtime=0)
                file = cast(IO[bytes], stack.enter_context(compressed))
            yield file
        unfinished.replace(path)
    except OSError as error:
        raise StoreError(f"{path} cannot be written: {error.strerror or error}") from error
    finally:
        unfinished.unlink(missing_ok=True)


def _each_graph(store: Store, graph: NamedNode | None, blank_nodes: bool) -> Iterator[Iterable[Quad]]:
    """The quads of each graph, the graphs in the order of their names."""
    ontology = shared_graph("ontology", base=store.base)
    for name in (graph,) if graph is not None else store.graph_names():
        quads: Iterable[Quad] = store.quads(name)
        yield restore_blank_nodes(quads, base=store.base) if blank_nodes and name == ontology else quads


def _write_lines(graphs: Iterable[Iterable[Quad]], stream: IO[bytes], *, with_graph: bool) -> int:
    """Sorted lines: runs that fit into memory are sorted there, and merged from temporary files when there are several."""
    count = 0

    def lines() -> Iterator[bytes]:
        for quads in graphs:
            for quad in quads:
                yield f"{quad if with_graph else quad.triple} .\n".encode()

    with tempfile.TemporaryDirectory(prefix="diplograph-") as folder, ExitStack() as stack:
        runs: list[Iterable[bytes]] = []
        run: list[bytes] = []
        for line in lines():
            count += 1
            run.append(line)
            if len(run) == _LINES_IN_MEMORY:
                path = Path(folder, str(len(runs)))
                path.write_bytes(b"".join(sorted(run)))
                runs.append(stack.enter_context(path.open("rb")))
                run = []
        stream.writelines(heapq.merge(*runs, sorted(run)))
    return count


def _write_grouped(graphs: Iterable[Iterable[Quad]], stream: IO[bytes], format: RdfFormat) -> int:
    count = 0

    def ordered() -> Iterator[Quad]:
        nonlocal count
        for quads in graphs:
            for quad in sort_quads(quads):
                count += 1
                yield quad

    def triples() -> Iterator[object]:
        return (quad.triple for quad in ordered())

    items = ordered() if format.supports_datasets else triples()
    serialize(items, stream, format, prefixes=PREFIXES)  # type: ignore[arg-type]
    return count
