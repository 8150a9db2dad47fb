"""Pushes in one request: what is announced when, and what becomes of a stream that breaks."""

from __future__ import annotations

import re
import select
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace

import pytest
import servers
from elsewhere import canonical, empty, states
from fake_stores import Answer, Fake, Request, serve
from pyoxigraph import NamedNode

from diplograph.model import TransferError
from diplograph.quads import shared_graph
from diplograph.store import Store
from diplograph.transfer import Endpoint, find_endpoint, parcels, pull, push, sending, streaming
from diplograph.transfer.connection import Body, Flow, PassingError, join
from diplograph.transfer.manifest import COMPLETE, INCOMPLETE, Entry, announce, read_manifest


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    reason = servers.required("oxigraph", servers.find_oxigraph())
    if reason:
        pytest.skip(reason)
    with servers.oxigraph(tmp_path_factory.mktemp("oxigraph")) as server:
        yield server.url


@pytest.fixture
def endpoint(url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    """An Oxigraph server, empty; parcels are small, so that the sample graph is several."""
    monkeypatch.setattr(parcels, "_FIRST", 50)
    monkeypatch.setattr("diplograph.transfer.connection.time.sleep", lambda _: None)
    with find_endpoint(url) as found:
        empty(found)
        yield found


def graphs_of(lines: bytes) -> set[NamedNode]:
    return {NamedNode(found.decode()) for found in re.findall(rb"<([^>]*)> \.\n", lines)}


def is_equal(store: Store, endpoint: Endpoint) -> bool:
    """Whether all that is here is there, and nothing there is said to be incomplete."""
    if {entry.status for entry in read_manifest(endpoint, store.base).values()} != {COMPLETE}:
        return False
    with Store.in_memory() as copy:
        pull(copy, endpoint)
        return canonical(copy.quads()) == canonical(store.quads())


def test_all_goes_in_one_request_and_is_announced_before(
    store: Store, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    add, requests, late = Endpoint.add, [], []

    def watch(self: Endpoint, graph: NamedNode | None, lines: Body, *, gzip: bool = False) -> None:
        def look() -> Iterator[bytes]:
            for block in lines:
                assert isinstance(block, bytes)
                marked = {g for g, e in read_manifest(other, store.base).items() if e.status == INCOMPLETE}
                late.extend(graphs_of(block) - marked)
                yield block

        requests.append(lines)
        with self.again() as other:
            add(self, graph, Flow(look()), gzip=gzip)

    monkeypatch.setattr(Endpoint, "add", watch)
    announced: list[str] = []
    update = Endpoint.update
    monkeypatch.setattr(
        Endpoint, "update", lambda self, text: (announced.append(str(text)), update(self, text))[1]
    )
    assert states(push(store, endpoint)) == {"sent": len(store.graph_names())}
    assert len(requests) == 1 and not late
    assert sum('"incomplete"' in text for text in announced) > 3, "several parcels"
    assert is_equal(store, endpoint)


def test_what_is_whole_over_there_is_not_sent_again(
    store: Store, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    add, sent = Endpoint.add, []

    def break_off(self: Endpoint, graph: NamedNode | None, lines: Body, *, gzip: bool = False) -> None:
        body = join(lines)
        sent.append(graphs_of(body))
        if len(sent) > 1:
            return add(self, graph, body, gzip=gzip)
        arrived = body[: body.index(b"\n", len(body) // 2) + 1]
        add(self, graph, arrived, gzip=gzip)
        raise PassingError("the connection broke")

    monkeypatch.setattr(Endpoint, "add", break_off)
    assert states(push(store, endpoint)) == {"sent": len(store.graph_names())}
    assert sent[0] == set(store.graph_names())
    assert 0 < len(sent[1]) < len(sent[0])
    assert is_equal(store, endpoint)


@contextmanager
def breaking(url: str, after: Sequence[int]) -> Iterator[str]:
    """An address that hands on to a store. Connections that send it data are broken after so many bytes, each once."""
    host, port = url.removeprefix("http://").split(":")
    left, listener = list(after), socket.create_server(("127.0.0.1", 0))

    def hand_on(client: socket.socket) -> None:
        limit: int | None = None
        with client, socket.create_connection((host, int(port))) as store, suppress(OSError):
            while True:
                for source in select.select([client, store], [], [])[0]:
                    data = source.recv(4096)
                    if source is client and limit is None and b"POST /store" in data and left:
                        limit = left.pop(0)
                    if source is client and limit is not None:
                        limit -= len(data)
                    if not data or (limit is not None and limit < 0):
                        return
                    (store if source is client else client).sendall(data)

    def accept() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=hand_on, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def test_a_stream_that_breaks_is_sent_again(store: Store, endpoint: Endpoint) -> None:
    breaks = [20_000, 5_000]
    with breaking(endpoint.address.url, breaks) as address, find_endpoint(address, "oxigraph") as far:
        assert states(push(store, far)) == {"sent": len(store.graph_names())}
    assert is_equal(store, endpoint)


def test_a_stream_that_is_given_up_is_noticed(store: Store, endpoint: Endpoint) -> None:
    with (
        breaking(endpoint.address.url, [20_000]) as address,
        find_endpoint(address, "oxigraph", retries=0) as far,
        pytest.raises(TransferError, match=r"acknowledged 0 of 10 graphs; .* incomplete in the manifest"),
    ):
        push(store, far)
    marks = read_manifest(endpoint, store.base)
    assert marks and {entry.status for entry in marks.values()} == {INCOMPLETE}
    with Store.in_memory() as copy, pytest.raises(TransferError, match="incomplete over there"):
        pull(copy, endpoint)
    assert set(push(store, endpoint).interrupted) == {graph.value for graph in marks}
    assert is_equal(store, endpoint)


def test_what_had_arrived_before_the_push_was_stopped_is_not_sent_again(
    store: Store, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(sending, "count_and_confirm", stop)
        push(store, endpoint)
    assert {entry.status for entry in read_manifest(endpoint, store.base).values()} == {INCOMPLETE}
    monkeypatch.setattr(Endpoint, "add", stop)
    report = push(store, endpoint)
    assert states(report) == {"unchanged": len(store.graph_names())}
    assert len(report.interrupted) == len(store.graph_names())
    assert is_equal(store, endpoint)


def test_other_content_of_the_same_size_is_not_taken_for_what_was_announced(
    store: Store, endpoint: Endpoint
) -> None:
    """A store may do part of an update only: wherever it stops, what was there before is not taken for the new."""
    events = shared_graph("events")
    push(store, endpoint, graphs=[events])
    size = endpoint.count([events])[events]
    new = Entry(events, size, "0" * 64)
    parts = announce(endpoint, store.base, [new], known=[events], clear=[events]).split(" ;\n")
    assert len(parts) > 3
    for part in parts:
        endpoint.update(part)
        entry = read_manifest(endpoint, store.base).get(events)
        old = endpoint.count([events]).get(events, 0)
        assert entry is None or entry.status == INCOMPLETE
        assert not old or entry is None or entry.sha256 != new.sha256
        assert not old or entry is not None, "half a graph that nobody knows of"


def test_a_silence_is_filled(store: Store, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store gives up a client that says nothing for a minute, which a large graph takes to be read."""
    blocks: list[bytes] = []
    write, pack = streaming.Streamer._write_stream, streaming.pack

    def note(self: streaming.Streamer, ready: streaming.Ready) -> Iterator[bytes]:
        for block in write(self, ready):
            blocks.append(block)
            yield block

    def slow(*arguments: object) -> Iterator[parcels.Parcel]:
        for number, parcel in enumerate(pack(*arguments)):  # type: ignore[arg-type]
            if number == 1:
                threading.Event().wait(2.5)
            yield parcel

    monkeypatch.setattr(streaming, "_QUIET", 1)
    monkeypatch.setattr(streaming, "pack", slow)
    monkeypatch.setattr(streaming.Streamer, "_write_stream", note)
    assert states(push(store, endpoint)) == {"sent": len(store.graph_names())}
    assert blocks.count(b"\n") >= 2
    assert is_equal(store, endpoint)


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (411, "give it one with --chunk"),
        (413, "send less at once with --chunk"),
        (415, "--to"),
        (507, "room"),
    ],
)
def test_a_store_that_refuses_a_stream(store: Store, status: int, said: str) -> None:
    fake = Fake("fuseki")
    fake.rules = replace(fake.rules, challenge="")

    def refuse(request: Request) -> Answer:
        return Answer(status) if request.path == fake.rules.data else fake(request)

    with serve(refuse) as url, find_endpoint(url + fake.rules.base) as found:
        found.address = replace(found.address, target=replace(found.target, stream=True))
        with pytest.raises(TransferError, match=said):
            push(store, found)
        assert {entry.status for entry in read_manifest(found, store.base).values()} == {INCOMPLETE}
        with pytest.raises(TransferError, match=f"status {status}|{said}"):
            push(store, found, chunk=50)


def test_a_store_that_never_answers_a_stream(store: Store) -> None:
    fake = Fake("fuseki")
    fake.rules = replace(fake.rules, challenge="")

    def slow(request: Request) -> Answer:
        if request.path == fake.rules.data:
            time.sleep(1)
        return fake(request)

    with serve(slow) as url, find_endpoint(url + fake.rules.base, timeout=0.3, retries=0) as found:
        found.address = replace(found.address, target=replace(found.target, stream=True))
        with pytest.raises(TransferError, match="does not answer within 0.3 s.*acknowledged 0 of 10"):
            push(store, found)


def test_a_flow_is_sent_once() -> None:
    flow = Flow(iter([b"a", b"b"]))
    assert join(flow) == b"ab"
    with pytest.raises(TransferError, match="--chunk"):
        join(flow)
