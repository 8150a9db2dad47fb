"""Comunica, a SPARQL engine of others in JavaScript, asks the endpoint of ``diplograph serve``, and gets what the store
holds."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sample_graph as sample
import servers

from diplograph.catalog import bind, load_catalog, resolve
from diplograph.inspection import read_answer
from diplograph.quads import shared_graph
from diplograph.store import Store

COMUNICA = Path(__file__).parent / "comunica" / "node_modules" / ".bin" / "comunica-sparql"

_missing = servers.required("Comunica", COMUNICA.exists() and shutil.which("node"))
pytestmark = pytest.mark.skipif(_missing is not None, reason=str(_missing))


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("comunica") / "store"
    with Store.open(found) as made:
        sample.fill(made)
    return found


@pytest.fixture(scope="module")
def url(directory: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of our endpoint, with the sample."""
    port = servers.free_port()
    address = f"http://127.0.0.1:{port}/sparql"
    command = [sys.executable, "-m", "diplograph", "serve", "--store", str(directory), "--port", str(port)]
    with servers.run(command, address, tmp_path_factory.mktemp("endpoint")):
        yield address


def comunica(url: str, text: str, media_type: str) -> str:
    """What Comunica answers when it is told that this is a SPARQL endpoint."""
    command = [str(COMUNICA), f"sparql@{url}", "-t", media_type, "-q", text]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**os.environ, "NODE_OPTIONS": ""},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    "name", ["events", "event-report", "calls-between", "busiest-actors", "who-called-whom"]
)
def test_comunica_gets_the_rows_of_canned_questions(name: str, url: str, directory: Path) -> None:
    query = load_catalog().get(name)
    with Store.open(directory, read_only=True) as store:
        text = bind(query, resolve(store, query, query.example))
        rows = list(read_answer(store.query(text)).rows)
    found = json.loads(comunica(url, text, "application/sparql-results+json"))
    got = [
        tuple(row[column]["value"] if column in row else "" for column in query.columns)
        for row in found["results"]["bindings"]
    ]
    assert got == rows
    assert rows


def test_comunica_gets_a_graph(url: str, directory: Path) -> None:
    graph = shared_graph("events")
    text = comunica(
        url, f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH {graph} {{ ?s ?p ?o }} }}", "application/n-triples"
    )
    with Store.open(directory, read_only=True) as store:
        wanted = {f"{quad.triple} ." for quad in store.quads(graph)}
    assert {line for line in text.splitlines() if line} == wanted
