"""Pushes of which one part is announced while another is loaded: what is written down when, and what a break leaves."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence

import pytest
import servers
from elsewhere import canonical, empty, states
from pyoxigraph import NamedNode

from diplograph.model import TransferError
from diplograph.quads import manifest_graph
from diplograph.store import Store
from diplograph.transfer import Endpoint, find_endpoint, parcels, pull, push
from diplograph.transfer.connection import Body, join
from diplograph.transfer.handout import Handout
from diplograph.transfer.manifest import COMPLETE, INCOMPLETE, read_manifest

CHUNK = 40
"""So many triples that the sample graph is several parcels."""


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    reason = servers.required("virtuoso-t", servers.find_virtuoso())
    if reason:
        pytest.skip(reason)
    with servers.virtuoso(tmp_path_factory.mktemp("virtuoso")) as server:
        yield server.url


@pytest.fixture
def endpoint(url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    """A Virtuoso, empty; it fetches what it is sent."""
    monkeypatch.setenv("DIPLOGRAPH_USER", "dba")
    monkeypatch.setenv("DIPLOGRAPH_PASSWORD", servers.PASSWORD)
    monkeypatch.setattr(parcels, "_FIRST", CHUNK)
    with find_endpoint(url) as found:
        empty(found)
        yield found


def marks(store: Store, endpoint: Endpoint) -> dict[NamedNode, str]:
    return {graph: entry.status for graph, entry in read_manifest(endpoint, store.base).items()}


def check_that_nothing_is_unsaid(store: Store, endpoint: Endpoint) -> None:
    """What is there in part, or not yet counted, says so; and the next push makes it whole."""
    said = marks(store, endpoint)
    there = endpoint.count(store.graph_names())
    assert said and set(said.values()) == {INCOMPLETE}
    assert set(there) <= set(said)
    with Store.in_memory() as copy, pytest.raises(TransferError, match="incomplete over there"):
        pull(copy, endpoint)
    assert set(push(store, endpoint, chunk=CHUNK).interrupted) == {graph.value for graph in said}
    assert set(marks(store, endpoint).values()) == {COMPLETE}
    with Store.in_memory() as copy:
        pull(copy, endpoint)
        assert canonical(copy.quads()) == canonical(store.quads())


Step = Callable[[int], None]


def watch(monkeypatch: pytest.MonkeyPatch, *, announcing: Step, loading: Step) -> None:
    """Has functions called before each announcement and each load, with its number."""
    insert, add = Handout.insert, Handout.add
    announced, loaded = iter(range(100)), iter(range(100))

    def count_insert(self: Handout, graph: NamedNode, triples: Sequence[str]) -> None:
        if graph == manifest_graph():
            announcing(next(announced))
        insert(self, graph, triples)

    def count_add(self: Handout, graph: NamedNode | None, lines: Body, *, gzip: bool = False) -> None:
        loading(next(loaded))
        add(self, graph, lines, gzip=gzip)

    monkeypatch.setattr(Handout, "insert", count_insert)
    monkeypatch.setattr(Handout, "add", count_add)


def test_the_next_is_announced_while_one_is_loaded(
    store: Store, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = threading.Event()

    def announcing(number: int) -> None:
        if number == 1:
            second.set()

    def loading(number: int) -> None:
        assert number or second.wait(20), "the first load is still under way, and nothing is announced"

    watch(monkeypatch, announcing=announcing, loading=loading)
    assert states(push(store, endpoint, chunk=CHUNK)) == {"sent": len(store.graph_names())}
    assert set(marks(store, endpoint).values()) == {COMPLETE}


def test_every_graph_is_announced_before_its_first_line(
    store: Store, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    add, loads, late = Handout.add, [], []

    def look(self: Handout, graph: NamedNode | None, lines: Body, *, gzip: bool = False) -> None:
        body = join(lines)
        said = marks(store, self)
        loads.append(body)
        late.extend(
            name for name in store.graph_names() if str(name).encode() + b" .\n" in body and name not in said
        )
        add(self, graph, body, gzip=gzip)

    monkeypatch.setattr(Handout, "add", look)
    push(store, endpoint, chunk=CHUNK)
    assert len(loads) > 3 and not late


@pytest.mark.parametrize("what", ["announcing", "loading", "both"])
def test_a_break_in_between_leaves_nothing_unsaid(
    store: Store, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """The second parcel is announced while the first is loaded, and one of the two breaks, or both."""
    begun = threading.Event()

    def announcing(number: int) -> None:
        if number == 1:
            begun.set()
            if what != "loading":
                raise TransferError("the store went away")

    def loading(number: int) -> None:
        assert begun.wait(20)
        if what != "announcing":
            raise TransferError("the store went away")

    with monkeypatch.context() as patched:
        watch(patched, announcing=announcing, loading=loading)
        with pytest.raises(
            TransferError, match=r"went away; it acknowledged \d of .* incomplete in the manifest"
        ):
            push(store, endpoint, chunk=CHUNK)
    check_that_nothing_is_unsaid(store, endpoint)


def test_ctrl_c_in_between_leaves_nothing_unsaid(
    store: Store, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, loads = threading.Event(), []

    def announcing(number: int) -> None:
        if number == 1:
            begun.set()

    def loading(number: int) -> None:
        loads.append(number)
        time.sleep(0.2)

    def stop(done: int, _total: int, _name: str) -> None:
        if done > 2:
            assert begun.wait(20)
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        watch(patched, announcing=announcing, loading=loading)
        with pytest.raises(KeyboardInterrupt):
            push(store, endpoint, chunk=CHUNK, progress=stop)
    ended = len(loads)
    time.sleep(0.3)
    assert len(loads) == ended, "somebody is still sending"
    check_that_nothing_is_unsaid(store, endpoint)


def test_where_graphs_are_emptied_all_is_one_after_the_other(
    store: Store, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Virtuoso deadlocks where one thread drops graphs and another fills some."""
    push(store, endpoint, chunk=CHUNK)
    update, running, most = Endpoint.update, [], []

    def note(self: Endpoint, text: str | bytes) -> None:
        running.append(text)
        most.append(len(running))
        time.sleep(0.02)
        try:
            update(self, text)
        finally:
            running.remove(text)

    monkeypatch.setattr(Endpoint, "update", note)
    assert states(push(store, endpoint, chunk=CHUNK, everything=True)) == {"sent": len(store.graph_names())}
    assert len(most) > 5 and max(most) == 1
    assert set(marks(store, endpoint).values()) == {COMPLETE}


def test_nothing_is_begun_after_a_failure(
    store: Store, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever is through with a parcel that failed does not take the next: where a store is down, each would be tried
    again and again, and the error come late."""
    announced, loaded = [], []

    def fail(number: int) -> None:
        loaded.append(number)
        raise TransferError("the store went away")

    watch(monkeypatch, announcing=announced.append, loading=fail)
    with pytest.raises(TransferError, match="went away; it acknowledged 0 of"):
        push(store, endpoint, chunk=CHUNK)
    assert len(announced) <= 2 and len(loaded) <= 2
