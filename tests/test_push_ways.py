"""The ways in which a store takes what is pushed: by fetching it, compressed, or not unharmed."""

from __future__ import annotations

import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler

import pytest
from elsewhere import LABEL, Elsewhere, states, there
from pyoxigraph import Literal, NamedNode, Quad

from diplograph.model import TransferError
from diplograph.quads import shared_graph
from diplograph.store import Store
from diplograph.transfer import Endpoint, push
from diplograph.transfer.connection import Connection
from diplograph.transfer.handout import Giver, Handout, hand_out


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
    monkeypatch.setattr(Giver, "_make_handler", lambda *_: Nothing)
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
        address = found._giver.url
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


def test_values_that_do_not_survive_are_named(store: Store, endpoint: Endpoint) -> None:
    duration = NamedNode("http://www.w3.org/2001/XMLSchema#duration")
    events = shared_graph("events")
    store.inner.add(Quad(LABEL, LABEL, Literal("PT5M", datatype=duration), events))
    report = push(store, endpoint)
    assert report.corrupted == ((events.value,) if endpoint.target.corrupts else ())
