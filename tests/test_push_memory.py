"""What a push holds in memory does not grow with the graph: two sizes, measured from outside."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import servers
from pyoxigraph import RdfFormat

from diplograph.quads import document_graph
from diplograph.store import Store

PER_GRAPH = 500


def make(directory: Path, graphs: int) -> int:
    """A store of graphs whose terms are few, so that Oxigraph's own caches hold all of it at either size; its size as
    N-Quads."""
    predicate = "<https://example.org/a-predicate-that-makes-lines-as-long-as-real-ones-are>"
    lines = [
        f"<https://example.org/{n % 25}> {predicate} "
        f'"{n // 25}"^^<http://www.w3.org/2001/XMLSchema#integer> {document_graph(f"{graph:06}")} .\n'
        for graph in range(graphs)
        for n in range(PER_GRAPH)
    ]
    text = "".join(lines).encode()
    with Store.open(directory) as store:
        store.inner.bulk_load(text, RdfFormat.N_QUADS)
        assert len(store) == graphs * PER_GRAPH
    return len(text)


def push_and_measure(directory: Path, url: str) -> int:
    """The most memory, in bytes, that a push to this address had."""
    command = [sys.executable, "-m", "diplograph", "push", url, "--store", str(directory), "--chunk", "10000"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    peak = 0
    while process.poll() is None:
        peak = max(peak, servers.peak_memory(process.pid))
        time.sleep(0.02)
    assert process.stderr is not None
    assert process.returncode == 0, process.stderr.read()
    return peak


def test_memory_does_not_grow_with_the_graph(tmp_path: Path) -> None:
    assert servers.required("oxigraph", servers.find_oxigraph()) is None
    peaks, sizes = [], []
    for graphs in (100, 500):
        sizes.append(make(tmp_path / f"store{graphs}", graphs))
        with servers.oxigraph(tmp_path / f"server{graphs}") as server:
            peaks.append(push_and_measure(tmp_path / f"store{graphs}", server.url))
    growth = peaks[1] - peaks[0]
    assert growth < (sizes[1] - sizes[0]) / 4, f"{growth / 1e6:.0f} MB more for the larger graph"
