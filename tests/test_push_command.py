"""``diplograph push`` as a process: its report, its dry run, and what is left of it when it is killed."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import sample_graph as sample
import servers
from elsewhere import LABEL, Elsewhere, canonical, run, states
from pyoxigraph import Literal, NamedNode, Quad

from diplograph.cli.push import _print
from diplograph.quads import document_graph, shared_graph
from diplograph.store import Store
from diplograph.transfer import Endpoint, PushReport, pull, push
from diplograph.transfer.connection import Body, join
from diplograph.vocabulary import BASE


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

    def lose(self: Endpoint, graph: NamedNode | None, lines: Body, *, gzip: bool = False) -> None:
        add(self, graph, b"".join(join(lines).splitlines(keepends=True)[1:]), gzip=gzip)

    with monkeypatch.context() as patched:
        patched.setattr(Endpoint, "add", lose)
        status, _, err = run(capsys, "push", elsewhere.url, "--graph", "events", "--store", directory)
    assert status == 1
    assert "graph/events has 61 triples there and 62 here" in err
    assert run(capsys, "push", elsewhere.url, "--store", directory)[0] == 0
    assert endpoint.count([shared_graph("events")]) == {shared_graph("events"): 62}


@pytest.mark.parametrize("chunk", [None, 50], ids=["whole", "in chunks"])
def test_a_dry_run_prints_commands_that_do_the_same(
    chunk: int | None,
    directory: Path,
    endpoint: Endpoint,
    elsewhere: Elsewhere,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("diplograph.transfer.parcels._FIRST", 60)  # several parcels
    unlogged = chunk and endpoint.target.unlogged and endpoint.connection.is_local
    options = (*(("--chunk", chunk) if chunk else ()), *(("--gzip",) if endpoint.target.gzip else ()),
               *(("--unlogged",) if unlogged else ()))  # fmt: skip
    status, script, _ = run(capsys, "push", elsewhere.url, "--dry-run", "--store", directory, *options)
    assert status == 0
    assert f":{servers.PASSWORD}" not in script
    assert not endpoint.count([shared_graph("events")])
    assert ("-T -" in script) == (endpoint.target.stream and chunk is None)
    fetched = re.search(r"LOAD <http://127\.0\.0\.1:(\d+)/", script)
    assert script.count("log-enable") == script.count("checkpoint") == (1 if unlogged else 0)
    assert bool(fetched) == (bool(endpoint.target.fetch) and endpoint.connection.is_local)
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "SHELL": "/bin/sh"}  # as split takes it where none is set
    done = subprocess.run(
        ["bash"], input=script, text=True, capture_output=True, check=False, env=environment
    )
    assert done.returncode == 0, done.stderr
    if fetched:
        with pytest.raises(ConnectionRefusedError):  # the server of files has ended with the shell
            socket.create_connection(("127.0.0.1", int(fetched[1])), timeout=5)
    with Store.open(directory, read_only=True) as store:
        assert set(states(push(store, endpoint))) == {"unchanged"}
        store_quads = canonical(store.quads())
    with Store.in_memory() as copy:
        pull(copy, endpoint)
        assert canonical(copy.quads()) == store_quads
    with Store.open(directory) as store:
        store.remove_document(sample.CALL.id)
    status, script, _ = run(capsys, "push", elsewhere.url, "--dry-run", "--remove-gone", "--store", directory)
    subprocess.run(["bash"], input=script, text=True, check=True, env=environment)
    assert not endpoint.count([document_graph(sample.CALL.id)])


def test_many_interrupted_graphs_are_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    names = tuple(document_graph(f"{number}").value for number in range(40))
    _print(PushReport("oxigraph", "http://127.0.0.1:7878", (), interrupted=names), "table", BASE)
    assert "40 graphs were left incomplete by an earlier push" in capsys.readouterr().err.splitlines()


@pytest.mark.parametrize("kill", [signal.SIGKILL, signal.SIGINT])
def test_a_killed_push_leaves_nothing_unsaid(
    directory: Path, elsewhere: Elsewhere, endpoint: Endpoint, kill: signal.Signals
) -> None:
    graph = shared_graph("events")
    command = [sys.executable, "-m", "diplograph", "push", elsewhere.url, "--store", str(directory)]
    for last in (20_000, 60_000):  # more, if the first push was through before it could be killed
        with Store.open(directory) as store:
            store.inner.extend(
                Quad(NamedNode(f"https://example.org/{number}"), LABEL, Literal(f"س {number}"), graph)
                for number in range(last)
            )
            size = len(list(store.quads(graph)))
        there = endpoint.count([graph]).get(graph, 0)
        process = subprocess.Popen(
            [*command, "--graph", "events", "--chunk", "10"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        while endpoint.count([graph]).get(graph, 0) in (0, there) and process.poll() is None:
            time.sleep(0.02)
        process.send_signal(kill)
        process.wait(timeout=20)
        before = endpoint.count([graph]).get(graph, 0)
        if before < size:
            break
    assert before < size, "the push was through before it could be killed"
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "graph/events was left incomplete by an earlier push" in done.stderr
    assert endpoint.count([graph]) == {graph: size}
