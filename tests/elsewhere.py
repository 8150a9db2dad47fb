"""Stores elsewhere that tests push to, pull from and ask: an Oxigraph server and Virtuoso, started for a module of tests.

A plugin of pytest (conftest.py names it), so that several modules have its fixtures.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import sample_graph as sample
import servers
from pyoxigraph import CanonicalizationAlgorithm, Dataset, NamedNode, Quad

from diplograph.cli import main
from diplograph.store import Store
from diplograph.transfer import Endpoint, find_endpoint
from diplograph.transfer.connection import Connection

LABEL = NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
STORES = {
    "oxigraph": servers.find_oxigraph,
    "virtuoso": servers.find_virtuoso,
    "virtuoso, as if on another machine": servers.find_virtuoso,
}


@dataclass(frozen=True)
class Elsewhere:
    """A store elsewhere that runs, and the environment to be known there."""

    kind: str
    url: str
    environment: dict[str, str]


@pytest.fixture(scope="module", params=list(STORES))
def elsewhere(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Elsewhere]:
    """Each of the stores that run here. Virtuoso gives no more than 40 rows at once, so that paging is seen to work; it
    fetches what it is sent if it is on this machine, and takes a graph a request if not."""
    reason = servers.required(request.param, STORES[request.param]())
    if reason:
        pytest.skip(reason)
    kind, _, remote = request.param.partition(", ")
    folder = tmp_path_factory.mktemp(kind)
    if kind == "oxigraph":
        with servers.oxigraph(folder) as server:
            yield Elsewhere("oxigraph", server.url, {})
    else:
        with servers.virtuoso(folder, rows=40) as server, pytest.MonkeyPatch.context() as patched:
            if remote:
                patched.setattr(Connection, "is_local", False)
            who = {"DIPLOGRAPH_USER": "dba", "DIPLOGRAPH_PASSWORD": servers.PASSWORD}
            yield Elsewhere("virtuoso", server.url, who)


@pytest.fixture
def endpoint(elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    """The store, empty."""
    for name, value in elsewhere.environment.items():
        monkeypatch.setenv(name, value)
    with find_endpoint(elsewhere.url) as found:
        empty(found)
        yield found


def empty(endpoint: Endpoint) -> None:
    graphs = endpoint.rows(
        "SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } "
        'FILTER(STRSTARTS(STR(?g), "https://w3id.org/diplograph/graph/")) } ORDER BY ?g'
    )
    for graph in [row["g"] for row in graphs]:
        endpoint.update(f"DROP SILENT GRAPH {graph}")


@pytest.fixture
def store() -> Iterator[Store]:
    with sample.fill(Store.in_memory()) as filled:
        yield filled


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    with Store.open(tmp_path / "store") as made:
        sample.fill(made)
    return tmp_path / "store"


def states(report: object) -> dict[str, int]:
    found: dict[str, int] = {}
    for graph in report.graphs:  # type: ignore[attr-defined]
        found[graph.state] = found.get(graph.state, 0) + 1
    return found


def there(endpoint: Endpoint, graph: NamedNode) -> set[Quad]:
    rows = endpoint.rows(f"SELECT ?s ?p ?o WHERE {{ GRAPH {graph} {{ ?s ?p ?o }} }} ORDER BY ?s ?p ?o")
    return {Quad(row["s"], row["p"], row["o"], graph) for row in rows}  # type: ignore[arg-type]


def canonical(quads: object) -> str:
    dataset = Dataset(quads)  # type: ignore[arg-type]
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return "".join(sorted(f"{quad} .\n" for quad in dataset))


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    status = main([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    return status, captured.out, captured.err
