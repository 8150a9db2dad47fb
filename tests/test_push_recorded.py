"""Pushes to the stores that cannot be installed here: conversations checked against what their documentation says.

No such store takes part: :mod:`fake_stores` does, and names its sources.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path

import pytest
import sample_graph as sample
from fake_stores import PASSWORD, RULES, TOKEN, USER, Answer, Fake, Request, serve
from hypothesis import given, settings
from hypothesis import strategies as some
from pyoxigraph import Literal, Quad

from diplograph.catalog import bind, load_catalog
from diplograph.cli import main
from diplograph.inspection import read_answer
from diplograph.model import QueryError, TransferError
from diplograph.quads import document_graph, manifest_graph, shared_graph
from diplograph.store import Store
from diplograph.transfer import ask, find_endpoint, load_targets, pull, push, resolve_there
from diplograph.transfer.manifest import COMPLETE, read_manifest


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


def test_what_was_sent_is_counted_once_at_the_end(fake: tuple[Fake, str], store: Store) -> None:
    there, url = fake
    with find_endpoint(url) as endpoint:
        report = push(store, endpoint, chunk=5)
        assert {graph.state for graph in report.graphs} == {"sent"}
        assert {entry.status for entry in read_manifest(endpoint, store.base).values()} == {COMPLETE}
    (counted,) = [place for place, request in enumerate(there.requests) if b"COUNT" in request.body]
    after = [request.body for request in there.requests[counted + 1 :]]
    assert after and all(b"creativeWorkStatus" in body for body in after), (
        "only the manifest is of interest then"
    )


def test_a_count_that_fails_is_said(store: Store) -> None:
    there = Fake("blazegraph")

    def answer(request: Request) -> Answer:
        return Answer(400, b"too long a query") if b"GROUP" in request.body else there(request)

    with serve(answer) as url, find_endpoint(url + there.rules.base, "blazegraph") as endpoint:
        with pytest.raises(TransferError, match="too long a query.* acknowledged 10 of 10 graphs"):
            push(store, endpoint)
        assert {entry.status for entry in read_manifest(endpoint, store.base).values()} == {"incomplete"}


def test_a_token_may_say_what_it_is(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """GraphDB's are not bearer tokens: it gives them as ``GDB …``, and wants them so."""
    there = Fake("graphdb")
    with serve(there) as url:
        monkeypatch.setenv("DIPLOGRAPH_TOKEN", TOKEN)
        with pytest.raises(TransferError, match="status 401"):
            find_endpoint(url + there.rules.base, "graphdb")
        monkeypatch.setenv("DIPLOGRAPH_TOKEN", f"GDB {TOKEN}")
        with find_endpoint(url + there.rules.base) as endpoint:
            assert {graph.state for graph in push(store, endpoint).graphs} == {"sent"}
        with Store.open(tmp_path / "store") as made:
            sample.fill(made)
        dry = ["push", url + there.rules.base, "--dry-run", "--all", "--store", str(tmp_path / "store")]
        assert main([*dry, "--graph", "events"]) == 0
        script = capsys.readouterr().out
        assert '-H "Authorization: $DIPLOGRAPH_TOKEN"' in script and TOKEN not in script


STEPS = some.lists(
    some.tuples(
        some.sampled_from(["add", "change", "empty", "stop", "push"]),
        some.integers(0, 3),
        some.integers(1, 9),
    ),
    max_size=8,
)


@settings(deadline=None, max_examples=30)
@given(
    steps=STEPS,
    kind=some.sampled_from(["sparql", "fuseki", "qlever"]),
    stream=some.booleans(),
    chunk=some.integers(1, 7),
)
def test_whatever_happened_before_a_push_makes_equal(
    steps: list[tuple[str, int, int]], kind: str, stream: bool, chunk: int
) -> None:
    """Graphs grow, get others of the same size, are emptied, pushes are stopped after so many requests: the last push
    makes both the same."""
    there = Fake(kind)
    object.__setattr__(there, "rules", replace(there.rules, challenge=""))
    left = [10**9]

    def answer(request: Request) -> Answer:
        left[0] -= request.method == "POST"
        return Answer(400, b"stopped") if left[0] < 0 else there(request)

    with ExitStack() as stack:
        here = stack.enter_context(Store.in_memory())
        endpoint = stack.enter_context(
            find_endpoint(stack.enter_context(serve(answer)) + there.rules.base, kind)
        )
        if kind == "fuseki" and stream:
            target = replace(endpoint.target, stream=True, chunk=chunk)
            endpoint.address = replace(endpoint.address, target=target)
        limit = None if endpoint.target.stream else chunk
        for step, graph, size in [*steps, ("push", 0, 0)]:
            name = shared_graph(("events", "actors", "ontology", "inferences")[graph])
            if step == "add":
                here.inner.extend(Quad(name, name, Literal(number), name) for number in range(size))
            elif step == "change":
                others = [
                    Quad(name, name, Literal(f"{quad.object.value}'"), name) for quad in here.quads(name)
                ]
                here.inner.remove_graph(name)
                here.inner.extend(others)
            elif step == "empty":
                here.inner.remove_graph(name)
            elif step == "stop":
                left[0] = size
                with suppress(TransferError, QueryError):
                    push(here, endpoint, chunk=limit, remove_gone=True)
                left[0] = 10**9
            else:
                push(here, endpoint, chunk=limit, remove_gone=True)
        theirs = {quad for quad in there.store if quad.graph_name != manifest_graph()}
        assert theirs == set(here.quads())
        marks = {str(value) for quad in there.store for value in [quad.object] if "omplete" in str(value)}
        assert marks <= {'"complete"'}
