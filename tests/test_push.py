"""Pushes: to an Oxigraph server and to Virtuoso, both started here."""

from __future__ import annotations

import pytest
import sample_graph as sample
from elsewhere import LABEL, Elsewhere, canonical, states, there
from pyoxigraph import Literal, NamedNode, Quad

from diplograph.model import TransferError
from diplograph.quads import document_graph, manifest_graph, shared_graph
from diplograph.store import Store
from diplograph.transfer import Endpoint, find_endpoint, pull, push


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
