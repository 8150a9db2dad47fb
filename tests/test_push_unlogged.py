"""Pushes of which Virtuoso keeps no log: what is there after a crash of it, and who may have them."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import servers
from elsewhere import Elsewhere, canonical, states

from diplograph.cli import main
from diplograph.model import TransferError
from diplograph.store import Store
from diplograph.transfer import Endpoint, find_endpoint, pull, push
from diplograph.transfer.handout import hand_out
from diplograph.transfer.manifest import COMPLETE, Entry, read_manifest
from diplograph.transfer.sending import Sender

FOREIGN = "INSERT DATA { GRAPH <http://other/g> { <http://new/s> <http://other/p> <http://new/o> } }"


@pytest.fixture(autouse=True)
def known_there(monkeypatch: pytest.MonkeyPatch) -> None:
    reason = servers.required("virtuoso-t", servers.find_virtuoso())
    if reason:
        pytest.skip(reason)
    monkeypatch.setenv("DIPLOGRAPH_USER", "dba")
    monkeypatch.setenv("DIPLOGRAPH_PASSWORD", servers.PASSWORD)


@contextmanager
def virtuoso(folder: Path) -> Iterator[tuple[servers.Server, Endpoint]]:
    """A Virtuoso that has what the one before it in this folder had."""
    with servers.virtuoso(folder) as server, find_endpoint(server.url, "virtuoso") as endpoint:
        yield server, endpoint


def crash(server: servers.Server) -> None:
    os.kill(server.pid, signal.SIGKILL)


def check_whole(store: Store, endpoint: Endpoint) -> None:
    entries = read_manifest(endpoint, store.base).values()
    assert entries and {entry.status for entry in entries} == {COMPLETE}
    with Store.in_memory() as copy:
        pull(copy, endpoint)
        assert canonical(copy.quads()) == canonical(store.quads())


def test_what_was_pushed_outlives_a_crash(store: Store, tmp_path: Path) -> None:
    with virtuoso(tmp_path) as (server, endpoint):
        assert states(push(store, endpoint, unlogged=True)) == {"sent": len(store.graph_names())}
        endpoint.update(FOREIGN)
        crash(server)
    with virtuoso(tmp_path) as (_, endpoint):
        check_whole(store, endpoint)
        assert len(list(endpoint.rows("SELECT * { GRAPH <http://other/g> { ?s ?p ?o } }"))) == 1
        assert states(push(store, endpoint, unlogged=True)) == {"unchanged": len(store.graph_names())}


def test_after_a_crash_before_the_end_the_next_push_sends_what_is_lost(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with virtuoso(tmp_path) as (server, endpoint):
        confirm = Sender.confirm

        def crash_and_confirm(sender: Sender) -> Iterator[tuple[Entry, int]]:
            crash(server)
            return confirm(sender)

        with monkeypatch.context() as patched, pytest.raises(TransferError, match="the next push goes on"):
            patched.setattr(Sender, "confirm", crash_and_confirm)
            push(store, endpoint, unlogged=True)
    with virtuoso(tmp_path) as (_, endpoint):
        assert endpoint.count(store.graph_names()) == {}, "it kept no log of it"
        push(store, endpoint, unlogged=True)
        check_whole(store, endpoint)


def test_what_came_before_a_break_is_written_down(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> Iterator[object]:
        raise TransferError("the connection broke")

    with virtuoso(tmp_path) as (server, endpoint):
        with monkeypatch.context() as patched, pytest.raises(TransferError, match="the connection broke"):
            patched.setattr(Sender, "confirm", fail)
            push(store, endpoint, unlogged=True)
        crash(server)
    with virtuoso(tmp_path) as (_, endpoint):
        assert set(endpoint.count(store.graph_names())) == set(store.graph_names())
        report = push(store, endpoint)
        assert set(report.interrupted) == {name.value for name in store.graph_names()}
        check_whole(store, endpoint)


def test_why_it_is_not_done_unasked(store: Store, tmp_path: Path) -> None:
    """What others wrote meanwhile is logged with the numbers of names that the crash took."""
    quad = b"<http://new/s> <http://new/p> <http://new/o> <http://new/g> .\n"
    with virtuoso(tmp_path) as (server, endpoint), hand_out(endpoint, store.base, unlogged=True) as handout:
        handout.add(None, quad)
        endpoint.update(FOREIGN)
        crash(server)
    with virtuoso(tmp_path) as (_, endpoint), pytest.raises((SyntaxError, AssertionError)):
        (row,) = endpoint.rows("SELECT * { GRAPH <http://other/g> { ?s <http://other/p> ?o } }")
        assert str(row["s"]) == "<http://new/s>"


def test_a_store_that_will_not_write_it_down_is_sent_nothing(store: Store, tmp_path: Path) -> None:
    with virtuoso(tmp_path) as (_, endpoint):
        refused = {**endpoint.target.unlogged, "checkpoint": "SELECT (bif:no_such_function() AS ?done) {}"}
        address = replace(endpoint.address, target=replace(endpoint.target, unlogged=refused))
        with pytest.raises(TransferError, match="would not write down"):
            push(store, Endpoint(address, endpoint.connection), unlogged=True)
        assert endpoint.count(store.graph_names()) == {}


def test_other_stores_keep_their_logs(store: Store, elsewhere: Elsewhere, directory: Path) -> None:
    with find_endpoint(elsewhere.url) as endpoint:
        if endpoint.target.unlogged and endpoint.connection.is_local:
            assert set(states(push(store, endpoint, unlogged=True))) == {"sent"}
            return
        with pytest.raises(TransferError, match="leave --unlogged out"):
            push(store, endpoint, unlogged=True)
    for options in ((), ("--dry-run",)):
        assert main(["push", elsewhere.url, "--unlogged", "--store", str(directory), *options]) == 2
