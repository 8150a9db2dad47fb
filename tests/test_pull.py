"""Questions to stores elsewhere, and pulls: from an Oxigraph server and Virtuoso, both started here."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import sample_graph as sample
from elsewhere import LABEL, Elsewhere, empty, run, states
from pyoxigraph import NamedNode

from diplograph.catalog import load_catalog
from diplograph.model import TransferError
from diplograph.quads import shared_graph
from diplograph.store import Store
from diplograph.transfer import Endpoint, ask, find_endpoint, pull, push
from diplograph.transfer.endpoint import add_prefixes

QUERIES = [*load_catalog(), *load_catalog("tables")]


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.name)
def test_the_same_rows_come_back(
    query: object, elsewhere: Elsewhere, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    for name, value in elsewhere.environment.items():
        monkeypatch.setenv(name, value)
    directory = tmp_path_factory.getbasetemp() / f"asked-{Path(elsewhere.url).name}"
    if not directory.exists():
        with Store.open(directory) as made, find_endpoint(elsewhere.url) as there:
            sample.fill(made)
            empty(there)
            push(made, there)
    name = query.name if query in load_catalog().queries.values() else f"queries/tables/{query.name}.rq"  # type: ignore[attr-defined]
    monkeypatch.chdir(Path(__file__).parents[1])
    values = [f"-p{key}={value}" for key, value in query.example.items()] if "/" not in name else []  # type: ignore[attr-defined]
    status, here, err = run(capsys, "query", name, *values, "--store", directory, "--format", "csv")
    assert status == 0, err
    status, out, err = run(capsys, "query", name, *values, "--endpoint", elsewhere.url, "--format", "csv")
    assert status == 0, err
    assert sorted(out.splitlines()) == sorted(here.splitlines())
    if "/" not in name:
        assert out == here, "the rows are the same, their order is not"


def test_answers_of_every_form_come_back(store: Store, endpoint: Endpoint) -> None:
    push(store, endpoint)
    assert bool(ask(endpoint, "ASK { GRAPH ?g { ?s a dip:Document } }"))
    rows = list(
        ask(
            endpoint,
            "SELECT ?g ?s ?p ?o { GRAPH ?g { ?s ?p ?o } FILTER(STRSTARTS(STR(?g), 'https://w3id.org/diplograph/graph/document/')) } ORDER BY ?g ?s ?p ?o",
        )
    )  # type: ignore[arg-type]
    documents = [name for name in store.graph_names() if "/document/" in name.value]
    assert len(rows) == sum(len(list(store.quads(name))) for name in documents)  # more than one page
    triples = list(
        ask(
            endpoint, "CONSTRUCT { ?s rdfs:label ?o } WHERE { GRAPH ?g { ?s a dip:Country ; rdfs:label ?o } }"
        )
    )  # type: ignore[arg-type]
    assert len(triples) == 8
    assert add_prefixes("PREFIX dip: <urn:x> ASK { ?s a dip:X }") == "PREFIX dip: <urn:x> ASK { ?s a dip:X }"


def test_actors_are_found_by_name_over_there(
    directory: Path, endpoint: Endpoint, elsewhere: Elsewhere, capsys: pytest.CaptureFixture[str]
) -> None:
    run(capsys, "push", elsewhere.url, "--store", directory)
    there = ("--endpoint", elsewhere.url, "--format", "csv")
    status, out, _ = run(capsys, "query", "calls-between", "-p", "one=بايدن", "-p", "other=بوتين", *there)
    assert status == 0
    assert "call-biden-putin-20211230" in out
    status, _, err = run(capsys, "query", "actor-timeline", "-p", "actor=Bidn", *there)
    assert (status, len(err.splitlines())) == (2, 1)
    assert 'did you mean "joe biden"' in err
    status, out, _ = run(capsys, "query", "event-evidence", "-p", "event=threat", *there)
    assert status == 0 and "إذا دخلت" in out
    status, out, _ = run(capsys, "query", "documents", "-p", "document=talks", *there)
    assert len(out.splitlines()) == 2


def test_pulling_keeps_what_the_store_has(
    directory: Path,
    endpoint: Endpoint,
    elsewhere: Elsewhere,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    run(capsys, "push", elsewhere.url, "--store", directory)
    with Store.open(tmp_path / "other") as other:
        own = replace(sample.NOTHING, id="own/nothing")
        sample.fill(other, [own])
        other.remove_document(sample.NOTHING.id)
        assert own.id in other.document_ids()
    status, _, err = run(capsys, "pull", elsewhere.url, "--store", tmp_path / "other", "--format", "csv")
    assert status == 0, err
    assert "events were made anew" in err
    with Store.open(tmp_path / "other", read_only=True) as other:
        assert {own.id, sample.CALL.id} <= set(other.document_ids())
        assert len(other.reports()) == len(sample.REPORTS)
    with Store.in_memory() as one:
        report = pull(one, endpoint, graphs=[shared_graph("actors").value])
        assert states(report) == {"added": 1}
        with pytest.raises(TransferError, match="has no graph https://example.org/none"):
            pull(one, endpoint, graphs=["https://example.org/none"])


def test_blank_nodes_become_iris_when_they_are_pulled(endpoint: Endpoint) -> None:
    graph = NamedNode("https://w3id.org/diplograph/graph/of-others")
    quads = endpoint.target.way == "quads"
    end = f" {graph} .\n" if quads else " .\n"
    lines = f'_:x {LABEL} "one"{end}<https://example.org/y> {LABEL} _:x{end}'
    endpoint.add(None if quads else graph, lines.encode())
    with Store.in_memory() as one:
        pull(one, endpoint, graphs=[graph.value])
        quads = set(one.quads(graph))
        assert len(quads) == 2
        assert all(isinstance(quad.subject, NamedNode) for quad in quads)
        assert states(pull(one, endpoint, graphs=[graph.value])) == {"unchanged": 1}
