"""Pushes, pulls and questions: to an Oxigraph server and to Virtuoso, both started here."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
import sample_graph as sample
import servers
from pyoxigraph import CanonicalizationAlgorithm, Dataset, Literal, NamedNode, Quad

from diplograph.catalog import load_catalog
from diplograph.cli import main
from diplograph.model import TransferError
from diplograph.quads import document_graph, manifest_graph, shared_graph
from diplograph.store import Store
from diplograph.transfer import Endpoint, ask, find_endpoint, pull, push
from diplograph.transfer.connection import Connection
from diplograph.transfer.endpoint import add_prefixes
from diplograph.transfer.handout import Handout, hand_out

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


# --- Pushing ---------------------------------------------------------------------------------------------------------


def test_the_store_says_what_it_is(elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in elsewhere.environment.items():
        monkeypatch.setenv(name, value)
    for ending in ("", "/", {"oxigraph": "/query", "virtuoso": "/sparql"}[elsewhere.kind]):
        with find_endpoint(elsewhere.url + ending) as found:
            assert found.target.name == elsewhere.kind
            assert found.address.url == elsewhere.url


def test_everything_arrives_and_comes_back_the_same(store: Store, endpoint: Endpoint) -> None:
    report = push(store, endpoint)
    assert states(report) == {"sent": len(store.graph_names())}
    assert {graph.graph: graph.there for graph in report.graphs} == {
        name.value: len(list(store.quads(name))) for name in store.graph_names()
    }
    with Store.in_memory() as copy:
        pulled = pull(copy, endpoint)
        assert states(pulled) == {"added": len(store.graph_names())}
        assert canonical(copy.quads()) == canonical(store.quads())
        assert states(pull(copy, endpoint)) == {"unchanged": len(store.graph_names())}


def test_a_second_push_sends_what_changed(store: Store, endpoint: Endpoint) -> None:
    push(store, endpoint)
    every = len(store.graph_names())
    assert states(push(store, endpoint)) == {"unchanged": every}
    store.inner.add(Quad(NamedNode("https://example.org/x"), LABEL, Literal("س"), shared_graph("events")))
    store.remove_document(sample.CALL.id)
    report = push(store, endpoint)
    assert states(report) == {"sent": 1, "unchanged": every - 2, "gone": 1}
    assert there(endpoint, document_graph(sample.CALL.id))
    report = push(store, endpoint, remove_gone=True)
    assert states(report) == {"removed": 1, "unchanged": every - 1}
    assert not there(endpoint, document_graph(sample.CALL.id))
    assert states(push(store, endpoint)) == {"unchanged": every - 1}
    assert states(push(store, endpoint, everything=True)) == {"sent": every - 1}
    assert there(endpoint, shared_graph("events")) == set(store.quads(shared_graph("events")))


def test_what_others_changed_over_there_is_sent_again(store: Store, endpoint: Endpoint) -> None:
    push(store, endpoint)
    events = shared_graph("events")
    endpoint.update(f"DELETE WHERE {{ GRAPH {events} {{ ?s {LABEL} ?o }} }}")
    assert states(push(store, endpoint))["sent"] == 1
    assert there(endpoint, events) == set(store.quads(events))


def test_graphs_of_others_are_left_alone(store: Store, endpoint: Endpoint) -> None:
    other = NamedNode("https://w3id.org/diplograph/graph/document/of-somebody-else")
    endpoint.update(f"INSERT DATA {{ GRAPH {other} {{ {LABEL} {LABEL} {LABEL} }} }}")
    push(store, endpoint, remove_gone=True)
    store.remove_document(sample.CALL.id)
    push(store, endpoint, remove_gone=True)
    assert len(there(endpoint, other)) == 1


def test_what_is_there_unannounced_is_replaced(store: Store, endpoint: Endpoint) -> None:
    events = shared_graph("events")
    endpoint.update(f"INSERT DATA {{ GRAPH {events} {{ {LABEL} {LABEL} {LABEL} }} }}")
    push(store, endpoint)
    assert there(endpoint, events) == set(store.quads(events))


def test_single_graphs_can_be_pushed(store: Store, endpoint: Endpoint) -> None:
    report = push(store, endpoint, graphs=[shared_graph("events")], remove_gone=True)
    assert states(report) == {"sent": 1}
    assert states(push(store, endpoint))["unchanged"] == 1


@pytest.mark.parametrize("chunk", [1, 7, 100])
def test_large_graphs_go_in_chunks(store: Store, endpoint: Endpoint, chunk: int) -> None:
    events = shared_graph("events")
    report = push(store, endpoint, graphs=[events], chunk=chunk)
    assert states(report) == {"sent": 1}
    assert there(endpoint, events) == set(store.quads(events))


class Interrupted(Exception):
    """The push is stopped here."""


def test_an_interrupted_push_is_noticed_and_gone_on_with(
    store: Store, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    events, sent = shared_graph("events"), []
    add = Endpoint.add

    def stop(self: Endpoint, graph: NamedNode | None, lines: bytes, *, gzip: bool = False) -> None:
        if len(sent) == 3:
            raise Interrupted
        sent.append(lines)
        add(self, graph, lines, gzip=gzip)

    with monkeypatch.context() as patched:
        patched.setattr(Endpoint, "add", stop)
        with pytest.raises(Interrupted):
            push(store, endpoint, graphs=[events], chunk=10)
    assert len(there(endpoint, events)) == 30
    incomplete = endpoint.rows(
        f"SELECT ?g WHERE {{ GRAPH {manifest_graph()} "
        '{ ?g <https://schema.org/creativeWorkStatus> "incomplete" } }'
    )
    assert [row["g"] for row in incomplete] == [events]
    with Store.in_memory() as copy, pytest.raises(TransferError, match="events is incomplete over there"):
        pull(copy, endpoint)
    sent.clear()

    def note(self: Endpoint, graph: NamedNode | None, lines: bytes, *, gzip: bool = False) -> None:
        sent.append(lines)
        add(self, graph, lines, gzip=gzip)

    monkeypatch.setattr(Endpoint, "add", note)
    report = push(store, endpoint, graphs=[events], chunk=10)
    assert report.interrupted == (events.value,)
    assert sum(lines.count(b"\n") for lines in sent) == len(list(store.quads(events))) - 30
    assert there(endpoint, events) == set(store.quads(events))
    assert states(push(store, endpoint, graphs=[events])) == {"unchanged": 1}


def test_what_an_interrupted_push_left_is_not_trusted_blindly(
    store: Store, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = shared_graph("events")
    add, sent = Endpoint.add, []

    def stop(self: Endpoint, graph: NamedNode | None, lines: bytes, *, gzip: bool = False) -> None:
        if sent:
            raise Interrupted
        sent.append(lines)
        add(self, graph, lines, gzip=gzip)

    with monkeypatch.context() as patched:
        patched.setattr(Endpoint, "add", stop)
        with pytest.raises(Interrupted):
            push(store, endpoint, graphs=[events], chunk=10)
    endpoint.update(f"INSERT DATA {{ GRAPH {events} {{ {LABEL} {LABEL} {LABEL} }} }}")
    assert states(push(store, endpoint, graphs=[events], chunk=10)) == {"sent": 1}
    assert there(endpoint, events) == set(store.quads(events))


@pytest.mark.parametrize("kill", [signal.SIGKILL, signal.SIGINT])
def test_a_killed_push_leaves_nothing_unsaid(
    directory: Path, elsewhere: Elsewhere, endpoint: Endpoint, kill: signal.Signals
) -> None:
    with Store.open(directory) as store:
        graph = shared_graph("events")
        store.inner.extend(
            Quad(NamedNode(f"https://example.org/{number}"), LABEL, Literal(f"س {number}"), graph)
            for number in range(3_000)
        )
        size = len(list(store.quads(graph)))
    command = [sys.executable, "-m", "diplograph", "push", elsewhere.url, "--store", str(directory)]
    process = subprocess.Popen(
        [*command, "--graph", "events", "--chunk", "10"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    while not endpoint.count([graph]) and process.poll() is None:
        time.sleep(0.02)
    process.send_signal(kill)
    process.wait(timeout=20)
    before = endpoint.count([graph])[graph]
    assert before < size, "the push was through before it could be killed"
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "graph/events was left incomplete by an earlier push" in done.stderr
    assert endpoint.count([graph]) == {graph: size}


# --- The command line ------------------------------------------------------------------------------------------------


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    status = main([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def test_push_reports_every_graph(
    directory: Path, endpoint: Endpoint, elsewhere: Elsewhere, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = run(capsys, "push", elsewhere.url, "--store", directory, "--format", "csv")
    assert status == 0, err
    rows = list(csv.DictReader(io.StringIO(out)))
    assert len(rows) == 10
    assert all(row["here"] == row["there"] and row["state"] == "sent" for row in rows)
    assert "10 sent" in err
    status, out, err = run(
        capsys, "push", elsewhere.url, "--to", elsewhere.kind, "--store", directory, "--format", "json"
    )
    assert {graph["state"] for graph in json.loads(out)["graphs"]} == {"unchanged"}


def test_counts_that_differ_end_with_status_1(
    directory: Path,
    endpoint: Endpoint,
    elsewhere: Elsewhere,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    add = Endpoint.add

    def lose(self: Endpoint, graph: NamedNode | None, lines: bytes, *, gzip: bool = False) -> None:
        add(self, graph, b"".join(lines.splitlines(keepends=True)[1:]), gzip=gzip)

    with monkeypatch.context() as patched:
        patched.setattr(Endpoint, "add", lose)
        status, _, err = run(capsys, "push", elsewhere.url, "--graph", "events", "--store", directory)
    assert status == 1
    assert "graph/events has 61 triples there and 62 here" in err
    assert run(capsys, "push", elsewhere.url, "--store", directory)[0] == 0
    assert endpoint.count([shared_graph("events")]) == {shared_graph("events"): 62}


def test_a_dry_run_prints_commands_that_do_the_same(
    directory: Path,
    endpoint: Endpoint,
    elsewhere: Elsewhere,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    options = ("--chunk", 50, *(("--gzip",) if endpoint.target.gzip else ()))
    status, script, _ = run(capsys, "push", elsewhere.url, "--dry-run", "--store", directory, *options)
    assert status == 0
    assert f":{servers.PASSWORD}" not in script
    assert not endpoint.count([shared_graph("events")])
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash"], input=script, text=True, capture_output=True, check=False, env={**os.environ, "PATH": path}
    )
    assert done.returncode == 0, done.stderr
    with Store.open(directory, read_only=True) as store:
        assert set(states(push(store, endpoint))) == {"unchanged"}
        store_quads = canonical(store.quads())
    with Store.in_memory() as copy:
        pull(copy, endpoint)
        assert canonical(copy.quads()) == store_quads
    with Store.open(directory) as store:
        store.remove_document(sample.CALL.id)
    status, script, _ = run(capsys, "push", elsewhere.url, "--dry-run", "--remove-gone", "--store", directory)
    subprocess.run(["bash"], input=script, text=True, check=True, env={**os.environ, "PATH": path})
    assert not endpoint.count([document_graph(sample.CALL.id)])


def test_a_store_that_cannot_fetch_takes_a_graph_a_request(
    store: Store, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not endpoint.target.fetch:
        pytest.skip("it takes many graphs a request")
    asked: list[str] = []

    class Nothing(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, format: str, *arguments: object) -> None:
            """Nothing to print."""

    monkeypatch.setattr(Connection, "is_local", True)
    monkeypatch.setattr(Handout, "_make_handler", lambda _: Nothing)
    assert states(push(store, endpoint)) == {"sent": len(store.graph_names())}
    assert asked
    assert there(endpoint, shared_graph("events")) == set(store.quads(shared_graph("events")))


def test_only_what_is_being_fetched_is_given_out(store: Store, endpoint: Endpoint) -> None:
    if not endpoint.target.fetch:
        pytest.skip("it takes many graphs a request")
    with hand_out(endpoint, store.base) as found:
        if not isinstance(found, Handout):
            assert not endpoint.connection.is_local
            return
        address = f"http://127.0.0.1:{found._server.server_port}"
        for path in ("/", "/x.nq"):
            with pytest.raises(urllib.error.HTTPError, match="404"):
                urllib.request.urlopen(address + path)
    with pytest.raises(urllib.error.URLError, match="refused"):
        urllib.request.urlopen(address)


def test_gzip_where_the_store_takes_it(store: Store, endpoint: Endpoint, elsewhere: Elsewhere) -> None:
    if endpoint.target.gzip:
        assert states(push(store, endpoint, gzip=True)) == {"sent": len(store.graph_names())}
    else:
        with pytest.raises(TransferError, match="takes no compressed bodies"):
            push(store, endpoint, gzip=True)


# --- Asking and pulling ----------------------------------------------------------------------------------------------

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


def test_values_that_do_not_survive_are_named(store: Store, endpoint: Endpoint) -> None:
    duration = NamedNode("http://www.w3.org/2001/XMLSchema#duration")
    events = shared_graph("events")
    store.inner.add(Quad(LABEL, LABEL, Literal("PT5M", datatype=duration), events))
    report = push(store, endpoint)
    assert report.corrupted == ((events.value,) if endpoint.target.corrupts else ())
