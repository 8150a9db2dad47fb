"""What a push or an export holds in memory does not grow with the graph: two sizes, measured from outside."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
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


PROGRAM = """
import sys
from diplograph.cli import main
from diplograph.transfer import lines
lines.RUN = 4_000_000  # so that both stores have several runs
sys.exit(main(sys.argv[1:]))
"""


def measure(*arguments: object) -> int:
    """The most memory, in bytes, that a command had."""
    command = [sys.executable, "-c", PROGRAM, *map(str, arguments)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    peak = 0
    while process.poll() is None:
        peak = max(peak, servers.peak_memory(process.pid))
        time.sleep(0.02)
    assert process.stderr is not None
    assert process.returncode == 0, process.stderr.read()
    return peak


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Path, int]]:
    """Two stores, one five times as large as the other, and their sizes as N-Quads."""
    folders = [tmp_path_factory.mktemp("large") / str(graphs) for graphs in (200, 1000)]
    return [(folder, make(folder, int(folder.name))) for folder in folders]


@pytest.mark.parametrize("options", [("--chunk", 10_000), ()], ids=["in chunks", "in one request"])
def test_a_push_holds_no_more_of_a_larger_graph(
    made: list[tuple[Path, int]], options: tuple[object, ...], tmp_path: Path
) -> None:
    assert servers.required("oxigraph", servers.find_oxigraph()) is None
    peaks = []
    for folder, size in made:
        with servers.oxigraph(tmp_path / str(size)) as server:
            peaks.append(measure("push", server.url, "--store", folder, *options))
    check_growth(made, peaks)


@pytest.mark.parametrize("options", [(), ("--as-stored",)], ids=["sorted", "as stored"])
def test_a_push_of_a_file_holds_no_more_of_a_larger_one(
    made: list[tuple[Path, int]], options: tuple[object, ...], tmp_path: Path
) -> None:
    assert servers.required("oxigraph", servers.find_oxigraph()) is None
    peaks = []
    for folder, size in made:
        file = tmp_path / f"{size}.nq"
        measure("export", "--store", folder, "-o", file, *options)
        with servers.oxigraph(tmp_path / str(size)) as server:
            peaks.append(measure("push", server.url, "--from", file, "--chunk", 10_000))
    check_growth(made, peaks)


@pytest.mark.parametrize("options", [(), ("--as-stored",)], ids=["sorted", "as stored"])
def test_an_export_holds_no_more_of_a_larger_graph(
    made: list[tuple[Path, int]], options: tuple[object, ...], tmp_path: Path
) -> None:
    peaks = [measure("export", "--store", folder, "-o", tmp_path / "all.nq", *options) for folder, _ in made]
    check_growth(made, peaks)


def check_growth(made: list[tuple[Path, int]], peaks: list[int]) -> None:
    (_, small), (_, large) = made
    growth = peaks[1] - peaks[0]
    assert growth < (large - small) / 4, f"{growth / 1e6:.0f} MB more for the larger graph"
