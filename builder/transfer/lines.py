"""The triples of graphs as sorted lines of N-Triples or N-Quads, in bounded memory.

Oxigraph writes the lines, which is some ten times as quick as making them in Python. What does not fit into
:data:`RUN` bytes is sorted in runs, which are merged from temporary files.
"""

from __future__ import annotations

import hashlib
import io
import sys
import tempfile
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import IO, Protocol, Self, cast

from pyoxigraph import NamedNode, RdfFormat, parse

from diplograph.quads import restore_blank_nodes, shared_graph

RUN = 32_000_000
"""How many bytes of lines are sorted in memory."""

_BLOCK = 200_000
"""How many bytes are read at a time."""

_HASHED = 10_000
"""How many lines are hashed at a time."""


class GraphSource(Protocol):
    """Where graphs are read: a store of ours, or a file that was exported from one."""

    @property
    def base(self) -> str:
        """What the IRIs begin with that are ours."""

    def graph_names(self) -> tuple[NamedNode, ...]:
        """The named graphs, sorted."""

    def dump(
        self, output: IO[bytes], format: RdfFormat, graph: NamedNode | None = None, *, prefixes: bool = True
    ) -> None:
        """Writes a graph as it comes."""


class SortedLines:
    """Lines, sorted as ``LC_ALL=C sort`` does. Write blocks of whole lines, then iterate, as often as need be.

    >>> with SortedLines() as lines:
    ...     lines.write(b"b\\na\\n")
    ...     list(lines)
    [b'a\\n', b'b\\n']
    """

    def __init__(self, run: int | None = None) -> None:
        self._run = run or RUN
        self._blocks: list[bytes] = []
        self._written = 0
        self._files: list[Path] = []
        self._last: bytes | None = None
        self._resources = ExitStack()
        self._folder: Path | None = None
        self.size = 0
        """How many bytes of lines there are."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Forgets the lines, and removes temporary files."""
        self._blocks, self._last = [], None
        self._resources.close()

    def write(self, block: bytes) -> None:
        """Adds lines; a block begins and ends with a line."""
        self._blocks.append(block)
        self._written += len(block)
        self.size += len(block)
        if self._written >= self._run:
            self._spill()

    def _sort(self) -> bytes:
        lines: list[bytes] = []
        for index, block in enumerate(self._blocks):
            lines += block.splitlines(keepends=True)
            self._blocks[index] = b""  # or all would be in memory twice
        self._blocks = []
        lines.sort()
        return b"".join(lines)

    def _sort_last(self) -> bytes:
        """What is in memory, sorted."""
        if self._last is None:
            self._last = self._sort()
        return self._last

    def _spill(self) -> None:
        if self._folder is None:
            self._folder = Path(
                self._resources.enter_context(tempfile.TemporaryDirectory(prefix="diplograph-"))
            )
        path = self._folder / str(len(self._files))
        path.write_bytes(self._sort())
        self._files.append(path)
        self._written = 0

    def chunks(self, most_lines: int, most_bytes: int = sys.maxsize) -> Iterator[bytes]:
        """The lines, as many at a time as are within both limits, but at least one."""
        if self.size <= most_bytes and not self._files:
            whole = self._sort_last()
            if whole.count(b"\n") <= most_lines:
                yield from filter(None, [whole])
                return
        chunk: list[bytes] = []
        count = size = 0
        for block in self._read():
            fits = count + block.count(b"\n") <= most_lines and size + len(block) <= most_bytes
            for part in [block] if fits else block.splitlines(keepends=True):
                if chunk and (count == most_lines or size + len(part) > most_bytes):
                    yield b"".join(chunk)
                    chunk, count, size = [], 0, 0
                chunk.append(part)
                count += part.count(b"\n")
                size += len(part)
        if chunk:
            yield b"".join(chunk)

    def __iter__(self) -> Iterator[bytes]:
        for block in self._read():
            yield from block.splitlines(keepends=True)

    def _read(self) -> Iterator[bytes]:
        """The lines in blocks."""
        last = io.BytesIO(self._sort_last())
        if not self._files:
            while block := last.read(_BLOCK) + last.readline():
                yield block
            return
        with ExitStack() as stack:
            runs = [stack.enter_context(path.open("rb")) for path in self._files]
            # however many runs there are, no more is read of them together
            yield from _merge([*runs, last], min(_BLOCK, self._run // 4 // len(runs) + 1))


def _merge(runs: Sequence[IO[bytes]], size: int) -> Iterator[bytes]:
    """Blocks of the lines of sorted files, in order; so many bytes of each are read at a time.

    Of each file so much is read that one of them is through to a line that none of the others can go below any more;
    what is read up to there is sorted, which for lists of sorted lists is a merge, and a hundred times as quick as
    comparing line by line in Python.
    """
    waiting: list[list[bytes]] = [[] for _ in runs]
    while True:
        for index, run in enumerate(runs):
            waiting[index] = waiting[index] or run.readlines(size)
        ends = [lines[-1] for lines in waiting if lines]
        if not ends:
            return
        merged: list[bytes] = []
        for index, lines in enumerate(waiting):
            cut = bisect_right(lines, min(ends))
            merged += lines[:cut]
            waiting[index] = lines[cut:]
        merged.sort()
        yield b"".join(merged)


class _WholeLines:
    """A file for Oxigraph to write to; hands on blocks of whole lines, each with its graph where that is wanted."""

    def __init__(self, out: SortedLines | IO[bytes], graph: NamedNode | None) -> None:
        self._out = out
        self._end = f" {graph} .\n".encode() if graph is not None else b""
        self._rest = b""
        self.count = 0

    def write(self, block: bytes) -> int:
        whole, newline, rest = block.rpartition(b"\n")
        if newline:
            self._hand_on(self._rest + whole + newline)
            self._rest = rest
        else:
            self._rest += block
        return len(block)

    def _hand_on(self, lines: bytes) -> None:
        self.count += lines.count(b"\n")
        # a literal has no line break of its own in N-Triples, so this stands at the end of lines only
        self._out.write(lines.replace(b" .\n", self._end) if self._end else lines)

    def flush(self) -> None:
        """Nothing is kept back but an unfinished line."""


def write_graph(
    source: GraphSource,
    graph: NamedNode,
    out: SortedLines | IO[bytes],
    *,
    with_graph: bool = False,
    blank_nodes: bool = False,
) -> int:
    """Writes the lines of a graph as they come, N-Quads or N-Triples, and says how many there are.

    ``blank_nodes`` gives the ontology its blank nodes back.
    """
    target = _WholeLines(out, graph if with_graph else None)
    if blank_nodes and graph == shared_graph("ontology", base=source.base):
        named = io.BytesIO()
        source.dump(named, RdfFormat.N_TRIPLES, graph, prefixes=False)
        quads = restore_blank_nodes(parse(named.getvalue(), RdfFormat.N_TRIPLES), base=source.base)
        target.write("".join(f"{quad.triple} .\n" for quad in quads).encode())
    else:
        source.dump(cast(IO[bytes], target), RdfFormat.N_TRIPLES, graph, prefixes=False)
    return target.count


def sort_graph(source: GraphSource, graph: NamedNode, *, blank_nodes: bool = False) -> SortedLines:
    """The sorted N-Triples of one graph; to be used in a ``with`` statement."""
    lines = SortedLines()
    write_graph(source, graph, lines, blank_nodes=blank_nodes)
    return lines


def digest(lines: SortedLines) -> tuple[int, str]:
    """How many lines there are, and their SHA-256 in hex: of a graph's sorted N-Triples, what is in that graph.

    ``diplograph export --format ntriples --graph G | sha256sum`` gives the same.

    >>> with SortedLines() as lines:
    ...     lines.write(b"a\\n")
    ...     digest(lines)
    (1, '87428fc522803d31065e7bce3cf03fe475096631e5e07bbd7a0fde60c4cf25c7')
    """
    count, hash = 0, hashlib.sha256()
    for chunk in lines.chunks(_HASHED):
        count += chunk.count(b"\n")
        hash.update(chunk)
    return count, hash.hexdigest()
