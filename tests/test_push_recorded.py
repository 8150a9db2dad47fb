"""Pushes to the stores that cannot be installed here: conversations checked against what their documentation says.

No such store takes part: :mod:`fake_stores` does, and names its sources.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sample_graph as sample
from fake_stores import PASSWORD, RULES, TOKEN, USER, Fake, serve

from diplograph.catalog import bind, load_catalog
from diplograph.cli import main
from diplograph.inspection import read_answer
from diplograph.quads import document_graph, shared_graph
from diplograph.store import Store
from diplograph.transfer import ask, find_endpoint, load_targets, pull, push, resolve_there


@pytest.fixture(params=list(RULES))
def fake(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Fake, str]]:
    """A store and its address; the environment has what it asks for."""
    monkeypatch.setenv("NETRC", os.devnull)
    found = Fake(request.param)
    if found.rules.challenge == "Bearer":
        monkeypatch.setenv("DIPLOGRAPH_TOKEN", TOKEN)
    elif found.rules.challenge:
        monkeypatch.setenv("DIPLOGRAPH_USER", USER)
        monkeypatch.setenv("DIPLOGRAPH_PASSWORD", PASSWORD)
    with serve(found) as url:
        yield found, url + found.rules.base


@pytest.fixture
def store() -> Iterator[Store]:
    with sample.fill(Store.in_memory()) as filled:
        yield filled


def test_every_store_is_tested() -> None:
    assert set(load_targets()) == {*RULES, "oxigraph", "virtuoso"}


def test_push_change_remove_ask_and_pull(fake: tuple[Fake, str], store: Store) -> None:
    there, url = fake
    with find_endpoint(url) as endpoint:
        assert endpoint.target.name == there.kind
        report = push(store, endpoint)
        assert {graph.state for graph in report.graphs} == {"sent"}
        theirs = {quad for quad in there.store if "manifest" not in str(quad.graph_name)}
        assert theirs == set(store.quads())
        store.remove_document(sample.CALL.id)
        report = push(store, endpoint, remove_gone=True)
        assert {graph.state for graph in report.graphs} == {"unchanged", "removed"}
        assert not list(there.store.quads_for_pattern(None, None, None, document_graph(sample.CALL.id)))
        push(store, endpoint, graphs=[shared_graph("events")], chunk=7, everything=True)
        assert set(there.store.quads_for_pattern(None, None, None, shared_graph("events"))) == set(
            store.quads(shared_graph("events"))
        )
        for query in load_catalog():
            if "document" in {parameter.type for parameter in query.parameters}:
                continue
            values = resolve_there(endpoint, query, query.example)
            text = bind(query, values)
            assert list(read_answer(ask(endpoint, text)).rows) == list(read_answer(store.query(text)).rows)
        with Store.in_memory() as copy:
            pull(copy, endpoint)
            assert set(copy.quads()) == set(store.quads())


def test_bodies_are_compressed_where_it_is_documented(fake: tuple[Fake, str], store: Store) -> None:
    there, url = fake
    with find_endpoint(url) as endpoint:
        if endpoint.target.gzip:
            push(store, endpoint, gzip=True)
            assert any(request.headers.get("content-encoding") == "gzip" for request in there.requests)
            assert {quad for quad in there.store if "manifest" not in str(quad.graph_name)} == set(
                store.quads()
            )
        else:
            push(store, endpoint)
            assert not any("content-encoding" in request.headers for request in there.requests)


def test_dry_runs_do_the_same_by_curl(
    fake: tuple[Fake, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    there, url = fake
    with Store.open(tmp_path / "store") as made:
        sample.fill(made)
        ours = set(made.quads())
    assert main(["push", url, "--dry-run", "--store", str(tmp_path / "store"), "--graph", "events"]) == 0
    script = capsys.readouterr().out
    assert PASSWORD not in script and TOKEN not in script
    assert not len(there.store)
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash"], input=script, text=True, capture_output=True, check=False, env={**os.environ, "PATH": path}
    )
    assert done.returncode == 0, done.stderr
    events = shared_graph("events")
    assert set(there.store.quads_for_pattern(None, None, None, events)) == {
        q for q in ours if q.graph_name == events
    }
    assert main(["push", url, "--store", str(tmp_path / "store"), "--graph", "events"]) == 0
    assert "1 unchanged" in capsys.readouterr().err
