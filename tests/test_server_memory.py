"""What a server holds in memory does not grow with the answers it sends: two sizes, measured from outside."""

from __future__ import annotations

import http.client
import os
import time
from pathlib import Path
from urllib.parse import urlencode

import pytest
from pyoxigraph import RdfFormat
from serving import family, serving

from diplograph.quads import document_graph
from diplograph.store import Store

EVERYTHING = "SELECT ?s ?p ?o ?g { GRAPH ?g { ?s ?p ?o } }"
PER_GRAPH = 500
ALLOWED = 24 << 20  # bytes that allocators and a database's own caches may differ by


def fill(directory: Path, graphs: int) -> None:
    """A store of graphs whose terms are few, so that Oxigraph's caches hold all of it at either size."""
    predicate = "<https://example.org/a-predicate-that-makes-lines-as-long-as-real-ones-are>"
    lines = (
        f"<https://example.org/{n % 25}> {predicate} "
        f'"{n // 25}"^^<http://www.w3.org/2001/XMLSchema#integer> {document_graph(f"{graph:06}")} .\n'
        for graph in range(graphs)
        for n in range(PER_GRAPH)
    )
    with Store.open(directory) as store:
        store.inner.bulk_load("".join(lines).encode(), RdfFormat.N_QUADS)


def own_memory(pids: list[int]) -> list[int]:
    """What each process has in memory of its own, in bytes; pages of files that are mapped do not count."""
    sizes = []
    for pid in pids:
        try:
            status = (Path("/proc") / str(pid) / "status").read_text()
        except OSError:
            continue
        fields = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
        sizes.append(int(fields.get("RssAnon", "0 kB").split()[0]) << 10)
    return sizes


def read_all(port: int, media: str, pid: int) -> tuple[int, int]:
    """The length of the answer to everything, and the most memory the server's processes had together while it was sent."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    length = most = 0
    try:
        connection.request("GET", "/sparql?" + urlencode({"query": EVERYTHING}), headers={"Accept": media})
        response = connection.getresponse()
        assert response.status == 200, response.read()
        pids = family(pid)
        while block := response.read(1 << 18):
            length += len(block)
            most = max(most, sum(own_memory(pids)))
            time.sleep(0.004)  # slower than the server could send
    finally:
        connection.close()
    return length, most


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="there is no /proc to read memory from")
@pytest.mark.parametrize("media", ["application/sparql-results+json", "text/csv"])
def test_memory_does_not_grow_with_the_answer(tmp_path: Path, media: str) -> None:
    lengths, peaks = [], []
    for graphs in (100, 800):
        fill(tmp_path / f"store{graphs}", graphs)
        options = ("--workers", "1", "--engines", "1", "--max-result", "1000", "--timeout", "120")
        with serving(tmp_path / f"store{graphs}", *options) as server:
            server.query("ASK {}")
            length, peak = read_all(server.port, media, server.process.pid)
        lengths.append(length)
        peaks.append(peak)
    assert lengths[1] > 7.5 * lengths[0]
    growth = peaks[1] - peaks[0]
    assert growth < min(ALLOWED, (lengths[1] - lengths[0]) / 2), (
        f"{growth / 1e6:.0f} MB more for the longer answer"
    )
