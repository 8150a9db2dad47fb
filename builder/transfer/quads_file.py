"""Files of N-Quads as `diplograph export` writes them, as a source of graphs: so an export is pushed without a store.

A file is read where it lies, one graph after the other, which is several times as quick as reading a store, where each name
and text of a triple is looked up by its number. What is compressed, or in several parts, is put into one temporary file
first; so is a file in which the lines of a graph do not stand together, as in an export that was sorted.
"""

from __future__ import annotations

import io
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from itertools import takewhile
from pathlib import Path
from typing import IO, cast

from pyoxigraph import NamedNode, RdfFormat

from diplograph.model import StoreError
from diplograph.quads import SERVED, SHARED_GRAPHS, shared_graph
from diplograph.transfer.files import is_packed, unpack
from diplograph.transfer.lines import SortedLines

_BLOCK = 1 << 18
"""How many bytes are read at a time."""

_IRI = rb"<[^<>\s]*>"
_QUAD = re.compile(
    rb'(?:%(iri)s|_:\S+) %(iri)s (?:%(iri)s|_:\S+|"(?:[^"\\]|\\.)*"(?:@[\w-]+|\^\^%(iri)s)?)( %(iri)s \.\n)'
    % {b"iri": _IRI}
)

_GRAPH = re.compile(rf"(.*?)graph/(?:document/.+|{'|'.join((*SHARED_GRAPHS, SERVED))})")


class QuadsFile:
    """The graphs of a file; it can stand where a store is read. Made by :func:`open_quads_file`."""

    def __init__(self, file: IO[bytes], spans: Mapping[NamedNode, tuple[int, int]], base: str) -> None:
        self._file = file
        self._spans = spans
        self.base = base

    def graph_names(self) -> tuple[NamedNode, ...]:
        """The named graphs, sorted."""
        return tuple(sorted(self._spans, key=lambda name: name.value))

    def dump(
        self, output: IO[bytes], format: RdfFormat, graph: NamedNode | None = None, *, prefixes: bool = False
    ) -> None:
        """Writes a graph as it stands in the file, as N-Triples, which is the only ``format``."""
        if graph is None or prefixes or format != RdfFormat.N_TRIPLES:
            raise ValueError(f"a file of N-Quads gives out one graph as N-Triples, not {format}")
        begin, end = self._spans[graph]
        named = f" {graph} .\n".encode()
        self._file.seek(begin)
        while begin < end:
            lines = self._file.read(min(_BLOCK, end - begin))
            lines += self._file.readline() if not lines.endswith(b"\n") else b""
            begin += len(lines)
            # a literal has no line break of its own, so this stands at the end of lines only
            output.write(lines.replace(named, b" .\n"))


@contextmanager
def open_quads_file(paths: Sequence[Path]) -> Iterator[QuadsFile]:
    """The graphs of a file of N-Quads, or of the parts of one (.nq, .nq.gz, .nq.zst).

    Raises StoreError, with the line, for what `diplograph export` does not write: triples without a graph, blank nodes,
    comments, graphs of something else, a file that was cut off::

        with open_quads_file([Path("news.nq.gz")]) as graphs, find_endpoint(url) as endpoint:
            push(graphs, endpoint)
    """
    named = ", ".join(map(str, paths))
    with ExitStack() as stack:
        try:
            file = given = _open(paths, stack)
            try:
                spans = _find_spans(file)
                if spans is None:
                    file = _put_together(file, stack)
                    spans = _find_spans(file) or {}
            except _NotOursError as error:
                number = 1 + sum(block.count(b"\n") for block in _read_before(given, error.line))
                raise StoreError(
                    f"{named}: line {number} is none that `diplograph export` writes as N-Quads; name a whole export of "
                    "diplograph, or give this file to the store's own loader"
                ) from error
        except OSError as error:
            raise StoreError(
                f"{named} cannot be read: {error.strerror or error}; name files of N-Quads"
            ) from error
        graphs = {NamedNode(end[2:-4].decode()): span for end, span in spans.items()}
        base = find_base(graphs)
        if base is None:
            raise StoreError(
                f"{named}: these are not the graphs of one diplograph store; name an export of one"
            )
        source = QuadsFile(file, graphs, base)
        if _has_blank_nodes(source):
            raise StoreError(
                f"{named} has blank nodes, which are other ones in each store; export it without --blank-nodes"
            )
        yield source


def find_base(graphs: Iterable[NamedNode]) -> str | None:
    """The base that these graphs have in common; None when one is none of ours, or they are of several stores.

    >>> find_base([NamedNode("https://example.org/graph/events"), NamedNode("https://example.org/graph/document/a")])
    'https://example.org/'
    """
    bases = {found and found[1] for found in (_GRAPH.fullmatch(graph.value) for graph in graphs)}
    return bases.pop() if len(bases) == 1 else None


class _NotOursError(Exception):
    """A line that is not as we write them."""

    def __init__(self, line: bytes) -> None:
        super().__init__(line)
        self.line = line


def _open(paths: Sequence[Path], stack: ExitStack) -> IO[bytes]:
    """The file itself, or a temporary one with all that the files have."""
    if len(paths) == 1 and not is_packed(paths[0]):
        return stack.enter_context(paths[0].open("rb"))
    file = _make_temporary(stack)
    for path in paths:
        with unpack(path) as stream:
            shutil.copyfileobj(stream, file, _BLOCK)
    return file


def _make_temporary(stack: ExitStack) -> IO[bytes]:
    return cast(IO[bytes], stack.enter_context(tempfile.TemporaryFile(prefix="diplograph-")))


def _read_blocks(file: IO[bytes]) -> Iterator[bytes]:
    """The file in blocks of whole lines."""
    file.seek(0)
    while block := file.read(_BLOCK) + file.readline():
        yield block


def _read_before(file: IO[bytes], line: bytes) -> Iterator[bytes]:
    """What stands before a line."""
    file.seek(0)
    return iter(takewhile(lambda other: other != line, file))


def _find_spans(file: IO[bytes]) -> dict[bytes, tuple[int, int]] | None:
    """Where the lines of each graph begin and end, by the end that they share; None when some stand apart."""
    spans: dict[bytes, tuple[int, int]] = {}
    last, passed = b"", 0
    for lines in _read_blocks(file):
        begin = 0
        while begin < len(lines):
            end = _find_end(lines, begin)
            stop = _find_stop(lines, begin, end)
            first, _ = spans.get(end, (passed + begin, 0))
            apart = end in spans and end != last
            if apart or lines.count(end, begin, stop) != lines.count(b"\n", begin, stop):
                return None
            spans[end] = (first, passed + stop)
            begin, last = stop, end
        passed += len(lines)
    return spans


def _find_end(lines: bytes, begin: int) -> bytes:
    """The end of the line that begins here, with its graph."""
    line = lines[begin : lines.find(b"\n", begin) + 1 or None]
    quad = _QUAD.fullmatch(line)
    if quad is None:
        raise _NotOursError(line)
    return quad[1]


def _find_stop(lines: bytes, begin: int, end: bytes) -> int:
    """Where the lines from here on have this end no more: by bisection, as if they stood together."""
    if lines.endswith(end):
        return len(lines)
    low, high = lines.index(b"\n", begin) + 1, len(lines)
    while True:
        middle = lines.find(b"\n", (low + high) // 2) + 1 or high  # the last line may be cut off
        if middle == high:
            middle = lines.rfind(b"\n", low, (low + high) // 2) + 1
        if middle <= low:
            return low
        if lines.endswith(end, begin, middle):
            low = middle
        else:
            high = middle


def _has_blank_nodes(source: QuadsFile) -> bool:
    """Whether the ontology has them, which is given them back when one asks for it."""
    ontology = shared_graph("ontology", base=source.base)
    if ontology not in source.graph_names():
        return False
    lines = io.BytesIO()
    source.dump(lines, RdfFormat.N_TRIPLES, ontology)
    return b"\n_:" in b"\n" + lines.getvalue()


def _put_together(file: IO[bytes], stack: ExitStack) -> IO[bytes]:
    """A temporary file with the same lines, those of a graph together: they are sorted with the graph in front."""
    target = _make_temporary(stack)
    with SortedLines() as lines:
        for block in _read_blocks(file):
            lines.write(b"".join(map(_put_graph_first, block.splitlines(keepends=True))))
        for line in lines:
            graph, _, triple = line.partition(b" ")
            target.write(triple[:-2] + graph + b" .\n")
    return target


def _put_graph_first(line: bytes) -> bytes:
    triple, _, graph = line[:-3].rpartition(b" ")
    if not triple or not line.endswith(b" .\n"):
        raise _NotOursError(line)
    return graph + b" " + triple + b" .\n"
