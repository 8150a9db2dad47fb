"""What is in a store, as lines that can be compared."""

from __future__ import annotations

import io
from pathlib import Path

from diplograph.store import Store
from diplograph.transfer import export


def dump(store: Path) -> list[bytes]:
    """The quads of a store, sorted, without the time at which each was made."""
    out = io.BytesIO()
    with Store.open(store, read_only=True) as opened:
        export(opened, "nquads", out)
    return [line for line in out.getvalue().splitlines() if b"endedAtTime" not in line]


def document_graphs(lines: list[bytes]) -> dict[bytes, set[bytes]]:
    """The quads of each document's graph."""
    found: dict[bytes, set[bytes]] = {}
    for line in lines:
        graph = line.rsplit(b" ", 2)[1]
        if b"/graph/document/" in graph:
            found.setdefault(graph, set()).add(line)
    return found
