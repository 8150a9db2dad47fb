"""The triples of graphs as sorted lines of N-Triples or N-Quads, in bounded memory.

Oxigraph writes the lines, which is some ten times as quick as making them in Python. What does not fit into
:data:`RUN` bytes is sorted in runs, which are merged from temporary files.
"""

from __future__ import annotations

import hashlib
import heapq
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import IO, Self, cast

from pyoxigraph import NamedNode, RdfFormat

from diplograph.quads import restore_blank_nodes, shared_graph
from diplograph.store import Store

RUN = 32_000_000
"""How many bytes of lines are sorted in memory."""


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
        self._size = 0
        self._files: list[Path] = []
        self._last: list[bytes] | None = None
        self._resources = ExitStack()
        self._folder: Path | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Removes its temporary files."""
        self._resources.close()

    def write(self, block: bytes) -> None:
        """Adds lines; a block begins and ends with a line."""
        self._blocks.append(block)
        self._size += len(block)
        if self._size >= self._run:
            self._spill()

    def _sort(self) -> list[bytes]:
        lines = b"".join(self._blocks).splitlines(keepends=True)
        self._blocks = []
        lines.sort()
        return lines

    def _spill(self) -> None:
        if self._folder is None:
            self._folder = Path(
                self._resources.enter_context(tempfile.TemporaryDirectory(prefix="diplograph-"))
            )
        path = self._folder / str(len(self._files))
        with path.open("wb") as file:
            file.writelines(self._sort())
        self._files.append(path)
        self._size = 0

    def __iter__(self) -> Iterator[bytes]:
        if self._last is None:
            self._last = self._sort()
        if not self._files:
            yield from self._last
            return
        with ExitStack() as stack:
            runs = [stack.enter_context(path.open("rb")) for path in self._files]
            yield from heapq.merge(*runs, self._last)


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
    store: Store,
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
    if blank_nodes and graph == shared_graph("ontology", base=store.base):
        quads = restore_blank_nodes(store.quads(graph), base=store.base)
        target.write("".join(f"{quad.triple} .\n" for quad in quads).encode())
    else:
        store.dump(cast(IO[bytes], target), RdfFormat.N_TRIPLES, graph, prefixes=False)
    return target.count


def sort_graph(store: Store, graph: NamedNode, *, blank_nodes: bool = False) -> SortedLines:
    """The sorted N-Triples of one graph; to be used in a ``with`` statement."""
    lines = SortedLines()
    write_graph(store, graph, lines, blank_nodes=blank_nodes)
    return lines


def digest(lines: Iterable[bytes]) -> tuple[int, str]:
    """How many lines there are, and their SHA-256 in hex: of a graph's sorted N-Triples, what is in that graph.

    ``diplograph export --format ntriples --graph G | sha256sum`` gives the same.

    >>> digest([b"a"])[1][:8]
    'ca978112'
    """
    count, hash = 0, hashlib.sha256()
    for line in lines:
        count += 1
        hash.update(line)
    return count, hash.hexdigest()
