"""Parcels: graphs that are read, announced and sent together, with their lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pyoxigraph import NamedNode

from diplograph.transfer.lines import GraphSource, SortedLines, digest, sort_graph
from diplograph.transfer.manifest import Entry
from diplograph.transfer.targets import Target

_PARCEL = 100_000
_FIRST = 25_000
"""How many triples the first parcel has; each has twice as many as the one before, so that a store soon has work."""


@dataclass(frozen=True)
class Parcel:
    """Graphs that are sent together, with their lines."""

    entries: tuple[Entry, ...]
    lines: tuple[SortedLines, ...] = field(repr=False)

    @property
    def triples(self) -> int:
        """How many triples it has."""
        return sum(entry.triples for entry in self.entries)

    @property
    def names(self) -> list[NamedNode]:
        """Its graphs."""
        return [entry.graph for entry in self.entries]

    @property
    def size(self) -> int:
        """How many bytes it has as N-Quads."""
        named = sum(entry.triples * (len(str(entry.graph).encode()) + 1) for entry in self.entries)
        return named + sum(lines.size for lines in self.lines)

    def close(self) -> None:
        """Forgets the lines."""
        for lines in self.lines:
            lines.close()


def pack(source: GraphSource, names: Iterable[NamedNode], target: Target, chunk: int) -> Iterator[Parcel]:
    """The graphs in parcels that are sent and written down together: one request's, where it takes many graphs. A graph
    too large for that is a parcel of its own."""
    most = chunk if target.way == "quads" else max(chunk, _PARCEL)
    now = min(most, _FIRST)
    entries: list[Entry] = []
    contents: list[SortedLines] = []
    triples = size = 0
    for name in names:
        lines = sort_graph(source, name)
        count, hash = digest(lines)
        triples, size = triples + count, size + lines.size
        if entries and (triples > now or size > target.most_bytes or len(entries) >= target.graphs):
            yield Parcel(tuple(entries), tuple(contents))
            now = min(2 * now, most)
            entries, contents = [], []
            triples, size = count, lines.size
        entries.append(Entry(name, count, hash))
        contents.append(lines)
    if entries:
        yield Parcel(tuple(entries), tuple(contents))
